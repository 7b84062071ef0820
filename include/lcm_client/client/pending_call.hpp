// SPDX-License-Identifier: BSL-1.0
// One request from the caller's side: how its result reaches the future, callback or coroutine that waits for it.
#ifndef LCM_CLIENT_CLIENT_PENDING_CALL_HPP
#define LCM_CLIENT_CLIENT_PENDING_CALL_HPP

#include <lcm_client/client/recycler.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/session/match_key.hpp>
#include <lcm_client/session/settling_event.hpp>
#include <lcm_client/session/submission.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/result.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <exception>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lcm::detail {

/// Whether a handler that is due may run in the call that completes it.
enum class Resume {
    here, ///< in a step of the client, where its state is consistent: a handler that belongs to the strand runs at once
    later ///< elsewhere: always through its executor
};

/// A request in its caller's thread: checked and encoded, or with the reason why it will not leave.
struct Prepared {
    std::shared_ptr<const Operation> operation; ///< shared because a user can describe one at run time
    std::string callid;
    std::string text;
    Sensitive<std::string> lcm_key{}; ///< of what the request changes, if it changes something
    std::unique_ptr<Error> problem{}; ///< why it will not leave
};

/// How long a request may take, and who may stop it.
struct Patience {
    TimePoint submitted;
    TimePoint deadline;
    std::stop_token stop{};
};

/// Says what the payload of a late reply means.
using Judge = Delivery (*)(JsonView payload, LenientReader& reader);

[[nodiscard]] inline bool reply_names_call(const Operation& operation, const std::string& callid) noexcept {
    return operation.reply_callid == ReplyCallid::present && !callid.empty();
}

/// The key of the reply to a request.
[[nodiscard]] inline MatchKey key_of_reply(RequestId id, const Operation& operation, const std::string& callid) {
    if (operation.reply_subtopic.empty()) return MatchKey::of_no_reply(id);
    return {operation.reply_subtopic, reply_names_call(operation, callid) ? std::optional(callid) : std::nullopt};
}

/// A request as the multiplexer sees it.
[[nodiscard]] inline Submission submission_of(RequestId id, const Operation& operation, const std::string& callid,
                                              TimePoint deadline) {
    return {.id = id,
            .key = key_of_reply(id, operation, callid),
            .callid = callid,
            .deadline = deadline,
            .is_read_only = operation.is_read_only,
            .has_reply = !operation.reply_subtopic.empty(),
            .reply_may_name_call =
                !reply_names_call(operation, callid) && operation.reply_callid != ReplyCallid::absent,
            .reply_repeats_name = same_name(operation.subtopic, operation.reply_subtopic),
            .reply_also = operation.reply_also};
}

/// What is kept of every request until it has ended, whatever its type and the style of the call. Whoever takes it out
/// of the `CallTable` settles it, with a reply or an error, and then delivers it; both once.
class PendingCall {
public:
    PendingCall(RequestId id, Prepared&& prepared, Patience&& patience)
        : id_(id), operation_(std::move(prepared.operation)), callid_(std::move(prepared.callid)),
          text_(std::move(prepared.text)), lcm_key_(std::move(prepared.lcm_key)), patience_(std::move(patience)) {}
    PendingCall(const PendingCall&) = delete;
    PendingCall& operator=(const PendingCall&) = delete;

    /// Destroys it and gives its memory back.
    virtual void dispose() noexcept = 0;
    /// What a late reply to it means; this does not need the call.
    [[nodiscard]] virtual Judge judge() const noexcept = 0;
    /// Takes the result from the payload of the reply.
    virtual void settle(JsonView payload, LenientReader& reader, TimePoint now) = 0;
    /// Takes an error as the result, to which operation, call and time are added.
    virtual void settle(Error error, TimePoint now) = 0;
    /// The error that it was settled with; null if it was accepted.
    [[nodiscard]] virtual const Error* error() const noexcept = 0;
    /// Whether `deliver` can run the application's code.
    [[nodiscard]] virtual bool has_handler() const noexcept = 0;
    /// Gives the result to whoever waits for it; a handler without an executor of its own belongs to `executor`.
    virtual void deliver(Resume resume, const boost::asio::any_io_executor& executor) = 0;

