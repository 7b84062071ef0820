// SPDX-License-Identifier: BSL-1.0
// A disk around the real one that becomes full, fails, and loses what was not synced when the power goes.
#ifndef LCM_CLIENT_TESTS_OUTBOX_FAULTY_DISK_HPP
#define LCM_CLIENT_TESTS_OUTBOX_FAULTY_DISK_HPP

#include <session/random.hpp>
#include <support/disk_image.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lcm::tests {

/// SQLite's way to files (a VFS) under the name `name()`; one at a time. What a file holds for certain is what it held at
/// its last sync.
class FaultyDisk {
public:
    FaultyDisk() {
        real_ = sqlite3_vfs_find(nullptr);
        own_ = *real_;
        own_.zName = name();
        own_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
        own_.pAppData = this;
        own_.xOpen = open;
        own_.xDelete = remove;
        sqlite3_vfs_register(&own_, 0);
    }
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;
    ~FaultyDisk() { sqlite3_vfs_unregister(&own_); }

    [[nodiscard]] static const char* name() noexcept { return "faulty-disk"; }

    /// From now on each write fails so, until it is told otherwise: `SQLITE_FULL`, `SQLITE_IOERR_WRITE`.
    void fail_writes(int code) noexcept { write_result_ = code; }
    /// From now on each sync fails.
    void fail_syncs(int code) noexcept { sync_result_ = code; }
    /// The power goes before the operation that follows `count` others.
    void lose_power_after(std::size_t count) noexcept { operations_left_ = count; }
    [[nodiscard]] std::size_t syncs() const noexcept { return syncs_; }
    [[nodiscard]] bool has_power() const noexcept { return !operations_left_ || *operations_left_ != 0; }

    /// The files as they are found when the power is back: of what was not synced, some is there, and some in part.
    void restore_power(Random& random) {
        operations_left_.reset();
        for (auto& [path, image] : images_) {
            if (image.is_removed && (image.is_removal_durable || random.one_in(2))) {
                image = {};
                std::filesystem::remove(path);
                continue;
            }
            image.lose_power(random);
            std::ofstream(path, std::ios::binary | std::ios::trunc) << image.durable;
        }
    }

private:
    struct File {
        sqlite3_file base;
        FaultyDisk* disk;
        DiskImage* image;
        sqlite3_file* real() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };

    static File& file(sqlite3_file* base) noexcept { return *reinterpret_cast<File*>(base); }
    static sqlite3_file* real(sqlite3_file* base) noexcept { return file(base).real(); }

    // Whether there is still power for one more.
    bool spend() noexcept {
        if (!operations_left_) return true;
        if (*operations_left_ == 0) return false;
        --*operations_left_;
        return true;
    }

    static int open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* base, int flags, int* out_flags) {
        auto& disk = *static_cast<FaultyDisk*>(vfs->pAppData);
        File& opened = file(base);
        opened.base.pMethods = nullptr;
        const int code = disk.real_->xOpen(disk.real_, path, opened.real(), flags, out_flags);
        if (code != SQLITE_OK) return code;
        opened.disk = &disk;
        opened.image = &disk.images_[path == nullptr ? "" : path];
        if (opened.image->is_removed) *opened.image = {};
        opened.base.pMethods = &methods();
        return SQLITE_OK;
    }

    static int remove(sqlite3_vfs* vfs, const char* path, int syncs_folder) {
        auto& disk = *static_cast<FaultyDisk*>(vfs->pAppData);
        if (!disk.spend()) return SQLITE_IOERR_DELETE;
        DiskImage& image = disk.images_[path];
        image.is_removed = true;
        image.is_removal_durable = syncs_folder != 0;
        return disk.real_->xDelete(disk.real_, path, syncs_folder);
    }

    static int write(sqlite3_file* base, const void* data, int size, sqlite3_int64 at) {
        FaultyDisk& disk = *file(base).disk;
        if (!disk.spend()) return SQLITE_IOERR_WRITE;
        if (disk.write_result_ != SQLITE_OK) return disk.write_result_;
        const auto count = static_cast<std::size_t>(size);
        file(base).image->pending.push_back(
            {static_cast<std::size_t>(at), std::string(static_cast<const char*>(data), count)});
        return real(base)->pMethods->xWrite(real(base), data, size, at);
    }

    static int truncate(sqlite3_file* base, sqlite3_int64 size) {
        if (!file(base).disk->spend()) return SQLITE_IOERR_TRUNCATE;
        file(base).image->pending.push_back({static_cast<std::size_t>(size), {}, true});
        return real(base)->pMethods->xTruncate(real(base), size);
    }

    static int sync(sqlite3_file* base, int flags) {
        FaultyDisk& disk = *file(base).disk;
        if (!disk.spend()) return SQLITE_IOERR_FSYNC;
        if (disk.sync_result_ != SQLITE_OK) return disk.sync_result_;
        ++disk.syncs_;
        file(base).image->sync();
        return real(base)->pMethods->xSync(real(base), flags);
    }

    // The first version of these, without shared memory: an outbox locks its file for itself.
    static const sqlite3_io_methods& methods() {
        static const sqlite3_io_methods all = [] {
            sqlite3_io_methods m{};
            m.iVersion = 1;
            m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
            m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
                return real(f)->pMethods->xRead(real(f), to, size, at);
            };
            m.xWrite = write;
            m.xTruncate = truncate;
            m.xSync = sync;
            m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
                return real(f)->pMethods->xFileSize(real(f), size);
            };
            m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
            m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
            m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
                return real(f)->pMethods->xCheckReservedLock(real(f), out);
            };
            m.xFileControl = [](sqlite3_file* f, int what, void* with) {
                return real(f)->pMethods->xFileControl(real(f), what, with);
            };
            m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
            m.xDeviceCharacteristics = [](sqlite3_file*) { return 0; }; // nothing that SQLite may rely on
            return m;
        }();
        return all;
    }

    sqlite3_vfs* real_ = nullptr;
    sqlite3_vfs own_{};
    std::map<std::string, DiskImage> images_;
    int write_result_ = SQLITE_OK;
    int sync_result_ = SQLITE_OK;
    std::size_t syncs_ = 0; // that were done
    std::optional<std::size_t> operations_left_;
};

} // namespace lcm::tests

#endif
