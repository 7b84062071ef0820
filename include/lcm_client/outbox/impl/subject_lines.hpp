// SPDX-License-Identifier: BSL-1.0
// Internal: in which order entries leave that are about the same call, contact or telephone number.
#ifndef LCM_CLIENT_OUTBOX_IMPL_SUBJECT_LINES_HPP
#define LCM_CLIENT_OUTBOX_IMPL_SUBJECT_LINES_HPP

#include <lcm_client/outbox/entry.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What an entry is about, one text for each subject. The texts mean nothing here; the same subject has the same text.
using SubjectKeys = std::vector<std::string>;

/// One line for each subject, in the order of the entries' numbers. An entry stands in the line of each of its subjects
/// until it has ended, whatever its state: so nothing passes one that waits, is under way or is unknown.
/// Not thread-safe.
class SubjectLines {
public:
    void add(EntryId id, const SubjectKeys& subjects) {
        for (const std::string& subject : subjects) lines_[subject].insert(id);
    }

    /// The entry has ended. Returns those that stand first in a line now, each once, in the order of their numbers.
    [[nodiscard]] std::set<EntryId> remove(EntryId id, const SubjectKeys& subjects) {
        std::set<EntryId> first;
        for (const std::string& subject : subjects) {
            const auto line = lines_.find(subject);
            if (line == lines_.end()) continue; // the subject was named twice
            line->second.erase(id);
            if (line->second.empty()) lines_.erase(line);
            else first.insert(*line->second.begin());
        }
        return first;
    }

    /// Whether it stands first in all of its lines.
    [[nodiscard]] bool is_first(EntryId id, const SubjectKeys& subjects) const {
        return std::all_of(subjects.begin(), subjects.end(), [&](const std::string& subject) {
            const auto line = lines_.find(subject);
            return line == lines_.end() || *line->second.begin() == id;
        });
    }

private:
    std::unordered_map<std::string, std::set<EntryId>> lines_;
};

} // namespace lcm::detail

#endif
