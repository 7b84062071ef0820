// SPDX-License-Identifier: BSL-1.0
// The real clock's timer, on Asio's.
#ifndef LCM_CLIENT_IMPL_CLOCK_IPP
#define LCM_CLIENT_IMPL_CLOCK_IPP

#include <lcm_client/clock.hpp>
#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/handler_memory.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <ratio>
#include <utility>

#if defined(BOOST_ASIO_WINDOWS)
#include <boost/asio/detail/socket_types.hpp> // windows.h, after winsock2.h
#endif

namespace lcm::inline LCM_CLIENT_ABI {

#if defined(BOOST_ASIO_WINDOWS)
LCM_CLIENT_DECL std::chrono::steady_clock::time_point SteadyClock::awake_now() const noexcept {
    using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
    ULONGLONG unbiased = 0;
    ::QueryUnbiasedInterruptTime(&unbiased); // fails for a null pointer only
    const Ticks awake(static_cast<std::int64_t>(unbiased));
    return std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(awake));
}
#endif

struct SteadyClock::Timer::Asio {
    // One wait has less than 320 bytes. (One that was cancelled keeps its memory until it has been told so.)
    explicit Asio(const boost::asio::any_io_executor& executor) : timer(executor) { memory->reserve(1, 320); }
    const detail::HandlerMemory::Owner memory = detail::HandlerMemory::make();
    boost::asio::steady_timer timer;
};

LCM_CLIENT_DECL SteadyClock::Timer::Timer(const SteadyClock&, const boost::asio::any_io_executor& executor)
    : asio_(std::make_unique<Asio>(executor)) {}

LCM_CLIENT_DECL SteadyClock::Timer::~Timer() = default;

LCM_CLIENT_DECL void SteadyClock::Timer::call_at(std::chrono::steady_clock::time_point at, Handler<void()> action) {
    asio_->timer.expires_at(at);
    asio_->timer.async_wait(
        detail::with_memory(*asio_->memory, [action = std::move(action)](const error_code& ec) mutable {
            if (!ec) action();
        }));
}

LCM_CLIENT_DECL void SteadyClock::Timer::cancel() { asio_->timer.cancel(); }

} // namespace lcm

#endif
