// SPDX-License-Identifier: BSL-1.0
// The reference of the operations, made from their field tables: a page for each group, and a table of all.
#ifndef LCM_CLIENT_TESTS_DOCUMENTATION_REFERENCE_HPP
#define LCM_CLIENT_TESTS_DOCUMENTATION_REFERENCE_HPP

#include <documentation/header_text.hpp>
#include <documentation/type_words.hpp>

#include <lcm_client/events.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/value.hpp>
#include <lcm_client/protocol/reply.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace lcm::tests {

inline const std::string made_from_tables =
    "<!-- Made from the field tables by tests/documentation/reference.cpp. Change those, not this. -->\n\n";

inline std::string code(std::string_view text) { return '`' + std::string(text) + '`'; }

/// A row of a Markdown table. A bar inside a cell would end it.
inline std::string row(std::initializer_list<std::string> cells) {
    std::string out = "|";
    for (const std::string& cell : cells) {
        out += ' ';
        for (const char c : cell) out += c == '|' ? "\\|" : std::string(1, c);
        out += " |";
    }
    return out + '\n';
}

inline std::string table_head(std::initializer_list<std::string> cells) {
    std::string out = row(cells) + '|';
    for (std::size_t i = 0; i < cells.size(); ++i) out += " --- |";
    return out + '\n';
}

/// "A|B" as "`A`, `B`".
inline std::string allowed_values(std::string_view allowed) {
    if (allowed.empty()) return "";
    static const std::regex bar(R"(\|)");
    return '`' + std::regex_replace(std::string(allowed), bar, "`, `") + '`';
}

inline std::string words(Presence presence) {
    switch (presence) {
    case Presence::required: return "required";
    case Presence::may_be_empty: return "required, may be empty";
    case Presence::optional: break;
    }
    return "optional";
}

inline std::string words(ReplyCallid callid) {
    switch (callid) {
    case ReplyCallid::present: return "names the call";
    case ReplyCallid::absent: return "names no call";
    case ReplyCallid::unknown: break;
    }
    return "may name the call";
}

/// The comment above a struct, without the page at its end, which stands elsewhere.
inline std::string comment_of(const StructText& text) {
    static const std::regex page(R"(\s*Pages?:\s[\w\s,-]+\.\s*$)");
    return std::regex_replace(text.comment, page, "\n");
}

template <class T> inline constexpr bool is_list = false;
template <class T> inline constexpr bool is_list<List<T>> = true;

/// The page of one group of operations.
class GroupPage {
public:
    explicit GroupPage(const HeaderTexts& texts) : texts_(texts) {}

    template <Request R> void add() {
        out_ += "\n## " + code(name_of<R>()) + "\n\n" + comment_of(texts_.of(name_of<R>())) + '\n' + facts<R>() +
                rules_of(texts_.of(name_of<R>()));
        out_ += field_count<R>() == 0 ? "\nThe request has no fields.\n" : '\n' + table<R>();
        for_each_field<R>([this]<class Value>(const Field<R, Value>&) { this->template add_records_of<Value>(); });
        add_records_of<typename R::Response>();
    }

    /// The operations, then the records that their tables and replies speak of.
    [[nodiscard]] std::string text() const {
        return records_.empty() ? out_ : out_ + "\n## Replies and records\n" + records_;
    }

private:
    static std::string rules_of(const StructText& text) {
        return text.rules.empty() ? "" : "- Checked before it is sent: " + text.rules + '\n';
    }

    template <Request R> static std::string facts() {
        constexpr Operation operation = R::operation;
        std::string out = "- Page: " + std::string(operation.page);
        out += operation.unpublished.empty() ? ", seen to its end.\n"
                                             : ". Not published: " + std::string(operation.unpublished) + ".\n";
        out += "- Request: " + code(operation.subtopic) + " on channel " + std::string(operation.channel) + ", topic " +
               std::string(operation.topic) + ".\n";
        out += "- Reply: " + reply<R>() + ".\n";
        out += operation.is_read_only ? "- It changes nothing on the server: it is sent again after a lost link.\n"
                                      : "- It is never sent again once it may have left.\n";
        if (!operation.settled_by.empty())
            out += "- The event " + code(operation.settled_by) + " tells that the server has carried it out.\n";
        return out;
    }

    template <Request R> static std::string reply() {
        constexpr Operation operation = R::operation;
        if (operation.reply_subtopic.empty()) return "none";
        std::string out = code(operation.reply_subtopic);
        if (!operation.reply_also.empty()) out += " or " + code(operation.reply_also);
        return out + ", which " + words(operation.reply_callid) + ": " + response<typename R::Response>();
    }

    template <class Response> static std::string response() {
        if constexpr (is_list<Response>) return "list of " + record<decltype(Response().records[0])>();
        else return record<Response>();
    }

    template <class T> static std::string record() {
        return words(std::type_identity<std::remove_cvref_t<T>>(), Form::natural).type;
    }

    template <Described S> [[nodiscard]] std::string table() const {
        const std::string name = name_of<S>();
        std::string out = table_head({"C++", "wire", "type", "format", "presence", "values", "meaning"});
        for_each_field<S>([&]<class Value>(const Field<S, Value>& field) {
            const TypeWords type = words(std::type_identity<Value>(), field.options.form);
            std::string wire = code(field.name);
            if (!field.options.also.empty()) wire += " or " + code(field.options.also);
            out += row({code(texts_.member(name, field.name)), wire, type.type, type.format, words(field.presence),
                        allowed_values(field.options.allowed), std::string(field.meaning)});
        });
        return out;
    }

