// SPDX-License-Identifier: BSL-1.0
// Internal: an outbox's file, over SQLite. What a write that needs a sync has told to be done is on the disk.
#ifndef LCM_CLIENT_OUTBOX_IMPL_STORE_HPP
#define LCM_CLIENT_OUTBOX_IMPL_STORE_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/outbox/impl/wall_clock.hpp>
#include <lcm_client/outbox/impl/write_set.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What the file says of itself.
struct FileHead {
    std::string name{};   ///< random bytes, made with the file
    std::string key{};    ///< as the vault keeps it
    EntryId next_id = 1;  ///< no entry has had this number or a later one
    WallTime last_seen{}; ///< the time of the last write
};

/// Why a write failed.
struct WriteProblem {
    WriteFailure failure{};
    OutboxErrc code{};
    std::string detail{}; ///< SQLite's words
};

/// What is kept of a new entry.
struct NewEntry {
    EntryId id = 0;
    WallTime expires{};
    SubjectKeys subjects{};
    std::string contents{}; ///< sealed
};

/// Locked for this process as long as it is open. All functions but the constructor may throw `std::bad_alloc`. Not
/// thread-safe.
class Store {
public:
    /// Asked for the name and the key of a file that is new.
    using MakeHead = std::function<FileHead()>;

    /// Opens the file, or makes it. `vfs` is the name of SQLite's way to files; null for its usual one. Throws
    /// `boost::system::system_error` with an `OutboxErrc`; with `damaged`, the file is as it was.
    LCM_CLIENT_DECL Store(const std::filesystem::path& file, const MakeHead& make_head, const char* vfs = nullptr);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    /// Brings all into the file itself, as far as that can be done, and lets go of it.
    LCM_CLIENT_DECL ~Store();

    [[nodiscard]] const FileHead& head() const noexcept { return head_; }
    /// All entries, in the order of their numbers. Throws as the constructor does.
    [[nodiscard]] LCM_CLIENT_DECL std::vector<StoredEntry> entries() const;
    /// The sealed contents of an entry; nothing if they cannot be read.
    [[nodiscard]] LCM_CLIENT_DECL std::optional<std::string> contents(EntryId id) const;

    /// Writes all of `writes`, whose new entries are `added`, or nothing. When it returns nothing, the write is done, and
    /// it is durable if it needs a sync.
    [[nodiscard]] LCM_CLIENT_DECL std::optional<WriteProblem> write(const WriteSet& writes,
                                                                    const std::vector<NewEntry>& added, WallTime now);

    /// How many pages the write-ahead log holds.
    [[nodiscard]] int log_pages() const noexcept { return log_pages_; }
    /// Brings the log into the file and empties it, so that nothing is left there of what was removed. If that fails, the
    /// next one does it.
    LCM_CLIENT_DECL void checkpoint() noexcept;

private:
    struct Database; // SQLite's own

    LCM_CLIENT_DECL void write_all(const WriteSet& writes, const std::vector<NewEntry>& added, WallTime now);
    LCM_CLIENT_DECL void set_syncs(bool syncs);

    int log_pages_ = 0; // as SQLite has told
    bool syncs_ = true; // at the end of each transaction
    std::unique_ptr<Database> database_;
    FileHead head_;
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/outbox/impl/store.ipp>
#endif

#endif
