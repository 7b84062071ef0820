// SPDX-License-Identifier: BSL-1.0
// How results reach those who wait for them: the bodies.
#ifndef LCM_CLIENT_CLIENT_IMPL_COMPLETIONS_IPP
#define LCM_CLIENT_CLIENT_IMPL_COMPLETIONS_IPP

#include <lcm_client/client/completions.hpp>

#include <exception>
#include <new>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL Completions::Completions(std::shared_ptr<LoopBinding> loop, std::shared_ptr<RequestPool> pool,
                                         Threads threads, Counters& counters)
    : loop_(std::move(loop)), pool_(std::move(pool)), is_own_thread_(threads == Threads::one), counters_(counters) {}

LCM_CLIENT_DECL void Completions::deliver_all_at_end() noexcept {
    while (RequestEntry* const request = due_.pop_front()) deliver_at_end(own(*request));
}

LCM_CLIENT_DECL void Completions::deliver(Call call) noexcept {
    if (call->has_handler()) due_.push_back(*call.release());
    else call->run();
}

LCM_CLIENT_DECL bool Completions::flush() {
    if (due_.empty()) return false;
    struct Remainder {
        Completions& completions;
        ~Remainder() {
            if (!completions.due_.empty()) completions.pass_on();
        }
    } const remainder{*this};
    while (RequestEntry* const request = due_.pop_front()) deliver_here(own(*request));
    return true;
}

// A handler whose executor throws runs here.
LCM_CLIENT_DECL void Completions::deliver_here(Call call) {
    if (!call->has_executor()) return run(*call);
    try {
        return call->send(Resume::dispatch, Ticket(*call, pool_), loop_->strand().executor());
    } catch (...) {
        if (call->was_run()) throw; // the handler's own
        ++counters_.executors_failed;
    }
    run(*call);
}

// An exception that leaves a handler ends the program on the client's own thread; that outlives the lack of memory in
// Asio's operations, which looks the same from the loop.
LCM_CLIENT_DECL void Completions::run(PendingCall& call) const {
    if (!is_own_thread_) return call.run();
    [&call]() noexcept { call.run(); }();
}

LCM_CLIENT_DECL void Completions::rethrow_later() {
    if (is_own_thread_) std::terminate();
    try {
        loop_->post([problem = std::current_exception()] { std::rethrow_exception(problem); });
    } catch (...) { // the executor's: there is no place where it could be seen
    }
}

LCM_CLIENT_DECL void Completions::deliver_later(PendingCall& call) {
    if (!call.has_handler()) return call.run();
    try {
        return call.send(Resume::post, Ticket(call, pool_), loop_->get_executor());
    } catch (...) {
        if (!call.has_executor()) throw;
        ++counters_.executors_failed;
    }
    if (!loop_->post(Ticket(call, pool_))) throw std::bad_alloc();
}

LCM_CLIENT_DECL void Completions::deliver_at_end(Call call) noexcept {
    try {
        deliver_later(*call);
    } catch (...) {
        call->run();
    }
}

// If the application ends by the exception, nothing may be left to which nobody comes again.
LCM_CLIENT_DECL void Completions::pass_on() noexcept {
    RequestList left;
    while (RequestEntry* const request = due_.pop_front()) {
        Call call = own(*request);
        try {
            deliver_later(*call);
        } catch (...) {
            left.push_back(*call.release());
        }
    }
    due_ = left;
}

} // namespace lcm::detail

#endif
