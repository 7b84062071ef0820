// SPDX-License-Identifier: BSL-1.0
// The reference that the library's parser is compared with: nlohmann's parser, under the same rules.
#ifndef LCM_CLIENT_TESTS_SUPPORT_REFERENCE_JSON_HPP
#define LCM_CLIENT_TESTS_SUPPORT_REFERENCE_JSON_HPP

#include <lcm_client/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

/// A text with what nlohmann refuses and the library does not put in another way, at the same places: halves of
/// surrogate pairs as U+FFFD, and numbers that no `double` holds as others of the same form.
struct TolerableText {
    std::string text;
    std::size_t halves = 0;
    std::map<std::size_t, std::string> beyond{}; ///< such numbers, by how many others stand before them

    explicit TolerableText(std::string_view original) : text(original) {
        std::size_t numbers = 0;
        for (std::size_t at = 0; at < text.size();) {
            if (text[at] == '"') at = pass_string(at + 1);
            else if (const std::size_t size = number_size(at); size != 0) at = pass_number(at, size, numbers++);
            else ++at;
        }
    }

private:
    [[nodiscard]] bool has_digit(std::size_t at) const {
        return at < text.size() && text[at] >= '0' && text[at] <= '9';
    }
    std::size_t pass_digits(std::size_t at) const {
        while (has_digit(at)) ++at;
        return at;
    }

    // Of the longest number that begins at `at`.
    [[nodiscard]] std::size_t number_size(std::size_t at) const {
        std::size_t end = at + (text[at] == '-' ? 1 : 0);
        if (!has_digit(end)) return 0;
        end = text[end] == '0' ? end + 1 : pass_digits(end);
        if (end < text.size() && text[end] == '.' && has_digit(end + 1)) end = pass_digits(end + 1);
        if (end == text.size() || (text[end] != 'e' && text[end] != 'E')) return end - at;
        const bool has_sign = end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-');
        const std::size_t exponent = end + (has_sign ? 2 : 1);
        return (has_digit(exponent) ? pass_digits(exponent) : end) - at;
    }

    std::size_t pass_number(std::size_t at, std::size_t size, std::size_t numbers) {
        const std::string number = text.substr(at, size);
        if (std::isfinite(std::strtod(number.c_str(), nullptr))) return at + size;
        const std::size_t exponent = (std::min)(number.find_first_of("eE"), size);
        const std::string_view rest = std::string_view(text).substr(at + size);
        const char* const goes_on = number.find('.') == std::string::npos ? ".eE" : "eE";
        const bool is_cut_off = exponent == size && rest.find_first_of(goes_on) == 0;
        if (is_cut_off) return at + size; // that is the fault then, for both
        beyond.emplace(numbers, number);
        constexpr std::size_t most_digits = 308; // that a double has without an exponent
        const std::string zero = number.front() == '-' ? "-0." : "0.";
        if (exponent > most_digits) text.replace(at, exponent, zero + std::string(exponent - zero.size(), '0'));
        for (std::size_t i = at + exponent; i < at + size; ++i)
            if (has_digit(i)) text[i] = '0';
        return at + size;
    }

