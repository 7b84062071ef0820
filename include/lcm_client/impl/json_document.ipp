// SPDX-License-Identifier: BSL-1.0
// The parser of JSON: strict by RFC 8259, without recursion, each byte looked at once.
#ifndef LCM_CLIENT_IMPL_JSON_DOCUMENT_IPP
#define LCM_CLIENT_IMPL_JSON_DOCUMENT_IPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace lcm {

namespace detail {

/// Whether the number `text`, which is none that a `double` holds, is too large and not too small: where its first digit
/// other than 0 stands, seen from the point.
inline bool is_too_large(std::string_view text) noexcept {
    constexpr std::int64_t far = std::int64_t{1} << 40; // more than a text has digits
    std::int64_t place = 0;
    bool is_in_fraction = false;
    bool has_begun = false;
    std::size_t at = 0;
    for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
        if (text[at] == '-') continue;
        if (text[at] == '.') {
            is_in_fraction = true;
            continue;
        }
        has_begun = has_begun || text[at] != '0';
        if (!is_in_fraction && has_begun) ++place;
        if (is_in_fraction && !has_begun) --place;
    }
    if (at == text.size()) return place > 0;
    ++at;
    const bool is_negative = text[at] == '-';
    std::int64_t exponent = 0;
    for (; at < text.size(); ++at)
        if (text[at] >= '0' && text[at] <= '9') exponent = (std::min)(exponent * 10 + (text[at] - '0'), far);
    return place + (is_negative ? -exponent : exponent) > 0;
}

/// The nearest `double`: 0 for what is too small, infinite for what is too large.
inline double read_double(std::string_view text) noexcept {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc{}) return value;
    const double size = is_too_large(text) ? std::numeric_limits<double>::infinity() : 0.0;
    return text.front() == '-' ? -size : size;
}

