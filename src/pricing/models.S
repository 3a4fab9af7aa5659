# config/models.json as it is, for PriceTable::built_in_models(). The path is found from the include directory.
  .section .rodata
  .global sluice_models_begin
  .global sluice_models_end
  .balign 16
sluice_models_begin:
  .incbin "../config/models.json"
sluice_models_end:
  .byte 0
  .section .note.GNU-stack,"",%progbits
