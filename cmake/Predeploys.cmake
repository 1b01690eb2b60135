# SPDX-License-Identifier: Apache-2.0

# Bytecode of the OP Stack's predeploys as a source file, which is part of the room of the sequencer. It is made when the
# build is configured, and again when what it is made from changes.
find_program(NODE_PROGRAM node REQUIRED)
set(predeploy_code ${CMAKE_BINARY_DIR}/generated/predeploy_code.cpp)
set(predeploy_sources
    ${CMAKE_SOURCE_DIR}/contracts/predeploy-code.mjs
    ${CMAKE_SOURCE_DIR}/contracts/L1Block.sol
    ${CMAKE_SOURCE_DIR}/package-lock.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${predeploy_sources})
if(NOT EXISTS ${CMAKE_SOURCE_DIR}/node_modules/@eth-optimism/contracts-bedrock)
    message(FATAL_ERROR "node_modules/@eth-optimism/contracts-bedrock is missing: run scripts/setup")
endif()
foreach(source ${predeploy_sources})
    # True also if the file is not there yet.
    if(${source} IS_NEWER_THAN ${predeploy_code})
        set(predeploy_code_is_stale TRUE)
    endif()
endforeach()
if(predeploy_code_is_stale)
    execute_process(
        COMMAND ${NODE_PROGRAM} ${CMAKE_SOURCE_DIR}/contracts/predeploy-code.mjs ${predeploy_code}
        COMMAND_ERROR_IS_FATAL ANY)
endif()
