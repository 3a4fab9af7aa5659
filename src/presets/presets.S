# config/presets.json as it is, for presets::built_in_text(). The path is found from the include directory.
  .section .rodata
  .global sluice_presets_begin
  .global sluice_presets_end
  .balign 16
sluice_presets_begin:
  .incbin "../config/presets.json"
sluice_presets_end:
  .byte 0
  .section .note.GNU-stack,"",%progbits
