// SPDX-License-Identifier: BSL-1.0
// The texts that Windows gives and takes, as UTF-8. The functions of the C library would give them in the code page of the
// computer, in which a letter of another language is a question mark.
#ifndef LCM_COMMAND_SYSTEM_TEXT_WINDOWS_HPP
#define LCM_COMMAND_SYSTEM_TEXT_WINDOWS_HPP

#include <boost/asio/detail/socket_types.hpp> // windows.h, after winsock2.h

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>

namespace lcm_command {

[[nodiscard]] inline std::string to_utf8(std::wstring_view text) {
    const int size = static_cast<int>(text.size());
    std::string utf8(3 * text.size(), '\0'); // no code unit needs more
    const int used = size == 0 ? 0
                               : ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, utf8.data(),
                                                       static_cast<int>(utf8.size()), nullptr, nullptr);
    utf8.resize(static_cast<std::size_t>(used));
    return utf8;
}

/// The file that an argument names.
[[nodiscard]] inline std::filesystem::path file_path(const std::string& name) {
    return std::u8string(name.begin(), name.end());
}

/// The arguments of the command, without its name.
[[nodiscard]] inline std::vector<std::string> arguments(int, char**) {
    int count = 0;
    const std::unique_ptr<LPWSTR, decltype(&::LocalFree)> all(::CommandLineToArgvW(::GetCommandLineW(), &count),
                                                              &::LocalFree);
    if (!all) throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), "arguments");
    std::vector<std::string> texts;
    for (int i = 1; i < count; ++i) texts.push_back(to_utf8(all.get()[i]));
    return texts;
}

/// What the environment holds under the name, if anything.
[[nodiscard]] inline std::optional<std::string> environment_variable(const std::string& name) {
    const std::wstring wide = file_path(name).native();
    const wchar_t* const value = ::_wgetenv(wide.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(to_utf8(value));
}

/// To be called before anything is written. A console is told that it gets UTF-8; to a file or another program, lines
/// end as everywhere, so that a script reads the same on all systems.
inline void prepare_output() {
    ::SetConsoleOutputCP(CP_UTF8);
    for (std::FILE* const each : {stdout, stderr})
        if (::_isatty(::_fileno(each)) == 0) ::_setmode(::_fileno(each), _O_BINARY);
}

} // namespace lcm_command

#endif
