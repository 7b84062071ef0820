// SPDX-License-Identifier: BSL-1.0
// What the compiler says, in one sentence, where the client is used in a way that cannot compile.
#ifndef LCM_CLIENT_CLIENT_WRONG_USE_HPP
#define LCM_CLIENT_CLIENT_WRONG_USE_HPP

#include <lcm_client/clock.hpp>
#include <lcm_client/events.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/loop_executor.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/execution_context.hpp>

#include <concepts>
#include <initializer_list>
#include <stop_token>
#include <tuple>
#include <type_traits>

namespace lcm::inline LCM_CLIENT_ABI::detail {

template <class T> inline constexpr bool is_response = Described<T>;
template <class Record> inline constexpr bool is_response<List<Record>> = true;

/// Whether `R` is a request. All these functions return whether the use is right, so that what follows need not be
/// compiled, and does not bury the sentence, if it is not.
template <class R> consteval bool is_request() {
    if constexpr (!Described<R>)
        static_assert(Described<R>,
                      "this is no request of lcm_client/operations.hpp, and has no table of fields of its "
                      "own: static constexpr void fields(auto&& field)");
    else if constexpr (!requires { typename R::Response; })
        static_assert(Request<R>, "this request does not name the type of its reply: using Response = ...");
    else if constexpr (!is_response<typename R::Response>)
        static_assert(is_response<typename R::Response>,
                      "a Response has a table of fields, or is an lcm::List of records");
    else
        static_assert(Request<R>, "this request does not say which operation it is: "
                                  "static constexpr lcm::Operation operation{...}");
    if constexpr (Request<R>) return is_response<typename R::Response>;
    else return false;
}

/// Whether `Token` can be told of a `Result<Response>`.
template <class Token, class Response> consteval bool is_token() {
#ifdef BOOST_ASIO_HAS_CONCEPTS
    constexpr bool is_right = boost::asio::completion_token_for<Token, void(Result<Response>)>;
    static_assert(is_right,
                  "what is called at the end of a request takes one lcm::Result of the request's Response, as "
                  "[](lcm::Result<lcm::OutcomeResponse> result) {...}, and can be moved; or it is a "
                  "completion token of Asio, as boost::asio::use_awaitable");
    return is_right;
#else
    return true;
#endif
}

/// Whether `Handler` can be told of the event `E`.
template <class E, class Handler> consteval bool is_event_handler() {
    if constexpr (!Event<E>)
        static_assert(Event<E>, "this is no event of lcm_client/events.hpp, and is not read like one: static constexpr "
                                "lcm::EventInfo event{...}; static std::optional<E> read(lcm::JsonView message, "
                                "lcm::LenientReader& reader)");
    else if constexpr (!std::invocable<Handler&, const E&>)
        static_assert(std::invocable<Handler&, const E&>,
                      "what is called for an event takes the event, as [](const lcm::OutcomeSetForCall& event) {...}");
    else static_assert(std::copy_constructible<Handler>, "what is called for events must be copyable");
    return Event<E> && std::invocable<Handler&, const E&> && std::copy_constructible<Handler>;
}

/// Whether `Handler` can be told of any message.
template <class Handler> consteval bool is_message_handler() {
    constexpr bool is_right = std::invocable<Handler&, const Json&>;
    if constexpr (!is_right)
        static_assert(is_right, "what is called for any message takes its JSON, as [](const lcm::Json& message) {...}");
    else static_assert(std::copy_constructible<Handler>, "what is called for messages must be copyable");
    return is_right && std::copy_constructible<Handler>;
}

/// Whether a client can be made over `T`.
template <class T, class ClockType> consteval bool are_client_parts() {
    static_assert(Transport<T>,
                  "this is no transport for a client: lcm_client/transport.hpp tells which members it has "
                  "(get_executor, async_open, async_send, async_receive, close, which is noexcept)");
    static_assert(Clock<ClockType>, "this is no clock for a client: lcm_client/clock.hpp tells which members it has "
                                    "(now, system_now, and the type Timer)");
    return Transport<T> && Clock<ClockType>;
}

/// The constructors of a client, after its configuration. Never made.
template <class T, class ClockType> struct ClientParts {
    explicit ClientParts(TransportFactory<T>, ClockType = {});
    ClientParts(TransportFactory<T>, const LoopExecutor&, ClockType = {});
};
template <class T, class ClockType, class... Parts> inline constexpr bool are_parts =
    std::constructible_from<ClientParts<T, ClockType>, Parts...>;

// --- What is only looked at to be refused: each of these functions fails where it is used ----------------------------

template <class T> inline constexpr bool never = false; // depends on a type, so that it is looked at no sooner

template <class Config> consteval void refuse_config() {
    static_assert(never<Config>, "the first argument of a client is its configuration: {.source = \"my-desktop\"}");
}

template <class Part> consteval void refuse_part() {
    using Plain = std::remove_cvref_t<Part>;
    if constexpr (std::derived_from<Plain, boost::asio::execution_context>)
        static_assert(never<Part>, "a client is given the executor of a loop, and not the loop: loop.get_executor()");
    else if constexpr (Clock<Plain>)
        static_assert(never<Part>, "the clock belongs to the type of the client, as in lcm::LcmClient<"
                                   "lcm::testing::ScriptedTransport, lcm::testing::ManualClock>");
    else
        static_assert(never<Part>,
                      "after its transports a client is given the executor of a loop, loop.get_executor(), "
                      "and no pointer; or nothing, for a thread of its own");
}

/// `Parts` are those that were given after the configuration.
template <class ClockType, class Factory, class... Parts> consteval void refuse_parts() {
    using All = std::tuple<Parts..., void>;
    if constexpr (!std::convertible_to<std::tuple_element_t<0, All>, Factory>)
        static_assert(never<Factory>, "the second argument of a client makes its transports: lcm::websocket({.url = "
                                      "\"wss://lcm.example/ws\"}), or in a test lcm::testing::scripted(script)");
    else if constexpr (std::convertible_to<std::tuple_element_t<1, All>, LoopExecutor>)
        refuse_part<std::tuple_element_t<2, All>>();
    else refuse_part<std::tuple_element_t<1, All>>();
}

template <class Options> consteval void refuse_options() {
    static_assert(never<Options>, "what follows a request are its options: {.deadline = std::chrono::seconds(5)}; a "
                                  "function that is called at the end is given to async_call");
}

/// What stands for options whose deadline is a plain number. `{}` is none.
struct WithoutUnit {
    template <class N>
    requires std::is_arithmetic_v<N> WithoutUnit(N); // NOLINT(google-explicit-constructor)
};
struct OptionsWithoutUnit {
    WithoutUnit deadline;
    std::stop_token stop{};
};

/// What stands for a raw request where the header with its type is missing.
struct AnyValue {
    template <class... T> AnyValue(T&&...); // NOLINT(google-explicit-constructor)
    AnyValue(std::initializer_list<AnyValue>);
};
struct ReplyWithoutHeader {
    AnyValue subtopic{}, callid{};
};
struct RawRequestWithoutHeader {
    AnyValue subtopic{}, data{};
    ReplyWithoutHeader reply{};
    AnyValue is_read_only{}, channel{}, topic{};
};
template <class T>
concept IsComplete = requires {
    sizeof(T);
};

template <class R> consteval void refuse_no_header() {
    static_assert(never<R>, "a raw request needs #include <lcm_client/raw_request.hpp>");
}

template <class R> consteval void refuse_no_handler() {
    static_assert(never<R>, "async_call takes, after the request and its options, what is called at the end: "
                            "[](lcm::Result<lcm::OutcomeResponse> result) {...}; call gives a future instead");
}

template <class Handler> consteval void refuse_no_event() {
    static_assert(never<Handler>, "the event has to be named: client.on<lcm::OutcomeSetForCall>(handler); on_any takes "
                                  "a handler of every message");
}

} // namespace lcm::detail

#endif
