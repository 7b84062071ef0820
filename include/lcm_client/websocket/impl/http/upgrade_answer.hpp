// SPDX-License-Identifier: BSL-1.0
// Internal: whether a server's answer to the request for the upgrade opens the connection, judged by its status line
// and header alone (RFC 6455, 4.1). A body is never waited for.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_UPGRADE_ANSWER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_UPGRADE_ANSWER_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/error.hpp>
#include <lcm_client/websocket/impl/http/answer_header.hpp>
#include <lcm_client/websocket/impl/http/explain.hpp>
#include <lcm_client/websocket/impl/http/http_answer.hpp>
#include <lcm_client/websocket/impl/http/retry_after.hpp>
#include <lcm_client/websocket/options.hpp>

#include <boost/system/errc.hpp>

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What the server has to answer to `key`, the request's Sec-WebSocket-Key.
[[nodiscard]] inline std::string accept_for(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> hash{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
    return base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

/// What was asked for.
struct UpgradeOffer {
    std::vector<std::string> subprotocols;
    UpgradeFacts facts{};
};

/// A final answer, or one that agrees, as far as it has come. Views.
struct AnswerHead {
    unsigned status;
    std::string_view fields; ///< the lines behind the status line, and perhaps more
};

/// What the header of an answer says about the upgrade.
class UpgradeFields {
public:
    /// `lines` are those behind the status line; an incomplete one at the end does not count.
    explicit UpgradeFields(std::string_view lines) {
        is_well_formed_ = for_each_field(lines, [this](auto name, auto value) { note(name, value); });
    }

    /// The value of Retry-After; empty if there is none.
    [[nodiscard]] std::string_view retry_after() const noexcept { return retry_after_; }

    /// The value of Location; empty if there is none.
    [[nodiscard]] std::string_view location() const noexcept { return location_; }

    /// Why a 101 with these fields must not be taken, if `accept` is the answer to the key; no error if it may.
    [[nodiscard]] error_code breach_of(std::string_view accept) const {
        using Error = WebSocketErrc;
        if (!is_well_formed_) return make_error_code(boost::system::errc::bad_message);
        if (!is_upgrade_) return Error::no_upgrade;
        if (!is_connection_upgrade_) return Error::no_connection_upgrade;
        if (accepts_ == 0) return Error::no_accept;
        if (accepts_ != 1 || accept.empty() || accept_ != accept) return Error::bad_accept;
        return {};
    }

    [[nodiscard]] bool has_extension() const noexcept { return has_extension_; }

    /// Whether it names a subprotocol that was not asked for, or more than one.
    [[nodiscard]] bool has_other_subprotocol(const UpgradeOffer& offer) const {
        const auto& asked = offer.subprotocols;
        return subprotocols_ > 1 ||
               (subprotocols_ == 1 && std::find(asked.begin(), asked.end(), subprotocol_) == asked.end());
    }

private:
    void note(std::string_view name, std::string_view value) {
        if (same_name(name, "Upgrade")) is_upgrade_ = is_upgrade_ || has_token(value, "websocket");
        else if (same_name(name, "Connection"))
            is_connection_upgrade_ = is_connection_upgrade_ || has_token(value, "upgrade");
        else if (same_name(name, "Sec-WebSocket-Accept")) ++accepts_, accept_ = value;
        else if (same_name(name, "Sec-WebSocket-Extensions")) has_extension_ = true;
        else if (same_name(name, "Sec-WebSocket-Protocol")) ++subprotocols_, subprotocol_ = value;
        else if (same_name(name, "Retry-After") && retry_after_.empty()) retry_after_ = value;
        else if (same_name(name, "Location") && location_.empty()) location_ = value;
    }

    bool is_well_formed_ = false;
    bool is_upgrade_ = false;
    bool is_connection_upgrade_ = false;
    bool has_extension_ = false;
    std::size_t accepts_ = 0;
    std::size_t subprotocols_ = 0;
    std::string_view accept_;
    std::string_view subprotocol_;
    std::string_view retry_after_;
    std::string_view location_;
};

/// Takes the answer in pieces of any size.
class UpgradeAnswer {
public:
    static constexpr std::size_t max_header = AnswerHeader::max_size;
    static constexpr int max_interim = AnswerHeader::max_interim;

    enum class State {
        incomplete,
        accepted, ///< the connection is open
        refused,
    };

    explicit UpgradeAnswer(UpgradeOffer offer) : offer_(std::move(offer)) {}

    /// What the answer has to have as Sec-WebSocket-Accept; without it no answer is taken. It is apart from the offer, so
    /// that it can be computed while the request is on its way already.
    void expect(std::string accept) noexcept { accept_ = std::move(accept); }

    /// The server's next bytes, while the answer is incomplete.
    State take(std::string_view bytes, std::chrono::system_clock::time_point now) {
        header_.append(bytes);
        if (state_ == State::incomplete) look(now);
        return state_;
    }

    [[nodiscard]] State state() const noexcept { return state_; }

    /// Whether the server has said anything.
    [[nodiscard]] bool has_begun() const noexcept { return header_.has_begun(); }

    /// The bytes behind the header: the first frames. When it was accepted.
    [[nodiscard]] std::string_view rest() const noexcept { return header_.rest(); }

    /// What the server has answered: nothing while that is not HTTP, not final, or agrees and is not whole.
    [[nodiscard]] std::optional<AnswerHead> head() const noexcept {
        std::string_view fields = header_.text().substr(0, max_header);
        const auto line = take_line(fields);
        const auto status = line ? parse_status_line(*line) : std::nullopt;
        const bool is_whole = header_.state() == AnswerHeader::State::whole;
        if (!status || status->is_interim() || (status->status == 101 && !is_whole)) return std::nullopt;
        return AnswerHead{status->status, fields};
    }

    /// When it was refused.
    [[nodiscard]] const Explanation& why() const noexcept { return why_; }

    /// What an answer means that is still incomplete and ends with `ec`: its status says more than that, if it has
    /// come.
    [[nodiscard]] Explanation broken_off(error_code ec, std::chrono::system_clock::time_point now) const {
        return refusal_so_far(now).value_or(explain_broken_upgrade(ec, !offer_.facts.tls && !has_begun()));
    }

    /// Why an answer that is still incomplete declines, if its status line says so.
    [[nodiscard]] std::optional<Explanation> refusal_so_far(std::chrono::system_clock::time_point now) const {
        const auto answer = head();
        if (!answer || answer->status == 101) return std::nullopt;
        const UpgradeFields fields(answer->fields);
        return explain_status(answer->status, fields.retry_after(), now, offer_.facts, fields.location());
    }

private:
    void look(std::chrono::system_clock::time_point now) {
        switch (header_.state()) {
        case AnswerHeader::State::incomplete: return;
        case AnswerHeader::State::no_http: return refuse(explain_no_http());
        case AnswerHeader::State::too_long: return refuse_long(now);
        case AnswerHeader::State::whole: break;
        }
        if (auto refusal = refusal_so_far(now)) return refuse(*std::move(refusal));
        std::string_view text = header_.text();
        judge(*parse_status_line(*take_line(text)), UpgradeFields(header_.fields()));
    }

    // A server that speaks TLS answers by an alert what is none (RFC 8446, 5.1).
    [[nodiscard]] Explanation explain_no_http() const {
        const bool is_tls_alert = !offer_.facts.tls && header_.text().starts_with('\x15');
        if (is_tls_alert) return explain_tls_there();
        return explain_no_websocket(make_error_code(boost::system::errc::bad_message));
    }

    void judge(const StatusLine& status, const UpgradeFields& fields) {
        using Error = WebSocketErrc;
        if (!status.is_http_1_1) refuse(explain_no_websocket(Error::bad_http_version));
        else if (const error_code breach = fields.breach_of(accept_)) refuse(explain_no_websocket(breach));
        else if (fields.has_extension()) refuse(explain_unasked("an extension"));
        else if (fields.has_other_subprotocol(offer_)) refuse(explain_unasked("a subprotocol"));
        else state_ = State::accepted;
    }

    void refuse_long(std::chrono::system_clock::time_point now) {
        if (auto refusal = refusal_so_far(now)) return refuse(*std::move(refusal));
        refuse(explain_no_websocket(make_error_code(boost::system::errc::message_size)));
    }

    void refuse(Explanation why) {
        why_ = std::move(why);
        state_ = State::refused;
    }

    UpgradeOffer offer_;
    std::string accept_;
    State state_ = State::incomplete;
    AnswerHeader header_;
    Explanation why_{};
};

} // namespace lcm::detail

#endif
