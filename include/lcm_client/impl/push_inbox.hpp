// SPDX-License-Identifier: BSL-1.0
// What a socket that pushes has reported, on its way to the client's executor.
#ifndef LCM_CLIENT_IMPL_PUSH_INBOX_HPP
#define LCM_CLIENT_IMPL_PUSH_INBOX_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/transport.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Why a connection ended.
struct PushFailure {
    error_code code{};
    TransportFailure why{};
};

/// What has shown that the peer is there, since it was last asked.
struct PushSigns {
    bool has_heard = false; ///< anything came
    bool has_pong = false;  ///< the answer to a ping came
};

/// What the host has reported and the client has not yet taken, in bounded memory. Thread-safe. The host may keep it
/// for longer than the connection and its loop: once disconnected it takes nothing and touches nothing.
class PushInbox {
public:
    PushInbox(std::size_t max_texts, std::size_t max_bytes, std::size_t max_text)
        : max_texts_(max_texts), max_bytes_(max_bytes), max_text_(max_text) {}

    // --- the host's side --------------------------------------------------------------------------------------------

    void opened() {
        const std::lock_guard lock(mutex_);
        if (!takes_reports()) return;
        is_opened_ = true;
        wake();
    }

    void received(std::string text) {
        const std::lock_guard lock(mutex_);
        if (!takes_reports()) return;
        if (text.size() > max_text_) return fail(too_large(text));
        if (texts_.size() == max_texts_ || text.size() > max_bytes_ - bytes_) return fail(too_many());
        bytes_ += text.size();
        texts_.push_back(std::move(text));
        signs_.has_heard = true;
        wake();
    }

    void pong() {
        const std::lock_guard lock(mutex_);
        if (!takes_reports()) return;
        signs_ = {.has_heard = true, .has_pong = true};
        wake();
    }

    void failed(PushFailure failure) {
        const std::lock_guard lock(mutex_);
        if (takes_reports()) fail(std::move(failure));
    }

    // --- the connection's side --------------------------------------------------------------------------------------

    /// Begins to take reports. `notify` is called under the lock when there is something new: it has to post, and to
    /// call `awake()` when it gets there. One such post is under way at a time.
    void connect(std::function<void()> notify) {
        const std::lock_guard lock(mutex_);
        notify_ = std::move(notify);
    }

    void disconnect() noexcept {
        const std::lock_guard lock(mutex_);
        notify_ = nullptr;
        texts_.clear();
    }

    void awake() {
        const std::lock_guard lock(mutex_);
        is_waking_ = false;
    }

    /// Notifies again if something is left.
    void look_again() {
        const std::lock_guard lock(mutex_);
        if (notify_ && (!texts_.empty() || failure_)) wake();
    }

    [[nodiscard]] bool is_opened() const {
        const std::lock_guard lock(mutex_);
        return is_opened_;
    }

    [[nodiscard]] bool has_text() const noexcept {
        const std::lock_guard lock(mutex_);
        return !texts_.empty();
    }

    [[nodiscard]] PushSigns take_signs() {
        const std::lock_guard lock(mutex_);
        return std::exchange(signs_, {});
    }

    [[nodiscard]] std::optional<std::string> take_text() {
        const std::lock_guard lock(mutex_);
        if (texts_.empty()) return std::nullopt;
        std::string text = std::move(texts_.front());
        texts_.pop_front();
        bytes_ -= text.size();
        return text;
    }

    /// The failure, once all that came before it has been taken: an answer is not lost because the socket broke next.
    [[nodiscard]] std::optional<PushFailure> failure() const {
        const std::lock_guard lock(mutex_);
        return is_opened_ && !texts_.empty() ? std::nullopt : failure_;
    }

private:
    [[nodiscard]] bool takes_reports() const noexcept { return notify_ && !failure_; }

    [[nodiscard]] PushFailure too_large(const std::string& text) const {
        return {Errc::connection_lost,
                {.detail = "a message of " + std::to_string(text.size()) + " bytes came; the limit is " +
                           std::to_string(max_text_) + " (limits.inbound_message)",
                 .message_too_large = true,
                 .message_head = text.substr(0, max_message_head)}};
    }

    [[nodiscard]] PushFailure too_many() const {
        return {Errc::connection_lost,
                {.detail = "messages came faster than they were taken: " + std::to_string(texts_.size()) +
                           " messages of " + std::to_string(bytes_) + " bytes wait (PushOptions)"}};
    }

    void fail(PushFailure failure) {
        failure_ = std::move(failure);
        wake();
    }

    void wake() {
        if (is_waking_) return;
        notify_();
        is_waking_ = true;
    }

    const std::size_t max_texts_;
    const std::size_t max_bytes_;
    const std::size_t max_text_;

    mutable std::mutex mutex_;
    std::function<void()> notify_; // empty before and after the connection
    bool is_waking_ = false;
    bool is_opened_ = false;
    std::deque<std::string> texts_;
    std::size_t bytes_ = 0; // of all texts
    PushSigns signs_;
    std::optional<PushFailure> failure_;
};

} // namespace lcm::detail

#endif
