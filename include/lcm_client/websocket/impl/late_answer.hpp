// SPDX-License-Identifier: BSL-1.0
// Internal: an answer of the application's that may come from any thread, at any time, or never.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_LATE_ANSWER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_LATE_ANSWER_HPP

#include <lcm_client/impl/post_later.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Brings the first answer to whoever waits for it, on an executor. Whoever waits calls `forget()` before the executor's
/// context goes: after that an answer touches neither.
///
/// @par Thread safety
/// All functions may be called from any thread.
class LateAnswer {
public:
    using Taker = std::function<void(const std::string& text)>;

    LateAnswer(boost::asio::any_io_executor executor, Taker taker)
        : executor_(std::move(executor)), taker_(std::make_shared<Taker>(std::move(taker))) {}

    /// When this throws, nothing has been given.
    void give(std::string text) {
        const std::lock_guard lock(mutex_); // `forget()` waits for the post
        if (!taker_) return;
        post_later(*executor_, [taker = taker_, text = std::move(text)] { (*taker)(text); });
        let_go();
    }

    void forget() noexcept {
        const std::lock_guard lock(mutex_);
        let_go();
    }

private:
    void let_go() noexcept {
        taker_.reset();
        executor_.reset(); // one of a strand must not outlive its context
    }

    std::mutex mutex_;
    std::optional<boost::asio::any_io_executor> executor_;
    std::shared_ptr<Taker> taker_;
};

} // namespace lcm::detail

#endif
