// SPDX-License-Identifier: BSL-1.0
// Internal: SQLite's connections and statements as objects, and its codes as ours.
#ifndef LCM_CLIENT_OUTBOX_IMPL_SQLITE_HPP
#define LCM_CLIENT_OUTBOX_IMPL_SQLITE_HPP

#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/outbox/impl/outbox_file.hpp>

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What one of SQLite's result codes means for an outbox.
[[nodiscard]] inline OutboxErrc outbox_errc_of_sqlite(int code) noexcept {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return OutboxErrc::locked;
    case SQLITE_FULL: return OutboxErrc::disk_full;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return OutboxErrc::read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return OutboxErrc::damaged;
    default: return OutboxErrc::io_error;
    }
}

/// A connection to one file. Not thread-safe.
class SqliteConnection {
public:
    /// Throws `boost::system::system_error` with an `OutboxErrc`.
    SqliteConnection(const std::filesystem::path& file, const char* vfs) {
        const std::u8string name = file.u8string();
        sqlite3* opened = nullptr;
        const int code = sqlite3_open_v2(reinterpret_cast<const char*>(name.c_str()), &opened,
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
        handle_.reset(opened);
        if (code != SQLITE_OK) fail(code);
    }

    [[nodiscard]] sqlite3* get() const noexcept { return handle_.get(); }

    /// Runs statements without results.
    void run(const char* statements) const {
        if (const int code = sqlite3_exec(get(), statements, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(code);
    }

    [[noreturn]] void fail(int code) const {
        if (code == SQLITE_NOMEM) throw std::bad_alloc();
        // The words of the result alone: those of the connection may quote what was written.
        throw_outbox(outbox_errc_of_sqlite(code), std::string("SQLite: ") + sqlite3_errstr(code));
    }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

/// A statement, which is run again and again. Not thread-safe.
class SqliteStatement {
public:
    SqliteStatement(const SqliteConnection& connection, const char* text) : connection_(connection) {
        sqlite3_stmt* made = nullptr;
        const int code = sqlite3_prepare_v3(connection.get(), text, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
        handle_.reset(made);
        if (code != SQLITE_OK) connection.fail(code);
    }

    /// The value of a parameter, counted from 1. Texts are blobs, and have to live until `reset`.
    SqliteStatement& bind(int index, std::int64_t value) {
        throw_unless_ok(sqlite3_bind_int64(handle_.get(), index, value));
        return *this;
    }
    SqliteStatement& bind(int index, std::string_view value) {
        throw_unless_ok(sqlite3_bind_blob64(handle_.get(), index, value.data(), value.size(), SQLITE_STATIC));
        return *this;
    }

    /// Whether there is another row. Throws `boost::system::system_error`.
    [[nodiscard]] bool step() {
        const int code = sqlite3_step(handle_.get());
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) {
            reset();
            connection_.fail(code);
        }
        return false;
    }
    void reset() noexcept { sqlite3_reset(handle_.get()); }
    /// Runs it to its end.
    void run() {
        while (step()) {}
        reset();
    }

    [[nodiscard]] std::int64_t number(int column) const noexcept { return sqlite3_column_int64(handle_.get(), column); }
    [[nodiscard]] std::string text(int column) const {
        const void* const data = sqlite3_column_blob(handle_.get(), column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
        return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
    }

private:
    void throw_unless_ok(int code) const {
        if (code != SQLITE_OK) connection_.fail(code);
    }

    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };
    const SqliteConnection& connection_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Ends the use of a statement for its rows, also when an exception leaves.
class SqliteReset {
public:
    explicit SqliteReset(SqliteStatement& statement) : statement_(statement) {}
    SqliteReset(const SqliteReset&) = delete;
    SqliteReset& operator=(const SqliteReset&) = delete;
    ~SqliteReset() { statement_.reset(); }

private:
    SqliteStatement& statement_;
};

} // namespace lcm::detail

#endif
