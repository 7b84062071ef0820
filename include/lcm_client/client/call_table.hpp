// SPDX-License-Identifier: BSL-1.0
// The requests of a client that have not ended. Who takes a request out of it completes it: so each ends exactly once,
// even when the loop has stopped and only the destructor is left to do it.
#ifndef LCM_CLIENT_CLIENT_CALL_TABLE_HPP
#define LCM_CLIENT_CLIENT_CALL_TABLE_HPP

#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/config.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace lcm::detail {

/// Thread-safe. All other state of a client lives on its strand; this does not, because a promise must be kept when
/// the strand's loop no longer runs: every future is ready when the client has gone. The lock is never held while a
/// handler runs.
class CallTable {
public:
    explicit CallTable(const Limits& limits) : max_unsent_(limits.queued), max_unsent_bytes_(limits.queued_bytes) {}

    /// What became of a request that was to be added.
    struct Added {
        std::optional<Errc> problem{}; ///< it was not added: `client_closed`, or `queue_full`
        bool is_first = false;         ///< nothing else waits for `take_arrivals`: somebody has to be sent who calls it
    };

    /// Adds a request, unless there is a reason not to. The queue is bounded here, and not behind the strand, so that it
    /// is bounded also while the strand does not come to it.
    [[nodiscard]] Added add(Call& call) {
        const std::lock_guard lock(mutex_);
        if (closed_) return {.problem = Errc::client_closed};
        const std::size_t bytes = call->text_size();
        if (unsent_ == max_unsent_ || bytes > max_unsent_bytes_ - unsent_bytes_) return {.problem = Errc::queue_full};
        arrivals_.push_back(call.get());
        try {
            calls_.try_emplace(call->id(), std::move(call)); // takes the call only if there is room
        } catch (...) {                                      // there is no memory
            arrivals_.pop_back();
            throw;
        }
        ++unsent_;
        unsent_bytes_ += bytes;
        return {.is_first = arrivals_.size() == 1};
    }

    /// Shows those that were added since the last time, in order, each once. `visit` must not come back here.
    template <class Visitor> void take_arrivals(Visitor visit) {
        const std::lock_guard lock(mutex_);
        std::size_t seen = 0;
        const auto forget_seen = [&] {
            arrivals_.erase(arrivals_.begin(), arrivals_.begin() + static_cast<std::ptrdiff_t>(seen));
        };
        try {
            while (seen < arrivals_.size()) visit(*arrivals_[seen++]);
        } catch (...) { // there is no memory
            forget_seen();
            throw;
        }
        forget_seen();
    }

    /// Takes a request out that `take_arrivals` has shown, to complete it; null if somebody else has.
    [[nodiscard]] Call take(RequestId id) {
        const std::lock_guard lock(mutex_);
        const auto at = calls_.find(id);
        if (at == calls_.end()) return nullptr;
        Call call = std::move(at->second);
        calls_.erase(at);
        if (!call->was_handed_over()) leave_queue(*call);
        if (calls_.empty()) empty_.notify_all();
        return call;
    }

    /// Shows the requests with these ids, which are about to be handed to the transport; null for one that has ended.
    /// One that is read-only may be handed over again; it does not count as queued then. `visit` must not come back here.
    template <class Visitor> void hand_over(const std::vector<RequestId>& ids, Visitor visit) {
        const std::lock_guard lock(mutex_);
        for (const RequestId id : ids) {
            const auto at = calls_.find(id);
            PendingCall* const call = at == calls_.end() ? nullptr : at->second.get();
            if (call != nullptr && !call->was_handed_over()) leave_queue(*call);
            visit(id, call);
        }
    }

    /// Whether one of the requests is as `predicate` says, which must not come back here.
    template <class Predicate> [[nodiscard]] bool any_of(Predicate predicate) const {
        const std::lock_guard lock(mutex_);
        return std::any_of(calls_.begin(), calls_.end(), [&](const auto& item) { return predicate(*item.second); });
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
        arrivals_.clear();
        unsent_ = 0;
        unsent_bytes_ = 0;
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

    /// How many have not been handed over.
    [[nodiscard]] std::size_t unsent() const {
        const std::lock_guard lock(mutex_);
        return unsent_;
    }

private:
    void leave_queue(const PendingCall& call) noexcept {
        --unsent_;
        unsent_bytes_ -= call.text_size();
    }

    const std::size_t max_unsent_;
    const std::size_t max_unsent_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    bool closed_ = false;
    std::size_t unsent_ = 0; // requests that have not been handed over
    std::size_t unsent_bytes_ = 0;
    boost::unordered_flat_map<RequestId, Call> calls_;
    std::vector<PendingCall*> arrivals_; // those of `calls_` that the strand has not seen yet
};

} // namespace lcm::detail

#endif
