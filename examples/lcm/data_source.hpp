// SPDX-License-Identifier: BSL-1.0
// JSON that a user gives: on the command line, in a file, or on standard input.
#ifndef LCM_COMMAND_DATA_SOURCE_HPP
#define LCM_COMMAND_DATA_SOURCE_HPP

#include "status.hpp"
#include "system_text.hpp"

#include <lcm_client/json.hpp>

#include <cstddef>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace lcm_command {

inline constexpr std::size_t most_data = 1024 * 1024; ///< bytes; the library sends far less in one request
inline constexpr std::size_t data_depth = 32;         ///< deeper than any field

inline std::string read_stream(const std::string& flag, std::istream& in) {
    std::string text(most_data + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) throw UsageError(flag + ": cannot be read");
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > most_data) throw UsageError(flag + ": has more than 1 MiB");
    return text;
}

inline std::string read_file(const std::string& flag, const std::string& path) {
    std::ifstream file(file_path(path), std::ios::binary);
    if (!file) throw UsageError(flag + ": cannot open the file " + path);
    return read_stream(flag, file);
}

/// Reads JSON that a user wrote: where the library is lenient with servers, it is a mistake here.
inline lcm::ParsedJson parse_own_json(std::string_view text, std::size_t depth) {
    lcm::ParsedJson json = lcm::parse_json(text, depth);
    if (json && json.deviations != 0) json.problem = "a name stands twice in one object, or half of a surrogate pair";
    return json;
}

/// The JSON that `source`, given to `flag`, is or names: a text, @FILE, or - for standard input. Throws `UsageError`.
inline lcm::Json read_data(const std::string& flag, const std::string& source) {
    std::string text = source;
    if (source == "-") text = read_stream(flag, std::cin);
    else if (source.starts_with('@')) text = read_file(flag, source.substr(1));
    auto json = parse_own_json(text, data_depth);
    if (!json) throw UsageError(flag + ": must be a JSON object, @FILE, or - for standard input; " + json.problem);
    return std::move(json.value);
}

} // namespace lcm_command

#endif
