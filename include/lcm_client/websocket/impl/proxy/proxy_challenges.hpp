// SPDX-License-Identifier: BSL-1.0
// Internal: the challenges in the Proxy-Authenticate fields of a 407, taken apart (RFC 9110, 11.2 to 11.6.1).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_PROXY_PROXY_CHALLENGES_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_PROXY_PROXY_CHALLENGES_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/token.hpp>
#include <lcm_client/websocket/proxy.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Reads one field's value. A list of challenges and the parameters of each one are both divided by commas, so that a
/// part is a parameter if it is "name=value", and begins a challenge otherwise. What has neither form is passed over.
class ChallengeReader {
public:
    static constexpr std::size_t max_challenges = 32; ///< more than any proxy offers

    explicit ChallengeReader(std::string_view text) : text_(text) {}

    void add_to(std::vector<ProxyChallenge>& challenges) {
        bool has_own = false; // a parameter of a challenge in this field
        while (skip_to_part()) {
            if (auto parameter = take_parameter()) {
                if (has_own) challenges.back().parameters.push_back(*std::move(parameter));
                continue;
            }
            has_own = challenges.size() < max_challenges && begin_challenge(challenges);
            if (!has_own) skip_part();
        }
    }

private:
    void skip_spaces() noexcept { text_.remove_prefix((std::min)(text_.find_first_not_of(" \t"), text_.size())); }

    bool skip_to_part() noexcept {
        text_.remove_prefix((std::min)(text_.find_first_not_of(" \t,"), text_.size()));
        return !text_.empty();
    }

    void skip_part() noexcept { text_.remove_prefix((std::min)(text_.find(','), text_.size())); }

    std::string_view take_token() noexcept {
        const auto end = std::find_if_not(text_.begin(), text_.end(), is_token_char);
        const std::string_view token = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
        text_.remove_prefix(token.size());
        return token;
    }

    // "name = value" or "name = "quoted value"". Takes nothing if it is something else: a scheme, or a token with the
    // signs of base64 at its end.
    std::optional<ProxyParameter> take_parameter() {
        const std::string_view before = text_;
        ProxyParameter parameter{std::string(take_token()), {}};
        skip_spaces();
        if (!parameter.name.empty() && text_.starts_with('=')) {
            text_.remove_prefix(1);
            skip_spaces();
            if (take_value(parameter.value)) return parameter;
        }
        text_ = before;
        return std::nullopt;
    }

    bool take_value(std::string& value) {
        if (text_.starts_with('"')) return take_quoted(value);
        value = take_token();
        return !value.empty();
    }

    bool take_quoted(std::string& value) {
        for (std::size_t i = 1; i < text_.size(); ++i) {
            if (text_[i] == '"') {
                text_.remove_prefix(i + 1);
                return true;
            }
            if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
            value += text_[i];
        }
        return false;
    }

    // A scheme, and behind it a token, a first parameter or nothing.
    bool begin_challenge(std::vector<ProxyChallenge>& challenges) {
        ProxyChallenge challenge{.scheme = std::string(take_token())};
        if (challenge.scheme.empty() || !(text_.empty() || text_.front() == ',' || is_space(text_.front())))
            return false;
        skip_spaces();
        if (auto parameter = take_parameter()) challenge.parameters.push_back(*std::move(parameter));
        else challenge.token = trim(text_.substr(0, (std::min)(text_.find(','), text_.size())));
        challenges.push_back(std::move(challenge));
        skip_part_behind_token(challenges.back());
        return true;
    }

    void skip_part_behind_token(const ProxyChallenge& challenge) noexcept {
        if (challenge.parameters.empty()) skip_part();
    }

    std::string_view text_;
};

/// Adds the challenges of one Proxy-Authenticate field.
inline void add_challenges(std::string_view field, std::vector<ProxyChallenge>& challenges) {
    ChallengeReader(field).add_to(challenges);
}

} // namespace lcm::detail

#endif
