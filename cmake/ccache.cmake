# Our own build goes through ccache if the PATH has one and no other launcher was chosen. Looked up at each configuration
# and kept nowhere, so that a folder which was configured with ccache works after ccache has gone.
if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(lcm_client_ccache ccache NO_CACHE NO_CMAKE_SYSTEM_PATH)
  if(lcm_client_ccache)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${lcm_client_ccache})
  endif()
endif()
