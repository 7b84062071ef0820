// SPDX-License-Identifier: BSL-1.0
// The client: typed requests over a link that it restores by itself, each with exactly one ending, as a future,
// callback or coroutine. Needed by sources that make clients over a transport of their own; the class is told about in
// lcm_client/client/lcm_client.hpp.
#ifndef LCM_CLIENT_CLIENT_HPP
#define LCM_CLIENT_CLIENT_HPP

#include <lcm_client/client/core.hpp>
#include <lcm_client/client/io_thread.hpp>
#include <lcm_client/client/lcm_client.hpp>
#include <lcm_client/client/stats.hpp>
#include <lcm_client/clock.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/json.hpp>
#include <lcm_client/raw_request.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/subscription.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

namespace lcm {

template <class T, class ClockType>
LcmClient<T, ClockType>::LcmClient(ClientConfig config, TransportFactory<T> factory, ClockType clock) {
    ensure_valid(config, factory);
    io_thread_ = std::make_unique<detail::IoThread>();
    make_core(std::move(config), std::move(factory), io_thread_->get_executor(), detail::Threads::one,
              std::move(clock));
}

template <class T, class ClockType> LcmClient<T, ClockType>::LcmClient(ClientConfig config, TransportFactory<T> factory,
                                                                       const LoopExecutor& executor, ClockType clock) {
    ensure_valid(config, factory);
    make_core(std::move(config), std::move(factory), executor, detail::Threads::any, std::move(clock));
}

template <class T, class ClockType> LcmClient<T, ClockType>::LcmClient(LcmClient&&) noexcept = default;

template <class T, class ClockType>
LcmClient<T, ClockType>& LcmClient<T, ClockType>::operator=(LcmClient&& other) noexcept {
    if (this != &other) LcmClient(std::move(other)).swap(*this);
    return *this;
}

template <class T, class ClockType> LcmClient<T, ClockType>::~LcmClient() {
    if (!intake_) return;
    if (core().is_elsewhere()) {
        core().stay();
        static_cast<void>(io_thread_.release());
        return;
    }
    core().stop_watching();
    core().hooks().silence();
    core().end_all(Errc::client_closed);
    core().close_link(io_thread_ ? io_thread_->stopper() : [] {});
}

template <class T, class ClockType>
void LcmClient<T, ClockType>::ensure_valid(const ClientConfig& config, const TransportFactory<T>& factory) {
    detail::ensure_valid(config);
    if (!factory) detail::throw_invalid("factory: must not be empty; it makes the transport");
}

template <class T, class ClockType>
void LcmClient<T, ClockType>::make_core(ClientConfig config, TransportFactory<T> factory, const LoopExecutor& executor,
                                        detail::Threads threads, ClockType clock) {
    auto core = std::make_shared<Core>(std::move(config), std::move(factory), executor, threads, std::move(clock));
    intake_ = core;
    if (io_thread_)
        io_thread_->start([core = std::weak_ptr<Core>(core)] {
            if (const auto self = core.lock()) self->give_up_link();
        });
    core->start();
}

template <class T, class ClockType> detail::Core<T, ClockType>& LcmClient<T, ClockType>::core() const noexcept {
    return static_cast<Core&>(*intake_); // which this client has made
}

template <class T, class ClockType> void LcmClient<T, ClockType>::swap(LcmClient& other) noexcept {
    io_thread_.swap(other.io_thread_);
    intake_.swap(other.intake_);
}

template <class T, class ClockType>
std::future<Json> LcmClient<T, ClockType>::call_raw(const RawRequest& request, CallOptions options) {
    return start_future<Json>(request, std::move(options));
}

template <class T, class ClockType> bool LcmClient<T, ClockType>::is_in_loop() const { return core().is_in_loop(); }

template <class T, class ClockType> void LcmClient<T, ClockType>::end_overdue() {
    static_cast<void>(core().end_overdue());
}

template <class T, class ClockType> void LcmClient<T, ClockType>::watch_futures(TimePoint deadline) {
    core().watch(deadline);
}

template <class T, class ClockType>
Error LcmClient<T, ClockType>::refuse(Errc code, const Operation& operation, std::string callid) {
    core().counters().count(Delivery::not_sent);
    return {.code = code, .operation = std::string(operation.subtopic), .callid = std::move(callid)};
}

template <class T, class ClockType>
EventSubscription LcmClient<T, ClockType>::subscribe(std::function<bool(JsonView)> handler) {
    return core().hooks().subscribers().add(std::move(handler), false);
}

template <class T, class ClockType>
EventSubscription LcmClient<T, ClockType>::subscribe_to_rest(std::function<void(const Json&)> handler) {
    return core().hooks().subscribers().add(
        [handler = std::move(handler)](JsonView message) {
            handler(message.to_json());
            return true;
        },
        true);
}

template <class T, class ClockType> void LcmClient<T, ClockType>::reconnect_now() { core().reconnect_now(); }

template <class T, class ClockType> void LcmClient<T, ClockType>::close(std::chrono::milliseconds drain) {
    const auto core = std::static_pointer_cast<Core>(intake_); // a handler that runs in here may destroy this client
    if (core->is_elsewhere()) return;
    const auto closed = std::make_shared<std::promise<void>>();
    std::function<void()> on_closed = [closed] { closed->set_value(); };
    core->prepare_to_close();
    core->calls().close();
    if (core->is_in_loop()) return core->close_now();

    drain = std::clamp(drain, std::chrono::milliseconds::zero(), longest_time);
    core->calls().wait_until_empty(drain);
    core->end_all(Errc::client_closed);
    const auto done = closed->get_future();
    core->close_link(std::move(on_closed));
    if (io_thread_) done.wait();
    else done.wait_for(drain);
    core->hooks().silence_on_strand();
}

template <class T, class ClockType> Stats LcmClient<T, ClockType>::stats() const { return core().stats(); }

template <class T, class ClockType> boost::asio::any_io_executor LcmClient<T, ClockType>::get_executor() const {
    return core().get_executor();
}

} // namespace lcm

#endif
