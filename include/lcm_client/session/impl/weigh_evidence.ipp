// SPDX-License-Identifier: BSL-1.0
// What an answer proves: the bodies.
#ifndef LCM_CLIENT_SESSION_IMPL_WEIGH_EVIDENCE_IPP
#define LCM_CLIENT_SESSION_IMPL_WEIGH_EVIDENCE_IPP

#include <lcm_client/session/weigh_evidence.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

[[nodiscard]] inline Evidence doubtful(Doubt doubt) { return {.finding = Finding::undecided, .doubt = doubt}; }

// --- the server shows what may be the request ------------------------------------------------------------------------

[[nodiscard]] inline bool are_equal(const RequestTrace& a, const RequestTrace& b) noexcept {
    const auto has_all_of = [](const RequestTrace& one, const RequestTrace& other) {
        return std::all_of(other.fields.begin(), other.fields.end(),
                           [&](const FieldTrace& field) { return one.has_same(field.name, other); });
    };
    return a.is_like(b) && has_all_of(a, b) && has_all_of(b, a);
}

/// The fields that the server would have to show, and does not.
class MissingFields {
public:
    MissingFields(const RequestTrace& ours, const StoredRequest& shown) noexcept : ours_(ours), shown_(shown) {}

    /// Those to which the application has given a value: somebody whom nobody knows may have sent another one there.
    void need_own() {
        for (const FieldTrace& field : ours_.fields)
            if (field.is_own) need(field.name);
    }

    /// Those that tell it from another request. One of another kind is told from it by its name.
    void need_difference(const RequestTrace& other) {
        if (!ours_.is_like(other)) return;
        for (const FieldTrace& field : ours_.fields)
            if (!ours_.has_same(field.name, other)) need(field.name);
        for (const FieldTrace& field : other.fields)
            if (ours_.find(field.name) == nullptr) add(field.name); // that it has none, no server shows
    }

    [[nodiscard]] std::vector<std::string> take() noexcept { return std::move(names_); }

private:
    void need(const std::string& name) {
        if (shown_.find(name) == nullptr) add(name);
    }
    void add(const std::string& name) {
        if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
    }

    const RequestTrace& ours_;
    const StoredRequest& shown_;
    std::vector<std::string> names_;
};

// Whether what is remembered of the call has another request that is the same in all, or showed one that may be ours
// before ours had left.
[[nodiscard]] inline bool has_equal(const CallRecord& record, const RequestTrace& ours) noexcept {
    const auto is_sent_twin = [&](const Remembered* other) {
        return other->sent() != nullptr && are_equal(*other->sent(), ours);
    };
    const auto is_shown_twin = [&](const Remembered* other) {
        return other->shown() != nullptr && other->shown()->may_be(ours);
    };
    return std::any_of(record.before.begin(), record.before.end(), is_sent_twin) ||
           std::any_of(record.since.begin(), record.since.end(), is_sent_twin) ||
           std::any_of(record.before.begin(), record.before.end(), is_shown_twin);
}

[[nodiscard]] inline Evidence weigh_likeness(const CallRecord& record, const RequestTrace& ours,
                                             const StoredRequest& shown) {
    if (has_equal(record, ours)) return doubtful(Doubt::equal_request);
    MissingFields missing(ours, shown);
    missing.need_own();
    for (const auto* const others : {&record.before, &record.since})
        for (const Remembered* const other : *others)
            if (other->sent() != nullptr) missing.need_difference(*other->sent());
    Evidence evidence{.finding = Finding::reached, .doubt = Doubt::none, .not_echoed = missing.take()};
    if (evidence.not_echoed.empty()) return evidence;
    evidence.finding = Finding::undecided;
    evidence.doubt = Doubt::not_echoed;
    return evidence;
}

// --- the server shows another request --------------------------------------------------------------------------------

[[nodiscard]] inline bool may_be(const StoredRequest& shown, const Remembered& known) noexcept {
    return known.sent() != nullptr ? shown.may_be(*known.sent()) : may_be_same(shown, *known.shown());
}

// Whether `other` cannot have come to the server after `ours`, although it left before.
[[nodiscard]] inline bool came_before(const Remembered& other, const Remembered& ours,
                                      std::chrono::nanoseconds settle_time) noexcept {
    if (other.sent() == nullptr || other.link == ours.link) return true;
    if (other.answered && *other.answered <= ours.when) return true;
    return other.link && other.link->given_up && *other.link->given_up + settle_time <= ours.when;
}

[[nodiscard]] inline bool came_in_order(const CallRecord& record, const StoredRequest& shown,
                                        std::chrono::nanoseconds settle_time) noexcept {
    return std::all_of(record.before.begin(), record.before.end(), [&](const Remembered* other) {
        return !may_be(shown, *other) || came_before(*other, *record.ours, settle_time);
    });
}

// Whether ours can still come.
[[nodiscard]] inline Doubt doubt_about_link(const LinkTrace& ours, const AnswerCircumstances& answer) noexcept {
    if (!ours.given_up || answer.link == &ours) return Doubt::link_lives;
    if (!answer.can_abort) return Doubt::no_abortive_close;
    if (answer.link == nullptr || ours.server.empty() || answer.link->server != ours.server) return Doubt::other_server;
    const TimePoint left = (std::max)(answer.asked, answer.link->opened); // the question, at that time or later
    return *ours.given_up + *answer.settle_time <= left ? Doubt::none : Doubt::not_settled;
}

// Whether the last request before ours is shown, and this client has sent it. One of somebody else's, which was only seen,
// may have been sent again after ours by whoever sent it first.
[[nodiscard]] inline bool is_own_before(const CallRecord& record, const StoredRequest& shown) noexcept {
    const auto is_own = [&](const Remembered* other) {
        return other->sent() != nullptr && shown.may_be(*other->sent());
    };
    return !record.before.empty() && may_be(shown, *record.before.back()) &&
           std::any_of(record.before.begin(), record.before.end(), is_own);
}

[[nodiscard]] inline Doubt doubt_about_absence(const CallRecord& record, const StoredRequest& shown,
                                               const AnswerCircumstances& answer) noexcept {
    const auto is_sent = [](const Remembered* other) { return other->sent() != nullptr; };
    if (std::any_of(record.since.begin(), record.since.end(), is_sent)) return Doubt::later_request;
    if (!is_own_before(record, shown)) return Doubt::other_request;
    if (!answer.settle_time) return Doubt::store_not_declared;
    if (!record.ours->link) return Doubt::not_remembered;
    if (!came_in_order(record, shown, *answer.settle_time)) return Doubt::order_unclear;
    return doubt_about_link(*record.ours->link, answer);
}

// --- both ------------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL Evidence weigh_evidence(const CallRecord& record, const StoredRequest& shown,
                                        const AnswerCircumstances& answer) {
    const RequestTrace* const ours = record.ours != nullptr ? record.ours->sent() : nullptr;
    if (ours == nullptr || !record.is_complete) return doubtful(Doubt::not_remembered);
    if (shown.api.empty()) return doubtful(Doubt::nothing_stored);
    if (shown.may_be(*ours)) return weigh_likeness(record, *ours, shown);
    const Doubt doubt = doubt_about_absence(record, shown, answer);
    if (doubt != Doubt::none) return doubtful(doubt);
    return {.finding = Finding::not_reached, .doubt = Doubt::none};
}

} // namespace lcm::detail

#endif
