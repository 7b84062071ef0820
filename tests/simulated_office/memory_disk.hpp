// SPDX-License-Identifier: BSL-1.0
// A desktop's disk, in memory: SQLite's way to files (a VFS), which fails, dies with its process, and loses what was not
// synced when the power goes. What a file holds for certain is what it held at its last sync.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_MEMORY_DISK_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_MEMORY_DISK_HPP

#include <session/random.hpp>
#include <support/disk_image.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests::simulated {

class MemoryDisk {
public:
    /// With `syncs_lie`, a sync does nothing.
    MemoryDisk(std::string name, bool syncs_lie)
        : name_(std::move(name)), syncs_lie_(syncs_lie), own_(*sqlite3_vfs_find(nullptr)) {
        own_.zName = name_.c_str();
        own_.szOsFile = static_cast<int>(sizeof(File));
        own_.pAppData = this;
        own_.xOpen = open;
        own_.xDelete = remove;
        own_.xAccess = access;
        own_.xRandomness = randomness;
        sqlite3_vfs_register(&own_, 0);
    }
    MemoryDisk(const MemoryDisk&) = delete;
    MemoryDisk& operator=(const MemoryDisk&) = delete;
    ~MemoryDisk() { sqlite3_vfs_unregister(&own_); }

    [[nodiscard]] const char* name() const noexcept { return own_.zName; }

    /// Each write fails so from now on; `SQLITE_OK` for no more.
    void fail_writes(int code) noexcept { write_result_ = code; }
    /// Each sync fails so from now on.
    void fail_syncs(int code) noexcept { sync_result_ = code; }
    /// How many syncs were done.
    [[nodiscard]] std::uint64_t syncs() const noexcept { return syncs_; }
    [[nodiscard]] bool fails() const noexcept { return write_result_ != SQLITE_OK || sync_result_ != SQLITE_OK; }

    /// The process dies before the operation that follows `count` others.
    void die_after(std::size_t count) noexcept { left_ = count; }
    void die() noexcept { left_ = 0; }
    [[nodiscard]] bool is_dead() const noexcept { return left_ == std::size_t{0}; }

    /// As it is found by the next process.
    void start_process() noexcept { left_.reset(); }
    /// As it is found when the power is back: of what was not synced, some is there, and some in part.
    void lose_power(Random& random) {
        for (auto& [path, image] : images_) {
            if (image.is_removed && !image.is_removal_durable && random.one_in(2)) image.is_removed = false;
            image.lose_power(random);
            if (image.is_removed) image.durable.clear();
            image.live = image.durable;
        }
    }

private:
    struct Image : DiskImage {
        Image() { is_removed = is_removal_durable = true; }

        std::string live{};
    };
    struct File {
        sqlite3_file base;
        MemoryDisk* disk;
        Image* image;
    };

    // Whether the process still lives for one more.
    bool spend() noexcept {
        if (!left_) return true;
        if (*left_ == 0) return false;
        --*left_;
        return true;
    }

    static MemoryDisk& disk(sqlite3_vfs* vfs) noexcept { return *static_cast<MemoryDisk*>(vfs->pAppData); }
    static File& file(sqlite3_file* base) noexcept { return *reinterpret_cast<File*>(base); }

