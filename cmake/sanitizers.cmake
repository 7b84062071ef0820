# Sanitizers for the whole build: -DLCM_CLIENT_SANITIZE=address,undefined or thread.
set(LCM_CLIENT_SANITIZE "" CACHE STRING "Sanitizers to build with, as in -fsanitize=")
if(LCM_CLIENT_SANITIZE)
  add_compile_options(-fsanitize=${LCM_CLIENT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LCM_CLIENT_SANITIZE})
  if(LCM_CLIENT_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
    # clang 14 cannot assemble coroutines with it.
    add_compile_options(-fno-sanitize=function)
  endif()
  if(LCM_CLIENT_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Asio has fences beside its locks. TSAN does not see fences, and does not need them there.
    add_compile_options(-Wno-tsan)
  endif()
endif()
