// SPDX-License-Identifier: BSL-1.0
// Counts how often this process has the disk sync: its own functions stand before the system's, also for SQLite.
#ifndef LCM_CLIENT_BENCHMARK_OUTBOX_SYNCS_HPP
#define LCM_CLIENT_BENCHMARK_OUTBOX_SYNCS_HPP

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace lcm::bench {

inline std::atomic<std::uint64_t> syncs{0};

inline int sync(long call, int file) {
    ++syncs;
    return static_cast<int>(::syscall(call, file));
}

} // namespace lcm::bench

// In one source of the program.
extern "C" {
int fdatasync(int file) { return lcm::bench::sync(SYS_fdatasync, file); }
int fsync(int file) { return lcm::bench::sync(SYS_fsync, file); }
}

#endif
