// SPDX-License-Identifier: BSL-1.0
// Something that is done in a fork of the test.
#ifndef LCM_CLIENT_TESTS_SUPPORT_FORK_HPP
#define LCM_CLIENT_TESTS_SUPPORT_FORK_HPP

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <stdexcept>

namespace lcm::tests {

/// What `run` returns in a fork, which then ends without having run destructors other than those that `run` runs.
inline int exit_status_of_fork(const std::function<int()>& run) {
    const pid_t child = ::fork();
    if (child == -1) throw std::runtime_error("no fork can be had");
    if (child == 0) {
        ::alarm(20); // rather than hang
        int status = 99;
        try {
            status = run();
        } catch (...) {}
        ::_exit(status);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child) throw std::runtime_error("the fork is lost");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace lcm::tests

#endif