    /// The text to send: from now on the request counts as handed over. Only one that is read-only has a text again.
    [[nodiscard]] std::string take_text() {
        handed_over_ = true;
        if (operation_->is_read_only) return text_;
        return std::exchange(text_, {});
    }
    [[nodiscard]] RequestId id() const noexcept { return id_; }
    [[nodiscard]] bool was_handed_over() const noexcept { return handed_over_; }
    [[nodiscard]] std::size_t text_size() const noexcept { return text_.size(); }
    [[nodiscard]] const Operation& operation() const noexcept { return *operation_; }
    [[nodiscard]] const std::string& callid() const noexcept { return callid_; }
    [[nodiscard]] Patience& patience() noexcept { return patience_; }

    /// Of what the request changes; empty if it changes nothing, or what has no such key.
    [[nodiscard]] std::string_view lcm_key() const noexcept { return lcm_key_.reveal(); }

    /// The event that tells that the request was carried out. Whatever changes something for its LCM key may have caused
    /// one, also if its pages do not say so.
    [[nodiscard]] SettlingEvent event() const { return {operation_->settled_by, lcm_key_}; }

    /// The key of its reply.
    [[nodiscard]] MatchKey key() const { return key_of_reply(id_, *operation_, callid_); }
    /// The request as the multiplexer sees it.
    [[nodiscard]] Submission submission() const { return submission_of(id_, *operation_, callid_, patience_.deadline); }

protected:
    ~PendingCall() = default;

    Error describe(Error error, TimePoint now) const {
        error.operation = operation_->subtopic;
        error.callid = callid_;
        error.elapsed = (std::max)(now, patience_.submitted) - patience_.submitted; // `now` can be a little older
        return error;
    }

private:
    RequestId id_;
    std::shared_ptr<const Operation> operation_;
    std::string callid_;
    std::string text_;
    Sensitive<std::string> lcm_key_;
    Patience patience_;
    bool handed_over_ = false;
};

struct Dispose {
    void operator()(PendingCall* call) const noexcept { call->dispose(); }
};

/// Owns a request.
using Call = std::unique_ptr<PendingCall, Dispose>;

