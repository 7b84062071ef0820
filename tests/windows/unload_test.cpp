// SPDX-License-Identifier: BSL-1.0
// A DLL with this library is unloaded while a thread of the library's runs in it.
#include <support/catch.hpp>

#include <windows.h>

#include <chrono>
#include <thread>

using namespace std::chrono_literals;

namespace {

constexpr DWORD patience_ms = 20'000;

bool is_loaded() { return ::GetModuleHandleW(L"lcm_test_unloaded.dll") != nullptr; }

} // namespace

TEST_CASE("A DLL stays until the thread that a client has left behind in it has ended, and goes then") {
    HMODULE const dll = ::LoadLibraryW(L"lcm_test_unloaded.dll");
    REQUIRE(dll != nullptr);
    const auto leave_thread_behind = reinterpret_cast<void (*)(HANDLE, HANDLE)>(
        reinterpret_cast<void (*)()>(::GetProcAddress(dll, "leave_thread_behind")));
    REQUIRE(leave_thread_behind != nullptr);
    HANDLE const may_end = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    HANDLE const goes_on = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);

    leave_thread_behind(may_end, goes_on);
    REQUIRE(::FreeLibrary(dll));
    CHECK(is_loaded());

    ::SetEvent(may_end);
    CHECK(::WaitForSingleObject(goes_on, patience_ms) == WAIT_OBJECT_0);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (is_loaded() && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(1ms);
    CHECK_FALSE(is_loaded());
    ::CloseHandle(may_end);
    ::CloseHandle(goes_on);
}
