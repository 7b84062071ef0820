// SPDX-License-Identifier: BSL-1.0
// JSON from the wire without a tree: a document is an index into the text that it was read from, a view is a place in
// it.
#ifndef LCM_CLIENT_JSON_DOCUMENT_HPP
#define LCM_CLIENT_JSON_DOCUMENT_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/json_value.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

class JsonDocument;

/// Why a text is refused.
enum class JsonFault : std::uint8_t {
    none,
    syntax,            ///< something that JSON does not have there
    ends_early,        ///< a value, a string, an array or an object is not complete
    goes_on,           ///< something follows the value
    control_character, ///< raw, in a string
    nul,               ///< a byte of zero, anywhere
    escape,            ///< a backslash that no escape follows
    not_utf8,          ///< bytes that are no character
    too_deep,          ///< nested beyond the limit
    too_long           ///< 4 GiB or more
};

/// A few words for a fault, which fit behind a colon.
[[nodiscard]] constexpr const char* describe(JsonFault fault) noexcept {
    switch (fault) {
    case JsonFault::none: return "nothing is wrong";
    case JsonFault::syntax: return "no JSON";
    case JsonFault::ends_early: return "the JSON ends too early";
    case JsonFault::goes_on: return "something follows the JSON";
    case JsonFault::control_character: return "a raw control character in a string";
    case JsonFault::nul: return "a NUL";
    case JsonFault::escape: return "a backslash without an escape";
    case JsonFault::not_utf8: return "no UTF-8";
    case JsonFault::too_deep: return "nested too deeply";
    case JsonFault::too_long: return "too long";
    }
    return "no JSON";
}

/// Why and where a text is refused.
struct JsonProblem {
    JsonFault fault = JsonFault::none; ///< why
    std::size_t byte = 0;              ///< of the text, the first being 1; 0 if it is no matter of a place

    friend bool operator==(const JsonProblem&, const JsonProblem&) = default; ///< member by member
};

namespace detail {

enum class JsonKind : std::uint8_t {
    null,
    boolean,
    natural, ///< an integer that is not negative and has at most 64 bits
    integer, ///< another of at most 64 bits
    decimal,
    string,
    array,
    object,
    name ///< of a member; only its node is of this kind
};

/// One value, or one name of a member, which its value follows.
struct JsonNode {
    std::uint32_t begin; ///< where its text is
    std::uint32_t size;  ///< how long that is, or how many there are in an array or object, or whether it is true
    std::uint32_t span;  ///< how many nodes it is, with all that is in it; which one its parent is, while it is read
    JsonKind kind;
    bool is_rewritten; ///< its text had escapes, and is in the document's own memory
};

/// A growing row of nodes; faster than a `std::vector` where nodes are added one by one.
class JsonNodes {
public:
    JsonNodes() noexcept = default;
    JsonNodes(JsonNodes&& other) noexcept
        : nodes_(std::move(other.nodes_)), next_(std::exchange(other.next_, nullptr)),
          end_(std::exchange(other.end_, nullptr)) {}
    JsonNodes& operator=(JsonNodes&& other) noexcept {
        nodes_ = std::move(other.nodes_);
        next_ = std::exchange(other.next_, nullptr);
        end_ = std::exchange(other.end_, nullptr);
        return *this;
    }
    ~JsonNodes() = default;

    [[nodiscard]] const JsonNode* data() const noexcept { return nodes_.get(); }
    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(next_ - nodes_.get()); }
    [[nodiscard]] JsonNode& operator[](std::uint32_t index) noexcept { return nodes_[index]; }
    [[nodiscard]] const JsonNode& operator[](std::uint32_t index) const noexcept { return nodes_[index]; }

    [[gnu::always_inline]] void add(const JsonNode& node) {
        if (next_ == end_) grow();
        *next_++ = node;
    }

    /// Forgets all, and gives the memory back if it is large.
    void clear() noexcept;

    /// Whether there is more memory than is kept for another text.
    [[nodiscard]] bool is_large() const noexcept;

private:
    void grow();

    std::unique_ptr<JsonNode[]> nodes_{};
    JsonNode* next_ = nullptr; // where the next one is added
    JsonNode* end_ = nullptr;  // of the memory
};

} // namespace detail

/// A value in a `JsonDocument`, or none. Small, to be passed by value. Valid until the document, which must not be
/// gone, is parsed or cleared again; if the next text has the same `index()`, the view shows that one. What is asked of
/// a value of another kind, or of none, is answered as empty.
class JsonView {
public:
    class Members;
    class Elements;

    JsonView() noexcept = default; ///< none
    /// For the document.
    JsonView(const JsonDocument& document, const detail::JsonNode& node) noexcept
        : document_(&document), node_(&node) {}

    /// Whether there is a value at all.
    [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }

