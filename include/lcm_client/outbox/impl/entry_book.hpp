// SPDX-License-Identifier: BSL-1.0
// Internal: the life of all entries of an outbox. It decides what is to be on disk before what may happen.
#ifndef LCM_CLIENT_OUTBOX_IMPL_ENTRY_BOOK_HPP
#define LCM_CLIENT_OUTBOX_IMPL_ENTRY_BOOK_HPP

#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/ended_entries.hpp>
#include <lcm_client/outbox/impl/subject_lines.hpp>
#include <lcm_client/outbox/impl/wall_clock.hpp>
#include <lcm_client/outbox/impl/write_set.hpp>
#include <lcm_client/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The decisions of an outbox, as values. It is told of posts, endings and decisions of the application; `begin_write`
/// says what is to be written, and only what `end_write` returns may be confirmed, leave or be told. One write is under
/// way at a time. After a crash a new book is told with `restore` what the file says.
///
/// What it relies on: a write is done as a whole or not at all, and in the order of the writes. When `end_write` is called,
/// it outlives the process; and the power, if it or a later one needs a sync. What the server has said needs none: lost
/// with the power, it is unknown again. What it sees to:
/// - an entry leaves only when the file says that it may have left;
/// - what may have left is never called not sent, and leaves again only after `resend`;
/// - an entry leaves only when all older ones that share a subject have ended;
/// - each ending is told, and what was told to be not sent never leaves.
///
/// Not thread-safe. Without memory, a member function throws `std::bad_alloc`, and then only the file can be relied on.
class EntryBook {
public:
    /// New entries have numbers from this one on, which no entry of the file has had.
    explicit EntryBook(EntryId first_id) : next_id_(first_id) {}

    /// At the start, for each entry of the file, in the order of their numbers: what was handed over before is unknown.
    /// What has ended is to be told again.
    void restore(const StoredEntry& stored) {
        const EntryStatus& status = stored.status;
        if (status.state == EntryState::ended) return ended_.restore({stored.id, status}, stored.bytes);
        Entry& entry = add(stored.id, stored.bytes, stored.expires, stored.subjects);
        entry.is_stored = true;
        entry.was_resent = status.was_resent;
        if (status.state == EntryState::waiting) return wait(stored.id, entry);
        move(entry, EntryState::unknown);
        if (status.state == EntryState::handed_over) changed_.insert(stored.id);
    }

    /// The number that the next new entry gets.
    [[nodiscard]] EntryId next_id() const noexcept { return next_id_; }

    /// A new entry, which is to be written.
    [[nodiscard]] EntryId post(std::size_t bytes, WallTime expires, SubjectKeys subjects) {
        const EntryId id = next_id_++;
        add(id, bytes, expires, std::move(subjects));
        added_.push_back(id);
        return id;
    }

    /// The entries that may be handed over now, the oldest first, `most` of them: they have not expired, can be read,
    /// nothing stands before them, and `may_leave` says so of those on disk. New ones are among them: their mark is
    /// written with them.
    template <class MayLeave>
    [[nodiscard]] std::vector<EntryId> due(WallTime now, std::size_t most, MayLeave may_leave) const {
        std::vector<EntryId> ids;
        for (const EntryId id : free_) {
            if (ids.size() == most) return ids;
            if (entries_.at(id).expires > now && may_leave(id)) ids.push_back(id);
        }
        for (const EntryId id : added_) {
            if (ids.size() == most) return ids;
            const Entry& entry = entries_.at(id);
            const bool is_free = entry.state == EntryState::waiting && lines_.is_first(id, entry.subjects);
            if (is_free && entry.expires > now) ids.push_back(id);
        }
        return ids;
    }
    /// How many entries there are that nothing stands before.
    [[nodiscard]] std::size_t free_count() const noexcept { return free_.size(); }

    /// Whether the file has it.
    [[nodiscard]] bool is_stored(EntryId id) const { return entries_.at(id).is_stored; }

