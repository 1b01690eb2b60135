# SPDX-License-Identifier: Apache-2.0

# A room is one folder of src/: every *.cpp there is the library jiffy_<name>, every *_test.cpp its unit tests
# (executable <name>_test, one ctest case).
#   jiffy_room(NAME DEPENDS other rooms... [LIBRARIES third-party targets...] [WITHOUT path prefixes in the folder...])
function(jiffy_room name)
    cmake_parse_arguments(ROOM "" "" "DEPENDS;LIBRARIES;WITHOUT" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    foreach(prefix ${ROOM_WITHOUT})
        list(FILTER sources EXCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${prefix}")
    endforeach()
    set(tests ${sources})
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(TRANSFORM ROOM_DEPENDS PREPEND jiffy_ OUTPUT_VARIABLE dependencies)

    if(sources)
        add_library(jiffy_${name} STATIC ${sources})
        add_dependencies(jiffy_${name} check_rooms)
        target_include_directories(jiffy_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
        target_link_libraries(jiffy_${name} PUBLIC ${dependencies} PRIVATE jiffy_warnings ${ROOM_LIBRARIES})
    else()
        add_library(jiffy_${name} INTERFACE)
        target_include_directories(jiffy_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
        target_link_libraries(jiffy_${name} INTERFACE ${dependencies})
    endif()

    if(JIFFY_TESTS AND tests)
        add_executable(${name}_test ${tests})
        target_link_libraries(${name}_test PRIVATE
            jiffy_${name} jiffy_warnings ${ROOM_LIBRARIES} GTest::gtest_main ${RAPIDCHECK_LIBRARY} nlohmann_json::nlohmann_json)
        add_test(NAME ${name} COMMAND ${name}_test)
    endif()
endfunction()
