// SPDX-License-Identifier: BSL-1.0
// The system's store of trusted certificates, with what a test puts there.
#ifndef LCM_CLIENT_TESTS_SUPPORT_SYSTEM_STORE_HPP
#define LCM_CLIENT_TESTS_SUPPORT_SYSTEM_STORE_HPP

#include <lcm_client/testing/certificates.hpp>

#ifdef _WIN32
#include <support/windows_store.hpp>
#else
#include <support/environment_variable.hpp>
#include <support/socket_client.hpp>
#endif

#include <string>

namespace lcm::tests {

#ifdef _WIN32

/// While it lives, Windows trusts the root, and knows the issuing authorities. Needs the rights of an administrator.
class SystemStore {
public:
    explicit SystemStore(const std::string& root) : root_(L"ROOT", root) {}
    SystemStore(const std::string& root, const std::string& issuing) : root_(L"ROOT", root), issuing_(L"CA", issuing) {}

private:
    StoredCertificate root_;
    StoredCertificate issuing_;
};

#else

/// While it lives, OpenSSL takes a file with the root and the issuing authority for the system's store.
class SystemStore {
public:
    explicit SystemStore(const std::string& root, const std::string& issuing = {}) : file_(root + issuing) {}

private:
    TemporaryFile file_;
    EnvironmentVariable at_{"SSL_CERT_FILE", file_.path()};
    EnvironmentVariable no_others_{"SSL_CERT_DIR", "/nowhere"};
};

#endif

} // namespace lcm::tests

#endif
