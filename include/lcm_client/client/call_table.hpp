// SPDX-License-Identifier: BSL-1.0
// The requests of a client that have not ended. Who takes a request out of it completes it: so each ends exactly once,
// even when the loop has stopped and only the destructor is left to do it.
#ifndef LCM_CLIENT_CLIENT_CALL_TABLE_HPP
#define LCM_CLIENT_CLIENT_CALL_TABLE_HPP

#include <lcm_client/client/pending_call.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lcm::detail {

/// Thread-safe. All other state of a client lives on its strand; this does not, because a promise must be kept when
/// the strand's loop no longer runs: every future is ready when the client has gone. The lock is never held while a
/// handler runs.
class CallTable {
public:
    using Call = std::unique_ptr<PendingCall>;

    /// Adds a request; gives it back when the table is closed.
    [[nodiscard]] Call add(RequestId id, Call call) {
        const std::lock_guard lock(mutex_);
        if (closed_) return call;
        calls_.emplace(id, std::move(call));
        return nullptr;
    }

    /// Takes a request out, to complete it; null if somebody else has.
    [[nodiscard]] Call take(RequestId id) {
        const std::lock_guard lock(mutex_);
        const auto at = calls_.find(id);
        if (at == calls_.end()) return nullptr;
        Call call = std::move(at->second);
        calls_.erase(at);
        if (calls_.empty()) empty_.notify_all();
        return call;
    }

    /// The request's text, which is about to be handed to the transport; nothing if the request has ended.
    [[nodiscard]] std::optional<std::string> hand_over(RequestId id) {
        const std::lock_guard lock(mutex_);
        const auto at = calls_.find(id);
        if (at == calls_.end()) return std::nullopt;
        return at->second->take_text();
    }

    /// From now on `add` gives every request back.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

    /// Closes, and takes out all that is left.
    [[nodiscard]] std::vector<Call> close_and_take_all() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        std::vector<Call> calls;
        calls.reserve(calls_.size());
        for (auto& [id, call] : calls_) calls.push_back(std::move(call));
        calls_.clear();
        empty_.notify_all();
        return calls;
    }

    /// Waits until no request is left, at most for `time`.
    void wait_until_empty(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        empty_.wait_for(lock, time, [this] { return calls_.empty(); });
    }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return calls_.size();
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    bool closed_ = false;
    std::unordered_map<RequestId, Call> calls_;
};

} // namespace lcm::detail

#endif
