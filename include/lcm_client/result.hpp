// SPDX-License-Identifier: BSL-1.0
// How a request ended: accepted with its reply, or an error that says which of the other three endings it was.
#ifndef LCM_CLIENT_RESULT_HPP
#define LCM_CLIENT_RESULT_HPP

#include <lcm_client/block_reason.hpp>
#include <lcm_client/errc.hpp>
#include <lcm_client/sensitive.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

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

    /// Whether the server wrote nothing.
    [[nodiscard]] bool empty() const noexcept { return type.empty() && actual.empty() && message.empty(); }
    friend bool operator==(const ServerTexts&, const ServerTexts&) = default; ///< text by text
};

/// All that is known of a request that was not accepted. A value: copy it, log `message()`, keep it.
///
/// @par Thread safety
/// Distinct objects, and the const functions of one, may be used from several threads.
struct Error {
    Errc code{};                            ///< why
    Delivery delivery = Delivery::not_sent; ///< which ending: `refused`, `not_sent` or `unknown`
    std::string detail{};                   ///< the field and the reason, or what broke or came; without personal data
    error_code cause{};                     ///< the underlying system, TLS or WebSocket code, if there was one
    error_code link{};                      ///< why there was no link, if the request ended while it waited for one
    BlockReason block{};                    ///< whom the link waits for, if the request ended for want of one
    std::string operation{};                ///< the request's subtopic
    std::string callid{};                   ///< the request's call
    ServerTexts server{};                   ///< the server's own texts
    Sensitive<std::string> reply{};         ///< the payload of a reply that says no or is not understood, as JSON
    std::chrono::nanoseconds elapsed{};     ///< from submission to the end
    std::uint64_t tag{};                    ///< the application's own, from `CallOptions::tag`
    bool is_read_only{};                    ///< whether it would have changed nothing on the server in any case
    std::uint64_t request_id{};             ///< names the request for `AnyClient::inquire`; 0 if it was never made

    /// One line for a log: code, ending, reason, detail, cause, operation, call and time. Holds no personal data and
    /// no text of the server's.
    [[nodiscard]] std::string message() const {
        std::string text = std::string(to_string(code)) + " (" + lcm::to_string(delivery) + "): " + reason();
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
    [[nodiscard]] const char* reason() const noexcept {
        const bool has_never_left = code == Errc::timed_out && delivery == Delivery::not_sent;
        return has_never_left ? "it could not leave before its deadline" : describe(code);
    }

    // A call id is any text, as is a raw request's subtopic; one with a line end must not forge a line of the log.
    static std::string on_one_line(std::string text) {
        const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
        std::replace_if(text.begin(), text.end(), is_control, '?');
        return text;
    }
};

namespace detail {

/// An exception for each code, made once: a copy shares its text, and so needs no memory.
[[nodiscard]] inline const boost::system::system_error& plain_error(Errc code) {
    static const std::vector<boost::system::system_error> all = [] {
        std::vector<boost::system::system_error> errors;
        errors.emplace_back(error_code(0, lcm_category()));
        const std::string_view none = to_string(Errc{});
        for (int value = 1; to_string(static_cast<Errc>(value)) != none; ++value)
            errors.emplace_back(make_error_code(static_cast<Errc>(value)));
        return errors;
    }();
    const auto index = static_cast<std::size_t>(code);
    return all.at(index < all.size() ? index : 0);
}

} // namespace detail

/// What a future or `Result::value()` throws. `what()` is `error().message()`. Copies share what they hold. It
/// can be caught beyond the border of a shared library, also of one that hides its symbols.
///
/// @par Thread safety
/// Distinct objects, copies of one another among them, may be used from several threads.
class BOOST_SYMBOL_VISIBLE LcmError : public boost::system::system_error {
public:
    /// Holds `error` and its `message()`. Throws `std::bad_alloc` if there is no memory for it.
    explicit LcmError(Error error)
        : system_error(detail::plain_error(error.code)), whole_(std::make_shared<const Whole>(std::move(error))) {}

    /// For when there is no memory for more: an error without texts, whose `what()` is that of its code.
    LcmError(Errc code, Delivery delivery, error_code cause, std::uint64_t tag = 0) noexcept
        : system_error(detail::plain_error(code)), bare_{.code = code,
                                                         .delivery = delivery,
                                                         .cause = cause,
                                                         .tag = tag} {}

    /// `error().message()`; valid as long as this or a copy of it.
    [[nodiscard]] const char* what() const noexcept override {
        return whole_ ? whole_->text.c_str() : system_error::what();
    }
    /// What is known of the request; valid as long as this.
    [[nodiscard]] const Error& error() const noexcept { return whole_ ? whole_->error : bare_; }

private:
    struct Whole {
        explicit Whole(Error&& own) : error(std::move(own)), text(error.message()) {}
        Error error;
        std::string text;
    };

    std::shared_ptr<const Whole> whole_;
    Error bare_; // empty, or without texts
};

namespace detail {

/// What a future throws. An exception is copied into it, which needs no memory of the heap's: the C++ runtime keeps some
/// for it. Without memory for more, the error has no texts.
[[nodiscard]] inline std::exception_ptr to_exception(Error error) noexcept {
    try {
        return std::make_exception_ptr(LcmError(std::move(error)));
    } catch (const std::bad_alloc&) {
        return std::make_exception_ptr(LcmError(error.code, error.delivery, error.cause, error.tag));
    }
}

} // namespace detail

/// Either the reply of an accepted request, or the error. `value()` throws `LcmError`.
template <class T> using Result = boost::system::result<T, Error>;

/// Lets `Result<T>::value()` throw the library's exception.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw LcmError(error);
}

} // namespace lcm

#endif