    // Of the escape at `at`; 0 if there is none of a character.
    [[nodiscard]] unsigned long escaped(std::size_t at) const {
        if (text.compare(at, 2, "\\u") != 0) return 0;
        const std::string digits = text.substr(at + 2, 4);
        if (digits.size() != 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return 0;
        return std::strtoul(digits.c_str(), nullptr, 16);
    }

    std::size_t pass_string(std::size_t at) {
        while (at < text.size() && text[at] != '"') {
            if (text[at] != '\\') {
                ++at;
                continue;
            }
            const unsigned long code = escaped(at);
            const unsigned long next = at + 6 < text.size() ? escaped(at + 6) : 0;
            if (code >= 0xD800 && code < 0xDC00 && next >= 0xDC00 && next < 0xE000) at += 12;
            else if (code >= 0xD800 && code < 0xE000 && !has_broken_half(at, code)) {
                text.replace(at, 6, "\\ufffd");
                ++halves;
                at += 6;
            } else at += 2;
        }
        return at + 1;
    }

    // Behind the first half of a pair stands an escape that is none: that is where nlohmann finds the fault as well.
    [[nodiscard]] bool has_broken_half(std::size_t at, unsigned long code) const {
        return code < 0xDC00 && at + 6 < text.size() && text.compare(at + 6, 2, "\\u") == 0 &&
               text.substr(at + 8, 4).find_first_not_of("0123456789abcdefABCDEF") != std::string::npos;
    }
};

/// What to do with a name that stands in its object already.
enum class Doubles {
    last_counts,
    stay ///< under the name and spaces, with which no name is one of its own to the library
};

// nlohmann's own DOM builder has no depth limit, and its `dump()` of a deep value overflows the stack.
class BoundedJsonBuilder final : public nlohmann::json_sax<Json> {
public:
    BoundedJsonBuilder(std::size_t max_depth, std::map<std::size_t, std::string> beyond, Doubles doubles)
        : max_depth_(max_depth), beyond_(std::move(beyond)), doubles_(doubles) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add_number(value); }
    bool number_unsigned(number_unsigned_t value) override { return add_number(value); }
    bool number_float(number_float_t value, const string_t& text) override {
        if (const auto at = beyond_.find(numbers_); at != beyond_.end()) return add_number(at->second);
        // An integer that needs more than 64 bits comes here too; as a double it would lose digits.
        if (text.find_first_not_of("-0123456789") == string_t::npos) return add_number(text);
        return add_number(value);
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return refuse("binary data"); }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        auto& object = parents_.back()->get_ref<Json::object_t&>();
        if (object.contains(name)) doubled_.insert(parents_.size());
        while (doubles_ == Doubles::stay && object.contains(name)) name += ' ';
        member_ = &object[std::move(name)];
        *member_ = nullptr;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& problem) override {
        const bool syntax = dynamic_cast<const nlohmann::detail::parse_error*>(&problem) != nullptr;
        return refuse((syntax ? "no valid JSON near byte " : "a number out of range near byte ") +
                      std::to_string(position));
    }

    [[nodiscard]] ParsedJson take(std::size_t halves) {
        return {std::move(root_), std::move(problem_), halves + doubled_objects_};
    }

private:
    bool refuse(std::string problem) {
        if (problem_.empty()) problem_ = std::move(problem);
        return false;
    }

    Json* place(Json value) {
        if (parents_.empty()) return &(root_ = std::move(value));
        if (parents_.back()->is_array()) {
            parents_.back()->push_back(std::move(value));
            return &parents_.back()->back();
        }
        *member_ = std::move(value);
        return member_;
    }

    bool add_number(Json value) {
        ++numbers_;
        return add(std::move(value));
    }

    bool add(Json value) {
        place(std::move(value));
        return true;
    }

    bool open(Json value) {
        if (parents_.size() == max_depth_)
            return refuse("nested deeper than " + std::to_string(max_depth_) + " levels");
        parents_.push_back(place(std::move(value)));
        return true;
    }

    bool close() {
        doubled_objects_ += doubled_.erase(parents_.size());
        parents_.pop_back();
        return true;
    }

    std::size_t max_depth_;
    Json root_;
    std::vector<Json*> parents_; // the open arrays and objects; a parent does not grow while a child is open
    Json* member_ = nullptr;     // where the value of the last key goes
    std::string problem_;
    std::size_t numbers_ = 0; // that were read
    std::map<std::size_t, std::string> beyond_;
    Doubles doubles_;
    std::set<std::size_t> doubled_; // the depths of the open objects that have a name twice
    std::size_t doubled_objects_ = 0;
};

/// What `parse_json` must say to `text`.
[[nodiscard]] inline ParsedJson parse_by_reference(std::string_view text, std::size_t max_depth,
                                                   Doubles doubles = Doubles::last_counts) {
    // nlohmann takes NUL for the end of the text and would not see what follows it.
    if (const auto nul = text.find('\0'); nul != std::string_view::npos)
        return {{}, "no valid JSON near byte " + std::to_string(nul + 1)};
    TolerableText tolerable(text);
    BoundedJsonBuilder builder(max_depth, std::move(tolerable.beyond), doubles);
    Json::sax_parse(tolerable.text, &builder);
    ParsedJson parsed = builder.take(tolerable.halves);
    if (!parsed) parsed.deviations = 0;
    return parsed;
}

} // namespace lcm::tests

#endif
