// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about the upgrade.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_UPGRADE_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_UPGRADE_IPP

#include <lcm_client/websocket/impl/check_options.hpp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/http/upgrade_request.hpp>
#include <lcm_client/websocket/impl/tls/tls_refusal.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void WebSocketConnection::upgrade() {
    begin_with_server({Errc::upgrade_rejected, "the upgrade to WebSocket", options().upgrade_timeout});
    distrust_cookies(); // which led to an address that stayed mute
    guard_upgrade([this] {
        if ((offer_ && !offer_->was_sent) || ask_for_credentials()) ask_for_upgrade(); // a login may count once only
    });
}

LCM_CLIENT_DECL void WebSocketConnection::ask_for_upgrade() {
    const std::string key = websocket_key(seed_);
    const Credentials& credentials = offer_->credentials;
    offer_->was_sent = true;
    const std::string cookies = choose_cookies();
    UpgradeFacts facts{url().tls, std::string(url().name()), !authorization_of(options(), credentials).empty()};
    upgrade_ = std::make_shared<Upgrade>(Upgrade{make_upgrade_request(url(), options(), credentials, key, cookies),
                                                 UpgradeAnswer({options().subprotocols, std::move(facts)})});
    // The request leaves first: what else there is to do is done while the server works.
    write_request();
    if (!write_queue_.prepare_masks()) {
        const auto cause = make_error_code(boost::system::errc::resource_unavailable_try_again);
        return fail({Errc::upgrade_rejected, {cause, "the system has no random bytes for the masks of frames"}});
    }
    upgrade_->answer.expect(accept_for(key));
    read_answer();
}

LCM_CLIENT_DECL void WebSocketConnection::write_request() {
    start_write(boost::asio::buffer(upgrade_->request) + upgrade_->written);
}

// A server that has gone may have said why before. With TLS 1.3 one that demands a client certificate says so only now.
// So an error is told when the answer cannot be read either.
LCM_CLIENT_DECL void WebSocketConnection::on_request_written(error_code ec, std::size_t count) {
    if (proxy_) return on_proxy_written(ec, count);
    upgrade_->write_error = ec;
    upgrade_->written += count;
    if (ec && !upgrade_->has_left()) return;
    guard_upgrade([this] {
        if (!upgrade_->has_left()) write_request();
        else if (upgrade_->answer.state() == UpgradeAnswer::State::accepted) on_upgraded();
    });
}

LCM_CLIENT_DECL void WebSocketConnection::read_answer() { start_read(boost::asio::buffer(upgrade_->piece)); }

LCM_CLIENT_DECL void WebSocketConnection::on_answer(error_code ec, std::size_t count) {
    if (proxy_) return on_proxy_read(ec, count);
    guard_upgrade([&] { ec ? on_upgrade_broken(ec) : take_answer(count); });
}

LCM_CLIENT_DECL void WebSocketConnection::take_answer(std::size_t count) {
    switch (upgrade_->answer.take({upgrade_->piece.data(), count}, std::chrono::system_clock::now())) {
    case UpgradeAnswer::State::incomplete: return read_answer();
    case UpgradeAnswer::State::refused: return decline(upgrade_->answer.why());
    case UpgradeAnswer::State::accepted: break;
    }
    if (upgrade_->has_left()) on_upgraded();
    else if (upgrade_->write_error) on_upgrade_broken(upgrade_->write_error);
}

LCM_CLIENT_DECL void WebSocketConnection::on_upgrade_broken(error_code ec) {
    const error_code first = upgrade_->write_error ? upgrade_->write_error : ec;
    for (const error_code& each : {ec, first})
        if (is_tls_refusal(each)) return fail_here(explain_tls(each, stream().native_tls()));
    decline(upgrade_->answer.broken_off(first, std::chrono::system_clock::now()));
}

// The application sees the answer before it learns what became of the attempt, and may end the client.
LCM_CLIENT_DECL void WebSocketConnection::decline(Explanation why) {
    try {
        if (proxy_) note_proxy_refusal();
        else static_cast<void>(note_answer());
    } catch (const std::bad_alloc&) { // what was refused says more
    }
    if (state_ == State::opening) fail_here(std::move(why));
}

