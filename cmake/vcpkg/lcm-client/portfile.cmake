# Has not been run where it was written, which has no vcpkg. Packages the tree that it stands in; whoever publishes a port
# puts vcpkg_from_github() with the released version in place of the next line.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

set(VCPKG_BUILD_TYPE release) # headers only
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}" OPTIONS
  -DLCM_CLIENT_BUILD_EXAMPLES=OFF -DLCM_CLIENT_BUILD_TESTS=OFF -DLCM_CLIENT_INSTALL=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/lcm_client)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
