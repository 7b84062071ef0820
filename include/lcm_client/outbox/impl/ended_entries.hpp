// SPDX-License-Identifier: BSL-1.0
// Internal: the entries that have ended, until the application has been told of it and they are gone from the file.
#ifndef LCM_CLIENT_OUTBOX_IMPL_ENDED_ENTRIES_HPP
#define LCM_CLIENT_OUTBOX_IMPL_ENDED_ENTRIES_HPP

#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/write_set.hpp>

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// An ending is written, then told, then removed. Told before it is written, what was called not sent could leave after a
/// crash; removed before it is told, an ending could be lost in silence. What the server said is told also if it cannot
/// be written: the file says of it that it may have left. Not thread-safe.
class EndedEntries {
public:
    /// One has ended, which is to be written.
    void add(const StatusChange& ended, std::size_t bytes) {
        all_[ended.id] = {ended, bytes};
        bytes_ += bytes;
        unwritten_.push_back(ended.id);
    }

    /// One of which the file says that it has ended. Whether it was told is not known, so it is told again.
    void restore(const StatusChange& ended, std::size_t bytes) {
        all_[ended.id] = {ended, bytes};
        bytes_ += bytes;
    }

    /// The application knows of it. False if there is no such one.
    bool forget(EntryId id) {
        const auto at = all_.find(id);
        if (at == all_.end()) return false;
        bytes_ -= at->second.bytes;
        all_.erase(at);
        return true;
    }

    // --- the next write ---

    [[nodiscard]] bool has_writes() const noexcept { return !unwritten_.empty(); }

    /// Adds what is to be written to `changed`.
    void begin_write(std::vector<StatusChange>& changed) {
        writing_ = std::exchange(unwritten_, {});
        for (const EntryId id : writing_)
            if (const auto at = all_.find(id); at != all_.end()) changed.push_back(at->second.ended);
    }

    /// Returns those that may be told now.
    [[nodiscard]] std::vector<StatusChange> end_write() { return take_untold(std::exchange(writing_, {})); }

    /// All of them are to be written again. Returns those that may be told though they are not written.
    [[nodiscard]] std::vector<StatusChange> fail_write() {
        std::vector<EntryId> answered;
        for (const EntryId id : writing_)
            if (const auto at = all_.find(id); at != all_.end() && at->second.ended.status.by == EntryEndedBy::reply)
                answered.push_back(id);
        unwritten_.insert(unwritten_.end(), writing_.begin(), writing_.end());
        writing_.clear();
        return take_untold(answered);
    }

    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Ended {
        StatusChange ended{};
        std::size_t bytes = 0;
        bool is_told = false; // or on its way to the application
    };

    std::vector<StatusChange> take_untold(const std::vector<EntryId>& ids) {
        std::vector<StatusChange> untold;
        for (const EntryId id : ids) {
            const auto at = all_.find(id);
            if (at != all_.end() && !std::exchange(at->second.is_told, true)) untold.push_back(at->second.ended);
        }
        return untold;
    }

    std::map<EntryId, Ended> all_;
    std::size_t bytes_ = 0;
    std::vector<EntryId> unwritten_;
    std::vector<EntryId> writing_;
};

} // namespace lcm::detail

#endif
