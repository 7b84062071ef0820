// SPDX-License-Identifier: BSL-1.0
// The parser of JSON: strict by the grammar of RFC 8259, without recursion, each byte looked at once.
#ifndef LCM_CLIENT_IMPL_JSON_DOCUMENT_IPP
#define LCM_CLIENT_IMPL_JSON_DOCUMENT_IPP

#include <lcm_client/impl/json_model.hpp>
#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/json_document.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// Whether the number `text`, which is none that a `double` holds, is too large and not too small: where its first
/// digit other than 0 stands, seen from the point.
inline bool is_too_large(std::string_view text) noexcept {
    constexpr std::int64_t beyond = std::int64_t{1} << 40; // more than a text has digits
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
        if (text[at] >= '0' && text[at] <= '9') exponent = (std::min)(exponent * 10 + (text[at] - '0'), beyond);
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

inline bool is_in_double(std::string_view text) noexcept { return (std::isfinite)(read_double(text)); }

template <class T> bool is_in_range(std::string_view text) noexcept {
    T value{};
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

/// Reads one text into the memory of a document.
class JsonParser {
public:
    JsonParser(std::string_view text, std::size_t max_depth, JsonNodes nodes, std::string& rewritten,
               std::vector<std::uint32_t>& names) noexcept
        : begin_(text.data()), end_(begin_ + text.size()), max_depth_(max_depth), nodes_(std::move(nodes)),
          rewritten_(rewritten), names_(names) {}

    [[nodiscard]] bool parse() {
        if (static_cast<std::size_t>(end_ - begin_) >= none) return refuse(begin_, JsonFault::too_long) != nullptr;
        const char* at = skip_byte_order_mark();
        if (at != nullptr) at = read_value(at);
        if (at == nullptr) return false;
        at = skip_space(at);
        return at == end_ || refuse_rest(at);
    }

    /// The nodes, for the document.
    [[nodiscard]] JsonNodes take_nodes() noexcept { return std::move(nodes_); }

    /// Halves of surrogate pairs, and objects with a name twice.
    [[nodiscard]] std::size_t deviations() const noexcept { return deviations_; }

    /// What is wrong, after `parse` said no.
    [[nodiscard]] JsonProblem problem() const noexcept {
        if (fault_ == JsonFault::too_long) return {fault_, 0};
        // NUL is named before all else: where texts end with it, others would not see what follows.
        const std::string_view text(begin_, static_cast<std::size_t>(end_ - begin_));
        if (const auto nul = text.find('\0'); nul != std::string_view::npos) return {JsonFault::nul, nul + 1};
        const bool is_cut_off = refused_ == end_ && fault_ != JsonFault::goes_on;
        return {is_cut_off ? JsonFault::ends_early : fault_, static_cast<std::size_t>(refused_ - begin_) + 1};
    }

private:
    // Reading goes on from a place in the text, which is handed from function to function; nowhere if it is refused.

    static constexpr std::uint32_t none = 0xFFFFFFFFU;

    // --- refusing ---------------------------------------------------------------------------------------------------

    // `at` is the byte where it can be seen.
    const char* refuse(const char* at, JsonFault fault = JsonFault::syntax) noexcept {
        refused_ = at;
        fault_ = fault;
        return nullptr;
    }

    // What follows the whole value.
    [[gnu::noinline]] bool refuse_rest(const char* at) {
        refuse_token(at);
        fault_ = JsonFault::goes_on;
        return false;
    }

    // What begins at `at` may not stand there, which can be seen at its end.
    [[gnu::noinline]] const char* refuse_token(const char* at) {
        const char* const end = at != end_ ? read_token(at) : nullptr;
        if (end != nullptr) refuse(end - 1);
        else if (at == end_) refuse(at);
        return nullptr;
    }

    [[gnu::noinline]] const char* read_token(const char* at) {
        switch (*at) {
        case '"': return read_string(at);
        case 't': return read_word(at, "true");
        case 'f': return read_word(at, "false");
        case 'n': return read_word(at, "null");
        default: return *at == '-' || is_digit(*at) ? read_number(at) : refuse(at);
        }
    }

    // --- small steps ------------------------------------------------------------------------------------------------

    static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    [[gnu::noinline]] const char* skip_space(const char* at) const noexcept {
        while (at != end_ && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
        return at;
    }

    bool is_at(const char* at, char c) const noexcept { return at != end_ && *at == c; }

    // Goes over space, of which there is none most often, to the next character; NUL, which JSON has nowhere, at the
    // end.
    [[gnu::always_inline]] char find_next(const char*& at) const noexcept {
        if (at != end_ && *at > ' ') return *at;
        at = skip_space(at);
        return at != end_ ? *at : '\0';
    }

    // Whether the next character is `c`, if need be behind space, over which it goes then.
    [[gnu::always_inline]] bool is_next(const char*& at, char c) const noexcept {
        if (is_at(at, c)) return true;
        at = skip_space(at);
        return is_at(at, c);
    }

    const char* skip_byte_order_mark() noexcept {
        static constexpr std::string_view mark = "\xEF\xBB\xBF";
        return is_at(begin_, mark[0]) ? read_word(begin_, mark) : begin_;
    }

    // The first character is known to be there.
    [[gnu::always_inline]] const char* read_word(const char* at, std::string_view word) noexcept {
        const bool is_whole = static_cast<std::size_t>(end_ - at) >= word.size();
        if (is_whole && std::memcmp(at, word.data(), word.size()) == 0) return at + word.size();
        return refuse_word(at, word);
    }

    [[gnu::noinline]] const char* refuse_word(const char* at, std::string_view word) noexcept {
        for (const char c : word.substr(1))
            if (!is_at(++at, c)) break;
        return refuse(at);
    }

    std::uint32_t offset(const char* at) const noexcept { return static_cast<std::uint32_t>(at - begin_); }

    [[gnu::always_inline]] void add(JsonKind kind, std::uint32_t begin, std::size_t size, bool is_rewritten = false) {
        nodes_.add({begin, static_cast<std::uint32_t>(size), 1, kind, is_rewritten});
    }

    // --- values -----------------------------------------------------------------------------------------------------

    // From before the value of the whole text to behind it. Each round goes up to the next value.
    const char* read_value(const char* at) {
        for (;;) {
            const char c = find_next(at);
            const bool opens = c == '{' || c == '[';
            at = opens ? open(at, c == '{' ? JsonKind::object : JsonKind::array) : read_leaf(at, c);
            if (opens && at != nullptr && find_next(at) != bracket_) at = read_name(at);
            else if (at != nullptr && ends(at)) return at;
            if (at == nullptr) return nullptr;
        }
    }

    // A value that has no others in it.
    [[gnu::always_inline]] const char* read_leaf(const char* at, char c) {
        switch (c) {
        case '"': return read_string(at);
        case 't': return add_word(read_word(at, "true"), JsonKind::boolean, 1);
        case 'f': return add_word(read_word(at, "false"), JsonKind::boolean, 0);
        case 'n': return add_word(read_word(at, "null"), JsonKind::null, 0);
        default: break;
        }
        if (c != '-' && !is_digit(c)) return refuse_token(at);
        const char* const end = read_number(at);
        return end != nullptr ? add_number(at, end) : nullptr;
    }

    const char* add_word(const char* end, JsonKind kind, std::size_t value) {
        add(kind, 0, value);
        return end;
    }

    // The bracket with which an array or object begins.
    [[gnu::always_inline]] const char* open(const char* at, JsonKind kind) {
        if (depth_ == max_depth_) return refuse(at, JsonFault::too_deep);
        ++depth_;
        const std::uint32_t outer = std::exchange(open_, nodes_.size());
        nodes_.add({0, 0, outer, kind, false});
        bracket_ = bracket_of(kind);
        return at + 1;
    }

    // Goes over the brackets of all arrays and objects that end behind a value, and says whether the whole value ends
    // there; if not, goes on up to the next value.
    [[gnu::always_inline]] bool ends(const char*& at) {
        while (open_ != none) {
            const char c = find_next(at);
            if (c == ',') {
                at = read_name(at + 1);
                return false;
            }
            if (c != bracket_) {
                at = refuse_token(at);
                return false;
            }
            at = close(at);
        }
        return true;
    }

    [[gnu::always_inline]] const char* close(const char* at) {
        JsonNode& node = nodes_[open_];
        if (node.kind == JsonKind::object && has_equal_names(open_)) ++deviations_;
        const std::uint32_t outer = std::exchange(node.span, nodes_.size() - open_);
        open_ = outer;
        if (--depth_ != 0) bracket_ = bracket_of(nodes_[outer].kind);
        return at + 1;
    }

    static constexpr char bracket_of(JsonKind kind) noexcept { return kind == JsonKind::object ? '}' : ']'; }

    // In an object the name of a member, up to its value; in an array nothing.
    [[gnu::always_inline]] const char* read_name(const char* at) {
        ++nodes_[open_].size;
        if (bracket_ == ']') return at;
        if (!is_next(at, '"')) return refuse_token(at);
        at = read_string(at, JsonKind::name);
        if (at == nullptr) return nullptr;
        return is_next(at, ':') ? at + 1 : refuse_token(at);
    }

    // --- equal names ------------------------------------------------------------------------------------------------

    std::string_view text(const JsonNode& node) const noexcept {
        return {(node.is_rewritten ? rewritten_.data() : begin_) + node.begin, node.size};
    }

    bool has_equal_names(std::uint32_t object) {
        const std::uint32_t count = nodes_[object].size;
        constexpr std::uint32_t few = 8;
        if (count > few) return sort_names(object, count);
        return count > 1 && compare_few_names(&nodes_[object + 1], count);
    }

    // Most names in one object differ in their length or first character.
    bool compare_few_names(const JsonNode* first, std::uint32_t count) const noexcept {
        std::uint64_t seen = 0;
        for (const JsonNode* name = first; count != 0; --count, name += 1 + name[1].span) {
            const std::uint64_t mark = std::uint64_t{1} << (sum_up(text(*name)) % 64);
            if ((seen & mark) != 0 && is_among(first, name)) return true;
            seen |= mark;
        }
        return false;
    }

    static std::size_t sum_up(std::string_view name) noexcept {
        return name.empty() ? 0 : name.size() + static_cast<unsigned char>(name.front());
    }

    // Whether one of the names from `first` on, up to `name`, is equal to it.
    [[gnu::noinline]] bool is_among(const JsonNode* first, const JsonNode* name) const noexcept {
        for (; first != name; first += 1 + first[1].span)
            if (first->size == name->size && text(*first) == text(*name)) return true;
        return false;
    }

    [[gnu::noinline]] bool sort_names(std::uint32_t object, std::uint32_t count) {
        names_.clear();
        names_.reserve(count);
        names_.push_back(object + 1);
        while (names_.size() != count) names_.push_back(names_.back() + 1 + nodes_[names_.back() + 1].span);
        const auto less = [this](std::uint32_t a, std::uint32_t b) { return text(nodes_[a]) < text(nodes_[b]); };
        const auto same = [this](std::uint32_t a, std::uint32_t b) { return text(nodes_[a]) == text(nodes_[b]); };
        std::sort(names_.begin(), names_.end(), less);
        return std::adjacent_find(names_.begin(), names_.end(), same) != names_.end();
    }

    // --- numbers ----------------------------------------------------------------------------------------------------

    const char* skip_digits(const char* at) noexcept {
        if (at == end_ || !is_digit(*at)) return refuse(at);
        while (at != end_ && is_digit(*at)) ++at;
        return at;
    }

    // Up to its end. RFC 8259, section 6.
    const char* read_number(const char* at) noexcept {
        is_decimal_ = false;
        if (*at == '-') ++at;
        at = is_at(at, '0') ? at + 1 : skip_digits(at);
        if (at != nullptr && is_at(at, '.')) {
            is_decimal_ = true;
            at = skip_digits(at + 1);
        }
        if (at == nullptr || !(is_at(at, 'e') || is_at(at, 'E'))) return at;
        is_decimal_ = true;
        ++at;
        return skip_digits(is_at(at, '+') || is_at(at, '-') ? at + 1 : at);
    }

    const char* add_number(const char* first, const char* end) {
        const std::string_view text(first, static_cast<std::size_t>(end - first));
        constexpr std::size_t surely_64_bits = 18;
        const bool is_short = text.size() <= surely_64_bits;
        if (!is_decimal_ && *first != '-' && (is_short || is_in_range<std::uint64_t>(text)))
            add(JsonKind::natural, offset(first), text.size());
        else if (!is_decimal_ && *first == '-' && (is_short || is_in_range<std::int64_t>(text)))
            add_negative(first, text.size());
        else add(is_decimal_ && is_in_double(text) ? JsonKind::decimal : JsonKind::string, offset(first), text.size());
        return end;
    }

    // As an integer, -0 is 0.
    void add_negative(const char* first, std::size_t size) {
        const std::size_t sign = size == 2 && first[1] == '0' ? 1 : 0;
        add(JsonKind::integer, offset(first + sign), size - sign);
    }

    // --- strings ----------------------------------------------------------------------------------------------------

    // From its quote to behind its end.
    [[gnu::always_inline]] const char* read_string(const char* at, JsonKind kind = JsonKind::string) {
        const char* const first = at + 1;
        at = find_not_plain(first, end_);
        if (!is_at(at, '"')) return read_rare_string(first, at, kind);
        add(kind, offset(first), static_cast<std::size_t>(at - first));
        return at + 1;
    }

    // A string in which something at `at` is not plain, or an error.
    [[gnu::noinline]] const char* read_rare_string(const char* first, const char* at, JsonKind kind) {
        at = skip_plain(at);
        if (at == nullptr) return nullptr;
        if (!is_at(at, '"')) return rewrite_string(first, at, kind);
        add(kind, offset(first), static_cast<std::size_t>(at - first));
        return at + 1;
    }

    // Over all that stands for itself.
    const char* skip_plain(const char* at) noexcept {
        for (;;) {
            at = find_not_plain(at, end_);
            if (at == end_ || static_cast<unsigned char>(*at) < 0x80) return at;
            if (!skip_character(at, end_)) return refuse(at, JsonFault::not_utf8);
        }
    }

    // The rest of a string that has an escape at `at`, or an error.
    const char* rewrite_string(const char* first, const char* at, JsonKind kind) {
        const auto begin = static_cast<std::uint32_t>(rewritten_.size());
        while (is_at(at, '\\')) {
            rewritten_.append(first, at);
            first = read_escape(at);
            if (first == nullptr) return nullptr;
            at = skip_plain(first);
            if (at == nullptr) return nullptr;
        }
        if (!is_at(at, '"')) return refuse(at, JsonFault::control_character);
        rewritten_.append(first, at);
        add(kind, begin, rewritten_.size() - begin, true);
        return at + 1;
    }

    // From its backslash to behind its end.
    const char* read_escape(const char* at) {
        static constexpr std::string_view letters = "\"\\/bfnrt";
        static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (++at == end_) return refuse(at);
        if (*at == 'u') return read_code_point(at);
        const auto letter = letters.find(*at);
        if (letter == std::string_view::npos) return refuse(at, JsonFault::escape);
        rewritten_ += meanings[letter];
        return at + 1;
    }

    // From its `u` to behind its end, two of them for what is beyond 16 bits. Half a pair, as is left of one that was
    // cut through, is no character: U+FFFD stands for it, and what follows it stands for itself.
    const char* read_code_point(const char* at) {
        unsigned code = 0;
        at = read_hex(at, code);
        if (at == nullptr) return nullptr;
        if (code < 0xD800 || code > 0xDFFF) {
            append_utf8(code);
            return at + 1;
        }
        const char* last = at;
        unsigned half = 0;
        if (code < 0xDC00 && is_at(last + 1, '\\') && is_at(last + 2, 'u')) {
            last = read_hex(last + 2, half);
            if (last == nullptr) return nullptr;
        }
        if (half < 0xDC00 || half > 0xDFFF) {
            append_utf8(0xFFFD);
            ++deviations_;
            return at + 1;
        }
        append_utf8(0x10000U + ((code - 0xD800U) << 10U) + (half - 0xDC00U));
        return last + 1;
    }

    // From `u` to the last of the four digits.
    const char* read_hex(const char* at, unsigned& code) noexcept {
        for (int i = 0; i < 4; ++i) {
            if (++at == end_) return refuse(at);
            const char c = *at;
            if (is_digit(c)) code = code * 16U + static_cast<unsigned>(c - '0');
            else if (c >= 'a' && c <= 'f') code = code * 16U + static_cast<unsigned>(c - 'a') + 10U;
            else if (c >= 'A' && c <= 'F') code = code * 16U + static_cast<unsigned>(c - 'A') + 10U;
            else return refuse(at, JsonFault::escape);
        }
        return at;
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
    const char* const end_;
    const std::size_t max_depth_;
    JsonNodes nodes_; // taken from the document, to be at hand
    std::string& rewritten_;
    std::vector<std::uint32_t>& names_;
    std::uint32_t open_ = none; // the innermost array or object that is being read
    char bracket_ = ']';        // and its end
    std::size_t depth_ = 0;
    bool is_decimal_ = false; // of the number that was read last
    const char* refused_ = nullptr;
    JsonFault fault_ = JsonFault::syntax;
    std::size_t deviations_ = 0;
};

inline std::string in_words(const JsonProblem& problem, std::size_t max_depth) {
    if (problem.fault == JsonFault::too_long) return "longer than 4 GiB";
    if (problem.fault == JsonFault::too_deep) return "nested deeper than " + std::to_string(max_depth) + " levels";
    return "no valid JSON near byte " + std::to_string(problem.byte);
}

// From this many bytes on, memory is not kept for the next text.
inline constexpr std::size_t large_memory = 64 * 1024;

template <class Memory> void empty(Memory& memory) noexcept {
    if (memory.capacity() * sizeof(typename Memory::value_type) > large_memory) Memory().swap(memory);
    else memory.clear();
}

LCM_CLIENT_DECL void JsonNodes::clear() noexcept {
    next_ = nodes_.get();
    if (!is_large()) return;
    nodes_.reset();
    next_ = end_ = nullptr;
}

LCM_CLIENT_DECL bool JsonNodes::is_large() const noexcept {
    return static_cast<std::size_t>(end_ - nodes_.get()) * sizeof(JsonNode) > large_memory;
}

// By half, so that the old row and the new one together are not much more than what is needed.
LCM_CLIENT_DECL void JsonNodes::grow() {
    constexpr std::size_t few = 32; // as many as most replies have
    const std::size_t count = size();
    const std::size_t capacity = (std::max)(few, count + count / 2);
    auto nodes = std::make_unique_for_overwrite<JsonNode[]>(capacity);
    next_ = std::copy_n(nodes_.get(), count, nodes.get());
    end_ = nodes.get() + capacity;
    nodes_ = std::move(nodes);
}

} // namespace detail

LCM_CLIENT_DECL JsonDocument::JsonDocument(std::string_view text) : text_(text), has_value_(true) {
    nodes_.add({0, static_cast<std::uint32_t>(text.size()), 1, detail::JsonKind::string, false});
}

LCM_CLIENT_DECL bool JsonDocument::parse(std::string_view text, std::size_t max_depth) {
    if (has_value_ || !problem_.empty()) clear();
    text_ = text;
    has_value_ = is_like_model(max_depth) || read(max_depth);
    return has_value_;
}

LCM_CLIENT_DECL bool JsonDocument::read(std::size_t max_depth) {
    model_.clear();
    nodes_.clear();
    ++index_;
    changing_ = 0;
    rewritten_.clear();
    detail::JsonParser parser(text_, max_depth, std::move(nodes_), rewritten_, names_);
    const bool is_read = parser.parse();
    nodes_ = parser.take_nodes();
    deviations_ = parser.deviations();
    if (is_read) become_model(max_depth);
    else {
        fault_ = parser.problem();
        problem_ = detail::in_words(fault_, max_depth);
    }
    return is_read;
}

LCM_CLIENT_DECL bool JsonDocument::is_like_model(std::size_t max_depth) noexcept {
    return !model_.empty() && model_depth_ == max_depth &&
           detail::has_index_of(model_, {nodes_.data(), nodes_.size()}, text_, changing_);
}

// A text with deviations is no model, so that one that is read by a model has none.
LCM_CLIENT_DECL void JsonDocument::become_model(std::size_t max_depth) {
    constexpr std::size_t longest = 1024;
    if (text_.size() > longest || !rewritten_.empty() || deviations_ != 0) return;
    model_.append(text_); // it is empty
    model_depth_ = max_depth;
}

LCM_CLIENT_DECL void JsonDocument::clear() noexcept {
    has_value_ = false;
    text_ = {};
    problem_.clear();
    if (nodes_.is_large()) {
        nodes_.clear();
        model_.clear();
    }
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