    /// Writes the table of each struct inside `T` that has none yet.
    template <class T> void add_records_of() {
        if constexpr (detail::is_sensitive<T> || detail::is_optional<T> || detail::is_vector<T>)
            add_records_of<typename T::value_type>();
        else if constexpr (is_list<T>) add_records_of<decltype(T::records)>();
        else if constexpr (std::same_as<T, AcceptedForSending>) return;
        else if constexpr (Described<T>) add_record<T>();
    }

    template <Described T> void add_record() {
        if (!written_.insert(name_of<T>()).second) return;
        records_ += "\n### " + code(name_of<T>()) + "\n\n" + comment_of(texts_.of(name_of<T>()));
        if (field_count<T>() != 0) records_ += '\n' + table<T>();
        std::string kept;
        if constexpr (requires { &T::others; }) kept += "\n`others` keeps the fields that are not in this table.\n";
        if constexpr (requires { &T::raw; }) kept += "\n`raw` keeps the whole payload.\n";
        records_ += kept;
        for_each_field<T>([this]<class Value>(const Field<T, Value>&) { this->template add_records_of<Value>(); });
    }

    const HeaderTexts& texts_;
    std::string out_;
    std::string records_;
    std::set<std::string> written_;
};

/// The reference's files by name.
using Pages = std::map<std::string, std::string>;

inline std::string event_rows() {
    const auto name = [](std::string_view subtopic) { return subtopic.empty() ? "any, topic Error" : code(subtopic); };
    std::string rows;
    Events::for_each([&]<class E>() {
        rows += row(
            {name(E::event.subtopic), code(name_of<E>()), std::string(E::event.summary), std::string(E::event.page)});
    });
    return rows;
}

/// Throws if the list of events lacks one that the header has.
inline std::string list_events(const HeaderTexts& texts) {
    const std::string rows = event_rows();
    for (const auto& [name, text] : texts.all())
        if (text.body.find("EventInfo event{") != std::string::npos && rows.find(code(name)) == std::string::npos)
            throw std::runtime_error("lcm::Events lacks " + name);
    return "\n## Events\n\n[`lcm_client/events.hpp`](../events.hpp): what the server sends on its own.\n\n" +
           table_head({"subtopic", "C++", "what it tells", "page"}) + rows;
}

template <Request R> std::string operation_row(const std::string& page) {
    constexpr Operation operation = R::operation;
    return row({code(operation.subtopic), "[" + code(name_of<R>()) + "](" + page + anchor_of<R>() + ")",
                operation.reply_subtopic.empty() ? "none" : code(operation.reply_subtopic),
                std::string(operation.summary), operation.is_read_only ? "yes" : "no",
                operation.unpublished.empty() ? "yes" : "no", std::string(operation.page)});
}

inline const std::string readme_head = made_from_tables + R"(# Operations

Every operation is a struct with the request's fields, and each header here has those that belong together. The pages
tell the fields; this one lists the operations. `read-only` means that an operation changes nothing on the server, so
that it is sent again after a lost link. `complete` means that the page of the vendor's documentation was seen to its
end; else the operation's own entry says what is not known.

In the tables of fields, an `optional` field of a request is left out if it has no value, and one of a reply may be
missing or null. Names are read without regard to letter case and spaces, numbers also from text. What is `personal`
never reaches a log or an error text.

In C++, an id is a text, set from a text or an integer; a number is an `lcm::Number`, which keeps what came as it stands
(`is_set()`, `integer()`, `to_double()`), and 0 for scores and amounts unless it is set; what is personal is
`lcm::Sensitive`, set as usual and read by `reveal()`; a list is a `std::vector`, and a reply that is one a range of its
records. What a list has shown is put into the next request as it is: `{.call_outcome = list[0].outcome_id}`. Only what
the server has not named, such as a score that is not set, is left out there, so that the default stays.
)";

/// The headers of the operations in `include`, the directory that holds `lcm_client/`.
inline HeaderTexts read_operations(const std::filesystem::path& include) {
    HeaderTexts operations;
    for (const auto& entry : std::filesystem::directory_iterator(include / "lcm_client/operations"))
        if (entry.path().extension() == ".hpp") operations.read(entry.path());
    return operations;
}

inline HeaderTexts read_events(const std::filesystem::path& include) {
    HeaderTexts events;
    events.read(include / "lcm_client/events.hpp");
    return events;
}

/// All pages. `include` is the directory that holds `lcm_client/`. Throws `std::runtime_error` if the headers there are
/// not those of the operations that were compiled.
inline Pages make_reference(const std::filesystem::path& include) {
    const HeaderTexts operations = read_operations(include);
    const HeaderTexts events = read_events(include);

    Pages pages;
    std::string readme = readme_head;
    OperationGroups::for_each([&]<class Group>() {
        const std::string header = operations.of(name_of<Group>()).header;
        const std::string page = std::filesystem::path(header).replace_extension(".md").string();
        const std::string title = std::string(Group::name) + "\n\n[`lcm_client/operations/" + header + "`](" + header +
                                  "): " + std::string(Group::summary) + ".\n";
        GroupPage group(operations);
        readme += "\n## " + title + '\n' +
                  table_head({"subtopic", "C++", "reply", "what it does", "read-only", "complete", "page"});
        Group::Operations::for_each([&]<class R>() {
            readme += operation_row<R>(page);
            group.add<R>();
        });
        pages[page] = made_from_tables + "# " + title + group.text();
    });
    pages["README.md"] = readme + list_events(events);
    return pages;
}

} // namespace lcm::tests

#endif
