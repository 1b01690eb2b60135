# SPDX-License-Identifier: Apache-2.0

# BLS12-381 arithmetic, built from the sources in the npm package c-kzg. Its assembly asks the CPU at start whether it
# has ADX, which x86-64-v3 does not promise (__BLST_PORTABLE__).
set(blst_source ${CMAKE_SOURCE_DIR}/node_modules/c-kzg/deps/blst)
if(NOT EXISTS ${blst_source}/src/server.c)
    message(FATAL_ERROR "node_modules/c-kzg is missing: run scripts/setup")
endif()
add_library(blst STATIC ${blst_source}/src/server.c ${blst_source}/build/assembly.S)
target_include_directories(blst SYSTEM PUBLIC ${blst_source}/bindings)
target_compile_definitions(blst PRIVATE __BLST_PORTABLE__)
# As its own build does it; its C code is the same in every configuration, so no debug or sanitizer build slows it down.
target_compile_options(blst PRIVATE -O2 -fno-builtin -fPIC -w)
