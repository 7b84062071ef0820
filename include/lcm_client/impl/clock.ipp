// SPDX-License-Identifier: BSL-1.0
// The real clock's timer, on Asio's.
#ifndef LCM_CLIENT_IMPL_CLOCK_IPP
#define LCM_CLIENT_IMPL_CLOCK_IPP

#include <lcm_client/clock.hpp>
#include <lcm_client/errc.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace lcm {

struct SteadyClock::Timer::Asio {
    explicit Asio(const boost::asio::any_io_executor& executor) : timer(executor) {}
    boost::asio::steady_timer timer;
};

LCM_CLIENT_DECL SteadyClock::Timer::Timer(const SteadyClock&, const boost::asio::any_io_executor& executor)
    : asio_(std::make_unique<Asio>(executor)) {}

LCM_CLIENT_DECL SteadyClock::Timer::~Timer() = default;

LCM_CLIENT_DECL void SteadyClock::Timer::call_at(std::chrono::steady_clock::time_point at,
                                                 std::function<void()> action) {
    asio_->timer.expires_at(at);
    asio_->timer.async_wait([action = std::move(action)](const error_code& ec) {
        if (!ec) action();
    });
}

LCM_CLIENT_DECL void SteadyClock::Timer::cancel() { asio_->timer.cancel(); }

} // namespace lcm

#endif
