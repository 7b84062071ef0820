// SPDX-License-Identifier: BSL-1.0
// The reference that the library's parser is compared with: nlohmann's parser, under the same rules.
#ifndef LCM_CLIENT_TESTS_SUPPORT_REFERENCE_JSON_HPP
#define LCM_CLIENT_TESTS_SUPPORT_REFERENCE_JSON_HPP

#include <lcm_client/json.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

// nlohmann's own DOM builder has no depth limit, and its `dump()` of a deep value overflows the stack; it also lets
// the last of two equal keys win, where `success` twice must be no success at all.
class BoundedJsonBuilder final : public nlohmann::json_sax<Json> {
public:
    explicit BoundedJsonBuilder(std::size_t max_depth) : max_depth_(max_depth) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t& text) override {
        // An integer that needs more than 64 bits comes here too; as a double it would lose digits.
        if (text.find_first_not_of("-0123456789") == string_t::npos) return add(text);
        return add(value);
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return refuse("binary data"); }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        auto& object = parents_.back()->get_ref<Json::object_t&>();
        const auto [at, added] = object.emplace(std::move(name), nullptr);
        member_ = &at->second;
        return added || refuse("a key occurs twice in one object");
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& problem) override {
        const bool syntax = dynamic_cast<const nlohmann::detail::parse_error*>(&problem) != nullptr;
        return refuse((syntax ? "no valid JSON near byte " : "a number out of range near byte ") +
                      std::to_string(position));
    }

    [[nodiscard]] ParsedJson take() { return {std::move(root_), std::move(problem_)}; }

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
        parents_.pop_back();
        return true;
    }

    std::size_t max_depth_;
    Json root_;
    std::vector<Json*> parents_; // the open arrays and objects; a parent does not grow while a child is open
    Json* member_ = nullptr;     // where the value of the last key goes
    std::string problem_;
};

/// What `parse_json` must say to `text`.
[[nodiscard]] inline ParsedJson parse_by_reference(std::string_view text, std::size_t max_depth) {
    // nlohmann takes NUL for the end of the text and would not see what follows it.
    if (const auto nul = text.find('\0'); nul != std::string_view::npos)
        return {{}, "no valid JSON near byte " + std::to_string(nul + 1)};
    BoundedJsonBuilder builder(max_depth);
    Json::sax_parse(text, &builder);
    return builder.take();
}

} // namespace lcm::tests

#endif
