# cmake -D IN=boot2.bin -D OUT=boot2.image.S -P checksum.cmake
#
# Fills boot2 up to 252 bytes and adds its checksum: CRC-32 with the polynomial 0x04C11DB7, from
# 0xFFFFFFFF, nothing reflected, nothing inverted; little-endian.
file(READ "${IN}" digits HEX)
string(LENGTH "${digits}" length)
if(length EQUAL 0 OR length GREATER 504)
  math(EXPR bytes "${length} / 2")
  message(FATAL_ERROR "${IN} has ${bytes} bytes: boot2 must have 1 to 252")
endif()
math(EXPR missing "504 - ${length}")
string(REPEAT "0" ${missing} zeros)
string(REGEX MATCHALL ".." bytes "${digits}${zeros}")

set(crc 0xFFFFFFFF)
foreach(byte IN LISTS bytes)
  math(EXPR crc "${crc} ^ (0x${byte} << 24)")
  foreach(bit RANGE 1 8)
    math(EXPR crc "((${crc} << 1) & 0xFFFFFFFF) ^ ((${crc} >> 31) * 0x04C11DB7)")
  endforeach()
endforeach()
math(EXPR crc "${crc}" OUTPUT_FORMAT HEXADECIMAL)

list(TRANSFORM bytes PREPEND "0x")
list(JOIN bytes ", " text)
file(WRITE "${OUT}" "    .section .boot, \"a\", %progbits\n    .byte ${text}\n    .4byte ${crc}\n")
