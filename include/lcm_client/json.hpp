// SPDX-License-Identifier: BSL-1.0
// JSON as the user has it: values of nlohmann's type, from a text or from a place in a document.
#ifndef LCM_CLIENT_JSON_HPP
#define LCM_CLIENT_JSON_HPP

#include <lcm_client/compilation.hpp>
#include <lcm_client/json_document.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lcm {

/// A text that was read, or why it was not.
struct ParsedJson {
    Json value;
    std::string problem; ///< empty if `value` is there; never holds a part of the text

    [[nodiscard]] explicit operator bool() const noexcept { return problem.empty(); }
};

/// Reads `text`. Refused: what is not JSON or not UTF-8, nesting beyond `max_depth`, an object with the same key twice,
/// numbers that no `double` holds. An integer of more than 64 bits becomes the text of its digits.
[[nodiscard]] ParsedJson parse_json(std::string_view text, std::size_t max_depth);

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/json.ipp>
#endif

#endif
