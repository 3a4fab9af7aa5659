# Compiler settings shared by every target of ours: warnings are errors, sanitizers by option, ccache and a fast linker
# where they are installed.
find_program(CCACHE ccache)
if(CCACHE)
  # A precompiled header carries its build time; without the sloppiness ccache would never hit a file that uses one. With
  # a base directory a second clone finds what the first has compiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(sluice_flags INTERFACE)
target_compile_options(sluice_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror)
target_compile_definitions(sluice_flags INTERFACE SLUICE_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(sluice_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fcoroutines>)
  # GCC 12 reports these inside its own and Boost's headers once they are inlined into ours.
  target_compile_options(sluice_flags INTERFACE -Wno-maybe-uninitialized -Wno-mismatched-new-delete -Wno-array-bounds
                         -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)
endif()
if(SLUICE_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(SLUICE_SANITIZE STREQUAL "thread")
  # TSan does not see fences; Asio's are beside atomics and mutexes that it does see.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  add_link_options(-fsanitize=thread)
endif()
if(SLUICE_FUZZ)
  # Not "function": clang 14 cannot put its prologue before a coroutine ("difference across sections").
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
