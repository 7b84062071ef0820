// SPDX-License-Identifier: BSL-1.0
// What is kept of every request until it has ended, whatever its type and the style of the call.
#ifndef LCM_CLIENT_CLIENT_PENDING_CALL_HPP
#define LCM_CLIENT_CLIENT_PENDING_CALL_HPP

#include <lcm_client/client/message_text.hpp>
#include <lcm_client/client/request_pool.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/session/call_record.hpp>
#include <lcm_client/session/open_do_not_calls.hpp>
#include <lcm_client/session/question.hpp>
#include <lcm_client/session/reply_verdict.hpp>
#include <lcm_client/session/request_entry.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/intrusive/link_mode.hpp>
#include <boost/intrusive/list_hook.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Whether a handler that is due may run in the call that completes it.
enum class Resume {
    dispatch, ///< in a turn of the client, where its state is consistent: a handler of the strand runs at once
    post      ///< elsewhere: always through its executor
};

/// A request in its caller's thread: checked and encoded, or with the reason why it will not leave.
struct EncodedRequest {
    std::shared_ptr<const Operation> operation; ///< shared because a user can describe one at run time
    std::string callid;
    MessageText text;
    Sensitive<std::string> lcm_key{};          ///< of what the request changes, if it changes something
    std::unique_ptr<Error> problem{};          ///< why it will not leave
    std::unique_ptr<GuardedRequest> guarded{}; ///< what a guard is asked about, if there is one and it may matter
    std::unique_ptr<Remembered> trace{};       ///< what is to be remembered of it, if it is
};

/// How long a request may take, who may stop it, and what its caller calls it.
struct CallTiming {
    TimePoint submitted;
    TimePoint deadline;
    std::stop_token stop{};
    bool has_slot = false; ///< it may be cancelled through its handler's cancellation slot
    std::uint64_t tag = 0; ///< the application's own
};

/// An error without texts: what is told of it needs no memory.
struct BareError {
    Errc code{};
    Delivery delivery{};
    error_code cause{};
};

class Ticket;

/// For the lists of the `CallTable`, under its lock.
using CallHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;

/// What is kept of every request until it has ended, whatever its type and the style of the call. Whoever takes it out
/// of the `CallTable` settles it, with a reply or an error, and then delivers it; both once.
///
/// In one block of memory, which the texts of call and LCM key end, and the tag if there is one: many of them may be
/// pending.
class PendingCall : public RequestEntry, public CallHook {
public:
    PendingCall(const PendingCall&) = delete;
    PendingCall& operator=(const PendingCall&) = delete;

    /// One more shares it, or one less: with the last of them it goes, and its memory goes back to where it came from.
    void share() noexcept { sharers_.fetch_add(1, std::memory_order_relaxed); }
    void release(RequestPool& pool) noexcept {
        if (sharers_.fetch_sub(1, std::memory_order_acq_rel) == 1) dispose(pool);
    }
    /// The text to send. Empty from when it has been taken; only what is read-only keeps it until it is settled.
    [[nodiscard]] virtual MessageText& text() noexcept = 0;
    /// What a late reply to it means; this does not need the call.
    [[nodiscard]] virtual ReplyVerdict verdict() const noexcept = 0;
    /// Takes the result from the payload of the reply. Without the memory for it, that it could not be read is the
    /// result.
    virtual void settle(const Payload& payload, LenientReader& reader, TimePoint now) noexcept = 0;
    /// Takes an error as the result, to which operation, call and time are added. What there is no memory for is
    /// missing.
    virtual void settle(Error&& error, TimePoint now) noexcept = 0;
    /// Takes an error without texts as the result.
    virtual void settle(const BareError& error) noexcept = 0;
    /// How it ended, once it is settled.
    [[nodiscard]] virtual Delivery ending() const noexcept = 0;
    /// The error that it was settled with; null if it was accepted, or if there was no memory for all of it.
    [[nodiscard]] virtual const Error* error() const noexcept = 0;
    /// Whether it asks for the last request of a call; its answer is to be weighed before it is delivered.
    [[nodiscard]] bool asks() const noexcept { return asks_; }
    /// Gives `weigher` the answer to weigh, if it was settled with one.
    virtual void weigh(Weigher& weigher) noexcept = 0;
    /// Whether `run` and `send` can run the application's code. If not, `run` cannot fail.
    [[nodiscard]] virtual bool has_handler() const noexcept = 0;
    /// Whether the handler has an executor of its own.
    [[nodiscard]] virtual bool has_executor() const noexcept = 0;
    /// Gives the result to whoever waits for it, here and now.
    virtual void run() = 0;
    /// Has it run by the executor of its handler, or by `executor` if that has none. When the executor throws, nothing
    /// has happened, as `was_run` tells.
    virtual void send(Resume resume, Ticket ticket, const boost::asio::any_io_executor& executor) = 0;
    /// Whether it has been run, by this thread.
    [[nodiscard]] virtual bool was_run() const noexcept = 0;

    /// Adds to its error which operation, call and time it is about. Needs memory.
    void describe(Error& error, TimePoint now) const {
        error.operation = operation->subtopic;
        error.callid = callid;
        error.elapsed = (std::max)(now, submitted) - submitted; // `now` can be a little older
        error.tag = tag();
        error.is_read_only = operation->is_read_only;
        error.request_id = id;
    }

