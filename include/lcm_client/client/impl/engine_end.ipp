// SPDX-License-Identifier: BSL-1.0
// The end of the client, on its strand and elsewhere: who is closed, ended and told, in which order. Bodies of engine.hpp.
#ifndef LCM_CLIENT_CLIENT_IMPL_ENGINE_END_IPP
#define LCM_CLIENT_CLIENT_IMPL_ENGINE_END_IPP

#include <lcm_client/client/engine.hpp>

#include <boost/asio/dispatch.hpp>

#include <functional>
#include <memory>
#include <new>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// Any thread.
LCM_CLIENT_DECL void Engine::end_all(Errc code, const char* detail) noexcept {
    calls_.close();
    while (Call call = calls_.close_and_take()) {
        settle_at_end(*call, code, detail);
        completions_.deliver_at_end(std::move(call));
    }
}

// Any thread.
LCM_CLIENT_DECL void Engine::close_link(std::function<void()> closed) {
    closers_.add(std::move(closed));
    is_closing_ = true;
    if (!send_turn() && loop_->has_gone()) closers_.call(); // nothing of the client is left there
}

// This is posted twice: those who wait for the end are told after the handlers that were on their way. What is posted
// here can get behind what another thread posts meanwhile.
LCM_CLIENT_DECL void Engine::on_closing() {
    struct Second { // also when a hook throws
        Engine& engine;
        bool is_needed;
        ~Second() {
            if (is_needed && !engine.send_turn()) engine.closers_.call();
        }
    } const second{*this, !std::exchange(is_link_closed_, true)};
    if (second.is_needed) close_on_strand();
    else closers_.call();
}

LCM_CLIENT_DECL void Engine::close_now() {
    try {
        boost::asio::dispatch(loop_->get_executor(), [engine = shared_from_this()] { engine->close_here(); });
    } catch (const std::bad_alloc&) { // the executor's
        is_closing_ = true;
        static_cast<void>(send_turn());
    }
    hooks_->silence_on_strand();
    end_all(Errc::client_closed);
}

LCM_CLIENT_DECL void Engine::close_here() {
    close_session();
    while (Call call = calls_.close_and_take()) {
        settle_at_end(*call, Errc::client_closed, "");
        completions_.deliver(std::move(call));
    }
    try {
        close_on_strand();
        completions_.flush(); // all notices have been told
    } catch (...) {           // a hook's or a handler's, and not that of who closes
        completions_.pass_on();
        completions_.rethrow_later();
    }
}

// The session lets go of all requests, whoever ends them.
LCM_CLIENT_DECL void Engine::close_session() noexcept {
    if (is_closed_) return;
    calls_.close();
    session_.close();
    calls_.forget_arrivals();
    stops_.clear();
}

LCM_CLIENT_DECL void Engine::close_on_strand() {
    if (is_closed_) return;
    close_session();
    is_closed_ = true;
    if (const auto link = std::exchange(link_, nullptr)) link->close();
    loop_->timer().cancel();
    loop_->release_work();
    session_.closed();
    tell_state();
    hooks_->finish_on_strand();
}

// The thread that destroys the loop; nothing else runs.
LCM_CLIENT_DECL void Engine::on_loop_gone() noexcept {
    if (is_elsewhere()) return;
    end_all(Errc::client_closed, "the event loop was destroyed");
    is_closed_ = true;
    if (link_) link_->close_at_once();
    link_.reset();
    stops_.clear();
    loop_->let_go();
}

} // namespace lcm::detail

#endif
