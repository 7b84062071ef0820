// SPDX-License-Identifier: BSL-1.0
// JSON as the user has it: values of nlohmann's type, from a text or from a place in a document.
#ifndef LCM_CLIENT_JSON_HPP
#define LCM_CLIENT_JSON_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/json_document.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

/// A text that was read, or why it was not.
struct ParsedJson {
    Json value;                 ///< what was read; null if nothing was
    std::string problem;        ///< empty if `value` is there; never holds a part of the text
    std::size_t deviations = 0; ///< halves of surrogate pairs, and objects with a name twice

    /// Whether the text was read.
    [[nodiscard]] explicit operator bool() const noexcept { return problem.empty(); }
};

/// Reads `text`. Refused: what is not JSON or not UTF-8, and nesting beyond `max_depth`. An integer of more than 64
/// bits becomes the text of its digits, and a number that no `double` holds becomes its text. As with JavaScript's
/// `JSON.parse`, the last of several equal names in one object counts; an escape for half of a surrogate pair becomes
/// U+FFFD. Whoever wants neither looks at `deviations`.
[[nodiscard]] ParsedJson parse_json(std::string_view text, std::size_t max_depth);

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/json.ipp>
#endif

#endif