/// The part that knows the type of the reply; `Sink` takes the result.
template <class Response, class Sink> class TypedCall final : public PendingCall {
public:
    /// Its memory comes from `recycler`, which must outlive it.
    [[nodiscard]] static Call make(Recycler& recycler, Sink&& sink, RequestId id, Prepared&& prepared,
                                   Patience&& patience) {
        void* const memory = allocate(recycler);
        try {
            return Call(::new (memory)
                            TypedCall(recycler, std::move(sink), id, std::move(prepared), std::move(patience)));
        } catch (...) { // moving a handler may do anything
            deallocate(recycler, memory);
            throw;
        }
    }

    void dispose() noexcept override {
        Recycler& recycler = recycler_;
        this->~TypedCall();
        deallocate(recycler, this);
    }

    [[nodiscard]] Judge judge() const noexcept override {
        return [](JsonView payload, LenientReader& reader) {
            const auto result = read(payload, reader);
            return result.has_value() ? Delivery::accepted : result.error().delivery;
        };
    }

    void settle(JsonView payload, LenientReader& reader, TimePoint now) override {
        auto result = read(payload, reader);
        if (result.has_error()) settle(std::move(result).error(), now);
        else outcome_.template emplace<Response>(std::move(result).value());
    }

    void settle(Error error, TimePoint now) override {
        outcome_.template emplace<Refusal>(std::make_unique<Error>(describe(std::move(error), now)));
    }

    [[nodiscard]] const Error* error() const noexcept override {
        const auto* const refusal = std::get_if<Refusal>(&outcome_);
        return refusal == nullptr ? nullptr : refusal->get();
    }

    [[nodiscard]] bool has_handler() const noexcept override { return Sink::has_handler; }

    void deliver(Resume resume, const boost::asio::any_io_executor& executor) override {
        if (const auto* const refusal = std::get_if<Refusal>(&outcome_))
            return sink_(Result<Response>(boost::system::in_place_error, std::move(**refusal)), resume, executor);
        sink_(Result<Response>(boost::system::in_place_value, std::move(*std::get_if<Response>(&outcome_))), resume,
              executor);
    }

private:
    using Refusal = std::unique_ptr<Error>; // apart, since an error is large and rare

    // A response type of the application's own may throw when it judges, and the request has to end all the same.
    static Result<Response> read(JsonView payload, LenientReader& reader) {
        try {
            return read_reply<Response>(payload, reader);
        } catch (...) {
            return {boost::system::in_place_error,
                    bad_reply("an exception was thrown while the reply was read", payload)};
        }
    }

    static constexpr bool is_over_aligned = alignof(TypedCall) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;

    static void* allocate(Recycler& recycler) {
        if constexpr (is_over_aligned) return ::operator new(sizeof(TypedCall), std::align_val_t(alignof(TypedCall)));
        else return recycler.allocate(sizeof(TypedCall));
    }

    static void deallocate(Recycler& recycler, void* memory) noexcept {
        if constexpr (is_over_aligned) ::operator delete(memory, std::align_val_t(alignof(TypedCall)));
        else recycler.deallocate(memory, sizeof(TypedCall));
    }

    TypedCall(Recycler& recycler, Sink&& sink, RequestId id, Prepared&& prepared, Patience&& patience)
        : PendingCall(id, std::move(prepared), std::move(patience)), recycler_(recycler), sink_(std::move(sink)) {}
    ~TypedCall() = default;

    Recycler& recycler_;
    Sink sink_;
    std::variant<std::monostate, Response, Refusal> outcome_;
};

/// Gives the result to a future. The future is fulfilled directly: it needs no loop to become ready.
template <class Response> class FutureSink {
public:
    static constexpr bool has_handler = false;

    [[nodiscard]] std::future<Response> get_future() { return promise_.get_future(); }

    void operator()(Result<Response> result, Resume, const boost::asio::any_io_executor&) {
        if (result.has_value()) promise_.set_value(std::move(result).value());
        else promise_.set_exception(std::make_exception_ptr(LcmError(std::move(result).error())));
    }

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

    void operator()(Result<Response> result, Resume resume, const boost::asio::any_io_executor& executor) {
        if constexpr (has_executor) {
            complete(std::move(result), resume, work_.get_executor());
            work_.reset();
        } else if (resume == Resume::here) std::move(handler_)(std::move(result));
        else complete(std::move(result), resume, executor);
    }

private:
    using Association = boost::asio::associated_executor<Handler, ClientExecutor>;
    using Executor = typename Association::type;
    static constexpr bool has_executor = !std::same_as<Executor, ClientExecutor>;

    template <class E> static auto make_work(const E& executor) {
        if constexpr (has_executor) return boost::asio::executor_work_guard<E>(executor);
        else return executor;
    }

    template <class E> void complete(Result<Response> result, Resume resume, const E& executor) {
        auto run = [handler = std::move(handler_), result = std::move(result)]() mutable {
            std::move(handler)(std::move(result));
        };
        if (resume == Resume::here) boost::asio::dispatch(executor, std::move(run));
        else boost::asio::post(executor, std::move(run));
    }

    [[no_unique_address]] decltype(make_work(std::declval<const Executor&>())) work_;
    Handler handler_;
};

} // namespace lcm::detail

#endif
