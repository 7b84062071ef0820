// SPDX-License-Identifier: BSL-1.0
// An outbox's book with a disk, a link and a server that are played, and whether what it says of them is true.
#ifndef LCM_CLIENT_TESTS_OUTBOX_BOOK_MODEL_HPP
#define LCM_CLIENT_TESTS_OUTBOX_BOOK_MODEL_HPP

#include <session/random.hpp>
#include <support/expect.hpp>

#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/entry_book.hpp>
#include <lcm_client/outbox/impl/write_set.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

/// Plays random steps, crashes at any of them among them; throws `BrokenPromise` when the book has said or done what it
/// must not.
class BookModel {
public:
    explicit BookModel(std::uint64_t seed) : random_(seed) {}

    void step() {
        switch (random_.below(14)) {
        case 0:
        case 1:
        case 2: return post();
        case 3:
        case 4: return hand_over();
        case 5:
        case 6: return write();
        case 7:
        case 8: return end_one_under_way();
        case 9: return tell_truth();
        case 10: return decide();
        case 11: return drop();
        case 12: return pass_time();
        default:
            if (random_.one_in(4)) crash();
        }
    }

    /// From here on nothing fails: everything comes to its end.
    void finish() {
        for (int round = 0; round < 10'000 && (book_->size() != 0 || book_->has_writes()); ++round) {
            for (const auto& [id, fact] : facts_)
                if (fact.told) book_->on_told(id);
            hand_over();
            write_well();
            while (!under_way_.empty()) end_one_under_way();
            pass_time();
            for (const EntryId id : book_->all(EntryState::unknown))
                expect(book_->drop(id), "what is unknown can be dropped");
        }
        expect(book_->size() == 0, "everything comes to its end");
        expect(disk_.empty(), "what has ended is not on disk");
        for (const auto& [id, fact] : facts_)
            expect(!fact.is_confirmed || fact.told, "of each confirmed post it is told how it ended");
    }

    [[nodiscard]] std::size_t crashes() const noexcept { return crashes_; }
    [[nodiscard]] std::size_t resent() const noexcept { return resent_; }
    [[nodiscard]] std::size_t lost() const noexcept { return lost_; }

private:
    // What has really happened.
    struct Fact {
        detail::SubjectKeys subjects{};
        bool is_confirmed = false;
        bool has_failed = false; // the post, for certain
        std::size_t times_left = 0;
        std::size_t times_granted = 0; // by the application's rule
        std::optional<detail::EntryStatus> told{};
        bool was_accepted = false; // by any attempt
        bool was_refused = false;
        Delivery last{};                // what the last attempt came to
        bool is_known_accepted = false; // to the process that runs
    };

    void post() {
        if (book_->size() > 12) return;
        detail::SubjectKeys subjects;
        for (std::size_t i = random_.below(3); i != 0; --i) subjects.push_back(std::to_string(random_.below(4)));
        const auto life = std::chrono::milliseconds(random_.below(40));
        const EntryId id = book_->post(1, now_ + life, subjects);
        facts_[id] = {.subjects = subjects}; // the number of a post that failed may come again
        posts_[id] = {.id = id, .expires = now_ + life, .bytes = 1, .subjects = subjects};
    }

    void hand_over() {
        for (const EntryId id : book_->due(now_, 1 + random_.below(4), [](EntryId) { return true; }))
            book_->hand_over(id);
    }

    void write() {
        if (!book_->has_writes()) return;
        const detail::WriteSet writes = book_->begin_write();
        switch (random_.below(8)) {
        case 0: return crash();
        case 1: apply(writes); return crash();
        case 2: return on_failure(book_->fail_write(detail::WriteFailure::not_done), false);
        case 3:
            if (random_.one_in(2)) apply(writes);
            return on_failure(book_->fail_write(detail::WriteFailure::in_doubt), true);
        default: apply(writes); on_durable(book_->end_write());
        }
    }

    void write_well() {
        if (!book_->has_writes()) return;
        apply(book_->begin_write());
        on_durable(book_->end_write());
    }

