# The vocabularies as scripts/update-vocabularies.py wrote them, searched where they lie: pages that no request needs are
# never read in. The paths are found from the include directory.
  .section .rodata
  .global sluice_cl100k_begin
  .global sluice_cl100k_end
  .global sluice_o200k_begin
  .global sluice_o200k_end
  .balign 64
sluice_cl100k_begin:
  .incbin "../config/cl100k_base.vocabulary"
sluice_cl100k_end:
  .byte 0
  .balign 64
sluice_o200k_begin:
  .incbin "../config/o200k_base.vocabulary"
sluice_o200k_end:
  .byte 0
  .section .note.GNU-stack,"",%progbits
