# How every target is compiled: warnings are errors, ccache when it is there, sanitizers by option.
find_program(GLINT_CCACHE ccache)
if(GLINT_CCACHE)
  # Paths relative to the checkout, so that worktrees and clean clones share the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 ${GLINT_CCACHE})
endif()

find_program(GLINT_LLD ld.lld)
if(GLINT_LLD)
  add_link_options(-fuse-ld=lld)
endif()

find_package(Threads REQUIRED)
add_compile_options(-Wall -Wextra -Werror -Wno-missing-field-initializers -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wthread-safety)
endif()
if(GLINT_SANITIZE)
  add_compile_options(-fsanitize=${GLINT_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GLINT_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # clang 14 writes objects that its assembler refuses for coroutines under this one check.
    add_compile_options(-fno-sanitize=function)
  endif()
  if(GLINT_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC warns of every fence, and Asio's locks have some beside the atomics that TSan follows.
    add_compile_options(-Wno-tsan)
  endif()
endif()
if(GLINT_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
