// SPDX-License-Identifier: BSL-1.0
// To be preloaded: kills the process at the n-th of its system calls that write, to a file or to the network. n is
// LCM_KILL_AT; with LCM_KILL_TORN, half of what is to be written is still done.
#include <dlfcn.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>

namespace {

std::atomic<long> calls{0};

template <class Function> Function* next(Function*, const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// Whether this call is the one.
bool is_last() {
    static const char* const at = std::getenv("LCM_KILL_AT");
    return at != nullptr && ++calls == std::atol(at);
}

[[noreturn]] void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
}

bool is_torn() { return std::getenv("LCM_KILL_TORN") != nullptr; }

} // namespace

extern "C" {

ssize_t pwrite64(int file, const void* data, size_t size, off64_t at) {
    static auto* const real = next(&pwrite64, "pwrite64");
    if (is_last()) {
        if (is_torn()) static_cast<void>(real(file, data, size / 2, at));
        die();
    }
    return real(file, data, size, at);
}

ssize_t write(int file, const void* data, size_t size) {
    static auto* const real = next(&write, "write");
    if (is_last()) die();
    return real(file, data, size);
}

ssize_t sendmsg(int file, const msghdr* message, int flags) {
    static auto* const real = next(&sendmsg, "sendmsg");
    if (is_last()) die();
    return real(file, message, flags);
}

ssize_t send(int file, const void* data, size_t size, int flags) {
    static auto* const real = next(&send, "send");
    if (is_last()) die();
    return real(file, data, size, flags);
}

int fdatasync(int file) {
    static auto* const real = next(&fdatasync, "fdatasync");
    if (is_last()) die();
    return real(file);
}

int fsync(int file) {
    static auto* const real = next(&fsync, "fsync");
    if (is_last()) die();
    return real(file);
}

int ftruncate64(int file, off64_t size) noexcept {
    static auto* const real = next(&ftruncate64, "ftruncate64");
    if (is_last()) die();
    return real(file, size);
}

int unlink(const char* path) noexcept {
    static auto* const real = next(&unlink, "unlink");
    if (is_last()) die();
    return real(path);
}

} // extern "C"