    static int open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* base, int flags, int* out_flags) {
        file(base).base.pMethods = nullptr;
        Image& image = disk(vfs).images_[path == nullptr ? "" : path];
        if (image.is_removed) {
            const bool is_main = (flags & SQLITE_OPEN_MAIN_DB) != 0; // which the library makes beforehand
            if (!is_main && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
            image = {};
            image.is_removed = false;
        }
        file(base).disk = &disk(vfs);
        file(base).image = &image;
        file(base).base.pMethods = &methods();
        if (out_flags != nullptr) *out_flags = flags;
        return SQLITE_OK;
    }

    static int remove(sqlite3_vfs* vfs, const char* path, int syncs_folder) {
        if (!disk(vfs).spend()) return SQLITE_IOERR_DELETE;
        Image& image = disk(vfs).images_[path];
        if (image.is_removed) return SQLITE_IOERR_DELETE_NOENT;
        image.is_removed = true;
        image.is_removal_durable = syncs_folder != 0;
        return SQLITE_OK;
    }

    static int access(sqlite3_vfs* vfs, const char* path, int, int* result) {
        const auto at = disk(vfs).images_.find(path);
        *result = at != disk(vfs).images_.end() && !at->second.is_removed ? 1 : 0;
        return SQLITE_OK;
    }

    static int randomness(sqlite3_vfs* vfs, int count, char* to) {
        for (int i = 0; i != count; ++i) to[i] = static_cast<char>(disk(vfs).random_.below(256));
        return count;
    }

    static int read(sqlite3_file* base, void* to, int size, sqlite3_int64 at) {
        const std::string& live = file(base).image->live;
        const auto first = static_cast<std::size_t>(at);
        const auto count = static_cast<std::size_t>(size);
        const std::size_t there = first >= live.size() ? 0 : std::min(count, live.size() - first);
        if (there != 0) std::memcpy(to, live.data() + first, there);
        if (there == count) return SQLITE_OK;
        std::memset(static_cast<char*>(to) + there, 0, count - there);
        return SQLITE_IOERR_SHORT_READ;
    }

    static int change(sqlite3_file* base, DiskChange made) {
        made.apply_to(file(base).image->live);
        file(base).image->pending.push_back(std::move(made));
        return SQLITE_OK;
    }

    static int write(sqlite3_file* base, const void* data, int size, sqlite3_int64 at) {
        MemoryDisk& disk = *file(base).disk;
        if (!disk.spend()) return SQLITE_IOERR_WRITE;
        if (disk.write_result_ != SQLITE_OK) return disk.write_result_;
        const std::string bytes(static_cast<const char*>(data), static_cast<std::size_t>(size));
        return change(base, {static_cast<std::size_t>(at), bytes});
    }

    static int truncate(sqlite3_file* base, sqlite3_int64 size) {
        if (!file(base).disk->spend()) return SQLITE_IOERR_TRUNCATE;
        return change(base, {static_cast<std::size_t>(size), {}, true});
    }

    static int sync(sqlite3_file* base, int) {
        MemoryDisk& disk = *file(base).disk;
        if (!disk.spend()) return SQLITE_IOERR_FSYNC;
        if (disk.sync_result_ != SQLITE_OK) return disk.sync_result_;
        if (disk.syncs_lie_) return SQLITE_OK;
        ++disk.syncs_;
        file(base).image->sync();
        return SQLITE_OK;
    }

    static int file_size(sqlite3_file* base, sqlite3_int64* size) {
        *size = static_cast<sqlite3_int64>(file(base).image->live.size());
        return SQLITE_OK;
    }

    static int nobody_else(sqlite3_file*, int* result) {
        *result = 0;
        return SQLITE_OK;
    }

    // The first version of these, without shared memory, and without locks: each disk has one process.
    static const sqlite3_io_methods& methods() {
        static const sqlite3_io_methods all = [] {
            sqlite3_io_methods m{};
            m.iVersion = 1;
            m.xClose = [](sqlite3_file*) { return SQLITE_OK; };
            m.xRead = read;
            m.xWrite = write;
            m.xTruncate = truncate;
            m.xSync = sync;
            m.xFileSize = file_size;
            m.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
            m.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
            m.xCheckReservedLock = nobody_else;
            m.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
            m.xSectorSize = [](sqlite3_file*) { return static_cast<int>(disk_sector); };
            m.xDeviceCharacteristics = [](sqlite3_file*) { return 0; }; // nothing that SQLite may rely on
            return m;
        }();
        return all;
    }

    const std::string name_;
    const bool syncs_lie_;
    sqlite3_vfs own_;
    std::map<std::string, Image> images_;
    Random random_{1};
    int write_result_ = SQLITE_OK;
    int sync_result_ = SQLITE_OK;
    std::uint64_t syncs_ = 0;
    std::optional<std::size_t> left_; // operations until the process dies
};

} // namespace lcm::tests::simulated

#endif
