// SPDX-License-Identifier: BSL-1.0
// One request from the caller's side: how its result reaches the future, callback or coroutine that waits for it.
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
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/intrusive/link_mode.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <boost/system/result.hpp>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <future>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

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

/// The part that knows the type of the reply; `Sink` takes the result.
template <class Response, class Sink> class TypedCall final : public PendingCall {
public:
    /// Its memory comes from `pool`, which must outlive it.
    [[nodiscard]] static Call make(RequestPool& pool, Sink&& sink, RequestId own_id, EncodedRequest&& prepared,
                                   CallTiming&& patience) {
        const std::size_t size = sizeof(TypedCall) + tail_size(prepared, patience.tag);
        void* const memory = allocate(pool, size);
        try {
            return Call(::new (memory) TypedCall(std::move(sink), own_id, std::move(prepared), std::move(patience)),
                        CallDeleter{&pool});
        } catch (...) { // moving a handler may do anything
            deallocate(pool, memory, size);
            throw;
        }
    }

    [[nodiscard]] MessageText& text() noexcept override { return *std::get_if<waiting>(&outcome_); }

    [[nodiscard]] ReplyVerdict verdict() const noexcept override {
        return [](JsonView payload, LenientReader& reader) {
            Outcome outcome;
            const auto problem = read(payload, reader, outcome);
            return problem ? problem->delivery : Delivery::accepted;
        };
    }

    void settle(const Payload& payload, LenientReader& reader, TimePoint now) noexcept override {
        try {
            if (auto problem = read(payload, reader, outcome_)) settle(*std::move(problem), now);
        } catch (...) { // there is no memory
            settle({.code = Errc::bad_reply, .delivery = Delivery::unknown});
        }
    }

    void settle(Error&& error, TimePoint now) noexcept override {
        try {
            auto own = std::make_unique<Error>();
            *own = std::move(error);
            describe(*own, now);
            outcome_.template emplace<otherwise>(std::move(own));
        } catch (const std::bad_alloc&) {
            settle({.code = error.code, .delivery = error.delivery, .cause = error.cause});
        }
    }

    void settle(const BareError& error) noexcept override { outcome_.template emplace<bare>(error); }

    void weigh([[maybe_unused]] Weigher& weigher) noexcept override {
        if constexpr (has_question)
            if (const auto* const response = std::get_if<accepted>(&outcome_))
                sink_.weigh(*response, submitted, weigher);
    }

    [[nodiscard]] Delivery ending() const noexcept override {
        if (const auto* const problem = std::get_if<otherwise>(&outcome_)) return (*problem)->delivery;
        if (const auto* const problem = std::get_if<bare>(&outcome_)) return problem->delivery;
        return Delivery::accepted;
    }

    [[nodiscard]] const Error* error() const noexcept override {
        const auto* const problem = std::get_if<otherwise>(&outcome_);
        return problem == nullptr ? nullptr : problem->get();
    }

    [[nodiscard]] bool has_handler() const noexcept override { return Sink::has_handler; }
    [[nodiscard]] bool has_executor() const noexcept override { return Sink::has_executor; }
    [[nodiscard]] bool was_run() const noexcept override { return outcome_.index() == delivered; }

    void run() override {
        if constexpr (Sink::has_handler) {
            Result<Response> result = take_result();
            Sink sink = take_sink();
            sink(std::move(result));
        } else {
            give_to_future();
        }
    }

    void send(Resume resume, Ticket ticket, const boost::asio::any_io_executor& executor) override {
        if constexpr (Sink::has_executor) post(resume, std::move(ticket), sink_.get_executor());
        else post(resume, std::move(ticket), executor);
    }

private:
    // What it has: its text while it waits, then its result. An error is apart, since it is large and rare, unless
    // there is no memory for it.
    using Outcome = std::variant<MessageText, Response, std::unique_ptr<Error>, BareError, std::monostate>;
    static constexpr std::size_t waiting = 0;
    static constexpr std::size_t accepted = 1;
    static constexpr std::size_t otherwise = 2;
    static constexpr std::size_t bare = 3;
    static constexpr std::size_t delivered = 4;

    static constexpr bool has_question = requires { Sink::asks; };

    // Only what a raw request describes has to be kept: all other operations are constants.
    struct Constant {
        explicit Constant(std::shared_ptr<const Operation>&&) noexcept {}
    };
    using Described = std::conditional_t<std::same_as<Response, Json>, std::shared_ptr<const Operation>, Constant>;

    // Makes `outcome` the response, in its place. If there is a problem, that is to take the place of what was read. A
    // response type of the application's own may throw when it judges, and the request has to end all the same.
    static std::optional<Error> read(const Payload& payload, LenientReader& reader, Outcome& outcome) {
        try {
            return read_reply_into(outcome.template emplace<accepted>(), payload, reader);
        } catch (...) {
            return bad_reply("an exception was thrown while the reply was read", payload.whole);
        }
    }

    template <class E> static void post(Resume resume, Ticket&& ticket, const E& executor) {
        if (resume == Resume::dispatch) boost::asio::dispatch(executor, std::move(ticket));
        else boost::asio::post(executor, std::move(ticket));
    }

    static constexpr bool is_over_aligned = alignof(TypedCall) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;

    static void* allocate(RequestPool& pool, std::size_t size) {
        if constexpr (is_over_aligned) return ::operator new(size, std::align_val_t(alignof(TypedCall)));
        else return pool.allocate(size);
    }

    static void deallocate(RequestPool& pool, void* memory, std::size_t size) noexcept {
        if constexpr (is_over_aligned) ::operator delete(memory, std::align_val_t(alignof(TypedCall)));
        else pool.deallocate(memory, size);
    }

    TypedCall(Sink&& sink, RequestId own_id, EncodedRequest&& prepared, CallTiming&& patience)
        : PendingCall(own_id, prepared, std::move(patience), has_question,
                      reinterpret_cast<char*>(this) + sizeof(TypedCall)),
          outcome_(std::in_place_index<waiting>, std::move(prepared.text)), described_(std::move(prepared.operation)),
          sink_(std::move(sink)) {}
    ~TypedCall() {
        if (outcome_.index() != delivered) sink_.~Sink();
    }

    void dispose(RequestPool& pool) noexcept override {
        const std::size_t size = sizeof(TypedCall) + tail_size();
        this->~TypedCall();
        deallocate(pool, this, size);
    }

    [[nodiscard]] Error with_tag(const BareError& error) const noexcept {
        return {.code = error.code, .delivery = error.delivery, .cause = error.cause, .tag = tag()};
    }

    // Without a `Result`, whose error can only be copied.
    void give_to_future() noexcept {
        if (auto* const response = std::get_if<accepted>(&outcome_)) sink_.succeed(std::move(*response));
        else if (auto* const problem = std::get_if<otherwise>(&outcome_)) sink_.fail(std::move(**problem));
        else if (const auto* const less = std::get_if<bare>(&outcome_)) sink_.fail(with_tag(*less));
        static_cast<void>(take_sink());
    }

    Result<Response> take_result() {
        if (auto* const problem = std::get_if<otherwise>(&outcome_))
            return {boost::system::in_place_error, std::move(**problem)};
        if (const auto* const problem = std::get_if<bare>(&outcome_))
            return {boost::system::in_place_error, with_tag(*problem)};
        return {boost::system::in_place_value, std::move(*std::get_if<accepted>(&outcome_))};
    }

    // Nothing of the application's stays behind: this may be kept longer than the handler expects.
    Sink take_sink() {
        Sink sink(std::move(sink_));
        sink_.~Sink();
        outcome_.template emplace<delivered>();
        return sink;
    }

    Outcome outcome_;
    [[no_unique_address]] Described described_;
    union {
        Sink sink_; // until it is delivered
    };
};

