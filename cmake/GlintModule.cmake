# glint_module(NAME DEPS module... LIBS library...): one directory of src/, by what its files are
# called. x.cc goes into the library glint_NAME, x_test.cc into NAME_test, x_bench.cc and x_fuzz.cc
# into a binary each. DEPS are modules of src/LAYERS with a lower number; LIBS are anything else.
# TEST_DEPS and TEST_LIBS are what only the tests need.

function(glint_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS;TEST_DEPS;TEST_LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cc)
  file(GLOB benches CONFIGURE_DEPENDS *_bench.cc)
  file(GLOB fuzzers CONFIGURE_DEPENDS *_fuzz.cc)
  list(REMOVE_ITEM sources ${tests} ${benches} ${fuzzers} ${CMAKE_CURRENT_SOURCE_DIR}/main.cc)

  list(TRANSFORM ARG_DEPS PREPEND glint_)
  list(TRANSFORM ARG_TEST_DEPS PREPEND glint_)
  if(sources)
    add_library(glint_${name} STATIC ${sources})
    target_include_directories(glint_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(glint_${name} PUBLIC ${ARG_DEPS} ${ARG_LIBS} Threads::Threads)
  else()
    add_library(glint_${name} INTERFACE)
    target_include_directories(glint_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(glint_${name} INTERFACE ${ARG_DEPS} ${ARG_LIBS} Threads::Threads)
  endif()

  if(tests AND GLINT_TESTS)
    find_package(GTest REQUIRED)
    include(GoogleTest)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE glint_${name} ${ARG_TEST_DEPS} ${ARG_TEST_LIBS}
                          GTest::gmock GTest::gtest GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE
                               GLINT_TESTDATA="${CMAKE_CURRENT_SOURCE_DIR}/testdata")
    add_test(NAME unit.${name} COMMAND ${name}_test)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 600)
  endif()

  if(benches AND GLINT_BENCHES)
    find_package(benchmark REQUIRED)
    foreach(source IN LISTS benches)
      get_filename_component(binary ${source} NAME_WE)
      add_executable(${binary} ${source})
      target_link_libraries(${binary} PRIVATE glint_${name} ${ARG_TEST_DEPS} ${ARG_TEST_LIBS}
                            benchmark::benchmark benchmark::benchmark_main)
    endforeach()
  endif()

  foreach(source IN LISTS fuzzers)
    glint_fuzzer(${name} ${source} "${ARG_TEST_DEPS};${ARG_TEST_LIBS}")
  endforeach()
endfunction()

# A fuzz target: libFuzzer under GLINT_FUZZERS, else a plain test that replays testdata/fuzz/TARGET.
function(glint_fuzzer module source libs)
  if(NOT GLINT_FUZZERS AND NOT GLINT_TESTS)
    return()
  endif()
  get_filename_component(binary ${source} NAME_WE)
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/testdata/fuzz/${binary})
  if(GLINT_FUZZERS)
    add_executable(${binary} ${source})
    target_link_options(${binary} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${binary} PRIVATE glint_${module} ${libs})
    # New inputs go to the build tree; the corpus in the source tree is only read.
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${binary}_found)
    add_test(NAME fuzz.${binary}
             COMMAND ${binary} -max_total_time=${GLINT_FUZZ_SECONDS}
                     -seed=${GLINT_FUZZ_SEED} -timeout=10 -rss_limit_mb=2048
                     -max_len=65536 -print_final_stats=0 -verbosity=0
                     ${CMAKE_CURRENT_BINARY_DIR}/${binary}_found ${corpus})
    set_tests_properties(fuzz.${binary} PROPERTIES LABELS fuzz)
  else()
    add_executable(${binary} ${source} ${CMAKE_SOURCE_DIR}/tools/fuzz_replay.cc)
    target_link_libraries(${binary} PRIVATE glint_${module} ${libs})
    add_test(NAME corpus.${binary} COMMAND ${binary} ${corpus})
    set_tests_properties(corpus.${binary} PROPERTIES LABELS unit)
  endif()
endfunction()
set(GLINT_FUZZ_SECONDS 10 CACHE STRING "How long each fuzz target runs")
set(GLINT_FUZZ_SEED 0 CACHE STRING "Where each fuzz target begins; 0 is another place each time")
