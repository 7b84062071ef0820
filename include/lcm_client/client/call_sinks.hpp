// SPDX-License-Identifier: BSL-1.0
// Who takes the result of a request: a future, or a completion handler with its executor.
#ifndef LCM_CLIENT_CLIENT_CALL_SINKS_HPP
#define LCM_CLIENT_CLIENT_CALL_SINKS_HPP

#include <lcm_client/result.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <concepts>
#include <exception>
#include <future>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Gives the result to a future. The future is fulfilled directly: it needs no loop to become ready.
template <class Response> class FutureSink {
public:
    static constexpr bool has_handler = false;
    static constexpr bool has_executor = false;

    [[nodiscard]] std::future<Response> get_future() { return promise_.get_future(); }

    void succeed(Response&& response) noexcept {
        try {
            promise_.set_value(std::move(response));
        } catch (...) { // a response type of the application's own cannot be moved
            promise_.set_exception(std::current_exception());
        }
    }

    void fail(Error&& error) noexcept { promise_.set_exception(to_exception(std::move(error))); }

private:
    std::promise<Response> promise_;
};

/// Stands for the executor of handlers that have none of their own: the client's strand.
struct ClientExecutor {};

/// Gives the result to a completion handler, on the executor that belongs to it, which has work until then. Without one
/// the handler belongs to the client's strand, which lives until all requests have ended.
template <class Response, class Handler> class HandlerSink {
public:
    static constexpr bool has_handler = true;

    explicit HandlerSink(Handler handler)
        : work_(make_work(Association::get(handler, ClientExecutor()))), handler_(std::move(handler)) {}

    void operator()(Result<Response>&& result) { std::move(handler_)(std::move(result)); }

    [[nodiscard]] auto get_executor() const noexcept { return work_.get_executor(); }

private:
    using Association = boost::asio::associated_executor<Handler, ClientExecutor>;
    using Executor = typename Association::type;

public:
    static constexpr bool has_executor = !std::same_as<Executor, ClientExecutor>;

private:
    template <class E> static auto make_work(const E& executor) {
        if constexpr (has_executor) return boost::asio::executor_work_guard<E>(executor);
        else return executor;
    }

    [[no_unique_address]] decltype(make_work(std::declval<const Executor&>())) work_;
    Handler handler_;
};

} // namespace lcm::detail

#endif