    void apply(const detail::WriteSet& writes) {
        write_to_disk(writes);
        unsynced_.push_back(writes);
        if (!writes.needs_sync) return;
        synced_ = disk_;
        unsynced_.clear();
    }

    void write_to_disk(const detail::WriteSet& writes) {
        for (const auto& added : writes.added) {
            detail::StoredEntry& stored = disk_[added.id] = posts_.at(added.id);
            stored.status = added.status;
            first_free_id_ = std::max(first_free_id_, added.id + 1);
        }
        for (const auto& change : writes.changed) {
            const auto at = disk_.find(change.id);
            expect(at != disk_.end(), "what changes is on disk");
            at->second.status = change.status;
        }
        for (const EntryId id : writes.removed) disk_.erase(id);
    }

    void on_failure(const detail::NotDurable& told, bool is_in_doubt) {
        expect((told.delivery == Delivery::unknown) == is_in_doubt, "a failed post is unknown if it may be on disk");
        for (const EntryId id : told.posts) facts_.at(id).has_failed = !is_in_doubt;
        for (const auto& ended : told.ended) tell(ended);
    }

    void on_durable(const detail::Durable& done) {
        for (const EntryId id : done.posted) {
            expect(disk_.contains(id), "what is confirmed is on disk");
            facts_.at(id).is_confirmed = true;
        }
        for (const auto& ended : done.ended) {
            expect(disk_.at(ended.id).status == ended.status, "what is told is on disk");
            if (random_.one_in(30)) return crash();
            tell(ended);
        }
        for (const EntryId id : done.leaving) {
            if (random_.one_in(30)) return crash();
            leave(id);
        }
    }

    void leave(EntryId id) {
        under_way_.push_back(id);
        Fact& fact = facts_.at(id);
        expect(disk_.at(id).status.state == EntryState::handed_over,
               "the file says that it may have left before it does");
        expect(!fact.told && !fact.has_failed, "what was told to have ended does not leave");
        expect(!fact.is_known_accepted, "what is known to be accepted does not leave again");
        for (const auto& [older, stored] : disk_)
            if (older < id && stored.status.state != EntryState::ended)
                expect(!shares(stored, fact), "nothing is overtaken");
        if (random_.one_in(5)) return; // the link goes before the client has sent it
        expect(fact.times_left <= fact.times_granted, "nothing leaves again without the rule");
        resent_ += fact.times_left == 0 ? 0 : 1;
        ++fact.times_left;
        fact.last = random_.one_in(6) ? Delivery::refused : Delivery::accepted;
        (fact.last == Delivery::refused ? fact.was_refused : fact.was_accepted) = true;
        has_left_.push_back(id);
    }

    static bool shares(const detail::StoredEntry& stored, const Fact& fact) {
        return std::any_of(stored.subjects.begin(), stored.subjects.end(), [&](const std::string& subject) {
            return std::count(fact.subjects.begin(), fact.subjects.end(), subject) != 0;
        });
    }

