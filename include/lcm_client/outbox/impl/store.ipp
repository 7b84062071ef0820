// SPDX-License-Identifier: BSL-1.0
// An outbox's file, over SQLite: the bodies.
#ifndef LCM_CLIENT_OUTBOX_IMPL_STORE_IPP
#define LCM_CLIENT_OUTBOX_IMPL_STORE_IPP

#include <lcm_client/outbox/impl/outbox_file.hpp>
#include <lcm_client/outbox/impl/sqlite.hpp>
#include <lcm_client/outbox/impl/store.hpp>

#include <boost/system/system_error.hpp>

#include <array>
#include <cstdint>
#include <new>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline constexpr std::int64_t outbox_application_id = 0x4c434d4f; // "LCMO"
inline constexpr std::size_t subject_size = 32;                   // bytes of each key in the column

// The steps from each version of the file to the next one, the first of them from an empty file. The last step makes the
// version that this library writes.
inline constexpr std::array outbox_schema{
    "CREATE TABLE head(one INTEGER PRIMARY KEY CHECK(one = 1), name BLOB NOT NULL, key BLOB NOT NULL, "
    "next_id INTEGER NOT NULL, last_seen INTEGER NOT NULL);"
    "CREATE TABLE entries(id INTEGER PRIMARY KEY, state INTEGER NOT NULL, was_resent INTEGER NOT NULL, "
    "ended_by INTEGER NOT NULL, delivery INTEGER NOT NULL, expires INTEGER NOT NULL, subjects BLOB NOT NULL, "
    "contents BLOB NOT NULL);"};

// The numbers in the file, which stay what they are whatever happens to the enumerations.
inline constexpr std::array stored_states{EntryState::waiting, EntryState::handed_over, EntryState::unknown,
                                          EntryState::ended};
inline constexpr std::array stored_causes{EntryEndedBy::reply, EntryEndedBy::settled, EntryEndedBy::refusal,
                                          EntryEndedBy::expiry, EntryEndedBy::drop};
inline constexpr std::array stored_deliveries{Delivery::accepted, Delivery::refused, Delivery::not_sent,
                                              Delivery::unknown};

template <class All, class Value> [[nodiscard]] std::int64_t to_stored(const All& all, Value value) {
    std::int64_t number = 0;
    while (all.at(static_cast<std::size_t>(number)) != value) ++number;
    return number;
}
template <class All> [[nodiscard]] auto from_stored(const All& all, std::int64_t number) {
    if (number < 0 || static_cast<std::size_t>(number) >= all.size())
        throw_outbox(OutboxErrc::damaged, "a number in it has no meaning");
    return all.at(static_cast<std::size_t>(number));
}

