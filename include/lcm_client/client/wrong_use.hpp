// SPDX-License-Identifier: BSL-1.0
// What the compiler says, in one sentence, where the client is used in a way that cannot compile.
#ifndef LCM_CLIENT_CLIENT_WRONG_USE_HPP
#define LCM_CLIENT_CLIENT_WRONG_USE_HPP

#include <lcm_client/clock.hpp>
#include <lcm_client/events.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/async_result.hpp>

#include <concepts>

namespace lcm::detail {

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

} // namespace lcm::detail

#endif
