# The targets lcm_client::compiled, lcm_client::testing and lcm_client::outbox: the bodies of the library, and those of its
# simulator and of its outbox, compiled once, out of the application's sources. Made on the first use, so that who stays header-only compiles nothing.
# A package of one system may hold them already (LCM_CLIENT_INSTALL_COMPILED).
function(lcm_client_add_library_of name header)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/lcm_client_${name}.cpp)
  file(WRITE ${source}.new "#include <${header}>\n")
  file(COPY_FILE ${source}.new ${source} ONLY_IF_DIFFERENT)
  add_library(lcm_client_${name} STATIC EXCLUDE_FROM_ALL ${source})
  # For plug-ins too, which do not export it: what is thrown is visible by its own declaration.
  set_target_properties(lcm_client_${name} PROPERTIES
    EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  add_library(lcm_client::${name} ALIAS lcm_client_${name})
endfunction()

function(lcm_client_add_compiled)
  if(TARGET lcm_client::compiled)
    return()
  endif()
  lcm_client_add_library_of(compiled lcm_client/src.hpp)
  target_compile_definitions(lcm_client_compiled PUBLIC LCM_CLIENT_SEPARATE_COMPILATION)
  target_link_libraries(lcm_client_compiled PUBLIC lcm_client::lcm_client)
  lcm_client_add_library_of(testing lcm_client/testing/src.hpp)
  target_link_libraries(lcm_client_testing PUBLIC lcm_client::compiled)
endfunction()
lcm_client_add_compiled()

# Only where SQLite was found: nothing else of the library needs it.
function(lcm_client_add_outbox)
  if(TARGET lcm_client::outbox OR NOT TARGET SQLite::SQLite3)
    return()
  endif()
  lcm_client_add_library_of(outbox lcm_client/outbox/src.hpp)
  target_link_libraries(lcm_client_outbox PUBLIC lcm_client::compiled SQLite::SQLite3)
endfunction()
lcm_client_add_outbox()
