// SPDX-License-Identifier: BSL-1.0
// Internal: what is written to an outbox's file together, all of it or nothing, and what follows from it.
#ifndef LCM_CLIENT_OUTBOX_IMPL_WRITE_SET_HPP
#define LCM_CLIENT_OUTBOX_IMPL_WRITE_SET_HPP

#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/subject_lines.hpp>
#include <lcm_client/outbox/impl/wall_clock.hpp>
#include <lcm_client/result.hpp>

#include <cstddef>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Where an entry stands.
struct EntryStatus {
    EntryState state = EntryState::waiting;
    bool was_resent = false;                ///< by the application's rule: an attempt before may have left
    EntryEndedBy by{};                      ///< of one that has ended
    Delivery delivery = Delivery::not_sent; ///< the same

    friend bool operator==(const EntryStatus&, const EntryStatus&) = default;
};

/// What the file says of an entry, but for its contents.
struct StoredEntry {
    EntryId id = 0;
    EntryStatus status{};
    WallTime expires{};
    std::size_t bytes = 0; ///< of its contents
    SubjectKeys subjects{};
};

/// Where an entry stands now.
struct StatusChange {
    EntryId id = 0;
    EntryStatus status{};
};

/// The next write.
struct WriteSet {
    std::vector<StatusChange> added{};   ///< new ones, which wait, or are to be handed over at once
    std::vector<StatusChange> changed{}; ///< among them the marks of what is to be handed over
    std::vector<EntryId> removed{};      ///< those of whose ending was told; they may never have been there
    bool needs_sync = true;              ///< else it may be lost with the power, until a later one is synced

    [[nodiscard]] bool empty() const noexcept { return added.empty() && changed.empty() && removed.empty(); }
};

/// How a write failed.
enum class WriteFailure {
    not_done, ///< for certain: the file is as it was before
    in_doubt, ///< it may be found to be done after a crash
};

/// What may be done now that a write is done, and synced if it needs that.
struct Durable {
    std::vector<EntryId> posted{};     ///< these are kept, and their posts confirmed
    std::vector<EntryId> leaving{};    ///< these are marked as handed over, and may leave
    std::vector<StatusChange> ended{}; ///< that these have ended may be told
};

/// What is to be told now that a write has failed.
struct NotDurable {
    std::vector<EntryId> posts{};      ///< that could not be kept
    Delivery delivery{};               ///< of these: `unknown` if they may be found after a crash, and leave then
    std::vector<StatusChange> ended{}; ///< by the server; the file says of them that they may have left
};

} // namespace lcm::detail

#endif