[[nodiscard]] inline std::int64_t to_stored(WallTime time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline WallTime time_from_stored(std::int64_t number) { return WallTime(WallTime::duration(number)); }

[[nodiscard]] inline std::int64_t pragma(const SqliteConnection& connection, const char* question) {
    SqliteStatement statement(connection, question);
    return statement.step() ? statement.number(0) : 0;
}

struct Store::Database {
    Database(const std::filesystem::path& file, const char* vfs) : connection(file, vfs) { keep_log(true); }

    // Closing brings the log into the file, and removes it. A file that is refused stays as it is.
    void keep_log(bool keeps) const {
        sqlite3_db_config(connection.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keeps ? 1 : 0, nullptr);
    }

    // Whoever has it open has locked it, so that these are the first to fail.
    void take() const {
        connection.run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON");
        const bool is_new = pragma(connection, "SELECT count(*) FROM sqlite_master") == 0;
        const std::int64_t version = pragma(connection, "PRAGMA user_version");
        const std::int64_t owner = pragma(connection, "PRAGMA application_id");
        if (!(is_new && version == 0 && owner == 0) && owner != outbox_application_id)
            throw_outbox(OutboxErrc::foreign_file, "its application_id is not an outbox's");
        if (version > static_cast<std::int64_t>(outbox_schema.size()))
            throw_outbox(OutboxErrc::newer_file, "its version is " + std::to_string(version) +
                                                     ", and this program knows " +
                                                     std::to_string(outbox_schema.size()));
        // FULL syncs each commit. EXTRA also syncs the folder when the journal is removed with which a new file becomes
        // one with a log: should that come back with the power, it would take all with it. On macOS a sync without
        // fullfsync leaves the disk's own cache.
        connection.run("PRAGMA synchronous=EXTRA; PRAGMA fullfsync=ON; PRAGMA journal_mode=WAL; "
                       "PRAGMA checkpoint_fullfsync=ON; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=0; "
                       "BEGIN EXCLUSIVE; COMMIT");
        check_file();
    }

    void check_file() const {
        SqliteStatement statement(connection, "PRAGMA quick_check(1)");
        if (!statement.step() || statement.text(0) != "ok") throw_outbox(OutboxErrc::damaged, "SQLite's quick_check");
    }

    // In one transaction with the head, so that a file has either both or none.
    void migrate(const MakeHead& make_head) const {
        const auto version = static_cast<std::size_t>(pragma(connection, "PRAGMA user_version"));
        if (version == outbox_schema.size()) return;
        connection.run("BEGIN IMMEDIATE");
        for (std::size_t step = version; step < outbox_schema.size(); ++step) connection.run(outbox_schema.at(step));
        if (version == 0) add_head(make_head());
        connection.run(("PRAGMA application_id=" + std::to_string(outbox_application_id)).c_str());
        connection.run(("PRAGMA user_version=" + std::to_string(outbox_schema.size())).c_str());
        connection.run("COMMIT");
    }

    void add_head(const FileHead& head) const {
        SqliteStatement(connection, "INSERT INTO head VALUES(1, ?1, ?2, ?3, ?4)")
            .bind(1, head.name)
            .bind(2, head.key)
            .bind(3, static_cast<std::int64_t>(head.next_id))
            .bind(4, to_stored(head.last_seen))
            .run();
    }

    [[nodiscard]] FileHead read_head() const {
        SqliteStatement statement(connection, "SELECT name, key, next_id, last_seen FROM head");
        if (!statement.step()) throw_outbox(OutboxErrc::damaged, "it has no head");
        return {statement.text(0), statement.text(1), static_cast<EntryId>(statement.number(2)),
                time_from_stored(statement.number(3))};
    }

    // Whoever deletes the file, or puts another one in its place, leaves this process one that nobody will find again.
    void ensure_in_place() const {
        int has_moved = 0;
        sqlite3_file_control(connection.get(), nullptr, SQLITE_FCNTL_HAS_MOVED, &has_moved);
        if (has_moved != 0) throw_outbox(OutboxErrc::io_error, "the file was deleted, moved or replaced");
    }

    void roll_back() const noexcept {
        if (sqlite3_get_autocommit(connection.get()) == 0)
            sqlite3_exec(connection.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }

    void prepare() {
        insert =
            std::make_unique<SqliteStatement>(connection, "INSERT INTO entries VALUES(?1, ?2, 0, 0, 2, ?3, ?4, ?5)");
        update = std::make_unique<SqliteStatement>(
            connection, "UPDATE entries SET state=?2, was_resent=?3, ended_by=?4, delivery=?5 WHERE id=?1");
        remove = std::make_unique<SqliteStatement>(connection, "DELETE FROM entries WHERE id=?1");
        touch = std::make_unique<SqliteStatement>(connection, "UPDATE head SET next_id=?1, last_seen=?2");
        select = std::make_unique<SqliteStatement>(connection, "SELECT contents FROM entries WHERE id=?1");
    }

    SqliteConnection connection;
    std::unique_ptr<SqliteStatement> insert, update, remove, touch, select;
};

LCM_CLIENT_DECL Store::Store(const std::filesystem::path& file, const MakeHead& make_head, const char* vfs) {
    if (is_on_network(folder_of(file))) throw_outbox(OutboxErrc::network_file_system, file.string());
    prepare_file(file);
    database_ = std::make_unique<Database>(file, vfs);
    database_->take();
    restrict_file(file);
    sqlite3_wal_hook(
        database_->connection.get(),
        [](void* pages, sqlite3*, const char*, int count) {
            *static_cast<int*>(pages) = count;
            return SQLITE_OK;
        },
        &log_pages_);
    database_->migrate(make_head);
    head_ = database_->read_head();
    database_->prepare();
    database_->keep_log(false);
}

LCM_CLIENT_DECL Store::~Store() {
    if (database_) checkpoint();
}

LCM_CLIENT_DECL std::vector<StoredEntry> Store::entries() const {
    std::vector<StoredEntry> all;
    SqliteStatement statement(database_->connection,
                              "SELECT id, state, was_resent, ended_by, delivery, expires, subjects, length(contents) "
                              "FROM entries ORDER BY id");
    while (statement.step()) {
        StoredEntry entry{.id = static_cast<EntryId>(statement.number(0)),
                          .status = {from_stored(stored_states, statement.number(1)), statement.number(2) != 0,
                                     from_stored(stored_causes, statement.number(3)),
                                     from_stored(stored_deliveries, statement.number(4))},
                          .expires = time_from_stored(statement.number(5)),
                          .bytes = static_cast<std::size_t>(statement.number(7))};
        const std::string subjects = statement.text(6);
        if (subjects.size() % subject_size != 0) throw_outbox(OutboxErrc::damaged, "an entry's subjects");
        for (std::size_t at = 0; at != subjects.size(); at += subject_size)
            entry.subjects.push_back(subjects.substr(at, subject_size));
        all.push_back(std::move(entry));
    }
    return all;
}

LCM_CLIENT_DECL std::optional<std::string> Store::contents(EntryId id) const {
    SqliteStatement& select = *database_->select;
    const SqliteReset reset(select);
    try {
        if (!select.bind(1, static_cast<std::int64_t>(id)).step()) return std::nullopt;
        return select.text(0);
    } catch (const boost::system::system_error&) {
        return std::nullopt;
    }
}

LCM_CLIENT_DECL std::optional<WriteProblem> Store::write(const WriteSet& writes, const std::vector<NewEntry>& added,
                                                         WallTime now) {
    const SqliteConnection& connection = database_->connection;
    WriteFailure failure = WriteFailure::not_done;
    try {
        database_->ensure_in_place();
        set_syncs(writes.needs_sync);
        connection.run("BEGIN IMMEDIATE");
        write_all(writes, added, now);
        failure = WriteFailure::in_doubt; // a commit that fails may be found whole in the log after a crash
        connection.run("COMMIT");
        return std::nullopt;
    } catch (const boost::system::system_error& problem) {
        database_->roll_back();
        return WriteProblem{failure, static_cast<OutboxErrc>(problem.code().value()), problem.what()};
    } catch (const std::bad_alloc&) {
        database_->roll_back();
        return WriteProblem{failure, OutboxErrc::io_error, {}};
    }
}

// Without a sync, a transaction is kept by the system when the process ends, and its place in the log is before all later ones.
LCM_CLIENT_DECL void Store::set_syncs(bool syncs) {
    if (syncs == syncs_) return;
    database_->connection.run(syncs ? "PRAGMA synchronous=EXTRA" : "PRAGMA synchronous=NORMAL");
    syncs_ = syncs;
}

LCM_CLIENT_DECL void Store::write_all(const WriteSet& writes, const std::vector<NewEntry>& added, WallTime now) {
    EntryId next_id = head_.next_id;
    for (std::size_t at = 0; at != added.size(); ++at) {
        const NewEntry& entry = added[at];
        std::string subjects;
        for (const std::string& subject : entry.subjects) subjects += subject;
        database_->insert->bind(1, static_cast<std::int64_t>(entry.id))
            .bind(2, to_stored(stored_states, writes.added.at(at).status.state))
            .bind(3, to_stored(entry.expires))
            .bind(4, subjects)
            .bind(5, entry.contents)
            .run();
        next_id = entry.id + 1;
    }
    for (const StatusChange& change : writes.changed)
        database_->update->bind(1, static_cast<std::int64_t>(change.id))
            .bind(2, to_stored(stored_states, change.status.state))
            .bind(3, std::int64_t{change.status.was_resent ? 1 : 0})
            .bind(4, to_stored(stored_causes, change.status.by))
            .bind(5, to_stored(stored_deliveries, change.status.delivery))
            .run();
    for (const EntryId id : writes.removed) database_->remove->bind(1, static_cast<std::int64_t>(id)).run();
    database_->touch->bind(1, static_cast<std::int64_t>(next_id)).bind(2, to_stored(now)).run();
    head_.next_id = next_id;
}

LCM_CLIENT_DECL void Store::checkpoint() noexcept {
    const int code =
        sqlite3_wal_checkpoint_v2(database_->connection.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code == SQLITE_OK) log_pages_ = 0;
}

} // namespace lcm::detail

#endif
