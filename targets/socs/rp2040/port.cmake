# boot2.S in front of the image: assembled, filled up to 252 bytes and its CRC-32 behind it, as the
# boot ROM wants it.
add_library(boot2 OBJECT ${CMAKE_CURRENT_LIST_DIR}/boot2.S)
target_link_libraries(boot2 PRIVATE flags)
set(BOOT2 ${CMAKE_CURRENT_BINARY_DIR}/boot2)
add_custom_command(
  OUTPUT ${BOOT2}.image.S
  COMMAND ${CMAKE_OBJCOPY} -O binary -j .text $<TARGET_OBJECTS:boot2> ${BOOT2}.bin
  COMMAND ${CMAKE_COMMAND} -D IN=${BOOT2}.bin -D OUT=${BOOT2}.image.S
          -P ${CMAKE_CURRENT_LIST_DIR}/checksum.cmake
  DEPENDS boot2 $<TARGET_OBJECTS:boot2> ${CMAKE_CURRENT_LIST_DIR}/checksum.cmake
  VERBATIM)
target_sources(port PRIVATE ${BOOT2}.image.S)
