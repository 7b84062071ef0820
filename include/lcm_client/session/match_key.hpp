// SPDX-License-Identifier: BSL-1.0
// What a reply is recognised by: its subtopic and, where it carries one, the call's id.
#ifndef LCM_CLIENT_SESSION_MATCH_KEY_HPP
#define LCM_CLIENT_SESSION_MATCH_KEY_HPP

#include <lcm_client/protocol/text.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm {

/// The wire has no request id, so requests with equal keys cannot be told apart by their replies. The subtopic is
/// compared without regard to letter case and outer space, the call id exactly.
class MatchKey {
public:
    MatchKey(std::string_view reply_subtopic, std::optional<std::string> callid)
        : subtopic_(detail::fold(reply_subtopic)), callid_(std::move(callid)) {}

    /// For a request that has no reply: equal to no key of a message, nor to that of another request.
    [[nodiscard]] static MatchKey of_no_reply(std::uint64_t request) {
        MatchKey key({}, std::to_string(request));
        key.subtopic_ = ' '; // never that of a message, which is trimmed
        return key;
    }

    [[nodiscard]] const std::string& subtopic() const noexcept { return subtopic_; } ///< in lower case
    [[nodiscard]] const std::optional<std::string>& callid() const noexcept { return callid_; }

    [[nodiscard]] std::size_t hash() const noexcept {
        const std::size_t h = std::hash<std::string_view>{}(subtopic_);
        return callid_ ? h * 31U + std::hash<std::string_view>{}(*callid_) : h;
    }

    friend bool operator==(const MatchKey&, const MatchKey&) = default;

private:
    std::string subtopic_;
    std::optional<std::string> callid_;
};

} // namespace lcm

template <> struct std::hash<lcm::MatchKey> {
    std::size_t operator()(const lcm::MatchKey& key) const noexcept { return key.hash(); }
};

#endif
