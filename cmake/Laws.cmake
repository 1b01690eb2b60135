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

# The two checks of what the compiler made belong to the release build; jiffy_law_tests() comes after all rooms.
function(jiffy_law_tests)
    if(NOT (CMAKE_CXX_COMPILER_ID STREQUAL Clang AND CMAKE_BUILD_TYPE STREQUAL Release AND JIFFY_TESTS))
        return()
    endif()
    add_test(NAME dispatch_shape COMMAND ${CMAKE_SOURCE_DIR}/scripts/check-dispatch $<TARGET_FILE:jiffy_evm>)
    foreach(room base crypto rlp types state evm trie chain)
        if(TARGET jiffy_${room})
            list(APPEND libraries $<TARGET_FILE:jiffy_${room}>)
        endif()
    endforeach()
    add_test(NAME core_symbols COMMAND ${CMAKE_SOURCE_DIR}/scripts/check-core-symbols ${libraries})
endfunction()
