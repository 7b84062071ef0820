// SPDX-License-Identifier: BSL-1.0
// What a reply is recognised by: its subtopic and, where it carries one, the call's id.
#ifndef LCM_CLIENT_SESSION_MATCH_KEY_HPP
#define LCM_CLIENT_SESSION_MATCH_KEY_HPP

#include <lcm_client/protocol/impl/text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The wire has no request id, so requests with equal keys cannot be told apart by their replies. The subtopic is
/// compared without regard to letter case and outer space, the call id exactly.
class MatchKey {
public:
    MatchKey(std::string_view reply_subtopic, std::optional<std::string> callid)
        : subtopic_(trim(reply_subtopic)), callid_(std::move(callid)) {}

    /// For a request that has no reply: equal to no key of a message, nor to that of another request.
    [[nodiscard]] static MatchKey of_no_reply(std::uint64_t request) {
        MatchKey key({}, std::to_string(request));
        key.has_reply_ = false;
        return key;
    }

    [[nodiscard]] bool has_reply() const noexcept { return has_reply_; }
    [[nodiscard]] std::string_view subtopic() const noexcept { return subtopic_; } ///< in its own letter case
    [[nodiscard]] const std::optional<std::string>& callid() const noexcept { return callid_; }

    friend bool operator==(const MatchKey& a, const MatchKey& b) noexcept {
        return a.has_reply_ == b.has_reply_ && a.callid_ == b.callid_ && same_name(a.subtopic(), b.subtopic());
    }

private:
    std::string subtopic_;
    std::optional<std::string> callid_;
    bool has_reply_ = true;
};

} // namespace lcm::detail

#endif
