// SPDX-License-Identifier: BSL-1.0
// Which Do Not Calls of a client are open, by whom they are about, and what has to wait for them.
#ifndef LCM_CLIENT_SESSION_OPEN_DO_NOT_CALLS_HPP
#define LCM_CLIENT_SESSION_OPEN_DO_NOT_CALLS_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/subjects.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A request that would change something, as far as its contact is concerned.
struct GuardedRequest {
    Subjects subjects{};     ///< whom it is about; not empty
    bool marks = false;      ///< it marks Do Not Call
    bool despite_it = false; ///< it is to leave although one may be open
};

/// A bounded memory. One that marks Do Not Call is never refused for another one: to mark a contact twice takes nothing
/// back. Over the limit it is refused all the same, since what is not kept here could be overtaken.
///
/// Not thread-safe.
class OpenDoNotCalls {
public:
    explicit OpenDoNotCalls(std::size_t limit) : limit_(limit) {}
    OpenDoNotCalls(const OpenDoNotCalls&) = delete; // the index points into the entries
    OpenDoNotCalls& operator=(const OpenDoNotCalls&) = delete;

    /// Says why a request may not leave, or nothing; one that marks Do Not Call is open then. Without memory it throws,
    /// and nothing has happened.
    [[nodiscard]] std::optional<Error> admit(RequestId id, std::string_view operation, GuardedRequest&& request) {
        if (request.marks) return open(id, operation, std::move(request.subjects));
        if (request.despite_it) return std::nullopt;
        const Found found = find(request.subjects);
        return found.entry == nullptr ? std::nullopt : std::optional(refusal(found));
    }

    /// A request has ended, or the truth about one that was unknown has come to light. Most are not kept here.
    void end(RequestId id, Delivery ending) noexcept {
        const auto at = entries_.find(id);
        if (at == entries_.end()) return;
        if (ending == Delivery::unknown) at->second.is_unknown = true;
        else erase(at);
    }

    /// The application has found out what became of those that are unknown and have one of `subjects`. Returns how many
    /// there were.
    std::size_t resolve(const Subjects& subjects) noexcept {
        const std::size_t before = entries_.size();
        for (auto at = entries_.begin(); at != entries_.end();) {
            const auto next = std::next(at);
            if (at->second.is_unknown && has_one_of(at->second.subjects, subjects)) erase(at);
            at = next;
        }
        return before - entries_.size();
    }

    /// How many are open.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        std::string operation;
        Subjects subjects;
        bool is_unknown = false; // it has ended so; else it has not ended
    };
    using Entries = std::map<RequestId, Entry>;
    using Key = std::pair<SubjectKind, std::string_view>;

    struct Found {
        const Entry* entry = nullptr;
        SubjectKind shared{};
    };

    [[nodiscard]] static Key key_of(const Subject& subject) noexcept { return {subject.kind, subject.value.reveal()}; }

    [[nodiscard]] static bool has_one_of(const Subjects& own, const Subjects& others) noexcept {
        return std::find_first_of(own.begin(), own.end(), others.begin(), others.end()) != own.end();
    }

    std::optional<Error> open(RequestId id, std::string_view operation, Subjects&& subjects) {
        if (entries_.size() >= limit_) return too_many();
        const auto at = entries_.try_emplace(id, Entry{std::string(operation), std::move(subjects)}).first;
        try {
            for (const Subject& subject : at->second.subjects) by_subject_.emplace(key_of(subject), at);
        } catch (...) {
            erase(at);
            throw;
        }
        return std::nullopt;
    }

    // The one that was opened first.
    [[nodiscard]] Found find(const Subjects& subjects) const {
        Found found;
        RequestId first = 0;
        for (const Subject& subject : subjects) {
            const auto range = by_subject_.equal_range(key_of(subject));
            for (auto at = range.first; at != range.second; ++at) {
                if (found.entry != nullptr && first <= at->second->first) continue;
                first = at->second->first;
                found = {&at->second->second, subject.kind};
            }
        }
        return found;
    }

    void erase(Entries::iterator entry) noexcept {
        for (const Subject& subject : entry->second.subjects) {
            const auto range = by_subject_.equal_range(key_of(subject));
            const auto at =
                std::find_if(range.first, range.second, [&](const auto& one) { return one.second == entry; });
            if (at != range.second) by_subject_.erase(at);
        }
        entries_.erase(entry);
    }

    [[nodiscard]] static Error refusal(const Found& found) {
        std::string text = found.entry->operation + " for the same " + to_string(found.shared);
        text += found.entry->is_unknown
                    ? " has ended as unknown; look up whether it is set, then resolve_do_not_call it"
                    : " is pending; wait until it has ended";
        return {.code = Errc::do_not_call_open, .detail = text + ", or send this with despite_do_not_call"};
    }

    [[nodiscard]] Error too_many() const {
        return {.code = Errc::queue_full,
                .detail = std::to_string(limit_) + " Do Not Calls are pending or unknown (limits.do_not_calls); look "
                                                   "up those that are unknown, then resolve_do_not_call them"};
    }

    std::size_t limit_;
    Entries entries_;                                  // in the order of submission
    std::multimap<Key, Entries::iterator> by_subject_; // of all entries, whose texts it looks at
};

} // namespace lcm::detail

#endif