template <class T> bool is_in_range(std::string_view text) noexcept {
    T value{};
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

/// Reads one text into the memory of a document.
class JsonParser {
public:
    JsonParser(std::string_view text, std::size_t max_depth, std::vector<JsonNode>& nodes, std::string& rewritten,
               std::vector<std::uint32_t>& names) noexcept
        : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), max_depth_(max_depth), nodes_(nodes),
          rewritten_(rewritten), names_(names) {}

    [[nodiscard]] bool parse() {
        if (static_cast<std::size_t>(end_ - begin_) >= none) return refuse(Problem::too_long);
        if (!skip_byte_order_mark()) return false;
        Step step = Step::value;
        while (step == Step::value || step == Step::separator)
            step = step == Step::value ? read_value() : read_separator();
        if (step == Step::failed) return false;
        skip_space();
        if (at_ == end_) return true;
        refuse_token();
        return false;
    }

    /// What is wrong, after `parse` said no.
    [[nodiscard]] std::string problem() {
        // nlohmann's parser took NUL for the end of the text, so it is looked for first.
        const std::string_view text(begin_, static_cast<std::size_t>(end_ - begin_));
        if (const auto nul = text.find('\0'); nul != std::string_view::npos)
            return "no valid JSON near byte " + std::to_string(nul + 1);
        // A key that occurred twice did so before what is wrong now.
        for (std::uint32_t open = open_; open != none; open = nodes_[open].next)
            if (nodes_[open].kind == JsonKind::object) static_cast<void>(has_equal_names(open));
        const std::string place = std::to_string(at_ - begin_ + 1);
        switch (problem_) {
        case Problem::syntax: return "no valid JSON near byte " + place;
        case Problem::out_of_range: return "a number out of range near byte " + place;
        case Problem::equal_keys: return "a key occurs twice in one object";
        case Problem::too_long: return "longer than 4 GiB";
        case Problem::too_deep: return "nested deeper than " + std::to_string(max_depth_) + " levels";
        }
        return {};
    }

private:
    enum class Step { value, separator, end, failed };
    enum class Problem { syntax, out_of_range, equal_keys, too_deep, too_long };

    static constexpr std::uint32_t none = 0xFFFFFFFFU;

    // --- refusing ---------------------------------------------------------------------------------------------------

    // `at_` is the byte where it can be seen.
    bool refuse(Problem problem) noexcept {
        problem_ = problem;
        return false;
    }

    // What begins at `at_` may not stand there, which can be seen at its end.
    Step refuse_token() {
        if (at_ != end_ && read_token()) --at_;
        refuse(Problem::syntax);
        return Step::failed;
    }

    bool read_token() {
        switch (*at_) {
        case '"': return read_string();
        case 't': return read_word("true");
        case 'f': return read_word("false");
        case 'n': return read_word("null");
        default: return (*at_ == '-' || is_digit(*at_)) && read_number();
        }
    }

    // --- small steps ------------------------------------------------------------------------------------------------

    static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    void skip_space() noexcept {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }

    bool skip_byte_order_mark() noexcept {
        static constexpr std::string_view mark = "\xEF\xBB\xBF";
        if (at_ == end_ || *at_ != mark[0]) return true;
        return read_word(mark);
    }

    // The first character is known to be there.
    bool read_word(std::string_view word) noexcept {
        for (const char c : word.substr(1))
            if (++at_ == end_ || *at_ != c) return refuse(Problem::syntax);
        ++at_;
        return true;
    }

    std::uint32_t offset(const char* at) const noexcept { return static_cast<std::uint32_t>(at - begin_); }

    void add(JsonKind kind, std::uint32_t begin, std::size_t size, bool is_rewritten = false) {
        const auto next = static_cast<std::uint32_t>(nodes_.size() + 1);
        nodes_.push_back({begin, static_cast<std::uint32_t>(size), next, kind, is_rewritten});
    }

    // --- values -----------------------------------------------------------------------------------------------------

    Step read_value() {
        skip_space();
        if (at_ == end_) return refuse_token();
        if (open_ != none && nodes_[open_].kind == JsonKind::array) ++nodes_[open_].size;
        switch (*at_) {
        case '{': return open(JsonKind::object);
        case '[': return open(JsonKind::array);
        case '"': return read_string() ? after_value() : Step::failed;
        case 't': return read_word("true") ? add_word(JsonKind::boolean, 1) : Step::failed;
        case 'f': return read_word("false") ? add_word(JsonKind::boolean, 0) : Step::failed;
        case 'n': return read_word("null") ? add_word(JsonKind::null, 0) : Step::failed;
        default: break;
        }
        if (*at_ != '-' && !is_digit(*at_)) return refuse_token();
        const char* const first = at_;
        return read_number() && add_number(first) ? after_value() : Step::failed;
    }

    Step add_word(JsonKind kind, std::size_t value) {
        add(kind, 0, value);
        return after_value();
    }

    Step after_value() const noexcept { return open_ == none ? Step::end : Step::separator; }

    // What may follow a value inside an array or object.
    Step read_separator() {
        skip_space();
        const bool is_object = nodes_[open_].kind == JsonKind::object;
        if (at_ == end_) return refuse_token();
        if (*at_ == (is_object ? '}' : ']')) return close();
        if (*at_ != ',') return refuse_token();
        ++at_;
        return is_object ? read_name() : Step::value;
    }

    Step open(JsonKind kind) {
        if (depth_ == max_depth_) {
            refuse(Problem::too_deep);
            return Step::failed;
        }
        ++depth_;
        ++at_;
        const auto index = static_cast<std::uint32_t>(nodes_.size());
        add(kind, 0, 0);
        nodes_[index].next = open_;
        open_ = index;
        skip_space();
        const bool is_object = kind == JsonKind::object;
        if (at_ != end_ && *at_ == (is_object ? '}' : ']')) return close();
        return is_object ? read_name() : Step::value;
    }

    Step close() {
        ++at_;
        --depth_;
        JsonNode& node = nodes_[open_];
        if (node.kind == JsonKind::object && has_equal_names(open_)) return Step::failed;
        open_ = node.next;
        node.next = static_cast<std::uint32_t>(nodes_.size());
        return after_value();
    }

    // The name of a member, up to its value.
    Step read_name() {
        skip_space();
        if (at_ == end_ || *at_ != '"') return refuse_token();
        if (!read_string()) return Step::failed;
        ++nodes_[open_].size;
        skip_space();
        if (at_ == end_ || *at_ != ':') return refuse_token();
        ++at_;
        return Step::value;
    }

    // --- equal names ------------------------------------------------------------------------------------------------

    std::string_view text(const JsonNode& node) const noexcept {
        return {(node.is_rewritten ? rewritten_.data() : begin_) + node.begin, node.size};
    }

    // An object in which `success` stands twice says nothing. The value of the last name may still be open.
    bool has_equal_names(std::uint32_t object) {
        const std::uint32_t count = nodes_[object].size;
        constexpr std::uint32_t few = 8;
        const bool found = count <= few ? compare_few_names(object, count) : sort_names(object, count);
        if (found) refuse(Problem::equal_keys);
        return found;
    }

    bool compare_few_names(std::uint32_t object, std::uint32_t count) const noexcept {
        std::uint32_t name = object + 1;
        for (std::uint32_t i = 1; i < count; ++i) {
            std::uint32_t other = object + 1;
            name = nodes_[name + 1].next;
            for (std::uint32_t k = 0; k < i; ++k, other = nodes_[other + 1].next)
                if (text(nodes_[name]) == text(nodes_[other])) return true;
        }
        return false;
    }

    bool sort_names(std::uint32_t object, std::uint32_t count) {
        names_.clear();
        names_.reserve(count);
        names_.push_back(object + 1);
        while (names_.size() != count) names_.push_back(nodes_[names_.back() + 1].next);
        const auto less = [this](std::uint32_t a, std::uint32_t b) { return text(nodes_[a]) < text(nodes_[b]); };
        const auto same = [this](std::uint32_t a, std::uint32_t b) { return text(nodes_[a]) == text(nodes_[b]); };
        std::sort(names_.begin(), names_.end(), less);
        return std::adjacent_find(names_.begin(), names_.end(), same) != names_.end();
    }

    // --- numbers ----------------------------------------------------------------------------------------------------

    bool skip_digits() noexcept {
        if (at_ == end_ || !is_digit(*at_)) return refuse(Problem::syntax);
        while (at_ != end_ && is_digit(*at_)) ++at_;
        return true;
    }

    // Up to its end. RFC 8259, section 6.
    bool read_number() noexcept {
        is_decimal_ = false;
        if (*at_ == '-') ++at_;
        if (at_ != end_ && *at_ == '0') ++at_;
        else if (!skip_digits()) return false;
        if (at_ != end_ && *at_ == '.') {
            is_decimal_ = true;
            ++at_;
            if (!skip_digits()) return false;
        }
        if (at_ == end_ || (*at_ != 'e' && *at_ != 'E')) return true;
        is_decimal_ = true;
        ++at_;
        if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
        return skip_digits();
    }

    // The number from `first` to `at_`.
    bool add_number(const char* first) {
        const std::string_view text(first, static_cast<std::size_t>(at_ - first));
        const auto add_as = [&](JsonKind kind) {
            add(kind, offset(first), text.size());
            return true;
        };
        constexpr std::size_t surely_64_bits = 18;
        const bool is_short = text.size() <= surely_64_bits;
        if (!is_decimal_ && *first != '-' && (is_short || is_in_range<std::uint64_t>(text)))
            return add_as(JsonKind::natural);
        if (!is_decimal_ && *first == '-' && (is_short || is_in_range<std::int64_t>(text)))
            return add_negative(first, text.size());
        if (std::isfinite(read_double(text))) return add_as(is_decimal_ ? JsonKind::decimal : JsonKind::string);
        --at_;
        return refuse(Problem::out_of_range);
    }

    // As an integer, -0 is 0.
    bool add_negative(const char* first, std::size_t size) {
        const std::size_t sign = size == 2 && first[1] == '0' ? 1 : 0;
        add(JsonKind::integer, offset(first + sign), size - sign);
        return true;
    }

    // --- strings ----------------------------------------------------------------------------------------------------

    // From its quote to behind its end.
    bool read_string() {
        const char* const first = ++at_;
        if (!skip_plain()) return false;
        if (at_ != end_ && *at_ == '"') {
            add(JsonKind::string, offset(first), static_cast<std::size_t>(at_ - first));
            ++at_;
            return true;
        }
        return rewrite_string(first);
    }

    // Over all that stands for itself.
    bool skip_plain() noexcept {
        for (;;) {
            at_ = find_not_plain(at_, end_);
            if (at_ == end_ || static_cast<unsigned char>(*at_) < 0x80) return true;
            if (!skip_character(at_, end_)) return refuse(Problem::syntax);
        }
    }

    // The rest of a string that has an escape at `at_`, or an error.
    bool rewrite_string(const char* first) {
        const auto begin = static_cast<std::uint32_t>(rewritten_.size());
        while (at_ != end_ && *at_ == '\\') {
            rewritten_.append(first, at_);
            if (!read_escape()) return refuse(Problem::syntax);
            first = at_;
            if (!skip_plain()) return false;
        }
        if (at_ == end_ || *at_ != '"') return refuse(Problem::syntax);
        rewritten_.append(first, at_);
        ++at_;
        add(JsonKind::string, begin, rewritten_.size() - begin, true);
        return true;
    }

    // From its backslash to behind its end.
    bool read_escape() {
        static constexpr std::string_view letters = "\"\\/bfnrt";
        static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (++at_ == end_) return false;
        if (*at_ == 'u') return read_code_point();
        const auto letter = letters.find(*at_);
        if (letter == std::string_view::npos) return false;
        rewritten_ += meanings[letter];
        ++at_;
        return true;
    }

    // From its `u` to behind its end, two of them for what is beyond 16 bits.
    bool read_code_point() {
        unsigned code = 0;
        if (!read_hex(code)) return false;
        const bool is_first_half = code >= 0xD800 && code <= 0xDBFF;
        if (code >= 0xDC00 && code <= 0xDFFF) return false;
        if (is_first_half) {
            unsigned half = 0;
            if (++at_ == end_ || *at_ != '\\' || ++at_ == end_ || *at_ != 'u' || !read_hex(half)) return false;
            if (half < 0xDC00 || half > 0xDFFF) return false;
            code = 0x10000U + ((code - 0xD800U) << 10U) + (half - 0xDC00U);
        }
        ++at_;
        append_utf8(code);
        return true;
    }

    // From `u` to the last of the four digits.
    bool read_hex(unsigned& code) noexcept {
        for (int i = 0; i < 4; ++i) {
            if (++at_ == end_) return false;
            const char c = *at_;
            if (is_digit(c)) code = code * 16U + static_cast<unsigned>(c - '0');
            else if (c >= 'a' && c <= 'f') code = code * 16U + static_cast<unsigned>(c - 'a') + 10U;
            else if (c >= 'A' && c <= 'F') code = code * 16U + static_cast<unsigned>(c - 'A') + 10U;
            else return false;
        }
        return true;
    }

    void append_utf8(unsigned code) {
        const auto put = [this](unsigned byte) { rewritten_ += static_cast<char>(static_cast<unsigned char>(byte)); };
        if (code < 0x80) return put(code);
        if (code < 0x800) put(0xC0U | (code >> 6U));
        else if (code < 0x10000) {
            put(0xE0U | (code >> 12U));
            put(0x80U | ((code >> 6U) & 0x3FU));
        } else {
            put(0xF0U | (code >> 18U));
            put(0x80U | ((code >> 12U) & 0x3FU));
            put(0x80U | ((code >> 6U) & 0x3FU));
        }
        put(0x80U | (code & 0x3FU));
    }

    const char* const begin_;
    const char* at_;
    const char* const end_;
    const std::size_t max_depth_;
    std::vector<JsonNode>& nodes_;
    std::string& rewritten_;
    std::vector<std::uint32_t>& names_;
    std::uint32_t open_ = none; // the innermost array or object that is being read
    std::size_t depth_ = 0;
    bool is_decimal_ = false; // of the number that was read last
    Problem problem_ = Problem::syntax;
};

