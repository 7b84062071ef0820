// SPDX-License-Identifier: BSL-1.0
// The requests of a client that have not ended. Who takes a request out of it completes it: so each ends exactly once,
// even when the loop has stopped and only the destructor is left to do it.
#ifndef LCM_CLIENT_CLIENT_CALL_TABLE_HPP
#define LCM_CLIENT_CLIENT_CALL_TABLE_HPP

#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/request_pool.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/session/request_entry.hpp>

#include <boost/intrusive/list.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Thread-safe. All other state of a client lives on its strand; this does not, because a promise must be kept when
/// the strand's loop no longer runs: every future is ready when the client has gone. The lock is never held while a
/// handler runs.
class CallTable {
public:
    /// `pool` is where the memory of all requests comes from; it must outlive the table.
    CallTable(const Limits& limits, RequestPool& pool)
        : max_unsent_(limits.queued), max_unsent_bytes_(limits.queued_bytes), pool_(pool) {}
    CallTable(const CallTable&) = delete;
    CallTable& operator=(const CallTable&) = delete;
    ~CallTable() {
        for (CallList* const list : {&calls_, &cancelled_, &orphans_, &kept_})
            list->clear_and_dispose([this](PendingCall* call) { call->release(pool_); });
    }

    /// Takes over a request; or says why not: `client_closed`, or `queue_full`. The queue is bounded here, and not
    /// behind the strand, so that it is bounded also while the strand does not come to it. When this throws, nothing
    /// has happened.
    [[nodiscard]] std::optional<Errc> add(Call& call) {
        const std::size_t bytes = call->text().size();
        const std::lock_guard lock(mutex_);
        if (closed_) return Errc::client_closed;
        if (unsent_ == max_unsent_ || bytes > max_unsent_bytes_ - unsent_bytes_) return Errc::queue_full;
        if (call->may_be_stopped()) stoppable_.emplace(call->id, call.get());
        has_news_ = true;
        arrivals_.push_back(*call);
        calls_.push_back(*call.release());
        ++size_;
        ++unsent_;
        unsent_bytes_ += bytes;
        return std::nullopt;
    }

    /// The strand: shows those that were added since the last time, in order, each once. What `visit` throws for is
    /// shown again the next time, and so are those behind it. Returns whether there may be something for
    /// `next_cancelled` or `next_orphan`.
    template <class Visitor> bool take_arrivals(Visitor visit) {
        bool are_others = false;
        has_news_ = false; // before the look at it
        {
            const std::lock_guard lock(mutex_);
            fetched_.append(std::exchange(arrivals_, {})); // behind what was left the last time
            are_others = !cancelled_.empty() || !orphans_.empty();
        }
        while (RequestEntry* const request = fetched_.front()) {
            auto& call = static_cast<PendingCall&>(*request);
            // Its links are those of the list that it comes into.
            fetched_.erase(*request);
            try {
                visit(call);
            } catch (...) {
                fetched_.push_front(*request);
                throw;
            }
        }
        return are_others;
    }

    /// The strand, when it lets go of all requests: nothing is shown any more of those that were added until now.
    void forget_arrivals() noexcept {
        const std::lock_guard lock(mutex_);
        fetched_ = {};
        arrivals_ = {};
    }

    /// Any thread: whether something was added, cancelled or completed elsewhere since `take_arrivals` was called last.
    [[nodiscard]] bool has_news() const noexcept { return has_news_; }
    /// The strand: whether `take_arrivals` has left something, since `visit` has thrown.
    [[nodiscard]] bool has_arrivals_left() const noexcept { return !fetched_.empty(); }

    /// The caller of a request wants it to end; whoever hands over batches sees that from now on. Returns whether the
    /// strand has to be told; otherwise it knows, or the request has ended.
    [[nodiscard]] bool cancel(RequestId id) noexcept {
        const std::lock_guard lock(mutex_);
        const auto at = stoppable_.find(id);
        if (at == stoppable_.end() || at->second->is_cancelled_) return false;
        PendingCall& call = *at->second;
        call.is_cancelled_ = true;
        has_news_ = true;
        calls_.erase(calls_.iterator_to(call));
        cancelled_.push_back(call);
        return true;
    }

