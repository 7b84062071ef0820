// SPDX-License-Identifier: BSL-1.0
// A request in flight with the type of its reply: how its result is read, kept and given away.
#ifndef LCM_CLIENT_CLIENT_TYPED_CALL_HPP
#define LCM_CLIENT_CLIENT_TYPED_CALL_HPP

#include <lcm_client/client/message_text.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/request_pool.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/question.hpp>
#include <lcm_client/session/reply_verdict.hpp>
#include <lcm_client/session/request_entry.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/result.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace lcm::inline LCM_CLIENT_ABI::detail {

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

} // namespace lcm::detail

#endif
