// SPDX-License-Identifier: BSL-1.0
// From a document to nlohmann's values.
#ifndef LCM_CLIENT_IMPL_JSON_IPP
#define LCM_CLIENT_IMPL_JSON_IPP

#include <lcm_client/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

// Calls itself as often as values are nested, which the document has bounded.
LCM_CLIENT_DECL Json JsonView::to_json() const {
    if (is_boolean()) return is_true();
    if (is_natural()) return to_natural();
    if (is_integer()) return to_integer();
    if (is_decimal()) return to_double();
    if (is_string()) return text();
    if (is_array()) {
        Json array = Json::array();
        array.get_ref<Json::array_t&>().reserve(size());
        for (const JsonView element : elements()) array.push_back(element.to_json());
        return array;
    }
    if (is_object()) {
        Json object = Json::object();
        auto& values = object.get_ref<Json::object_t&>();
        for (const auto [name, value] : members()) values.insert_or_assign(std::string(name), value.to_json());
        return object;
    }
    return nullptr;
}

LCM_CLIENT_DECL ParsedJson parse_json(std::string_view text, std::size_t max_depth) {
    JsonDocument document;
    if (!document.parse(text, max_depth)) return {{}, document.problem()};
    return {document.root().to_json(), {}, document.deviations()};
}

} // namespace lcm

#endif
