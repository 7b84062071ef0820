// SPDX-License-Identifier: BSL-1.0
// What a person at a form is to do about a request that was not accepted, or about a link that is not there.
#ifndef LCM_CLIENT_ADVICE_HPP
#define LCM_CLIENT_ADVICE_HPP

#include <lcm_client/block_reason.hpp>
#include <lcm_client/errc.hpp>
#include <lcm_client/link_status.hpp>
#include <lcm_client/result.hpp>

#include <optional>

namespace lcm::inline LCM_CLIENT_ABI {

/// What a person is to do next. `describe` says each in a sentence.
enum class Advice {
    correct_form,        ///< change what was entered: it would be turned down again as it is
    try_again,           ///< submit again: it has changed nothing, and nothing stands in the way
    wait_for_link,       ///< submit again when the link is back, which it will be by itself
    look_up_first,       ///< find out whether it has been done already, before submitting again
    look_up_do_not_call, ///< find out whether the contact is marked Do Not Call, before anything else is set for it
    sign_in,             ///< sign in anew, then submit again
    call_support,        ///< call somebody who can change what is set up
};

/// The name of an advice as it is spelled in this header, for logs.
[[nodiscard]] constexpr const char* to_string(Advice advice) noexcept {
    switch (advice) {
    case Advice::correct_form: return "correct_form";
    case Advice::try_again: return "try_again";
    case Advice::wait_for_link: return "wait_for_link";
    case Advice::look_up_first: return "look_up_first";
    case Advice::look_up_do_not_call: return "look_up_do_not_call";
    case Advice::sign_in: return "sign_in";
    case Advice::call_support: return "call_support";
    }
    return "unknown_advice";
}

/// One sentence per advice, for whoever filled in the form.
[[nodiscard]] constexpr const char* describe(Advice advice) noexcept {
    switch (advice) {
    case Advice::correct_form: return "Correct what you have entered, and submit it again.";
    case Advice::try_again: return "Submit it again; it has changed nothing.";
    case Advice::wait_for_link: return "Wait until the connection is back, and submit it again then.";
    case Advice::look_up_first: return "It may have been done; look it up before you submit it again.";
    case Advice::look_up_do_not_call:
        return "It has changed nothing; look up whether the contact is marked Do Not Call before you submit it again.";
    case Advice::sign_in: return "Sign in again, and submit it then.";
    case Advice::call_support: return "Call support; to submit it again will not help.";
    }
    return "unknown advice";
}

namespace detail {

/// What is to be done for a link that waits for `block`.
[[nodiscard]] constexpr Advice advice(BlockReason block) noexcept {
    switch (block) {
    case BlockReason::none: return Advice::wait_for_link;
    case BlockReason::credentials: return Advice::sign_in;
    case BlockReason::certificate:
    case BlockReason::path:
    case BlockReason::proxy:
    case BlockReason::other: return Advice::call_support;
    }
    return Advice::call_support;
}

/// What is to be done about a request that did not leave, though a link was there or none was needed to know it.
[[nodiscard]] constexpr Advice advice_unsent(Errc code) noexcept {
    switch (code) {
    case Errc::invalid_argument:
    case Errc::message_too_large:
    case Errc::invalid_call_id:
    case Errc::server_error: return Advice::correct_form;
    case Errc::queue_full:
    case Errc::cancelled:
    case Errc::timed_out: return Advice::try_again;
    case Errc::duplicate_in_flight: return Advice::look_up_first; // the other one may be accepted
    case Errc::do_not_call_open: return Advice::look_up_do_not_call;
    case Errc::client_closed:
    case Errc::unauthorized: return Advice::sign_in;
    case Errc::resolve_failed:
    case Errc::connect_failed:
    case Errc::tls_failed:
    case Errc::upgrade_rejected:
    case Errc::connection_lost:
    case Errc::idle_timeout: return Advice::wait_for_link;
    case Errc::not_stored: // the disk, or who else has the file
    case Errc::would_deadlock:
    case Errc::bad_message:
    case Errc::bad_reply: return Advice::call_support; // a mistake in a program
    }
    return Advice::call_support;
}

} // namespace detail

/// What a person is to do about a request that ended with `error`. The ending decides first: what was refused is to be
/// corrected, and what is unknown to be looked up, unless it changes nothing. What was not sent is sent again only where
/// that can help: there the code decides, and `Error::block` where the request ended for want of a link.
/// lcm_client/README.md has the table.
///
/// @par Thread safety
/// Any thread.
[[nodiscard]] inline Advice advice(const Error& error) noexcept {
    if (error.delivery == Delivery::refused) return Advice::correct_form;
    if (error.delivery != Delivery::not_sent) return error.is_read_only ? Advice::try_again : Advice::look_up_first;
    if (error.block != BlockReason::none) return detail::advice(error.block);
    if (error.link == Errc::unauthorized) return Advice::sign_in;
    return error.link ? Advice::wait_for_link : detail::advice_unsent(error.code);
}

/// What a person is to do about a link with this status: to wait, or what it is blocked by; nothing if it is ready, or
/// was closed.
///
/// @par Thread safety
/// Any thread.
[[nodiscard]] inline std::optional<Advice> advice(const LinkStatus& status) noexcept {
    if (status.state == LinkState::ready || status.state == LinkState::closed) return std::nullopt;
    return detail::advice(status.state == LinkState::blocked ? status.block : BlockReason::none);
}

} // namespace lcm

#endif
