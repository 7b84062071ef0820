// SPDX-License-Identifier: BSL-1.0
// What is known of the requests for one call, around the one that evidence is sought of.
#ifndef LCM_CLIENT_SESSION_CALL_RECORD_HPP
#define LCM_CLIENT_SESSION_CALL_RECORD_HPP

#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/request_trace.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// One link, as far as evidence depends on it.
struct LinkTrace {
    std::string server; ///< empty if the transport does not say
    TimePoint opened;
    std::optional<TimePoint> given_up{}; ///< or lost; since then this side sends nothing more over it
};

/// A request that was sent for a call, or what a server has shown as the last one for it.
struct Remembered {
    RequestId id = 0; ///< 0 for what was shown
    std::string callid;
    std::variant<RequestTrace, StoredRequest> what;
    std::shared_ptr<const LinkTrace> link{}; ///< null if there was no memory for it
    TimePoint when{};                        ///< it was handed over, or shown
    std::optional<TimePoint> answered{};     ///< it was accepted or refused

    [[nodiscard]] const RequestTrace* sent() const noexcept { return std::get_if<RequestTrace>(&what); }
    /// Whether it is a request of this operation.
    [[nodiscard]] bool is_of(std::string_view operation) const noexcept {
        return sent() != nullptr && sent()->operation == operation;
    }
    [[nodiscard]] const StoredRequest* shown() const noexcept { return std::get_if<StoredRequest>(&what); }
};

/// Valid until the history changes that it is from.
struct CallRecord {
    const Remembered* ours = nullptr;        ///< null if it is not remembered
    std::vector<const Remembered*> before{}; ///< the oldest first
    std::vector<const Remembered*> since{};
    bool is_complete = true; ///< nothing of this call was forgotten
};

} // namespace lcm::detail

#endif
