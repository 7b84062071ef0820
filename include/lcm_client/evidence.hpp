// SPDX-License-Identifier: BSL-1.0
// What a server shows of a request that ended as unknown, when it is asked. It says where the request has come to, and
// nothing of what became of it there.
#ifndef LCM_CLIENT_EVIDENCE_HPP
#define LCM_CLIENT_EVIDENCE_HPP

#include <lcm_client/impl/abi.hpp>

#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// What the server's store says of a request. None of these is an ending: `Error::delivery` stays `unknown`. Both that
/// say something assume that nobody else, another client of this application among them, sends requests for the same
/// call that look like this client's in all that the server shows.
enum class Finding {
    /// The request has come to the server, which may have carried it out or refused it.
    reached,
    /// The request is not in the server's store, and will not come there any more: it was lost on the way, or was
    /// refused by a server that does not keep what it refuses. Assumes also what `SynchronousStore` declares.
    not_reached,
    undecided, ///< neither can be said, for the reason in `Evidence::doubt`
};

/// The name of a finding as it is spelled in this header, for logs.
[[nodiscard]] constexpr const char* to_string(Finding finding) noexcept {
    switch (finding) {
    case Finding::reached: return "reached";
    case Finding::not_reached: return "not_reached";
    case Finding::undecided: return "undecided";
    }
    return "undecided";
}

/// Why neither `reached` nor `not_reached` can be said.
enum class Doubt {
    none, ///< there is no doubt: the finding is one of the other two

    // What could not be asked.
    no_trace,       ///< the request names no call, or only reads, so that no store shows it
    not_remembered, ///< the client knows the request, or an older one for its call, no more (`Limits::remembered`)
    unanswered,     ///< the client has asked by itself, and got no answer that can be understood

    // What the server shows looks like the request.
    equal_request, ///< another request for the call that cannot be told from it has left, or was seen in the store
    not_echoed,    ///< the server does not show all fields that tell it from others (`Evidence::not_echoed`)

    // What the server shows is not the request.
    nothing_stored,     ///< the server shows no request for the call, or does not name its operation
    later_request,      ///< another request for the call has left since, which may have taken its place
    other_request,      ///< it is not the last one of this client's that went before either, so somebody else's
    order_unclear,      ///< it went before, but may have come later: another link had it, and no answer came
    store_not_declared, ///< `InquiryOptions::store` is not set
    link_lives,         ///< the link over which the request left is not given up yet, and may still deliver it
    no_abortive_close,  ///< the transport cannot give a link up so that nothing is delivered later (`AbortsConnection`)
    other_server,       ///< the answer came from another server, or the transport does not say which (`NamesServer`)
    not_settled,        ///< the link was given up less than `SynchronousStore::settle_time` before the server was asked
};

/// The name of a doubt as it is spelled in this header, for logs.
[[nodiscard]] constexpr const char* to_string(Doubt doubt) noexcept {
    switch (doubt) {
    case Doubt::none: return "none";
    case Doubt::no_trace: return "no_trace";
    case Doubt::not_remembered: return "not_remembered";
    case Doubt::unanswered: return "unanswered";
    case Doubt::equal_request: return "equal_request";
    case Doubt::not_echoed: return "not_echoed";
    case Doubt::nothing_stored: return "nothing_stored";
    case Doubt::later_request: return "later_request";
    case Doubt::other_request: return "other_request";
    case Doubt::order_unclear: return "order_unclear";
    case Doubt::store_not_declared: return "store_not_declared";
    case Doubt::link_lives: return "link_lives";
    case Doubt::no_abortive_close: return "no_abortive_close";
    case Doubt::other_server: return "other_server";
    case Doubt::not_settled: return "not_settled";
    }
    return "unknown_doubt";
}

/// What was found out about one request. A value: copy it, log `message()`, keep it.
///
/// @par Thread safety
/// Distinct objects, and the const functions of one, may be used from several threads.
struct Evidence {
    Finding finding = Finding::undecided; ///< what the server's store says
    Doubt doubt = Doubt::not_remembered;  ///< why it says neither; `none` if it says something
    /// The names on the wire of the fields whose values the server would have to show, with `Doubt::not_echoed`.
    std::vector<std::string> not_echoed{};

    /// A few words for a log: "undecided (not_echoed: CallOutcome, LeadScore)". Holds no personal data.
    [[nodiscard]] std::string message() const {
        std::string text = to_string(finding);
        if (doubt == Doubt::none) return text;
        text.append(" (").append(to_string(doubt));
        const char* separator = ": ";
        for (const std::string& name : not_echoed) {
            text.append(separator).append(name);
            separator = ", ";
        }
        return text += ')';
    }

    friend bool operator==(const Evidence&, const Evidence&) = default; ///< member by member
};

} // namespace lcm

#endif