/// Empties `memory`, and gives it back if it is large.
template <class Memory> void empty(Memory& memory) noexcept {
    constexpr std::size_t large = 64 * 1024;
    if (memory.capacity() * sizeof(typename Memory::value_type) > large) Memory().swap(memory);
    else memory.clear();
}

} // namespace detail

LCM_CLIENT_DECL JsonDocument::JsonDocument(std::string_view text)
    : text_(text), nodes_{{0, static_cast<std::uint32_t>(text.size()), 1, detail::JsonKind::string, false}} {}

LCM_CLIENT_DECL bool JsonDocument::parse(std::string_view text, std::size_t max_depth) {
    clear();
    text_ = text;
    detail::JsonParser parser(text, max_depth, nodes_, rewritten_, names_);
    if (parser.parse()) return true;
    problem_ = parser.problem();
    nodes_.clear();
    return false;
}

LCM_CLIENT_DECL void JsonDocument::clear() noexcept {
    text_ = {};
    problem_.clear();
    detail::empty(nodes_);
    detail::empty(rewritten_);
    detail::empty(names_);
}

LCM_CLIENT_DECL std::uint64_t JsonView::to_natural() const noexcept {
    std::uint64_t value = 0;
    const std::string_view digits = is_natural() ? text() : std::string_view();
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

LCM_CLIENT_DECL std::int64_t JsonView::to_integer() const noexcept {
    std::int64_t value = 0;
    const std::string_view digits = is_integer() ? text() : std::string_view();
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

LCM_CLIENT_DECL double JsonView::to_double() const noexcept { return is_number() ? detail::read_double(text()) : 0; }

} // namespace lcm

#endif