    void end_one_under_way() {
        if (under_way_.empty()) return;
        const std::size_t index = random_.below(under_way_.size());
        const EntryId id = under_way_[index];
        under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(index));
        const auto left = std::find(has_left_.begin(), has_left_.end(), id);
        if (left == has_left_.end()) {
            if (random_.one_in(6)) book_->on_refusal(id);
            else book_->on_result(id, random_.one_in(6) ? Delivery::unknown : Delivery::not_sent);
            return;
        }
        has_left_.erase(left);
        book_->on_result(id, random_.one_in(3) ? Delivery::unknown : facts_.at(id).last);
    }

    void tell_truth() {
        if (facts_.empty()) return;
        const EntryId id = 1 + random_.below(first_free_id_);
        const auto at = facts_.find(id);
        if (at == facts_.end() || at->second.times_left == 0) return;
        if (book_->state(id) == EntryState::handed_over && std::count(under_way_.begin(), under_way_.end(), id) == 0)
            return; // its mark is not written yet
        const bool is_yes = at->second.was_accepted && (!at->second.was_refused || random_.one_in(2));
        static_cast<void>(book_->on_truth(id, is_yes ? Delivery::accepted : Delivery::refused));
        at->second.is_known_accepted = at->second.is_known_accepted || is_yes;
    }

    void decide() {
        auto unknown = book_->all(EntryState::unknown);
        if (unknown.empty()) return;
        const EntryId id = random_.one_of(unknown);
        expect(book_->resend(id), "what is unknown can be sent again");
        ++facts_.at(id).times_granted;
    }

    void drop() {
        const EntryId id = 1 + random_.below(first_free_id_);
        const EntryState before = book_->state(id);
        const bool is_dropped = book_->drop(id);
        if (before == EntryState::handed_over) expect(!is_dropped, "what is under way is not dropped");
    }

    void pass_time() {
        now_ += std::chrono::milliseconds(random_.below(6));
        book_->expire(now_);
    }

    void tell(const detail::StatusChange& ended) {
        Fact& fact = facts_.at(ended.id);
        const detail::EntryStatus& status = ended.status;
        expect(!fact.told || *fact.told == status, "an ending that is told again is the same");
        fact.told = status;
        if (!random_.one_in(4)) book_->on_told(ended.id);
        switch (status.delivery) {
        case Delivery::not_sent: return expect(fact.times_left == 0, "not sent is true");
        case Delivery::accepted: return expect(fact.was_accepted, "accepted is true");
        case Delivery::refused:
            expect(fact.was_refused, "refused is true");
            expect(!fact.was_accepted || status.by == EntryEndedBy::reply, "the truth is of all attempts");
            return expect(!fact.was_accepted || status.was_resent, "a refusal after an acceptance says it was resent");
        case Delivery::unknown: return;
        }
    }

    // What the server said was told, and the file could not be: the entry comes again, as unknown.
    static void forgive(Fact& fact, const detail::StoredEntry& stored) {
        if (!fact.told || stored.status.state == EntryState::ended) return;
        expect(fact.told->by == EntryEndedBy::reply, "what was told is on disk");
        expect(stored.status.state != EntryState::waiting, "what was told does not wait again");
        fact.told.reset();
    }

    // What was not synced goes with the power, from some write on.
    void lose_power() {
        disk_ = synced_;
        const std::size_t kept = random_.below(unsynced_.size() + 1);
        lost_ += unsynced_.size() - kept;
        unsynced_.resize(kept);
        for (const detail::WriteSet& writes : unsynced_) write_to_disk(writes);
    }

    void crash() {
        ++crashes_;
        if (random_.one_in(2)) lose_power();
        synced_ = disk_;
        unsynced_.clear();
        under_way_.clear();
        has_left_.clear();
        for (auto& [id, fact] : facts_) fact.is_known_accepted = false;
        book_.emplace(first_free_id_);
        for (const auto& [id, stored] : disk_) {
            book_->restore(stored);
            forgive(facts_.at(id), stored);
            const bool may_have_left = stored.status.state == EntryState::handed_over;
            expect(!may_have_left || book_->state(id) == EntryState::unknown, "what may have left is unknown");
            if (stored.status.state == EntryState::ended) tell({id, stored.status});
        }
    }

    Random random_;
    detail::WallTime now_{};
    std::optional<detail::EntryBook> book_{std::in_place, 1};
    std::map<EntryId, detail::StoredEntry> disk_; // as it was written
    std::map<EntryId, detail::StoredEntry> synced_;
    std::vector<detail::WriteSet> unsynced_;
    std::map<EntryId, detail::StoredEntry> posts_;
    EntryId first_free_id_ = 1;
    std::map<EntryId, Fact> facts_;
    std::vector<EntryId> under_way_; // as the book sees it
    std::vector<EntryId> has_left_;  // of those, what has really left
    std::size_t crashes_ = 0;
    std::size_t resent_ = 0;
    std::size_t lost_ = 0; // writes
};

} // namespace lcm::tests

#endif
