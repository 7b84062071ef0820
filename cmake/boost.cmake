# Boost's headers as the target Boost::headers: by the config file that Boost installs or, where a package has left that
# out, by their folder. CMake's own module for Boost is not asked: it is gone with policy CMP0167.

# Makes the target, unless there is one; what prevents that is then in lcm_client_boost_problem, which is empty else.
macro(lcm_client_find_boost least)
  set(lcm_client_boost_problem "")
  if(NOT TARGET Boost::headers)
    find_package(Boost ${least} CONFIG QUIET)
  endif()
  if(NOT TARGET Boost::headers)
    lcm_client_make_boost(${least})
  endif()
endmacro()

function(lcm_client_make_boost least)
  find_path(LCM_CLIENT_BOOST_INCLUDE_DIR boost/version.hpp HINTS ${Boost_ROOT} ${BOOST_ROOT} PATH_SUFFIXES include
    DOC "The folder that has Boost's headers")
  set(cure "Install libboost-dev (Debian, Ubuntu) or boost (vcpkg, Homebrew), or name the folder of its headers in \
LCM_CLIENT_BOOST_INCLUDE_DIR.")
  if(NOT LCM_CLIENT_BOOST_INCLUDE_DIR)
    set(lcm_client_boost_problem "lcm_client needs Boost ${least} or newer, and there is none. ${cure}" PARENT_SCOPE)
    return()
  endif()
  file(STRINGS ${LCM_CLIENT_BOOST_INCLUDE_DIR}/boost/version.hpp version REGEX "#define BOOST_LIB_VERSION")
  string(REGEX REPLACE ".*\"([0-9_]+)\".*" "\\1" version "${version}")
  string(REPLACE "_" "." version "${version}")
  if(version VERSION_LESS least)
    set(lcm_client_boost_problem "lcm_client needs Boost ${least} or newer, and ${LCM_CLIENT_BOOST_INCLUDE_DIR} has \
${version}. ${cure}" PARENT_SCOPE)
    return()
  endif()
  add_library(Boost::headers INTERFACE IMPORTED)
  target_include_directories(Boost::headers INTERFACE ${LCM_CLIENT_BOOST_INCLUDE_DIR})
endfunction()
