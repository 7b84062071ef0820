// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about the servers behind the addresses: one that is mute or ill gives way to
// the next one, and what became of each is remembered and told.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_GIVING_WAY_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_GIVING_WAY_IPP

#include <lcm_client/websocket/impl/addresses/abortive_close.hpp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/tls/tls_refusal.hpp>

#include <boost/asio/error.hpp>

#include <new>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// Whether there is another address to go on with, now that one has connected.
LCM_CLIENT_DECL bool WebSocketConnection::may_give_way() const noexcept {
    return stream_ && connector_ && connector_->has_left();
}

// Whether the server that has connected has not said a byte in this stage.
LCM_CLIENT_DECL bool WebSocketConnection::is_mute() noexcept {
    if (!stream_) return false;
    if (stage_.code == Errc::tls_failed) return !has_spoken(stream().native_tls());
    if (proxy_) return proxy_->exchange && !proxy_->exchange->answer.has_begun();
    return upgrade_ && !upgrade_->answer.has_begun();
}

// The same secret may leave again, for another server, but not before this one has lost the connection.
LCM_CLIENT_DECL void WebSocketConnection::give_way(error_code why, std::string words) {
    settings_->memory->note_ill(*connector_->winner());
    connector_->give_up_winner(why, std::move(words));
    ++given_up_;
    abort_connection(stream().socket().native_handle());
    close_socket(stream().socket());
    stream_.reset();
    if (auto touched = take_exchange()) given_up_exchanges_.push_back(std::move(touched)); // for which there is room
    is_reading_ = false;
    guard_opening([this] { dial(); });
}

// The server behind the address is of no use: the next one has its turn, or the attempt has failed.
LCM_CLIENT_DECL void WebSocketConnection::fail_here(Explanation why) {
    if (!may_give_way() || !is_for_one_address(why)) return fail(std::move(why));
    look_for_tls_failure(why);
    std::string words = without_advice(why.failure.detail);
    remember_words(why);
    give_way(why.failure.cause, std::move(words));
}

LCM_CLIENT_DECL void WebSocketConnection::remember_words(const Explanation& why) {
    const bool can_pass = left_behind_ && !left_behind_->failure.is_permanent;
    left_behind_ = proxy_ && !proxy_->exchange ? of_proxy(why) : why;
    if (can_pass) left_behind_->failure.is_permanent = false;
}

// What an address did that was reached says more than that the others could not be. But trying again is in vain only if
// it is so for each of them.
LCM_CLIENT_DECL void WebSocketConnection::recall_words(Explanation& why) noexcept {
    if (!left_behind_ || why.code == Errc::unauthorized) return;
    const bool is_reached = stream_.has_value();
    why.failure.is_permanent = is_reached && why.failure.is_permanent && left_behind_->failure.is_permanent;
    if (is_reached || why.failure.cause == boost::asio::error::no_memory) return left_behind_.reset();
    left_behind_->failure.is_permanent = false;
    why = *std::move(left_behind_);
}

LCM_CLIENT_DECL void WebSocketConnection::settle_address() noexcept {
    if (!connector_) return; // it was a proxy's
    settings_->memory->note_good(*connector_->winner());
    connector_.reset();
    left_behind_.reset();
}

// An address that refuses the credentials is the first one next time: no other one is to be offered them as well.
LCM_CLIENT_DECL void WebSocketConnection::note_failure(Explanation& why) noexcept {
    if (!connector_) return;
    FactoryMemory& memory = *settings_->memory;
    const bool is_ill = why.code == Errc::tls_failed || why.code == Errc::upgrade_rejected;
    if (const Endpoint* const node = connector_->winner();
        node != nullptr && why.failure.cause != boost::asio::error::no_memory) {
        if (is_ill) memory.note_ill(*node);
        else if (why.code == Errc::unauthorized) memory.note_good(*node);
    }
    memory.forget(first_hop().host);
    if (connector_->size() == 1 && (why.code != Errc::connect_failed || connector_->winner())) return;
    try {
        why.failure.detail += (why.failure.detail.empty() ? "" : "; ") + connector_->describe();
    } catch (const std::bad_alloc&) {} // there are fewer words then
}

} // namespace lcm::detail

#endif