    /// One of those that are due is to leave: its mark joins the next write.
    void hand_over(EntryId id) {
        Entry& entry = entries_.at(id);
        stop_waiting(id, entry);
        move(entry, EntryState::handed_over);
        if (entry.is_stored) changed_.insert(id);
        marked_.push_back(id);
    }

    /// Its contents cannot be read, so it cannot leave. It stays where it is, and does not expire, until it is dropped.
    void set_unreadable(EntryId id) { stop_waiting(id, entries_.at(id)); }

    // --- what is written ---

    [[nodiscard]] bool has_writes() const noexcept {
        return !added_.empty() || !changed_.empty() || !removed_.empty() || ended_.has_writes();
    }

    /// What is to be written now. Ends with `end_write` or `fail_write`.
    [[nodiscard]] WriteSet begin_write() {
        for (const EntryId id : std::exchange(added_, {})) writing_.added.push_back({id, {entries_.at(id).state}});
        writing_.removed.assign(removed_.begin(), removed_.end());
        removed_.clear();
        for (const EntryId id : std::exchange(changed_, {})) {
            const Entry& entry = entries_.at(id);
            writing_.changed.push_back({id, {.state = entry.state, .was_resent = entry.was_resent}});
        }
        ended_.begin_write(writing_.changed);
        writing_.needs_sync = has_failed_ || !writing_.added.empty() ||
                              !std::all_of(writing_.changed.begin(), writing_.changed.end(), is_answer);
        leaving_ = std::exchange(marked_, {});
        return writing_;
    }

    /// The write is done.
    [[nodiscard]] Durable end_write() {
        has_failed_ = false;
        Durable done{{}, std::exchange(leaving_, {}), ended_.end_write()};
        for (const StatusChange& added : std::exchange(writing_, {}).added) {
            Entry& entry = entries_.at(added.id);
            entry.is_stored = true;
            if (entry.state == EntryState::waiting) wait(added.id, entry);
            done.posted.push_back(added.id);
        }
        return done;
    }

    /// The write has failed: its posts have, what was to leave waits, and all else is to be written again.
    [[nodiscard]] NotDurable fail_write(WriteFailure failure) {
        WriteSet failed = std::exchange(writing_, {});
        const bool is_in_doubt = failure == WriteFailure::in_doubt;
        removed_.insert(failed.removed.begin(), failed.removed.end());
        for (const StatusChange& change : failed.changed)
            if (entries_.contains(change.id)) changed_.insert(change.id);
        for (const EntryId id : std::exchange(leaving_, {})) come_back(id);
        NotDurable told{{}, is_in_doubt ? Delivery::unknown : Delivery::not_sent, ended_.fail_write()};
        for (const StatusChange& added : failed.added) {
            forget(added.id);
            if (is_in_doubt) removed_.insert(added.id);
            told.posts.push_back(added.id);
        }
        has_failed_ = true;
        return told;
    }

    /// The application has been told of the ending: the entry is to be removed.
    void on_told(EntryId id) {
        if (ended_.forget(id)) removed_.insert(id);
    }

    // --- what became of it ---

    /// What has left has ended so. `accepted` or `refused` end the entry; not sent, it waits again, as it did before;
    /// and unknown, it is in doubt. One of which an attempt was accepted, as is known by now, ends as accepted.
    void on_result(EntryId id, Delivery delivery) {
        Entry* const entry = find(id, EntryState::handed_over);
        if (entry == nullptr) return;
        if (entry->was_accepted && delivery != Delivery::accepted) return end_as_accepted(id);
        switch (delivery) {
        case Delivery::accepted:
        case Delivery::refused: return end(id, EntryEndedBy::reply, delivery);
        case Delivery::not_sent: return come_back(id);
        case Delivery::unknown: return become_unknown(id, *entry);
        }
    }

