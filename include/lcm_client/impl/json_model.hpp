// SPDX-License-Identifier: BSL-1.0
// Whether a text can be read by the index of another one: replies of one kind differ in little but their call id.
#ifndef LCM_CLIENT_IMPL_JSON_MODEL_HPP
#define LCM_CLIENT_IMPL_JSON_MODEL_HPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/json_document.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The first byte from `at` on in which two texts of one size differ, or that size.
inline std::size_t find_difference(std::string_view a, std::string_view b, std::size_t at) noexcept {
    for (; a.size() - at >= 8; at += 8) {
        const std::uint64_t difference = load_word(a.data() + at) ^ load_word(b.data() + at);
        if (difference != 0) return at + static_cast<std::size_t>(first_marked(difference));
    }
    while (at != a.size() && a[at] == b[at]) ++at;
    return at;
}

/// Whether a node that has a place in `text` is a string there. An integer of more than 64 bits is a string to the
/// document, but has no quotes in the text.
inline bool is_string_in(std::string_view text, const JsonNode& node) noexcept {
    return node.kind == JsonKind::string && node.begin != 0 && text[node.begin - 1] == '"';
}

inline bool is_plain_in(std::string_view text, const JsonNode& string) noexcept {
    return is_plain({text.data() + string.begin, string.size});
}

/// Whether two texts of one size are equal before and behind a string that both have at one place.
inline bool are_equal_around(const JsonNode& string, std::string_view a, std::string_view b) noexcept {
    const std::size_t end = std::size_t{string.begin} + string.size;
    return std::memcmp(a.data(), b.data(), string.begin) == 0 &&
           std::memcmp(a.data() + end, b.data() + end, a.size() - end) == 0;
}

/// Whether `text` is JSON with the index of `model`, which is JSON: in as many bytes, they differ only in strings that
/// are no names, and those are plain in `text`. No string of `model` has escapes, so that `nodes`, its index, has the
/// place of each in it, in the order of the text. `changing` is the node of the string in which a text has differed
/// before, most often the call id, or 0: that alone is looked at first.
inline bool has_index_of(std::string_view model, std::span<const JsonNode> nodes, std::string_view text,
                         std::uint32_t& changing) noexcept {
    if (text.size() != model.size()) return false;
    if (changing != 0 && are_equal_around(nodes[changing], model, text) && is_plain_in(text, nodes[changing]))
        return true;
    std::size_t at = find_difference(text, model, 0);
    if (at == text.size()) return true;
    for (const JsonNode& node : nodes) {
        // The difference that wraps around, where the node begins behind that place, is greater than any size.
        if (at - node.begin >= node.size) {
            if (node.begin > at) return false; // all strings that follow begin behind it as well
            continue;
        }
        if (!is_string_in(text, node)) continue;
        if (!is_plain_in(text, node)) return false;
        changing = static_cast<std::uint32_t>(&node - nodes.data());
        at = find_difference(text, model, node.begin + node.size);
        if (at == text.size()) return true;
    }
    return false;
}

} // namespace lcm::detail

#endif
