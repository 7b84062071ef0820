// SPDX-License-Identifier: BSL-1.0
// Requests of all styles whose endings are counted while memory fails.
#ifndef LCM_CLIENT_TESTS_MEMORY_REQUESTS_HPP
#define LCM_CLIENT_TESTS_MEMORY_REQUESTS_HPP

#include <memory/failing_new.hpp>
#include <support/bench.hpp>

#include <lcm_client/evidence.hpp>
#include <lcm_client/result.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <new>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

/// Each has to end once, with a value or an `LcmError`, unless its call threw: then it was not submitted.
class Requests {
public:
    template <class Client, class R> void call(Client& client, const R& request) {
        auto& one = futures_.emplace_back();
        const MayFail may(true);
        try {
            one = client.call(request, {.stop = stop_.get_token()});
        } catch (const std::bad_alloc&) {
            futures_.pop_back();
        }
    }

    /// A callback without an executor, which can be cancelled.
    template <class Client, class R> void call_back(Client& client, const R& request) {
        start(client, request, [](auto handler) { return handler; });
    }

    /// The same on an executor.
    template <class Client, class R, class E> void call_back_on(Client& client, const R& request, const E& executor) {
        start(client, request, [&](auto handler) { return boost::asio::bind_executor(executor, std::move(handler)); });
    }

    /// Asks about each callback's request that has ended as unknown. On the executor of the handlers. `found` is called
    /// with the request's call and what was found.
    template <class Client, class Found> void inquire(Client& client, Found found) {
        for (const Error& error : std::exchange(unknown_, {})) {
            Callback& one = callbacks_.emplace_back();
            const MayFail may(true);
            try {
                client.async_inquire(error, [found, callid = error.callid, &one](const Result<Evidence>& result) {
                    if (result) found(callid, result->finding);
                    ++one.endings;
                });
                one.was_submitted = true;
            } catch (const std::bad_alloc&) {}
        }
    }

    /// On the executor of the handlers, or anywhere with a stop token.
    void cancel_futures() {
        const MayFail may(true);
        stop_.request_stop();
    }
    void cancel_callbacks() {
        const MayFail may(true);
        for (auto& one : callbacks_) one.signal.emit(boost::asio::cancellation_type::total);
    }

    [[nodiscard]] bool have_ended() const {
        for (const auto& future : futures_)
            if (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
        for (const auto& one : callbacks_)
            if (one.was_submitted && one.endings == 0) return false;
        return true;
    }

    /// What is wrong; empty if each has ended once.
    [[nodiscard]] std::string check() {
        for (auto& future : futures_) {
            if (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return "a future is not ready";
            try {
                static_cast<void>(future.get());
            } catch (const LcmError&) {
            } catch (const std::exception& problem) {
                return std::string("a future threw: ") + problem.what();
            }
        }
        for (const auto& one : callbacks_) {
            if (one.was_submitted && one.endings == 0) return "a callback was not called";
            if (one.endings > 1) return "a callback was called twice";
            if (!one.was_submitted && one.endings != 0) return "a callback was called whose call had thrown";
        }
        return {};
    }

    [[nodiscard]] std::size_t accepted() const noexcept { return accepted_; }

private:
    struct Callback {
        boost::asio::cancellation_signal signal;
        bool was_submitted = false;
        std::atomic<int> endings{0};
    };

    template <class Client, class R, class Bind> void start(Client& client, const R& request, Bind bind) {
        Callback& one = callbacks_.emplace_back();
        auto handler = bind([this, &one](const auto& result) {
            const MayFail may(false);
            if (result.has_value()) ++accepted_;
            else if (result.error().delivery == Delivery::unknown) unknown_.push_back(result.error());
            ++one.endings;
        });
        auto token = boost::asio::bind_cancellation_slot(one.signal.slot(), std::move(handler));
        const MayFail may(true);
        try {
            client.async_call(request, std::move(token));
            one.was_submitted = true;
        } catch (const std::bad_alloc&) {}
    }

    std::stop_source stop_;
    std::deque<std::future<OutcomeResponse>> futures_;
    std::deque<Callback> callbacks_;
    std::atomic<std::size_t> accepted_{0};
    std::vector<Error> unknown_; // those of callbacks, where they were called
};

/// A future, handlers without and with an executor, and one that is held back.
template <class Client> void submit_some(Client& client, Requests& requests) {
    requests.call(client, sample("1"));
    requests.call_back(client, sample("2"));
    requests.call_back_on(client, sample("3"), client.get_executor());
    requests.call(client, sample("1"));
}

} // namespace lcm::tests

#endif
