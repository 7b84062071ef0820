// SPDX-License-Identifier: BSL-1.0
// One request from the caller's side: how its result reaches the future, callback or coroutine that waits for it.
#ifndef LCM_CLIENT_CLIENT_PENDING_CALL_HPP
#define LCM_CLIENT_CLIENT_PENDING_CALL_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/multiplexer.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/result.hpp>

#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace lcm::detail {

/// Whether a handler that is due may run in the call that completes it.
enum class Resume {
    here, ///< on the client's strand, between two of its steps: a handler that belongs there runs at once
    later ///< elsewhere: always through its executor
};

/// What is kept of every request until it has ended, whatever its type and the style of the call. Whoever takes it out
/// of the `CallTable` settles it, with a reply or an error, and then delivers it; both once.
class PendingCall {
public:
    PendingCall(std::shared_ptr<const Operation> operation, std::string callid, std::string text, TimePoint submitted)
        : operation_(std::move(operation)), callid_(std::move(callid)), text_(std::move(text)), submitted_(submitted) {}
    PendingCall(const PendingCall&) = delete;
    PendingCall& operator=(const PendingCall&) = delete;
    virtual ~PendingCall() = default;

    /// Takes the result from the payload of the reply.
    virtual void settle(JsonView payload, LenientReader& reader, TimePoint now) = 0;
    /// Takes an error as the result, to which operation, call and time are added.
    virtual void settle(Error error, TimePoint now) = 0;
    /// The error that it was settled with; nothing if it was accepted.
    [[nodiscard]] virtual std::optional<Error> error() const = 0;
    /// Whether `deliver` can run the application's code.
    [[nodiscard]] virtual bool has_handler() const noexcept = 0;
    /// Gives the result to whoever waits for it.
    virtual void deliver(Resume resume) = 0;

    /// The text to send: from now on the request counts as handed over. Only one that is read-only has a text again.
    [[nodiscard]] std::string take_text() {
        handed_over_ = true;
        if (operation_->is_read_only) return text_;
        return std::exchange(text_, {});
    }
    [[nodiscard]] bool was_handed_over() const noexcept { return handed_over_; }
    [[nodiscard]] std::size_t text_size() const noexcept { return text_.size(); }
    [[nodiscard]] const Operation& operation() const noexcept { return *operation_; }
    [[nodiscard]] const std::string& callid() const noexcept { return callid_; }

protected:
    Error describe(Error error, TimePoint now) const {
        error.operation = operation_->subtopic;
        error.callid = callid_;
        error.elapsed = now - submitted_;
        return error;
    }

private:
    std::shared_ptr<const Operation> operation_; // shared because a user can describe one at run time
    std::string callid_;
    std::string text_;
    TimePoint submitted_;
    bool handed_over_ = false;
};

/// The part that knows the type of the reply; `Sink` takes the result.
template <class Response, class Sink> class TypedCall final : public PendingCall {
public:
    TypedCall(Sink sink, std::shared_ptr<const Operation> operation, std::string callid, std::string text,
              TimePoint submitted)
        : PendingCall(std::move(operation), std::move(callid), std::move(text), submitted), sink_(std::move(sink)) {}

    void settle(JsonView payload, LenientReader& reader, TimePoint now) override {
        result_.emplace(read_reply<Response>(payload, reader));
        if (result_->has_error()) settle(result_->error(), now);
    }

    void settle(Error error, TimePoint now) override {
        result_.emplace(boost::system::in_place_error, describe(std::move(error), now));
    }

    [[nodiscard]] std::optional<Error> error() const override {
        return result_->has_error() ? std::optional<Error>(result_->error()) : std::nullopt;
    }

    [[nodiscard]] bool has_handler() const noexcept override { return Sink::has_handler; }
    void deliver(Resume resume) override { sink_(std::move(*result_), resume); }

private:
    Sink sink_;
    std::optional<Result<Response>> result_;
};

/// Gives the result to a future. The future is fulfilled directly: it needs no loop to become ready.
template <class Response> class FutureSink {
public:
    static constexpr bool has_handler = false;

    [[nodiscard]] std::future<Response> get_future() { return promise_.get_future(); }

    void operator()(Result<Response> result, Resume) {
        if (result.has_value()) promise_.set_value(std::move(result).value());
        else promise_.set_exception(std::make_exception_ptr(LcmError(std::move(result).error())));
    }

private:
    std::promise<Response> promise_;
};

/// Gives the result to a completion handler, on the executor that belongs to it, which has work until then.
template <class Response, class Handler> class HandlerSink {
public:
    static constexpr bool has_handler = true;

    HandlerSink(Handler handler, const boost::asio::any_io_executor& fallback)
        : work_(boost::asio::get_associated_executor(handler, fallback)), handler_(std::move(handler)) {}

    void operator()(Result<Response> result, Resume resume) {
        auto run = [handler = std::move(handler_), result = std::move(result)]() mutable {
            std::move(handler)(std::move(result));
        };
        if (resume == Resume::here) boost::asio::dispatch(work_.get_executor(), std::move(run));
        else boost::asio::post(work_.get_executor(), std::move(run));
        work_.reset();
    }

private:
    using Executor = boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>;

    boost::asio::executor_work_guard<Executor> work_;
    Handler handler_;
};

} // namespace lcm::detail

#endif
