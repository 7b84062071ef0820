// SPDX-License-Identifier: BSL-1.0
// What a reply is recognised by: its subtopic and, where it carries one, the call's id.
#ifndef LCM_CLIENT_SESSION_MATCH_KEY_HPP
#define LCM_CLIENT_SESSION_MATCH_KEY_HPP

#include <lcm_client/protocol/text.hpp>

#include <cstddef>
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
