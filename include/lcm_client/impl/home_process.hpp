// SPDX-License-Identifier: BSL-1.0
// Which process an object belongs to.
#ifndef LCM_CLIENT_IMPL_HOME_PROCESS_HPP
#define LCM_CLIENT_IMPL_HOME_PROCESS_HPP

#include <lcm_client/impl/abi.hpp>

#include <cstdint>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Another one in each process and its forks. Costs a system call; where there are no forks, none, and it is 0.
[[nodiscard]] inline std::int64_t process_id() noexcept {
#if __has_include(<unistd.h>)
    return ::getpid();
#else
    return 0;
#endif
}

/// A process that was forked has a copy of each object, with the connection's socket, but without its threads: there,
/// whoever waits for one waits for ever, a mutex may be locked by nobody, and what is written goes to the parent's
/// server.
class HomeProcess {
public:
    /// Whether this process is a fork of the one in which the object was made. Costs a system call.
    [[nodiscard]] bool is_elsewhere() const noexcept { return process_id() != id_; }

private:
    std::int64_t id_ = process_id();
};

} // namespace lcm::detail

#endif
