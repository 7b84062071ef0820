// SPDX-License-Identifier: BSL-1.0
// The open Do Not Calls of a client, where its threads meet: requests are let pass in the callers' threads, and end on
// the strand or, with the client, anywhere.
#ifndef LCM_CLIENT_CLIENT_CONTACT_GUARD_HPP
#define LCM_CLIENT_CLIENT_CONTACT_GUARD_HPP

#include <lcm_client/result.hpp>
#include <lcm_client/session/open_do_not_calls.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/subjects.hpp>

#include <cstddef>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// `OpenDoNotCalls` under a lock, in which none of the application's code runs.
class ContactGuard {
public:
    explicit ContactGuard(std::size_t limit) : open_(limit) {}

    [[nodiscard]] std::optional<Error> admit(RequestId id, std::string_view operation, GuardedRequest&& request) {
        const std::lock_guard lock(mutex_);
        return open_.admit(id, operation, std::move(request));
    }

    void end(RequestId id, Delivery ending) noexcept {
        const std::lock_guard lock(mutex_);
        open_.end(id, ending);
    }

    std::size_t resolve(const Subjects& subjects) noexcept {
        const std::lock_guard lock(mutex_);
        return open_.resolve(subjects);
    }

private:
    std::mutex mutex_;
    OpenDoNotCalls open_;
};

} // namespace lcm::detail

#endif
