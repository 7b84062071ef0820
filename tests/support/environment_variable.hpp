// SPDX-License-Identifier: BSL-1.0
// A variable of the environment for the time of a test.
#ifndef LCM_CLIENT_TESTS_SUPPORT_ENVIRONMENT_VARIABLE_HPP
#define LCM_CLIENT_TESTS_SUPPORT_ENVIRONMENT_VARIABLE_HPP

#include <cstdlib>
#include <string>
#include <utility>

namespace lcm::tests {

/// The variable is gone when this is. No other thread may look at the environment when one comes or goes.
class EnvironmentVariable {
public:
    EnvironmentVariable(std::string name, const std::string& value) : name_(std::move(name)) { set(value); }
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;
#ifdef _WIN32
    ~EnvironmentVariable() { ::_putenv_s(name_.c_str(), ""); }
    void set(const std::string& value) { ::_putenv_s(name_.c_str(), value.c_str()); }
#else
    ~EnvironmentVariable() { ::unsetenv(name_.c_str()); }
    void set(const std::string& value) { ::setenv(name_.c_str(), value.c_str(), 1); }
#endif

private:
    std::string name_;
};

} // namespace lcm::tests

#endif
