# Sanitizers for the whole build: -DLCM_CLIENT_SANITIZE=address,undefined or thread.
set(LCM_CLIENT_SANITIZE "" CACHE STRING "Sanitizers to build with, as in -fsanitize=")
if(LCM_CLIENT_SANITIZE)
  add_compile_options(-fsanitize=${LCM_CLIENT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LCM_CLIENT_SANITIZE})
endif()