/// Gives the result to a future. The future is fulfilled directly: it needs no loop to become ready.
template <class Response> class FutureSink {
public:
    static constexpr bool has_handler = false;
    static constexpr bool has_executor = false;

    [[nodiscard]] std::future<Response> get_future() { return promise_.get_future(); }

    void succeed(Response&& response) noexcept {
        try {
            promise_.set_value(std::move(response));
        } catch (...) { // a response type of the application's own cannot be moved
            promise_.set_exception(std::current_exception());
        }
    }

    void fail(Error&& error) noexcept { promise_.set_exception(to_exception(std::move(error))); }

private:
    std::promise<Response> promise_;
};

/// Stands for the executor of handlers that have none of their own: the client's strand.
struct ClientExecutor {};

/// Gives the result to a completion handler, on the executor that belongs to it, which has work until then. Without one
/// the handler belongs to the client's strand, which lives until all requests have ended.
template <class Response, class Handler> class HandlerSink {
public:
    static constexpr bool has_handler = true;

    explicit HandlerSink(Handler handler)
        : work_(make_work(Association::get(handler, ClientExecutor()))), handler_(std::move(handler)) {}

    void operator()(Result<Response>&& result) { std::move(handler_)(std::move(result)); }

    [[nodiscard]] auto get_executor() const noexcept { return work_.get_executor(); }

private:
    using Association = boost::asio::associated_executor<Handler, ClientExecutor>;
    using Executor = typename Association::type;

public:
    static constexpr bool has_executor = !std::same_as<Executor, ClientExecutor>;

private:
    template <class E> static auto make_work(const E& executor) {
        if constexpr (has_executor) return boost::asio::executor_work_guard<E>(executor);
        else return executor;
    }

    [[no_unique_address]] decltype(make_work(std::declval<const Executor&>())) work_;
    Handler handler_;
};

} // namespace lcm::detail

#endif
