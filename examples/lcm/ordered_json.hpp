// SPDX-License-Identifier: BSL-1.0
// The JSON that the command prints: the members in the order in which they were added.
#ifndef LCM_COMMAND_ORDERED_JSON_HPP
#define LCM_COMMAND_ORDERED_JSON_HPP

#include <nlohmann/json.hpp>

#include <string>

namespace lcm_command {

using OrderedJson = nlohmann::ordered_json;

/// `json` in one line. Arguments of a command line need not be UTF-8; what is not is replaced.
inline std::string to_line(const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

} // namespace lcm_command

#endif
