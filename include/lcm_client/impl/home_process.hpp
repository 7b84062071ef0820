// SPDX-License-Identifier: BSL-1.0
// Which process an object belongs to.
#ifndef LCM_CLIENT_IMPL_HOME_PROCESS_HPP
#define LCM_CLIENT_IMPL_HOME_PROCESS_HPP

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace lcm::detail {

/// A process that was forked has a copy of each object, with the connection's socket, but without its threads: there,
/// whoever waits for one waits for ever, a mutex may be locked by nobody, and what is written goes to the parent's
/// server.
class HomeProcess {
public:
    /// Whether this process is a fork of the one in which the object was made. Costs a system call.
    [[nodiscard]] bool is_elsewhere() const noexcept {
#if __has_include(<unistd.h>)
        return ::getpid() != id_;
#else
        return false;
#endif
    }

private:
#if __has_include(<unistd.h>)
    ::pid_t id_ = ::getpid();
#endif
};

} // namespace lcm::detail

#endif