    [[nodiscard]] bool is_null() const noexcept { return is(detail::JsonKind::null); }       ///< and not none
    [[nodiscard]] bool is_boolean() const noexcept { return is(detail::JsonKind::boolean); } ///< `true` or `false`
    /// An integer of at most 64 bits. One of more is a string, the text of its digits; and so is a number that no
    /// `double` holds.
    [[nodiscard]] bool is_integer() const noexcept { return is_natural() || is(detail::JsonKind::integer); }
    [[nodiscard]] bool is_natural() const noexcept { return is(detail::JsonKind::natural); } ///< and is not negative
    [[nodiscard]] bool is_decimal() const noexcept { return is(detail::JsonKind::decimal); } ///< any other number
    [[nodiscard]] bool is_number() const noexcept { return is_integer() || is_decimal(); }   ///< of either kind
    [[nodiscard]] bool is_string() const noexcept { return is(detail::JsonKind::string); }   ///< also a large integer
    [[nodiscard]] bool is_array() const noexcept { return is(detail::JsonKind::array); }     ///< of any size
    [[nodiscard]] bool is_object() const noexcept { return is(detail::JsonKind::object); }   ///< of any size

    [[nodiscard]] bool is_true() const noexcept { return is_boolean() && node_->size != 0; }  ///< a boolean, and true
    [[nodiscard]] bool is_false() const noexcept { return is_boolean() && node_->size == 0; } ///< a boolean, and false

    /// The text of a string without its escapes, or of a number as it stands in the document.
    [[nodiscard]] std::string_view text() const noexcept;
    /// The text of a string alone; empty for a number.
    [[nodiscard]] std::string_view string() const noexcept { return is_string() ? text_of_node() : std::string_view(); }

    /// The value of a number that `is_natural()`.
    [[nodiscard]] std::uint64_t to_natural() const noexcept;
    /// The value of a number that `is_integer()`, and is not above the largest `std::int64_t`.
    [[nodiscard]] std::int64_t to_integer() const noexcept;
    /// The value of any number, rounded to the nearest `double`.
    [[nodiscard]] double to_double() const noexcept;

    /// The name of a value that is known to be a member of an object.
    [[nodiscard]] std::string_view name_of_member() const noexcept {
        return JsonView(*document_, node_[-1]).text_of_node();
    }

    /// How many members or elements there are.
    [[nodiscard]] std::size_t size() const noexcept { return is_array() || is_object() ? node_->size : 0; }
    /// The members of an object, in the order of the text: pairs of a name and a `JsonView`.
    [[nodiscard]] Members members() const noexcept;
    /// The elements of an array.
    [[nodiscard]] Elements elements() const noexcept;
    /// The first element of an array, or none.
    [[nodiscard]] JsonView front() const noexcept;

    /// Whether this and `other` are the same place, or both none.
    [[nodiscard]] bool is_same_as(JsonView other) const noexcept { return node_ == other.node_; }

    /// A copy for the user; null for none. Of several equal names in one object the last one counts. Needs
    /// lcm_client/json.hpp.
    [[nodiscard]] Json to_json() const;

private:
    [[nodiscard]] bool is(detail::JsonKind kind) const noexcept { return node_ != nullptr && node_->kind == kind; }
    [[nodiscard]] std::string_view text_of_node() const noexcept;

    const JsonDocument* document_ = nullptr;
    const detail::JsonNode* node_ = nullptr;
};

/// What was read from one text, into memory that the next text uses again: reading calls the heap only for a message
/// that is larger than all before it. A text that differs from a short one before it only in plain strings, as replies
/// of one kind do, is not gone through again. Not thread-safe.
class JsonDocument {
public:
    JsonDocument() = default;
    JsonDocument(const JsonDocument&) = delete; // the views point to it
    JsonDocument& operator=(const JsonDocument&) = delete;

    /// A document that is `text` as a string. The text must outlive it.
    explicit JsonDocument(std::string_view text);

    /// Reads `text`, which must stay as it is while the views are used. False, and there is no value, if it is refused:
    /// what is not JSON or not UTF-8, and nesting beyond `max_depth`. An integer of more than 64 bits becomes the text
    /// of its digits, and a number that no `double` holds becomes its text. An escape for half of a surrogate pair
    /// becomes U+FFFD. An object may have a name twice.
    [[nodiscard]] bool parse(std::string_view text, std::size_t max_depth);

    /// Why the text was refused, in words and without a part of it; empty if it was not.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    /// Why and where the text was refused.
    [[nodiscard]] JsonProblem fault() const noexcept { return problem_.empty() ? JsonProblem() : fault_; }
    /// How many halves of surrogate pairs there are in the text, and objects with a name twice.
    [[nodiscard]] std::size_t deviations() const noexcept { return has_value_ ? deviations_ : 0; }

    /// Which index the text was read by: another number for each text that was gone through. Two texts of one index
    /// have the same names and nesting, and values of the same kinds; a view of the one is that of the same place in
    /// the other.
    [[nodiscard]] std::uint64_t index() const noexcept { return index_; }

    /// The value; none if there is none.
    [[nodiscard]] JsonView root() const noexcept { return has_value_ ? JsonView(*this, nodes_[0]) : JsonView(); }

    /// Forgets the text, and gives the memory back that only a large one needs.
    void clear() noexcept;

private:
    friend class JsonView;

