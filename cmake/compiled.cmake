# The target lcm_client::compiled: Beast, OpenSSL and the simulator compiled once, out of the application's sources.
# Made on the first use, so that who stays header-only compiles nothing.
function(lcm_client_add_compiled)
  if(TARGET lcm_client_compiled)
    return()
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/lcm_client_src.cpp)
  file(WRITE ${source}.new "#include <lcm_client/src.hpp>\n")
  file(COPY_FILE ${source}.new ${source} ONLY_IF_DIFFERENT)
  add_library(lcm_client_compiled STATIC EXCLUDE_FROM_ALL ${source})
  target_compile_definitions(lcm_client_compiled PUBLIC LCM_CLIENT_SEPARATE_COMPILATION)
  target_link_libraries(lcm_client_compiled PUBLIC lcm_client::lcm_client)
  # For plug-ins too, which do not export it: what is thrown is visible by its own declaration.
  set_target_properties(lcm_client_compiled PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  add_library(lcm_client::compiled ALIAS lcm_client_compiled)
endfunction()
lcm_client_add_compiled()
