// SPDX-License-Identifier: BSL-1.0
// What is kept of a request that sets something for a call, and of the one that a server shows for it, so that they can
// be compared later.
#ifndef LCM_CLIENT_SESSION_REQUEST_TRACE_HPP
#define LCM_CLIENT_SESSION_REQUEST_TRACE_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/impl/json_writer.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/session/text_hash.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What a value is compared by. A hash, so that no comment or number stays in memory for it; its key is not secret,
/// since nobody gains by two values that seem to be equal.
using ValueTrace = std::uint64_t;

/// Of a value as JSON. A number and the text of its digits are equal, as they are to the server.
[[nodiscard]] inline ValueTrace trace_value(std::string_view json) noexcept {
    static constexpr std::uint64_t key = 0x6C636D5F74726163U;
    if (json.size() >= 2 && json.front() == '"') json = json.substr(1, json.size() - 2);
    return TextHash(key)(json);
}

/// Of a value that is plain. Decimals are compared as they are written.
[[nodiscard]] inline bool is_plain_value(JsonView value) noexcept {
    return value.is_string() || value.is_number() || value.is_boolean();
}
[[nodiscard]] inline ValueTrace trace_value(JsonView value) {
    if (value.is_boolean()) return trace_value(value.is_true() ? "true" : "false");
    if (!value.is_string()) return trace_value(value.text());
    std::string json; // with the escapes that a request has
    write_json(json, value.text());
    return trace_value(json);
}

/// One field of a request.
struct FieldTrace {
    std::string name; ///< on the wire
    ValueTrace value;
    bool is_own = true; ///< not the value that the field has if the application does not set it
};

/// The fields of a request that have a value, but for the call.
struct RequestTrace {
    std::string operation; ///< the subtopic
    std::vector<FieldTrace> fields{};

    [[nodiscard]] const FieldTrace* find(std::string_view name) const noexcept {
        const auto at = std::find_if(fields.begin(), fields.end(),
                                     [name](const FieldTrace& field) { return same_key(field.name, name); });
        return at == fields.end() ? nullptr : &*at;
    }
    /// Whether both are requests of the same kind.
    [[nodiscard]] bool is_like(const RequestTrace& other) const noexcept {
        return same_name(operation, other.operation);
    }
    /// Whether both have the same value in a field, or both none.
    [[nodiscard]] bool has_same(std::string_view name, const RequestTrace& other) const noexcept {
        const FieldTrace* const own = find(name);
        const FieldTrace* const others = other.find(name);
        if (own == nullptr || others == nullptr) return own == others;
        return own->value == others->value;
    }
};

/// One field that a server shows.
struct StoredField {
    std::string name;
    std::string also{}; ///< another name under which requests have it
    ValueTrace value;
};

/// The request that a server shows as the last one for a call.
struct StoredRequest {
    std::string api{}; ///< its subtopic; empty if the server shows none
    std::vector<StoredField> fields{};

    /// What it shows of the field that requests have under `name`; null if nothing.
    [[nodiscard]] const StoredField* find(std::string_view name) const noexcept {
        const auto at = std::find_if(fields.begin(), fields.end(), [name](const StoredField& field) {
            return same_key(field.name, name) || (!field.also.empty() && same_key(field.also, name));
        });
        return at == fields.end() ? nullptr : &*at;
    }
    /// Whether it may be this request: the kind is the same, and nothing that it shows says otherwise.
    [[nodiscard]] bool may_be(const RequestTrace& request) const noexcept {
        return !api.empty() && same_name(api, request.operation) &&
               std::none_of(request.fields.begin(), request.fields.end(), [this](const FieldTrace& field) {
                   const StoredField* const shown = find(field.name);
                   return shown != nullptr && shown->value != field.value;
               });
    }
};

/// Whether a store that shows `shown` may hold what it showed as `earlier`.
[[nodiscard]] inline bool may_be_same(const StoredRequest& shown, const StoredRequest& earlier) noexcept {
    return same_name(shown.api, earlier.api) &&
           std::all_of(earlier.fields.begin(), earlier.fields.end(), [&](const StoredField& field) {
               const StoredField* const again = shown.find(field.name);
               return again != nullptr && again->value == field.value;
           });
}

} // namespace lcm::detail

#endif
