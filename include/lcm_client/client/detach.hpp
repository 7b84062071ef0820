// SPDX-License-Identifier: BSL-1.0
// A thread that nobody waits for, in a module that may be unloaded before it has ended.
#ifndef LCM_CLIENT_CLIENT_DETACH_HPP
#define LCM_CLIENT_CLIENT_DETACH_HPP

#include <lcm_client/impl/abi.hpp>

#include <boost/asio/detail/config.hpp>

#include <thread>

#if defined(BOOST_ASIO_WINDOWS)
#include <boost/asio/detail/socket_types.hpp> // windows.h, after winsock2.h

#include <type_traits>
#if defined(__MINGW32__)
#include <pthread.h>
#endif
#endif

namespace lcm::inline LCM_CLIENT_ABI::detail {

#if defined(BOOST_ASIO_WINDOWS)

/// The system's handle of a thread, which `std::thread` shows in one of two ways.
template <class Native> [[nodiscard]] HANDLE thread_handle(Native native) noexcept {
    if constexpr (std::is_convertible_v<Native, HANDLE>) return native;
    else return static_cast<HANDLE>(::pthread_gethandle(native));
}

/// The module that this code is in.
[[nodiscard]] inline HMODULE this_module(DWORD flags) noexcept;

/// Called by the system when the thread has ended. The module goes after the return from here.
inline void CALLBACK release_module(PTP_CALLBACK_INSTANCE instance, void* thread, PTP_WAIT wait, TP_WAIT_RESULT) {
    ::CloseHandle(thread);
    ::CloseThreadpoolWait(wait);
    ::FreeLibraryWhenCallbackReturns(instance, this_module(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT));
}

inline HMODULE this_module(DWORD flags) noexcept {
    HMODULE module = nullptr;
    const auto here = reinterpret_cast<LPCWSTR>(&release_module); // the system wants an address in it as a text
    ::GetModuleHandleExW(flags | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, here, &module);
    return module;
}

/// Keeps the module of this code loaded until the thread has ended; for ever if the system cannot watch for the end.
inline void keep_module_for(HANDLE thread) noexcept {
    if (this_module(0) == nullptr) return;
    const HANDLE process = ::GetCurrentProcess();
    HANDLE own = nullptr; // the other one is no longer valid once the thread is detached
    if (::DuplicateHandle(process, thread, process, &own, SYNCHRONIZE, FALSE, 0) == 0) return;
    PTP_WAIT const wait = ::CreateThreadpoolWait(release_module, own, nullptr);
    if (wait == nullptr) return;
    ::SetThreadpoolWait(wait, own, nullptr);
}

#endif

/// Detaches the thread. On Windows the DLL with this code stays until the thread has ended, although the application
/// frees it: an unloaded module takes its code from under its threads.
inline void detach(std::thread& thread) {
#if defined(BOOST_ASIO_WINDOWS)
    keep_module_for(thread_handle(thread.native_handle()));
#endif
    thread.detach();
}

} // namespace lcm::detail

#endif
