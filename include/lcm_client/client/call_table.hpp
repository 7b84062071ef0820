// SPDX-License-Identifier: BSL-1.0
// The requests of a client that have not ended. Who takes a request out of it completes it: so each ends exactly once,
// even when the loop has stopped and only the destructor is left to do it.
#ifndef LCM_CLIENT_CLIENT_CALL_TABLE_HPP
#define LCM_CLIENT_CLIENT_CALL_TABLE_HPP

#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/recycler.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/session/waiter.hpp>

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
    /// `recycler` is where the memory of all requests comes from; it must outlive the table.
    CallTable(const Limits& limits, Recycler& recycler)
        : max_unsent_(limits.queued), max_unsent_bytes_(limits.queued_bytes), recycler_(recycler) {}
    CallTable(const CallTable&) = delete;
    CallTable& operator=(const CallTable&) = delete;
    ~CallTable() {
        for (CallList* const list : {&calls_, &kept_})
            while (PendingCall* const call = list->front()) {
                list->erase(*call);
                call->dispose(recycler_);
            }
    }

    /// What became of a request that was to be added.
    struct Added {
        std::optional<Errc> problem{}; ///< it was not added: `client_closed`, or `queue_full`
        bool is_first = false;         ///< nothing else waits for `take_arrivals`: somebody has to be sent who calls it
    };

    /// Takes over a request, unless there is a reason not to. The queue is bounded here, and not behind the strand, so
    /// that it is bounded also while the strand does not come to it.
    [[nodiscard]] Added add(Call& call) {
        const std::size_t bytes = call->text().size();
        const std::lock_guard lock(mutex_);
        if (closed_) return {.problem = Errc::client_closed};
        if (unsent_ == max_unsent_ || bytes > max_unsent_bytes_ - unsent_bytes_) return {.problem = Errc::queue_full};
        const bool is_first = arrivals_.empty();
        arrivals_.push_back(*call);
        calls_.push_back(*call.release());
        ++size_;
        ++unsent_;
        unsent_bytes_ += bytes;
        return {.is_first = is_first};
    }

    /// The strand: shows those that were added since the last time, in order, each once.
    template <class Visitor> void take_arrivals(Visitor visit) {
        {
            const std::lock_guard lock(mutex_);
            if (seen_.empty()) std::swap(seen_, arrivals_);
        }
        while (Waiter* const waiter = seen_.front()) { // what is left when `visit` throws is shown the next time
            seen_.erase(*waiter);
            visit(static_cast<PendingCall&>(*waiter));
        }
    }

    /// The strand: whether there is something for `take_arrivals`.
    [[nodiscard]] bool has_arrivals() const {
        const std::lock_guard lock(mutex_);
        return !arrivals_.empty() || !seen_.empty();
    }

    /// The strand: takes a request out to complete it; null if somebody else has.
    [[nodiscard]] Call take(PendingCall& call) {
        const std::lock_guard lock(mutex_);
        if (call.was_taken_) return nullptr;
        call.was_taken_ = true;
        calls_.erase(call);
        if (!call.was_sent_) leave_queue(call);
        if (--size_ == 0) empty_.notify_all();
        return Call(&call, LetGo{&recycler_});
    }

    /// The strand: shows those requests of a batch that have not ended elsewhere, which are now handed to the transport.
    /// One that is read-only may be handed over again; it does not count as queued then. Before that, `prepare` is told
    /// how many bytes they have together. Neither may come back here.
    template <class Prepare, class Visitor>
    void hand_over(const WaiterRun& batch, Prepare prepare, Visitor visit) {
        const std::lock_guard lock(mutex_);
        const auto for_each = [&batch](auto action) {
            batch.for_each([&action](Waiter& waiter) {
                if (auto& call = static_cast<PendingCall&>(waiter); !call.was_taken_) action(call);
            });
        };
        std::size_t bytes = 0;
        for_each([&bytes](PendingCall& call) { bytes += call.text().size(); });
        prepare(bytes);
        for_each([&](PendingCall& call) {
            if (!call.was_sent_) leave_queue(call);
            call.was_sent_ = true;
            visit(call);
        });
    }

    /// The strand: whether somebody has taken the request out to complete it.
    [[nodiscard]] bool was_taken(const PendingCall& call) const {
        const std::lock_guard lock(mutex_);
        return call.was_taken_;
    }

    /// The strand: whether one of the requests is as `predicate` says, which must not come back here.
    template <class Predicate> [[nodiscard]] bool any_of(Predicate predicate) const {
        const std::lock_guard lock(mutex_);
        for (const PendingCall* call = calls_.front(); call != nullptr; call = call->next_)
            if (predicate(*call)) return true;
        return false;
    }

    /// From now on `add` gives every request back.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

    /// Closes, and takes out all that is left. Their memory stays until this table goes: the strand may be looking at
    /// them.
    [[nodiscard]] std::vector<Call> close_and_take_all() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        std::vector<Call> calls;
        calls.reserve(size_);
        while (PendingCall* const call = calls_.front()) {
            calls_.erase(*call);
            kept_.push_back(*call);
            call->was_taken_ = call->is_kept_ = true;
            calls.emplace_back(call, LetGo{&recycler_});
        }
        size_ = unsent_ = unsent_bytes_ = 0;
        empty_.notify_all();
        return calls;
    }

    /// Waits until no request is left, at most for `time`.
    void wait_until_empty(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        empty_.wait_for(lock, time, [this] { return size_ == 0; });
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
    // Linked through themselves.
    class CallList {
    public:
        [[nodiscard]] PendingCall* front() const noexcept { return front_; }

        void push_back(PendingCall& call) noexcept {
            call.next_ = nullptr;
            call.previous_ = back_;
            (back_ == nullptr ? front_ : back_->next_) = &call;
            back_ = &call;
        }

        void erase(PendingCall& call) noexcept {
            (call.previous_ == nullptr ? front_ : call.previous_->next_) = call.next_;
            (call.next_ == nullptr ? back_ : call.next_->previous_) = call.previous_;
        }

    private:
        PendingCall* front_ = nullptr;
        PendingCall* back_ = nullptr;
    };

    void leave_queue(PendingCall& call) noexcept {
        --unsent_;
        unsent_bytes_ -= call.text().size();
    }

    const std::size_t max_unsent_;
    const std::size_t max_unsent_bytes_;
    Recycler& recycler_;
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    bool closed_ = false;
    std::size_t size_ = 0;
    std::size_t unsent_ = 0; // requests that have not been handed over
    std::size_t unsent_bytes_ = 0;
    CallList calls_;
    CallList kept_;
    WaiterList arrivals_; // those of `calls_` that the strand has not seen yet
    WaiterList seen_;     // by the strand, and not yet shown
};

} // namespace lcm::detail

#endif
