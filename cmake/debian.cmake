# A Debian package, which `cpack` makes in a build folder that was configured with LCM_CLIENT_INSTALL_COMPILED: the headers,
# the compiled library and its simulator, the command and what shells complete.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lcm-client)
set(CPACK_PACKAGE_CONTACT "the maintainers of lcm_client <lcm-client@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What the headers include. Debian 12 has Boost 1.81 beside its older one, later systems a newer one.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libboost1.81-dev | libboost-dev (>= ${LCM_CLIENT_BOOST_VERSION}), \
nlohmann-json3-dev (>= ${LCM_CLIENT_JSON_VERSION}), libssl-dev (>= ${LCM_CLIENT_OPENSSL_VERSION})")
# For lcm_client/outbox.hpp alone.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libsqlite3-dev (>= ${LCM_CLIENT_SQLITE_VERSION})")
include(CPack)
