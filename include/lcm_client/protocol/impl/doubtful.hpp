// SPDX-License-Identifier: BSL-1.0
// A message in which a name that decides stands twice: what can be said of it all the same, since all agree.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_DOUBTFUL_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_DOUBTFUL_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/impl/text.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Whose answer such a message is. Its meaning stays unknown.
struct Doubtful {
    std::optional<Incoming> reply{};   ///< with its subtopic and its call, if there is one of each
    std::optional<std::string> call{}; ///< which an error names, if all its texts together name one
};

/// Shows each member of `object` that is called `name`, as `LenientReader` finds them.
template <class Visitor> void for_each_called(JsonView object, std::string_view name, Visitor visit) {
    for (const auto [key, value] : object.members())
        if (same_key(key, name)) visit(value);
}

/// The one value of several that should be equal.
template <class Value> class Agreed {
public:
    void add(const Value& value) {
        is_split_ = is_split_ || (value_ && *value_ != value);
        value_ = value;
    }
    [[nodiscard]] bool is_split() const noexcept { return is_split_; }
    [[nodiscard]] std::optional<Value> get() const { return is_split_ ? std::nullopt : value_; }

private:
    std::optional<Value> value_{};
    bool is_split_ = false;
};

[[nodiscard]] inline std::optional<Incoming> find_doubtful_reply(JsonView message) {
    Agreed<std::string> subtopic;
    Agreed<std::string_view> callid;
    Incoming incoming;
    for_each_called(message, "subtopic", [&](JsonView value) {
        subtopic.add(fold(value.string()));
        incoming.subtopic = value.string();
    });
    const auto add_payload = [&](JsonView payload) {
        incoming.payload = payload;
        for_each_called(payload, "callid", [&](JsonView value) {
            callid.add(value.is_decimal() ? std::string_view() : value.text()); // as `read_callid` has it
        });
    };
    for_each_called(message, "message", add_payload);
    if (!incoming.payload) {
        for_each_called(message, "data", add_payload);
        incoming.is_under_data = static_cast<bool>(incoming.payload);
    }
    if (!incoming.payload || !subtopic.get() || callid.is_split()) return std::nullopt;
    incoming.callid = callid.get();
    if (incoming.callid && incoming.callid->empty()) incoming.callid.reset();
    return incoming;
}

inline void add_refused_calls(JsonView object, Agreed<std::string>& call) {
    for (const char* const name : {"errorMessage", "msg"})
        for_each_called(object, name, [&](JsonView value) {
            if (auto named = find_refused_call(value.string())) call.add(*named);
        });
}

[[nodiscard]] inline std::optional<std::string> find_doubtful_call(JsonView message) {
    bool is_error = false;
    for_each_called(message, "topic",
                    [&](JsonView value) { is_error = is_error || same_name(value.string(), "Error"); });
    if (!is_error) return std::nullopt;
    Agreed<std::string> call;
    for (const char* const place : {"data", "message"})
        for_each_called(message, place, [&](JsonView payload) {
            add_refused_calls(payload, call);
            for_each_called(payload, "data", [&](JsonView inner) { add_refused_calls(inner, call); });
        });
    return call.get();
}

[[nodiscard]] inline Doubtful read_doubtful(JsonView message) {
    return {find_doubtful_reply(message), find_doubtful_call(message)};
}

} // namespace lcm::detail

#endif
