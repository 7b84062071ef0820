# lcm_client.pc, for builds that ask pkg-config; lcm_client_outbox.pc, for those that use the outbox; and lcm_client_compiled.pc, where the compiled library is installed. Boost
# has no such file, so its headers have to be where the compiler looks.
function(lcm_client_install_pc name)
  configure_file(cmake/${name}.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

lcm_client_install_pc(lcm_client)
lcm_client_install_pc(lcm_client_outbox)
if(LCM_CLIENT_INSTALL_COMPILED)
  lcm_client_install_pc(lcm_client_compiled)
endif()
