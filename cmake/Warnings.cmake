# SPDX-License-Identifier: Apache-2.0
# Both compilers are warning-free on this list; a warning is an error.
add_library(jiffy_warnings INTERFACE)
target_compile_options(jiffy_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Werror>
    # The 128-bit integer type is the base of the 256-bit arithmetic; both compilers have it.
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-pedantic>
    # g++ sees an ambiguous else in the macros of GoogleTest; clang tells them from a real one.
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-dangling-else>)
