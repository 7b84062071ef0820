// SPDX-License-Identifier: BSL-1.0
// What an application says about Do Not Call: its own rule of which requests mark it, and the guard of a client.
#ifndef LCM_CLIENT_DO_NOT_CALL_HPP
#define LCM_CLIENT_DO_NOT_CALL_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/hook.hpp>
#include <lcm_client/json_document.hpp>

#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

/// A rule of the application: whether a request marks a contact Do Not Call, beyond those that the library knows. It is
/// given the request's subtopic and its data, as both are on the wire; the data are none if the request has none, and
/// are valid during the call. It is not asked about what changes nothing.
///
///     [](std::string_view, lcm::JsonView data) { // the tenant's own business outcome
///         lcm::LenientReader reader;
///         return reader.find(data, "BusinessOutcome").text() == "130";
///     }
using DoNotCallRule = Hook<bool(std::string_view subtopic, JsonView data)>;

/// Keeps later requests from taking a Do Not Call back that may not have arrived yet.
///
/// A request that marks a contact Do Not Call (`marks_do_not_call`) is *open* from its call on, until it has ended as
/// accepted, refused or not sent. One that ended as unknown stays open until its truth comes to light, as
/// `ClientConfig::on_settled` tells, or until the application says that it has looked it up:
/// `AnyClient::resolve_do_not_call`. While it is open, each request that would change something, has a subject in common
/// with it (`subjects_of`) and marks no Do Not Call itself ends at once as `Errc::do_not_call_open`, not sent, unless
/// its call says `CallOptions::despite_do_not_call`.
///
/// The guard knows the requests of one client in one process, from the beginning of that client. It cannot know that two
/// requests mean one contact if they have no subject in common, as a `SetDNC` without the number and an outcome without
/// the LCM key. What is open is bounded by `limits.do_not_calls`.
struct DoNotCallGuard {
    /// Asked about each request that may change something and names a contact, in its call and so on any thread, also
    /// on several at once. What it throws leaves the call, and nothing was submitted.
    DoNotCallRule also_marks{};
};

} // namespace lcm

#endif