    /// What was handed over has not left, and never will as it is.
    void on_refusal(EntryId id) {
        const Entry* const entry = find(id, EntryState::handed_over);
        if (entry == nullptr) return;
        if (entry->was_accepted) return end_as_accepted(id);
        end(id, EntryEndedBy::refusal, unsent(*entry));
    }

    /// The truth about an attempt that was unknown has come to light: `accepted` or `refused`. A refusal says nothing of
    /// the other attempts of an entry that was sent again, so it does not end that one. While the next attempt is under
    /// way, an acceptance is kept until that one has ended. True if it ends the entry. Not called between `hand_over` and
    /// the write.
    bool on_truth(EntryId id, Delivery delivery) {
        const auto at = entries_.find(id);
        if (at == entries_.end()) return false;
        Entry& entry = at->second;
        if (entry.state == EntryState::handed_over) {
            entry.was_accepted = entry.was_accepted || delivery == Delivery::accepted;
            return false;
        }
        const bool is_true_of_all =
            entry.was_resent ? delivery == Delivery::accepted : entry.state == EntryState::unknown;
        if (is_true_of_all) end(id, EntryEndedBy::settled, delivery);
        return is_true_of_all;
    }

    /// The application wants an unknown one to be sent again, once. False if it is not unknown.
    bool resend(EntryId id) {
        Entry* const entry = find(id, EntryState::unknown);
        if (entry == nullptr) return false;
        move(*entry, EntryState::waiting);
        entry->was_resent = true;
        changed_.insert(id);
        wait(id, *entry);
        return true;
    }

    /// The application wants one that waits or is unknown to end. False if there is none, or if it is on its way.
    bool drop(EntryId id) {
        const auto at = entries_.find(id);
        if (at == entries_.end() || !at->second.is_stored) return false;
        if (at->second.state == EntryState::handed_over) return false;
        end(id, EntryEndedBy::drop, unsent(at->second));
        return true;
    }

    /// Ends all that wait and have expired.
    void expire(WallTime now) {
        while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
            const EntryId id = by_expiry_.begin()->second;
            end(id, EntryEndedBy::expiry, unsent(entries_.at(id)));
        }
    }
    /// When the next one expires.
    [[nodiscard]] std::optional<WallTime> next_expiry() const {
        if (by_expiry_.empty()) return std::nullopt;
        return by_expiry_.begin()->first;
    }

    // --- what there is ---

    /// `ended`, if there is none of that number.
    [[nodiscard]] EntryState state(EntryId id) const {
        const auto at = entries_.find(id);
        return at == entries_.end() ? EntryState::ended : at->second.state;
    }
    [[nodiscard]] bool was_resent(EntryId id) const { return entries_.at(id).was_resent; }
    /// Whether all older ones that share a subject have ended.
    [[nodiscard]] bool is_first(EntryId id) const { return lines_.is_first(id, entries_.at(id).subjects); }
    [[nodiscard]] WallTime expires(EntryId id) const { return entries_.at(id).expires; }
    [[nodiscard]] std::size_t count(EntryState state) const noexcept {
        return counts_[static_cast<std::size_t>(state)];
    }
    /// All that have not ended, the oldest first.
    [[nodiscard]] std::vector<EntryId> all() const {
        std::vector<EntryId> ids;
        for (const auto& [id, entry] : entries_) ids.push_back(id);
        return ids;
    }
    /// The entries in that state, the oldest first.
    [[nodiscard]] std::vector<EntryId> all(EntryState state) const {
        std::vector<EntryId> ids;
        for (const auto& [id, entry] : entries_)
            if (entry.state == state) ids.push_back(id);
        return ids;
    }
    /// How many the file has or is to have, those of whose ending nobody has been told among them.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size() + ended_.size(); }
    /// The contents of these.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_ + ended_.bytes(); }

