// SPDX-License-Identifier: BSL-1.0
// What the text of a header says of its structs and no compiled table can tell: comments, and the names of members.
#ifndef LCM_CLIENT_TESTS_DOCUMENTATION_HEADER_TEXT_HPP
#define LCM_CLIENT_TESTS_DOCUMENTATION_HEADER_TEXT_HPP

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::tests {

struct StructText {
    std::string header;                         ///< the file's name
    std::string comment;                        ///< the lines above the struct, without their slashes
    std::string body;                           ///< the lines inside it
    std::map<std::string, std::string> members; ///< by the name on the wire
    std::string rules;                          ///< the comment above `cross_check()`; empty without one
};

/// The structs of headers that are written as this project's are: a struct begins and ends at the first column.
class HeaderTexts {
public:
    /// Reads one header. Throws `std::runtime_error` if it cannot.
    void read(const std::filesystem::path& path) {
        std::ifstream file(path);
        if (!file) throw std::runtime_error("cannot read " + path.string());
        std::string comment;
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with("///")) {
                comment += without_slashes(line) + '\n';
                continue;
            }
            static const std::regex opening(R"(struct (\w+) \{)");
            std::smatch match;
            if (std::regex_match(line, match, opening)) {
                const std::string body = read_body(file);
                structs_[match[1]] = {path.filename().string(), comment, body, find_members(body), find_rules(body)};
            }
            comment.clear();
        }
    }

    [[nodiscard]] const std::map<std::string, StructText>& all() const noexcept { return structs_; }

    /// Throws `std::runtime_error` if no header that was read has such a struct.
    [[nodiscard]] const StructText& of(const std::string& name) const {
        const auto at = structs_.find(name);
        if (at == structs_.end()) throw std::runtime_error("no header has a line 'struct " + name + " {'");
        return at->second;
    }

    /// The member that the row of `wire_name` in the struct `name` names. Throws `std::runtime_error` without that row.
    [[nodiscard]] const std::string& member(const std::string& name, std::string_view wire_name) const {
        const auto& members = of(name).members;
        const auto at = members.find(std::string(wire_name));
        if (at == members.end())
            throw std::runtime_error("struct " + name + " has no row field(\"" + std::string(wire_name) +
                                     "\", &Self::");
        return at->second;
    }

    /// What a reader would find said twice, or not at all: a field's meaning stands in its row of the table, so that a
    /// member with a row has no comment, and any other member of a struct with a table has one.
    [[nodiscard]] std::vector<std::string> find_wrong_comments() const {
        std::vector<std::string> problems;
        for (const auto& [name, text] : structs_)
            if (!text.members.empty()) check_comments(name, text, problems);
        return problems;
    }

private:
    static void check_comments(const std::string& name, const StructText& text, std::vector<std::string>& problems) {
        static const std::regex member(
            R"(^((?: {4}///.*\n)*) {4}(?!using |static )\w[\w:<>, ]* (\w+)(\{.*\}| = .*)?;(.*)\n)",
            std::regex::ECMAScript | std::regex::multiline);
        std::set<std::string> with_row;
        for (const auto& [wire, each] : text.members) with_row.insert(each);
        std::set<std::string> seen;
        for (std::sregex_iterator at(text.body.begin(), text.body.end(), member), end; at != end; ++at) {
            const std::string found = (*at)[2];
            const bool has_row = with_row.contains(found);
            const bool has_comment = (*at)[1].length() != 0 || (*at)[4].length() != 0;
            seen.insert(found);
            if (has_row && has_comment)
                problems.push_back(name + "::" + found + " is described beside its row as well");
            if (!has_row && !has_comment) problems.push_back(name + "::" + found + " has neither a row nor a comment");
        }
        for (const std::string& each : with_row)
            if (!seen.contains(each))
                problems.push_back(name + "::" + each + " has a row and was not found as a member");
    }

    static std::string read_body(std::istream& file) {
        std::string body;
        for (std::string line; std::getline(file, line) && line != "};";) body += line + '\n';
        return body;
    }

    static std::map<std::string, std::string> find_members(const std::string& body) {
        static const std::regex row(R"re(\bfield\(\s*"([^"]+)",\s*&\w+::(\w+))re");
        std::map<std::string, std::string> members;
        for (std::sregex_iterator at(body.begin(), body.end(), row), end; at != end; ++at) members[(*at)[1]] = (*at)[2];
        return members;
    }

    static std::string find_rules(const std::string& body) {
        static const std::regex check(R"(((?: {4}///.*\n)+).* cross_check\(\) const)");
        std::smatch match;
        if (!std::regex_search(body, match, check)) return "";
        std::istringstream lines(match[1]);
        std::string rules;
        for (std::string line; std::getline(lines, line);)
            rules += (rules.empty() ? "" : " ") + without_slashes(line.substr(4));
        return rules;
    }

    static std::string without_slashes(const std::string& line) {
        return line.substr(line.starts_with("/// ") ? 4 : 3);
    }

    std::map<std::string, StructText> structs_;
};

} // namespace lcm::tests

#endif
