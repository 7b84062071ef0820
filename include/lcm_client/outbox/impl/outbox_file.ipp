// SPDX-License-Identifier: BSL-1.0
// An outbox's file as the system sees it: the bodies.
#ifndef LCM_CLIENT_OUTBOX_IMPL_OUTBOX_FILE_IPP
#define LCM_CLIENT_OUTBOX_IMPL_OUTBOX_FILE_IPP

#include <lcm_client/outbox/impl/outbox_file.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#if defined(_WIN32)
#include <fstream>

#include <windows.h>
#elif defined(__linux__)
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#else
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace lcm::inline LCM_CLIENT_ABI::detail {

#if defined(_WIN32)

LCM_CLIENT_DECL bool is_on_network(const std::filesystem::path& folder) {
    const std::filesystem::path whole = std::filesystem::absolute(folder);
    return GetDriveTypeW((whole.root_path().wstring()).c_str()) == DRIVE_REMOTE;
}

LCM_CLIENT_DECL void prepare_file(const std::filesystem::path& file) {
    if (!std::ofstream(file, std::ios::app)) throw_outbox(OutboxErrc::io_error, file.string());
}

// What a profile's folder holds is its user's alone.
LCM_CLIENT_DECL void restrict_file(const std::filesystem::path&) {}

#else

#if defined(__linux__)

LCM_CLIENT_DECL bool is_on_network(const std::filesystem::path& folder) {
    // From linux/magic.h and statfs(2): NFS, SMB of three kinds, NCP, AFS of two, Coda, 9P, Ceph, Lustre, GFS2, OCFS2.
    constexpr std::array<std::uint32_t, 13> kinds{0x6969U,     0x517BU,     0xFF534D42U, 0xFE534D42U, 0x564CU,
                                                  0x5346414FU, 0x6B414653U, 0x73757245U, 0x01021997U, 0x00C36400U,
                                                  0x0BD00BD0U, 0x01161970U, 0x7461636FU};
    struct statfs info {};
    if (::statfs(folder.c_str(), &info) != 0) return false;
    return std::count(kinds.begin(), kinds.end(), static_cast<std::uint32_t>(info.f_type)) != 0;
}

#else

LCM_CLIENT_DECL bool is_on_network(const std::filesystem::path& folder) {
    struct statfs info {};
    return ::statfs(folder.c_str(), &info) == 0 && (info.f_flags & MNT_LOCAL) == 0;
}

#endif

[[nodiscard]] inline OutboxErrc outbox_errc_of(int number) noexcept {
    if (number == EACCES || number == EROFS || number == EPERM) return OutboxErrc::read_only;
    return number == ENOSPC || number == EDQUOT ? OutboxErrc::disk_full : OutboxErrc::io_error;
}

[[noreturn]] inline void throw_outbox(int number, const std::filesystem::path& path) {
    throw_outbox(outbox_errc_of(number), path.string() + ": " + std::generic_category().message(number));
}

inline void sync_folder(const std::filesystem::path& folder) {
    const int number = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0) throw_outbox(errno, folder);
    const int problem = ::fsync(number) == 0 ? 0 : errno;
    ::close(number);
    if (problem != 0 && problem != EINVAL) throw_outbox(problem, folder); // some file systems have no such thing
}

LCM_CLIENT_DECL void prepare_file(const std::filesystem::path& file) {
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0 && errno != EEXIST) throw_outbox(errno, file);
    if (made >= 0) ::close(made);
    else if (::faccessat(AT_FDCWD, file.c_str(), R_OK | W_OK, AT_EACCESS) != 0) throw_outbox(errno, file);
    sync_folder(folder_of(file));
}

// By their names, since none of them may be opened.
LCM_CLIENT_DECL void restrict_file(const std::filesystem::path& file) {
    for (const char* const suffix : {"", "-wal"}) {
        std::filesystem::path each = file;
        each += suffix;
        struct stat info {};
        if (::stat(each.c_str(), &info) != 0) {
            if (errno != ENOENT) throw_outbox(errno, each);
        } else if ((info.st_mode & 077U) != 0 && ::chmod(each.c_str(), 0600) != 0) throw_outbox(errno, each);
    }
}

#endif

LCM_CLIENT_DECL std::filesystem::path set_aside(const std::filesystem::path& file) {
    const auto with = [](std::filesystem::path path, const std::string& more) { return path += more; };
    std::filesystem::path aside;
    for (int number = 1; aside.empty() || std::filesystem::exists(aside); ++number)
        aside = with(file, ".damaged-" + std::to_string(number));
    std::error_code problem;
    std::filesystem::rename(file, aside, problem);
    if (problem) throw_outbox(OutboxErrc::damaged, file.string() + " could not be set aside: " + problem.message());
    if (std::filesystem::exists(with(file, "-wal")))
        std::filesystem::rename(with(file, "-wal"), with(aside, "-wal"), problem);
    if (problem) throw_outbox(OutboxErrc::damaged, file.string() + " could not be set aside: " + problem.message());
    return aside;
}

} // namespace lcm::detail

#endif