    /// The strand: whether the caller has cancelled the request.
    [[nodiscard]] bool was_cancelled(const PendingCall& call) const {
        const std::lock_guard lock(mutex_);
        return call.is_cancelled_;
    }

    /// The strand: one of those that were cancelled, which has to be taken; null if there is none. None either as long
    /// as there is something to be shown by `take_arrivals`.
    [[nodiscard]] PendingCall* next_cancelled() {
        const std::lock_guard lock(mutex_);
        return has_arrivals() ? nullptr : first_of(cancelled_);
    }

    /// The strand: takes a request out to complete it; null if somebody else has.
    [[nodiscard]] Call take(PendingCall& call) noexcept {
        const std::lock_guard lock(mutex_);
        if (call.was_taken_) return nullptr;
        take_out(call);
        if (!call.has_left()) leave_queue(call);
        return own(call);
    }

    /// Any thread, to complete them elsewhere than on the strand: takes out the first request of which `is_meant(call)`
    /// says so; null if there is none. Its memory stays until the strand has let go of it (`next_orphan`), and it keeps
    /// its place in the queue until then, so that memory is bounded also while the loop does not run.
    template <class Predicate> [[nodiscard]] Call take_elsewhere(Predicate is_meant) {
        const std::lock_guard lock(mutex_);
        for (CallList* const list : {&calls_, &cancelled_}) {
            const auto meant = std::find_if(list->begin(), list->end(), is_meant);
            if (meant == list->end()) continue;
            PendingCall& call = *meant;
            take_out(call);
            call.holds_place_ = !call.has_left();
            call.is_unnoted_ = call.has_left();
            if (call.holds_place_) unsent_bytes_ -= call.text().size();
            orphans_.push_back(call);
            has_news_ = true;
            has_orphans_ = true;
            call.share();
            return own(call);
        }
        return nullptr;
    }

    /// Any thread: whether there are some that the strand has not let go of. Their truth may be in what is read next.
    [[nodiscard]] bool has_orphans() const noexcept { return has_orphans_.load(std::memory_order_relaxed); }

    /// The strand: whether a request was completed elsewhere after it had left, which is to be noted now. Says so once.
    [[nodiscard]] bool take_note(PendingCall& call) noexcept {
        const std::lock_guard lock(mutex_);
        const bool is_unnoted = call.is_unnoted_;
        call.is_unnoted_ = false;
        return is_unnoted;
    }

    /// Any thread: the first deadline of the requests without a handler.
    [[nodiscard]] std::optional<TimePoint> next_deadline_of_futures() const {
        const std::lock_guard lock(mutex_);
        std::optional<TimePoint> next;
        for (const CallList* const list : {&calls_, &cancelled_})
            for (const PendingCall& call : *list)
                if (!call.has_handler() && (!next || call.deadline < *next)) next = call.deadline;
        return next;
    }

    /// The strand: one of those that were completed elsewhere, which has to be let go of, and then given to `forget`;
    /// null if there is none. None either as long as there is something to be shown by `take_arrivals`.
    [[nodiscard]] PendingCall* next_orphan() noexcept {
        const std::lock_guard lock(mutex_);
        PendingCall* const orphan = has_arrivals() ? nullptr : first_of(orphans_);
        if (orphan != nullptr) orphans_.pop_front();
        has_orphans_ = !orphans_.empty();
        return orphan;
    }

    void forget(PendingCall& orphan) noexcept {
        const std::lock_guard lock(mutex_);
        if (orphan.holds_place_) --unsent_;
        orphan.release(pool_);
    }

