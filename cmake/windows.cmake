# What a program on Windows needs that uses the library, other than the library's own dependencies.
if(WIN32)
  # Asio's sockets, and the certificates that Windows trusts.
  target_link_libraries(lcm_client INTERFACE ws2_32 mswsock crypt32)
  # The system's texts of errors in UTF-8, as all other texts are.
  target_compile_definitions(lcm_client INTERFACE BOOST_SYSTEM_USE_UTF8)
  # Microsoft's windows.h leaves the first Winsock out, which cannot be had beside the second one that Asio uses.
  target_compile_definitions(lcm_client INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,MSVC>:_WINSOCKAPI_=>)
  target_compile_options(lcm_client INTERFACE
    # Windows 10, unless the target names another version; Asio wants all sources of a program to agree.
    $<$<NOT:$<BOOL:$<FILTER:$<TARGET_PROPERTY:COMPILE_DEFINITIONS>,INCLUDE,^_WIN32_WINNT>>>:-D_WIN32_WINNT=0x0A00>
    # The bodies have more sections than an object file usually may.
    $<$<CXX_COMPILER_ID:GNU,Clang>:-Wa,-mbig-obj> $<$<CXX_COMPILER_ID:MSVC>:/bigobj>)
  if(PROJECT_IS_TOP_LEVEL)
    add_compile_definitions(WIN32_LEAN_AND_MEAN NOMINMAX) # not for users, some of whose headers need the rest
  endif()
endif()
