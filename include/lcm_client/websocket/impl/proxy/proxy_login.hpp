// SPDX-License-Identifier: BSL-1.0
// Internal: what an attempt offers to a proxy that wants to know who asks, and when it gives up.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_PROXY_PROXY_LOGIN_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_PROXY_PROXY_LOGIN_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/websocket/credentials.hpp>
#include <lcm_client/websocket/impl/addresses/server_name.hpp>
#include <lcm_client/websocket/impl/http/url_credentials.hpp>
#include <lcm_client/websocket/proxy.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The bytes that `text` stands for, up to the first character that is not base64's.
[[nodiscard]] inline std::string base64_decoded(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::size_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) break;
        group = (group << 6 | value) & 0xffff;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes += static_cast<char>(group >> bits & 0xff);
    }
    return bytes;
}

/// One attempt's. The user information of the proxy's URL goes with the first request; each 407 is a question to the
/// application.
class ProxyLogin {
public:
    enum class Verdict {
        offer,    ///< `offered()` goes with the next request
        refused,  ///< what was offered is not accepted, and there is nothing else
        needed,   ///< nothing was offered, and there is nothing
        unusable, ///< what the application gave is not allowed in a header
        failed,   ///< the application's function threw
    };

    explicit ProxyLogin(const Url& proxy)
        : proxy_(host_and_port(proxy)), offered_(url_credentials(proxy).authorization()) {}

    /// The value of Proxy-Authorization; empty without the field.
    [[nodiscard]] const std::string& offered() const noexcept { return offered_.reveal(); }

    /// Whether it is the kind of secret that one refusal judges. Other kinds go on over several rounds.
    [[nodiscard]] bool is_basic() const noexcept {
        return same_name(offered().substr(0, offered().find(' ')), "Basic");
    }

    /// The user of the URL is not to be offered now. Returns whether the application may be asked for another one.
    bool withhold(bool can_ask) {
        if (!can_ask || round_ != 0) return false;
        offered_ = {};
        return true;
    }

    /// What to do about a 407. `ask` is the application's function, and may be empty.
    Verdict challenge(std::vector<ProxyChallenge> challenges,
                      const std::function<Sensitive<std::string>(const ProxyQuestion&)>& ask) {
        const Verdict nothing = offered().empty() ? Verdict::needed : Verdict::refused;
        if (!ask || round_ >= ProxyQuestion::max_rounds) return nothing;
        Sensitive<std::string> answer;
        const ProxyQuestion question{proxy_, std::move(challenges), ++round_};
        try {
            answer = ask(question);
        } catch (...) { // and not its text, which can hold a secret
            return Verdict::failed;
        }
        const std::string& value = answer.reveal();
        if (value.empty() || value == offered()) return nothing;
        if (value.size() > max_header_size || std::any_of(value.begin(), value.end(), is_control))
            return Verdict::unusable;
        offered_ = std::move(answer);
        return Verdict::offer;
    }

    /// What must not be shown, since the proxy has been told it.
    [[nodiscard]] std::vector<std::string> secrets() const {
        std::vector<std::string> secrets;
        const std::string& value = offered();
        const std::size_t space = value.find(' ');
        secrets.push_back(value.substr(space == std::string::npos ? 0 : space + 1));
        if (!is_basic()) return secrets;
        const std::string both = base64_decoded(secrets.front());
        const std::size_t colon = (std::min)(both.find(':'), both.size());
        secrets.push_back(both.substr(0, colon));
        secrets.push_back(both.substr((std::min)(colon + 1, both.size())));
        return secrets;
    }

private:
    std::string proxy_;
    Sensitive<std::string> offered_;
    unsigned round_ = 0;
};

} // namespace lcm::detail

#endif