    /// What its caller calls it; 0 without.
    [[nodiscard]] std::uint64_t tag() const noexcept {
        std::uint64_t tag = 0;
        if (has_tag_) std::memcpy(&tag, callid.data() + callid.size() + lcm_key_size, sizeof tag);
        return tag;
    }

    /// What is to be remembered of it from when it leaves; null if nothing. Once.
    [[nodiscard]] std::unique_ptr<Remembered> take_trace() noexcept {
        Remembered* trace = nullptr;
        if (has_trace_) std::memcpy(&trace, trace_place(), trace_size);
        has_trace_ = false;
        return std::unique_ptr<Remembered>(trace);
    }

    [[nodiscard]] const std::stop_token& stop() const noexcept { return stop_; }
    [[nodiscard]] bool may_be_stopped() const noexcept { return may_be_stopped_; }

protected:
    // `tail` has room for both texts, the tag and the trace. The operation must outlive the request.
    PendingCall(RequestId own_id, EncodedRequest& prepared, CallTiming&& patience, bool asks, char* tail)
        : stop_(std::move(patience.stop)), may_be_stopped_(patience.has_slot || stop_.stop_possible()),
          has_tag_(patience.tag != 0), asks_(asks), has_room_for_trace_(prepared.trace != nullptr) {
        id = own_id;
        submitted = patience.submitted;
        deadline = patience.deadline;
        operation = prepared.operation.get();
        is_read_only = operation->is_read_only;
        callid = {tail, prepared.callid.size()};
        tail = std::copy(prepared.callid.begin(), prepared.callid.end(), tail);
        const std::string_view key = key_in(prepared);
        lcm_key_size = static_cast<std::uint32_t>(key.size());
        tail = std::copy(key.begin(), key.end(), tail);
        if (has_tag_) std::memcpy(tail, &patience.tag, sizeof patience.tag);
        if (prepared.trace) keep(std::move(prepared.trace));
    }
    ~PendingCall() {
        if (has_trace_) static_cast<void>(take_trace());
    }

    virtual void dispose(RequestPool& pool) noexcept = 0;

    static std::size_t tail_size(const EncodedRequest& prepared, std::uint64_t tag) noexcept {
        return prepared.callid.size() + key_in(prepared).size() + (tag != 0 ? sizeof tag : 0) +
               (prepared.trace ? trace_size : 0);
    }
    [[nodiscard]] std::size_t tail_size() const noexcept {
        return callid.size() + lcm_key_size + (has_tag_ ? sizeof(std::uint64_t) : 0) +
               (has_room_for_trace_ ? trace_size : 0);
    }

private:
    friend class CallTable;

    // No message could hold a longer one.
    static std::string_view key_in(const EncodedRequest& prepared) noexcept {
        const std::string_view key = prepared.lcm_key.reveal();
        return key.substr(0, (std::numeric_limits<std::uint32_t>::max)());
    }

    static constexpr std::size_t trace_size = sizeof(void*); // of a pointer to it

    // A pointer at the very end, so that those who are not remembered have no room for it.
    [[nodiscard]] char* trace_place() const noexcept {
        return const_cast<char*>(callid.data()) + callid.size() + lcm_key_size + (has_tag_ ? sizeof(std::uint64_t) : 0);
    }
    void keep(std::unique_ptr<Remembered> trace) noexcept {
        trace->id = id;
        Remembered* const pointer = trace.release();
        std::memcpy(trace_place(), &pointer, trace_size);
        has_trace_ = true;
    }

    std::stop_token stop_;
    bool may_be_stopped_ : 1;
    bool has_tag_ : 1;
    bool asks_ : 1;
    bool has_room_for_trace_ : 1; // there is room for a trace
    bool : 0;                     // those above are read by any thread
    // The table's own, under its lock.
    bool was_taken_ : 1 = false;    // to be settled
    bool is_cancelled_ : 1 = false; // by its caller, and not taken yet
    bool holds_place_ : 1 = false;  // in the queue, though it has ended
    bool is_unnoted_ : 1 = false;   // it has ended elsewhere, as unknown, and the session does not know
    bool has_trace_ : 1 = false;    // which nobody has taken
    std::atomic<std::uint8_t> sharers_{1};
};

/// Lets go of a request.
struct CallDeleter {
    RequestPool* pool = nullptr; ///< where its memory came from
    void operator()(PendingCall* call) const noexcept { call->release(*pool); }
};

/// Owns a request, alone or with others.
using Call = std::unique_ptr<PendingCall, CallDeleter>;

/// Runs a request that is settled, when its executor comes to it; the client may be gone by then. What an executor
/// takes over is only this: so a request that it refuses is not lost with what it has dropped.
class Ticket {
public:
    Ticket(PendingCall& call, std::shared_ptr<RequestPool> pool) noexcept
        : pool_(std::move(pool)), call_(&call, CallDeleter{pool_.get()}) {
        call.share();
    }

    void operator()() { call_->run(); }

private:
    std::shared_ptr<RequestPool> pool_;
    Call call_;
};

} // namespace lcm::detail

#endif
