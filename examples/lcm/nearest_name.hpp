// SPDX-License-Identifier: BSL-1.0
// Which of the names that there are was meant by one that there is not.
#ifndef LCM_COMMAND_NEAREST_NAME_HPP
#define LCM_COMMAND_NEAREST_NAME_HPP

#include "letter_case.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm_command {

/// How many letters have to be put in, left out, replaced, or exchanged with their neighbour, to make `b` of `a`, where
/// no letter is changed twice (the optimal string alignment distance). Upper and lower case are the same.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
    const auto differ = [&](std::size_t i, std::size_t j) { return lower(a[i - 1]) != lower(b[j - 1]); };
    std::vector<std::size_t> before, last, row(b.size() + 1); // for the beginnings of `a`, the last one in `row`
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = std::exchange(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = (std::min)({last[j] + 1, row[j - 1] + 1, last[j - 1] + (differ(i, j) ? 1 : 0)});
            if (i > 1 && j > 1 && !differ(i, j - 1) && !differ(i - 1, j))
                row[j] = (std::min)(row[j], before[j - 2] + 1);
        }
    }
    return row.back();
}

/// The names that `word` may stand for: those that begin with it, then those with the fewest letters to change, if they
/// are at most a quarter of its letters, or one. At most three.
[[nodiscard]] inline std::vector<std::string> nearest_names(std::string_view word,
                                                            const std::vector<std::string>& names) {
    static constexpr std::size_t fewest_letters = 3, longest_word = 64, most_names = 3;
    std::vector<std::string> nearest;
    if (word.empty() || word.size() > longest_word) return nearest;
    const auto add = [&nearest](const std::string& name) {
        const bool is_new = std::find(nearest.begin(), nearest.end(), name) == nearest.end();
        if (is_new && nearest.size() < most_names) nearest.push_back(name);
    };
    for (const std::string& name : names)
        if (word.size() >= fewest_letters && same_letters(std::string_view(name).substr(0, word.size()), word))
            add(name);

    std::size_t least = (std::max<std::size_t>)(1, word.size() / 4);
    for (const std::string& name : names) least = (std::min)(least, edit_distance(word, name));
    for (const std::string& name : names)
        if (edit_distance(word, name) == least && least < word.size()) add(name);
    return nearest;
}

/// "; did you mean A, B or C?", or nothing.
[[nodiscard]] inline std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
    const std::vector<std::string> nearest = nearest_names(word, names);
    std::string text;
    for (std::size_t i = 0; i < nearest.size(); ++i)
        text += (i == 0 ? "; did you mean " : i + 1 == nearest.size() ? " or " : ", ") + nearest[i];
    return text.empty() ? text : text + '?';
}

/// `problem` and the command that tells more, as one sentence or two.
[[nodiscard]] inline std::string refer(std::string problem, std::string_view command) {
    problem += problem.ends_with('?') ? " See " : "; see ";
    return problem.append(command);
}

} // namespace lcm_command

#endif
