// SPDX-License-Identifier: BSL-1.0
// How a request ended: accepted with its reply, or an error that says which of the other three endings it was.
#ifndef LCM_CLIENT_RESULT_HPP
#define LCM_CLIENT_RESULT_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/sensitive.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace lcm {

/// The four endings. Every request ends in exactly one of them, exactly once.
enum class Delivery {
    accepted, ///< the server said success
    refused,  ///< the server said no
    not_sent, ///< proof that no byte of the request left this process
    unknown,  ///< bytes may have left, and no answer that can be understood came back
};

/// "accepted", "refused", "not_sent" or "unknown".
[[nodiscard]] constexpr const char* to_string(Delivery delivery) noexcept {
    switch (delivery) {
    case Delivery::accepted: return "accepted";
    case Delivery::refused: return "refused";
    case Delivery::not_sent: return "not_sent";
    case Delivery::unknown: return "unknown";
    }
    return "unknown";
}

/// What the server wrote about a refusal, word for word; empty where it wrote nothing. These are the server's texts,
/// so they can hold anything: they are kept apart and never become part of `Error::message()`.
struct ServerTexts {
    std::string type{};    ///< `errorType`, for instance "WS_Error"
    std::string actual{};  ///< `errorMessage`, the server's internal text
    std::string message{}; ///< `msg`, the text meant for the user

    [[nodiscard]] bool empty() const noexcept { return type.empty() && actual.empty() && message.empty(); }
    friend bool operator==(const ServerTexts&, const ServerTexts&) = default;
};

/// All that is known of a request that was not accepted. A value: copy it, log `message()`, keep it.
struct Error {
    Errc code{};                            ///< why
    Delivery delivery = Delivery::not_sent; ///< which ending: `refused`, `not_sent` or `unknown`
    std::string detail{};                   ///< the field and the reason, or what broke or came; without personal data
    error_code cause{};                     ///< the underlying system, TLS or WebSocket code, if there was one
    error_code link{};                      ///< why there was no link, if the request ended while it waited for one
    std::string operation{};                ///< the request's subtopic
    std::string callid{};                   ///< the request's call
    ServerTexts server{};                   ///< the server's own texts
    Sensitive<std::string> reply{};         ///< the payload of a reply that says no or is not understood, as JSON
    std::chrono::nanoseconds elapsed{};     ///< from submission to the end

    /// One line for a log: code, ending, reason, detail, cause, operation, call and time. Holds no personal data and
    /// no text of the server's.
    [[nodiscard]] std::string message() const {
        std::string text = std::string(to_string(code)) + " (" + lcm::to_string(delivery) + "): " + describe(code);
        if (!detail.empty()) text += "; " + detail;
        if (link) text += "; there was no link: " + link.message();
        if (cause) text += "; cause: " + cause.message();
        if (operation.empty()) return text;
        text += " [" + on_one_line(operation);
        if (!callid.empty()) text += ", call " + on_one_line(callid);
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
        return text + ", after " + std::to_string(ms) + " ms]";
    }

private:
    // A call id is any text, as is a raw request's subtopic; one with a line end must not forge a line of the log.
    static std::string on_one_line(std::string text) {
        const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
        std::replace_if(text.begin(), text.end(), is_control, '?');
        return text;
    }
};

/// What a future or `Result::value()` throws. `what()` is `error().message()`.
class LcmError : public boost::system::system_error {
public:
    explicit LcmError(Error error)
        : system_error(make_error_code(error.code), error.message()), text_(error.message()), error_(std::move(error)) {
    }

    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
    [[nodiscard]] const Error& error() const noexcept { return error_; }

private:
    std::string text_;
    Error error_;
};

/// Either the reply of an accepted request, or the error. `value()` throws `LcmError`.
template <class T> using Result = boost::system::result<T, Error>;

/// Lets `Result<T>::value()` throw the library's exception.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw LcmError(error);
}

} // namespace lcm

#endif
