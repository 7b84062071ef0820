# Warnings of our own build, as errors; users of the library are not bound to them.
add_library(lcm_client_warnings INTERFACE)
target_compile_options(lcm_client_warnings INTERFACE
  $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
    -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wnull-dereference -Werror>
  # g++ 12 finds null pointers and uninitialised values in the standard library's and Boost's inlined code (GCC 105329).
  # It also takes the protected destructor of Boost's error_category for accessible, since that class has friends.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-null-dereference -Wno-maybe-uninitialized -Wno-non-virtual-dtor>
  # Sources are in UTF-8. The attributes of other compilers (C5030) are hints; getenv (C4996) is called where nothing else
  # sets variables.
  $<$<CXX_COMPILER_ID:MSVC>:/W4 /WX /utf-8 /wd5030 /wd4996>)

# More of them for the headers and their bodies, which an application may compile under its own.
add_library(lcm_client_header_warnings INTERFACE)
target_compile_options(lcm_client_header_warnings INTERFACE
  $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wdouble-promotion -Wformat=2 -Wextra-semi -Wundef>
  $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond>)
# With 32 bits, some casts that others need are useless.
if(NOT CMAKE_SIZEOF_VOID_P EQUAL 4)
  target_compile_options(lcm_client_header_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wuseless-cast>)
endif()