    [[nodiscard]] bool read(std::size_t max_depth);
    [[nodiscard]] bool is_like_model(std::size_t max_depth) noexcept;
    void become_model(std::size_t max_depth);

    std::string_view text_{};
    detail::JsonNodes nodes_{};          // the index of the text that was gone through last
    std::uint64_t index_ = 0;            // its number
    bool has_value_ = false;             // whether it is the index of `text_`
    std::string model_{};                // the text that was read last, if other texts can have its index; else empty
    std::size_t model_depth_ = 0;        // how deep it could be nested
    std::uint32_t changing_ = 0;         // the node of the string in which a text differed from it, or 0
    std::string rewritten_{};            // the texts that had escapes
    std::vector<std::uint32_t> names_{}; // for the search for equal ones
    std::string problem_{};
    JsonProblem fault_{};        // if `problem_` says that there is one
    std::size_t deviations_ = 0; // if there is a value
};

/// For `for (const auto [name, value] : object.members())`.
class JsonView::Members {
public:
    /// Goes from one member to the next.
    class Iterator {
    public:
        /// For the range.
        Iterator(const JsonDocument* document, const detail::JsonNode* node) noexcept
            : document_(document), node_(node) {}

        /// The name and the value.
        [[nodiscard]] std::pair<std::string_view, JsonView> operator*() const noexcept { return {name(), value()}; }
        /// The name, without its escapes.
        [[nodiscard]] std::string_view name() const noexcept { return JsonView(*document_, node_[0]).text_of_node(); }
        [[nodiscard]] JsonView value() const noexcept { return {*document_, node_[1]}; } ///< the value
        Iterator& operator++() noexcept;                                                 ///< to the next member
        /// Whether they stand at different members of one object.
        [[nodiscard]] bool operator!=(const Iterator& other) const noexcept { return node_ != other.node_; }

    private:
        const JsonDocument* document_;
        const detail::JsonNode* node_;
    };

    explicit Members(JsonView object) noexcept : object_(object) {} ///< of an object, or of none
    [[nodiscard]] Iterator begin() const noexcept;                  ///< at the first member
    [[nodiscard]] Iterator end() const noexcept;                    ///< behind the last one

private:
    JsonView object_; // or none
};

/// For `for (const JsonView element : array.elements())`.
class JsonView::Elements {
public:
    /// Goes from one element to the next.
    class Iterator {
    public:
        /// For the range.
        Iterator(const JsonDocument* document, const detail::JsonNode* node) noexcept
            : document_(document), node_(node) {}

        [[nodiscard]] JsonView operator*() const noexcept { return {*document_, *node_}; } ///< the element
        Iterator& operator++() noexcept;                                                   ///< to the next element
        /// Whether they stand at different elements of one array.
        [[nodiscard]] bool operator!=(const Iterator& other) const noexcept { return node_ != other.node_; }

    private:
        const JsonDocument* document_;
        const detail::JsonNode* node_;
    };

    explicit Elements(JsonView array) noexcept : array_(array) {} ///< of an array, or of none
    [[nodiscard]] Iterator begin() const noexcept;                ///< at the first element
    [[nodiscard]] Iterator end() const noexcept;                  ///< behind the last one

private:
    JsonView array_; // or none
};

// --- What needs the document ----------------------------------------------------------------------------------------

inline std::string_view JsonView::text() const noexcept {
    return is_string() || is_number() ? text_of_node() : std::string_view();
}

inline std::string_view JsonView::text_of_node() const noexcept {
    const char* const base = node_->is_rewritten ? document_->rewritten_.data() : document_->text_.data();
    return {base + node_->begin, node_->size};
}

inline JsonView::Members JsonView::members() const noexcept { return Members(is_object() ? *this : JsonView()); }
inline JsonView::Elements JsonView::elements() const noexcept { return Elements(is_array() ? *this : JsonView()); }
inline JsonView JsonView::front() const noexcept {
    return is_array() && node_->size != 0 ? JsonView(*document_, node_[1]) : JsonView();
}

inline JsonView::Members::Iterator& JsonView::Members::Iterator::operator++() noexcept {
    node_ += 1 + node_[1].span;
    return *this;
}
inline JsonView::Members::Iterator JsonView::Members::begin() const noexcept {
    return {object_.document_, object_.node_ + (object_ ? 1 : 0)};
}
inline JsonView::Members::Iterator JsonView::Members::end() const noexcept {
    return {object_.document_, object_.node_ + (object_ ? object_.node_->span : 0)};
}

inline JsonView::Elements::Iterator& JsonView::Elements::Iterator::operator++() noexcept {
    node_ += node_->span;
    return *this;
}
inline JsonView::Elements::Iterator JsonView::Elements::begin() const noexcept {
    return {array_.document_, array_.node_ + (array_ ? 1 : 0)};
}
inline JsonView::Elements::Iterator JsonView::Elements::end() const noexcept {
    return {array_.document_, array_.node_ + (array_ ? array_.node_->span : 0)};
}

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/json_document.ipp>
#endif

#endif
