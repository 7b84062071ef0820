// SPDX-License-Identifier: BSL-1.0
// Finds the members of an object by names that the server may write in another letter case or with spaces.
#ifndef LCM_CLIENT_PROTOCOL_LENIENT_READER_HPP
#define LCM_CLIENT_PROTOCOL_LENIENT_READER_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/impl/text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// How a name is there among the members of an object.
enum class Occurrence : std::uint8_t {
    none,
    exact,   ///< once
    variant, ///< once, in another letter case or with spaces
    doubled, ///< several times in one spelling
    split    ///< in several spellings
};

/// What is found under one name while the members of an object are gone through.
struct Found {
    JsonView value{}; ///< the last one if it is there several times
    Occurrence occurrence = Occurrence::none;

    /// The value if there is just one.
    [[nodiscard]] JsonView only() const noexcept { return occurrence <= Occurrence::variant ? value : JsonView(); }

    /// Looks at one member. Most have another name, which their first character shows.
    [[gnu::always_inline]] void match(std::string_view name, std::string_view key, JsonView member) noexcept {
        if (!may_be_same_key(key, name)) return;
        const bool is_equal = key == name;
        if (!is_equal && !same_key(key, name)) return;
        if (value) note_double(key);
        else occurrence = is_equal ? Occurrence::exact : Occurrence::variant;
        value = member;
    }

    [[gnu::noinline]] void note_double(std::string_view key) noexcept {
        const bool is_split = occurrence == Occurrence::split || key != value.name_of_member();
        occurrence = is_split ? Occurrence::split : Occurrence::doubled;
    }
};

/// A name that is a parameter of a template.
template <std::size_t length> struct ConstantName {
    std::array<char, length> text{};

    consteval ConstantName(const char (&name)[length]) { // NOLINT(google-explicit-constructor)
        std::copy_n(name, length, text.begin());
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text.data(), length - 1}; }
};

/// The members of `object` under each of `names`, without regard to letter case and spaces, in one pass.
template <ConstantName... names> [[nodiscard]] std::array<Found, sizeof...(names)> look_up(JsonView object) noexcept {
    std::array<Found, sizeof...(names)> found;
    const JsonView::Members members = object.members();
    for (auto member = members.begin(), end = members.end(); member != end; ++member) {
        const std::string_view key = member.name();
        Found* next = found.data();
        (next++->match(names.view(), key, member.value()), ...);
    }
    return found;
}

} // namespace detail

/// Looks members up leniently, and counts how often leniency was needed.
class LenientReader {
public:
    /// The member of `object` called `name` without regard to letter case and spaces. Of several in one spelling the
    /// last one, as JavaScript's `JSON.parse` has it. None if `object` is no object, has no such member, or has it in
    /// several spellings: which of them is meant cannot be known.
    [[nodiscard]] JsonView find(JsonView object, std::string_view name) { return take(look_for(object, name)); }

    /// The value of a member that was looked up together with others; none in the cases in which `find` has none.
    [[nodiscard]] JsonView take(const detail::Found& found) noexcept {
        if (found.occurrence == detail::Occurrence::split) return {};
        if (found.occurrence == detail::Occurrence::variant) ++deviations_;
        return found.value;
    }

    /// The member of `object` called `name`, where it decides what a message is or means. Of several there is none, in
    /// whatever spelling, since which of them is meant cannot be known, and the reader is in doubt from then on. `name`
    /// must outlive it.
    [[nodiscard]] JsonView find_only(JsonView object, std::string_view name) {
        return take_only(look_for(object, name), name);
    }
    /// The value of a member that decides and was looked up together with others; none in the cases in which `find_only`
    /// has none.
    [[nodiscard]] JsonView take_only(const detail::Found& found, std::string_view name) noexcept {
        if (found.occurrence <= detail::Occurrence::exact) return found.value;
        return take_variant(found, name);
    }

    /// The first name that decides and stands several times; empty if there was none.
    [[nodiscard]] std::string_view doubt() const noexcept { return doubt_; }
    /// Whether a name that decides stood several times.
    [[nodiscard]] bool is_in_doubt() const noexcept { return !doubt_.empty(); }

    /// The text of the member of `object` called `name`, empty if there is none.
    [[nodiscard]] std::string_view find_text(JsonView object, std::string_view name) {
        return find(object, name).string();
    }

    /// Notes a deviation of another kind that was tolerated.
    void tolerate() noexcept { ++deviations_; }

    /// How often leniency was needed.
    [[nodiscard]] std::uint64_t deviations() const noexcept { return deviations_; }

private:
    static detail::Found look_for(JsonView object, std::string_view name) noexcept {
        detail::Found found;
        const JsonView::Members members = object.members();
        for (auto member = members.begin(), end = members.end(); member != end; ++member)
            found.match(name, member.name(), member.value());
        return found;
    }

    [[gnu::noinline]] JsonView take_variant(const detail::Found& found, std::string_view name) noexcept {
        if (found.occurrence == detail::Occurrence::variant) return take(found);
        if (doubt_.empty()) doubt_ = name;
        return {};
    }

    std::uint64_t deviations_ = 0;
    std::string_view doubt_{};
};

} // namespace lcm

#endif