private:
    struct Entry {
        EntryState state = EntryState::waiting;
        bool is_stored = false;    // its post is durable
        bool was_resent = false;   // by the application's rule: an attempt before may have left
        bool was_accepted = false; // an attempt before the one that is under way
        std::size_t bytes = 0;
        WallTime expires{};
        SubjectKeys subjects{};
    };

    Entry& add(EntryId id, std::size_t bytes, WallTime expires, SubjectKeys subjects) {
        Entry& entry = entries_[id];
        entry.bytes = bytes;
        entry.expires = expires;
        entry.subjects = std::move(subjects);
        lines_.add(id, entry.subjects);
        bytes_ += bytes;
        ++count_of(entry.state);
        return entry;
    }

    [[nodiscard]] std::size_t& count_of(EntryState state) noexcept { return counts_[static_cast<std::size_t>(state)]; }

    void move(Entry& entry, EntryState state) noexcept {
        --count_of(entry.state);
        entry.state = state;
        ++count_of(state);
    }

    Entry* find(EntryId id, EntryState state) {
        const auto at = entries_.find(id);
        return at == entries_.end() || at->second.state != state ? nullptr : &at->second;
    }

    // That the server has answered. Whoever loses that asks, and does not send it again.
    static bool is_answer(const StatusChange& change) noexcept {
        return change.status.state == EntryState::ended && change.status.by == EntryEndedBy::reply;
    }

    // An entry of which a byte may have left is unknown, however it goes on.
    static Delivery unsent(const Entry& entry) noexcept {
        const bool may_have_left = entry.was_resent || entry.state == EntryState::unknown;
        return may_have_left ? Delivery::unknown : Delivery::not_sent;
    }

    void wait(EntryId id, const Entry& entry) {
        by_expiry_.insert({entry.expires, id});
        if (lines_.is_first(id, entry.subjects)) free_.insert(id);
    }
    void stop_waiting(EntryId id, const Entry& entry) {
        by_expiry_.erase({entry.expires, id});
        free_.erase(id);
    }
    [[nodiscard]] bool is_waiting(EntryId id, const Entry& entry) const {
        return by_expiry_.contains({entry.expires, id});
    }

    void come_back(EntryId id) {
        Entry& entry = entries_.at(id);
        move(entry, EntryState::waiting);
        changed_.insert(id);
        wait(id, entry);
    }

    void become_unknown(EntryId id, Entry& entry) {
        move(entry, EntryState::unknown);
        changed_.insert(id);
    }

    void end(EntryId id, EntryEndedBy by, Delivery delivery) {
        const Entry& entry = entries_.at(id);
        const EntryStatus status{EntryState::ended, entry.was_resent, by, delivery};
        ended_.add({id, status}, entry.bytes);
        forget(id);
    }

    void end_as_accepted(EntryId id) { end(id, EntryEndedBy::settled, Delivery::accepted); }

    void forget(EntryId id) {
        const auto at = entries_.find(id);
        const Entry entry = std::move(at->second);
        entries_.erase(at);
        stop_waiting(id, entry);
        changed_.erase(id);
        bytes_ -= entry.bytes;
        --count_of(entry.state);
        for (const EntryId next : lines_.remove(id, entry.subjects))
            if (const Entry& follower = entries_.at(next); is_waiting(next, follower)) wait(next, follower);
    }

    EntryId next_id_;
    std::map<EntryId, Entry> entries_;    // that have not ended
    std::array<std::size_t, 4> counts_{}; // of these, by state
    std::size_t bytes_ = 0;               // of these
    EndedEntries ended_;
    SubjectLines lines_;
    std::set<std::pair<WallTime, EntryId>> by_expiry_; // of those that wait on disk and can be read
    std::set<EntryId> free_;                           // of them, those that are first in each of their lines

    // For the next write.
    std::vector<EntryId> added_;
    std::set<EntryId> changed_;
    std::set<EntryId> removed_;
    std::vector<EntryId> marked_; // of those that are new or have changed
    bool has_failed_ = false;     // the last write: then it is not for granted what the file has

    // The write that is under way.
    WriteSet writing_;
    std::vector<EntryId> leaving_; // when it is durable
};

} // namespace lcm::detail

#endif
