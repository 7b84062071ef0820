// SPDX-License-Identifier: BSL-1.0
// The rows and the syncs of entries that come and go, by SQLite alone.
#ifndef LCM_CLIENT_BENCHMARK_OUTBOX_OVER_SQLITE_HPP
#define LCM_CLIENT_BENCHMARK_OUTBOX_OVER_SQLITE_HPP

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace lcm::bench {

/// The schema and the settings are the outbox's. Each entry is inserted with its mark, ended and removed, in two writes for
/// each batch, of which the first is synced: what is to be removed joins the insertion of the next one.
class OverSqlite {
public:
    explicit OverSqlite(const std::filesystem::path& file) {
        ensure(sqlite3_open(file.c_str(), &database_));
        run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=EXTRA; PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;"
            "PRAGMA wal_autocheckpoint=0;"
            "CREATE TABLE head(one INTEGER PRIMARY KEY, next_id INTEGER, last_seen INTEGER);"
            "INSERT INTO head VALUES(1, 1, 1);"
            "CREATE TABLE entries(id INTEGER PRIMARY KEY, state INTEGER NOT NULL, was_resent INTEGER NOT NULL, "
            "ended_by INTEGER NOT NULL, delivery INTEGER NOT NULL, expires INTEGER NOT NULL, subjects BLOB NOT NULL, "
            "contents BLOB NOT NULL)");
        sqlite3_wal_hook(
            database_,
            [](void* pages, sqlite3*, const char*, int count) {
                *static_cast<int*>(pages) = count;
                return SQLITE_OK;
            },
            &pages_);
        insert_ = prepare("INSERT INTO entries VALUES(?1, 1, 0, 0, 2, 1, ?2, ?3)");
        update_ = prepare("UPDATE entries SET state=?2, was_resent=0, ended_by=0, delivery=2 WHERE id=?1");
        remove_ = prepare("DELETE FROM entries WHERE id=?1");
        touch_ = prepare("UPDATE head SET next_id=?1, last_seen=?1");
    }
    OverSqlite(const OverSqlite&) = delete;
    OverSqlite& operator=(const OverSqlite&) = delete;
    ~OverSqlite() {
        for (sqlite3_stmt* const statement : {insert_, update_, remove_, touch_}) sqlite3_finalize(statement);
        sqlite3_close(database_);
    }

    /// `contents` bytes and so many subjects of 32 bytes for each of `count` entries, in batches.
    void run(std::size_t count, std::size_t batch, std::size_t contents, std::size_t subjects) {
        const std::string text(contents, 'c');
        const std::string keys(32 * subjects, 's');
        for (std::size_t first = 0; first < count + batch; first += batch) {
            const auto each = [&](std::size_t from, auto what) {
                for (std::size_t i = from; i != from + batch; ++i)
                    if (i >= batch && i < count + batch) what(static_cast<std::int64_t>(i));
            };
            run("PRAGMA synchronous=EXTRA; BEGIN IMMEDIATE");
            each(first + batch, [&](std::int64_t id) { step(insert_, id, keys, text); });
            each(first, [&](std::int64_t id) { step(remove_, id); });
            step(touch_, static_cast<std::int64_t>(first));
            run("COMMIT; PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE");
            each(first + batch, [&](std::int64_t id) { step(update_, id, 3); });
            step(touch_, static_cast<std::int64_t>(first));
            run("COMMIT");
            keep_log_short();
        }
    }

private:
    static void ensure(int code) {
        if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errstr(code));
    }

    void run(const char* text) { ensure(sqlite3_exec(database_, text, nullptr, nullptr, nullptr)); }

    sqlite3_stmt* prepare(const char* text) {
        sqlite3_stmt* statement = nullptr;
        ensure(sqlite3_prepare_v2(database_, text, -1, &statement, nullptr));
        return statement;
    }

    static void bind(sqlite3_stmt* statement, int at, std::int64_t value) {
        ensure(sqlite3_bind_int64(statement, at, value));
    }
    static void bind(sqlite3_stmt* statement, int at, const std::string& value) {
        ensure(sqlite3_bind_blob64(statement, at, value.data(), value.size(), SQLITE_STATIC));
    }

    template <class... Values> static void step(sqlite3_stmt* statement, const Values&... values) {
        int at = 0;
        (bind(statement, ++at, values), ...);
        ensure(sqlite3_step(statement));
        ensure(sqlite3_reset(statement));
    }

    // As the outbox does, at a thousand pages.
    void keep_log_short() {
        if (pages_ < 1000) return;
        ensure(sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr));
        pages_ = 0;
    }

    int pages_ = 0; // of the log
    sqlite3* database_ = nullptr;
    sqlite3_stmt *insert_ = nullptr, *update_ = nullptr, *remove_ = nullptr, *touch_ = nullptr;
};

} // namespace lcm::bench

#endif
