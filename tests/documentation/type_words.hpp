// SPDX-License-Identifier: BSL-1.0
// The types of fields in plain words: what a value is, and how the wire writes it.
#ifndef LCM_CLIENT_TESTS_DOCUMENTATION_TYPE_WORDS_HPP
#define LCM_CLIENT_TESTS_DOCUMENTATION_TYPE_WORDS_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_types.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/sensitive.hpp>

#include <boost/core/demangle.hpp>

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <vector>

namespace lcm::tests {

struct TypeWords {
    std::string type;   ///< what it is
    std::string format; ///< how the wire writes it
};

/// The name of a struct without its namespace.
template <class T> std::string name_of() {
    const std::string name = boost::core::demangle(typeid(T).name());
    return name.substr(name.rfind(':') + 1);
}

/// Where a page has the heading of a struct.
template <class T> std::string anchor_of() { return '#' + lcm::detail::fold(name_of<T>()); }

template <PlainFieldType T> TypeWords words(std::type_identity<T>, Form form) {
    const FieldWords words = FieldType<T>::describe(form);
    return {std::string(words.type), std::string(words.wire)};
}
template <Described T> TypeWords words(std::type_identity<T>, Form) {
    return {"[`" + name_of<T>() + "`](" + anchor_of<T>() + ")", "object"};
}
template <class T> TypeWords words(std::type_identity<Sensitive<T>>, Form form) {
    TypeWords inner = words(std::type_identity<T>(), form);
    inner.type += ", personal";
    return inner;
}
template <class T> TypeWords words(std::type_identity<std::optional<T>>, Form form) {
    return words(std::type_identity<T>(), form);
}
template <class T> TypeWords words(std::type_identity<std::vector<T>>, Form form) {
    const TypeWords inner = words(std::type_identity<T>(), form);
    return {"list of " + inner.type, "array of " + inner.format};
}
template <class T> TypeWords words(std::type_identity<std::map<std::string, T>>, Form form) {
    const TypeWords inner = words(std::type_identity<T>(), form);
    return {"names and values: " + inner.type, "object"};
}

} // namespace lcm::tests

#endif
