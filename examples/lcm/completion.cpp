// SPDX-License-Identifier: BSL-1.0
// `lcm completion bash|zsh`: a script that tells the shell of the commands, operations, flags and values there are, taken
// from the commands themselves.
#include "catalogue.hpp"
#include "commands.hpp"
#include "letter_case.hpp"
#include "shell_quote.hpp"
#include "status.hpp"

#include <lcm_client/testing/faults.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lcm_command {

namespace {

// --- What can follow what ------------------------------------------------------------------------------------------

void add_word(std::string& words, std::string_view word) {
    if (!words.empty()) words += ' ';
    words += word;
}

std::string all_operations() {
    std::string words;
    for (const OperationGroup& group : catalogue())
        for (const auto& operation : group.operations) add_word(words, operation->names().subtopic);
    return words;
}

std::string all_faults() {
    std::string words;
    for (const lcm::testing::FaultInfo& fault : lcm::testing::fault_table) add_word(words, fault.name);
    return words;
}

/// What can be the argument of an option: words, FILE, @FILE, or nothing that is known.
std::string candidates_of(const CLI::Option& option) {
    const std::string type = option.get_positional() ? option.get_name() : option.get_type_name();
    if (type == "FILE") return "FILE";
    if (type == "JSON|@FILE|-") return "@FILE";
    if (type == "OPERATION") return all_operations();
    if (type == "FAULT") return all_faults();
    if (type.find('|') == std::string::npos) return "";
    std::string words = type;
    std::replace(words.begin(), words.end(), '|', ' ');
    return words;
}

/// What can come next after the command `app`: commands, flags, and the arguments without a flag.
std::string candidates_after(const CLI::App& app) {
    std::string words;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        add_word(words, command->get_name());
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_positional()) add_word(words, candidates_of(*option));
        for (const std::string& name : option->get_lnames()) add_word(words, "--" + name);
    }
    return words;
}

struct Tables {
    std::map<std::string, std::string> commands; ///< by the command's words in lower case: what can come next
    std::map<std::string, std::string> flags;    ///< by the flag that takes an argument: what that can be
};

void collect(const CLI::App& app, const std::string& path, Tables& tables) {
    tables.commands[path] = candidates_after(app);
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            if (option->get_type_size() != 0) tables.flags.emplace("--" + name, candidates_of(*option));
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        collect(*command, path + (path.empty() ? "" : " ") + lower(command->get_name()), tables);
}

// --- The scripts ---------------------------------------------------------------------------------------------------

void print_case(std::string_view subject, const std::map<std::string, std::string>& rows, std::string_view end) {
    std::cout << "    case " << subject << " in\n";
    for (const auto& [key, words] : rows)
        std::cout << "    '" << key << "') candidates=" << shell_quote(words) << end << " ;;\n";
    std::cout << "    esac\n";
}

// Both shells understand this part.
void print_tables(const Tables& tables) {
    std::cout << "# Sets candidates to what can stand after the command $1 and the word $2.\n_lcm_candidates() {\n";
    print_case("$2", tables.flags, "; return");
    print_case("$1", tables.commands, "");
    std::cout << "}\n";
}

constexpr auto bash_script = R"(
_lcm() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= candidates= candidate
    # Bash takes the @ of --data @FILE for a word of its own.
    if [[ $word == @* ]]; then word=${word#@}; fi
    if [[ $previous == @ ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi
    if ((COMP_CWORD > 1)); then command=${COMP_WORDS[1],,}; fi
    if ((COMP_CWORD > 2)) && [[ $command == call ]]; then command+=" ${COMP_WORDS[2],,}"; fi
    _lcm_candidates "$command" "$previous"
    COMPREPLY=()
    for candidate in $candidates; do
        if [[ $candidate == FILE || $candidate == @FILE ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
        elif [[ ${candidate,,} == "${word,,}"* ]]; then
            COMPREPLY+=("$candidate")
        fi
    done
}
complete -F _lcm lcm
)";

constexpr auto zsh_script = R"(
_lcm() {
    local previous=${words[CURRENT-1]} command= candidates=
    (( CURRENT > 2 )) && command=${(L)words[2]}
    (( CURRENT > 3 )) && [[ $command == call ]] && command+=" ${(L)words[3]}"
    _lcm_candidates "$command" "$previous"
    case " $candidates " in
    *' @FILE '*) compset -P @; _files ;;
    *' FILE '*) _files; compadd -- ${${=candidates}:#FILE} ;;
    *) compadd -M 'm:{a-zA-Z}={A-Za-z}' -- ${=candidates} ;;
    esac
}
compdef _lcm lcm
)";

Status print_completion(const CLI::App& lcm, const std::string& shell) {
    Tables tables;
    collect(lcm, "", tables);
    if (shell == "bash") std::cout << "# Completion of lcm for bash. To use it: source <(lcm completion bash)\n";
    else
        std::cout
            << "#compdef lcm\n# Completion of lcm for zsh. To use it, after compinit: source <(lcm completion zsh)\n";
    print_tables(tables);
    std::cout << (shell == "bash" ? bash_script : zsh_script);
    return status_accepted;
}

} // namespace

void add_completion(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("completion", "print a script that lets the shell complete command lines");
    command->footer("To use it: source <(lcm completion bash)");
    const auto shell = std::make_shared<std::string>();
    command->add_option("bash|zsh", *shell, "the shell")->required();
    command->callback([&lcm, &status, shell] {
        if (*shell != "bash" && *shell != "zsh") throw UsageError("completion: the shell must be bash or zsh");
        status = print_completion(lcm, *shell);
    });
}

} // namespace lcm_command