    /// The strand: shows those requests of a batch that have neither ended elsewhere nor been cancelled, which are now
    /// handed to the transport. One that is read-only may be handed over again; it does not count as queued then.
    /// Before that, `prepare` is told how many bytes they have together: when it throws, nothing has happened. Those
    /// that do not leave are shown to `keep`. None may come back here, and only `prepare` may throw.
    template <class Prepare, class Visitor, class Keeper>
    void hand_over(const RequestRange& batch, Prepare prepare, Visitor visit, Keeper keep) {
        const std::lock_guard lock(mutex_);
        const auto leaves = [](const PendingCall& call) { return !call.was_taken_ && !call.is_cancelled_; };
        std::size_t bytes = 0;
        batch.for_each([&](RequestEntry& request) {
            auto& call = static_cast<PendingCall&>(request);
            if (leaves(call)) bytes += call.text().size();
        });
        prepare(bytes);
        batch.for_each([&](RequestEntry& request) {
            auto& call = static_cast<PendingCall&>(request);
            if (!leaves(call)) return keep(call);
            if (!call.has_left()) leave_queue(call);
            call.leave();
            visit(call);
        });
    }

    /// From now on `add` gives every request back.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

    /// Closes, and takes out one of those that are left; null if there is none. Its memory stays until this table goes:
    /// the strand may be looking at it.
    [[nodiscard]] Call close_and_take() noexcept {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        PendingCall* const call = first_of(calls_.empty() ? cancelled_ : calls_);
        if (call == nullptr) return nullptr;
        take_out(*call);
        if (!call->has_left()) leave_queue(*call);
        kept_.push_back(*call);
        call->share();
        return own(*call);
    }

    /// Waits until no request is left, at most for `time`.
    void wait_until_empty(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        ++waiting_;
        empty_.wait_for(lock, time, [this] { return size_ == 0; });
        --waiting_;
    }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return size_;
    }

    /// How many have not been handed over.
    [[nodiscard]] std::size_t unsent() const {
        const std::lock_guard lock(mutex_);
        return unsent_;
    }

private:
    // Linked through themselves: who is in one needs no memory beside it.
    using CallList = boost::intrusive::list<PendingCall, boost::intrusive::constant_time_size<false>>;

    static PendingCall* first_of(CallList& list) noexcept { return list.empty() ? nullptr : &list.front(); }

    // All under the lock.

    [[nodiscard]] bool has_arrivals() const noexcept { return !arrivals_.empty() || !fetched_.empty(); }

    [[nodiscard]] Call own(PendingCall& call) noexcept { return Call(&call, CallDeleter{&pool_}); }

    void take_out(PendingCall& call) noexcept {
        call.was_taken_ = true;
        CallList& list = call.is_cancelled_ ? cancelled_ : calls_;
        list.erase(list.iterator_to(call));
        if (call.may_be_stopped()) stoppable_.erase(call.id);
        if (--size_ == 0 && waiting_ != 0) empty_.notify_all();
    }

    void leave_queue(PendingCall& call) noexcept {
        --unsent_;
        unsent_bytes_ -= call.text().size();
    }

    const std::size_t max_unsent_;
    const std::size_t max_unsent_bytes_;
    RequestPool& pool_;
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t waiting_ = 0; // threads, for that
    std::atomic<bool> has_news_{false};
    std::atomic<bool> has_orphans_{false};
    bool closed_ = false;
    std::size_t size_ = 0;
    std::size_t unsent_ = 0; // requests that have not been handed over
    std::size_t unsent_bytes_ = 0;
    CallList calls_;     // that have not ended
    CallList cancelled_; // the same, whose callers want them to end
    CallList orphans_;   // that were completed elsewhere than on the strand, which may be looking at them
    CallList kept_;      // that were completed when the client was closed
    std::unordered_map<RequestId, PendingCall*> stoppable_; // that can be cancelled
    RequestList arrivals_;                                  // those of `calls_` that the strand has not seen yet
    RequestList fetched_;                                   // of the arrivals, and not yet shown
};

} // namespace lcm::detail

#endif