// Returns whether the application's function has thrown.
LCM_CLIENT_DECL bool WebSocketConnection::note_answer() {
    const auto head = upgrade_->answer.head();
    if (!head) return false;
    learn_from(*head);
    if (!options().on_upgrade) return false;
    const UpgradeResponse response = shown(*head);
    try {
        options().on_upgrade(response);
    } catch (...) { // and not its text, which can hold what it was shown
        return true;
    }
    return false;
}

// What a header that did not end in time has said.
LCM_CLIENT_DECL std::optional<Explanation> WebSocketConnection::refusal_so_far() const {
    if (!upgrade_) return proxy_refusal_so_far();
    return upgrade_->answer.refusal_so_far(std::chrono::system_clock::now());
}

// What has arrived by now is looked at before anybody learns that the connection is open: a server that cannot refuse
// by HTTP agrees and sends a close frame at once, and then no request shall be spent on it. A ping leaves before all
// requests.
LCM_CLIENT_DECL void WebSocketConnection::on_upgraded() {
    const bool has_thrown = note_answer();
    if (state_ != State::opening) return;
    if (has_thrown) return fail(explain_thrown(Errc::upgrade_rejected, "on_upgrade", BlockReason::other));
    offer_.reset();
    std::string frames(upgrade_->answer.rest());
    const error_code end = stream().read_at_once(frames, UpgradeAnswer::max_header);
    upgrade_.reset();
    state_ = State::open;
    opened_ = std::chrono::steady_clock::now();
    be_abortive(true);
    keep_alive_.begin(opened_);
    schedule();
    reader_.begin_with(frames);
    scan();
    if (end || reader_.end()) return on_ended_at_once(end);
    settle_address();
    add_ping();
    answer_ping();
    post_handler(executor_, open_, [self = shared_from_this()](OpenHandler& open) { self->complete_open(open); });
    if (!frames.empty() && keep_alive_.hear(std::chrono::steady_clock::now())) tell(true);
}

// Whoever is told may send something, with which the ping leaves. Otherwise it leaves when those have run to whom the
// handler has posted that the connection is open, so that they need not wait for the system.
LCM_CLIENT_DECL void WebSocketConnection::complete_open(OpenHandler& handler) {
    struct Wake { // also when the handler throws
        WebSocketConnection& connection;
        ~Wake() {
            if (connection.state_ == State::open && !connection.write_queue_.is_writing()) connection.wake();
        }
    } const wake{*this};
    handler(error_code());
}

// The messages in front of the end are for nobody: nothing has been asked for.
LCM_CLIENT_DECL void WebSocketConnection::on_ended_at_once(error_code ec) {
    const bool is_said = reader_.end().has_value();
    while (is_said && reader_.has_message() && reader_.take_message()) {}
    Explanation why = is_said ? explain_read_end() : explain(ec);
    why.code = Errc::upgrade_rejected;
    if (why.failure.detail.empty()) why.failure.detail = "the connection broke";
    why.failure.detail += ", right behind the answer to the upgrade";
    if (may_give_way() && (!is_said || is_passing_close(*reader_.end()))) return take_back_opening(std::move(why));
    if (is_said) refuse(std::move(why), reader_.end()->answer);
    else fail(std::move(why));
}

// The connection was never one: nobody was told, and nothing but the request has left.
LCM_CLIENT_DECL void WebSocketConnection::take_back_opening(Explanation why) {
    state_ = State::opening;
    is_abortive_ = false;
    reader_ = FrameReader(max_inbound_message_);
    unanswered_ping_.reset();
    fail_here(std::move(why));
}

// Without memory the attempt fails, as by any other fault.
template <class Step> void WebSocketConnection::guard_upgrade(Step step) {
    try {
        step();
    } catch (const std::bad_alloc&) {
        fail({Errc::upgrade_rejected, {boost::asio::error::no_memory, {}}});
    }
}

} // namespace lcm::detail

#endif
