# SPDX-License-Identifier: Apache-2.0

# The laws of the house that a machine can see (pure core, arrows downwards) are part of the build: the check is one
# pass over the sources, runs again only when one of them changed, and every room waits for it.
file(GLOB_RECURSE all_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*.cpp ${CMAKE_SOURCE_DIR}/src/*.hpp)
add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/rooms.checked
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/check-rooms
    COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/rooms.checked
    DEPENDS ${all_sources} ${CMAKE_SOURCE_DIR}/scripts/check-rooms
    COMMENT "Checking the laws of the rooms"
    VERBATIM)
add_custom_target(check_rooms DEPENDS ${CMAKE_BINARY_DIR}/rooms.checked)
