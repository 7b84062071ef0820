// SPDX-License-Identifier: BSL-1.0
// What a desktop was told of its dispositions, held against what the server has done.
#ifndef LCM_CLIENT_TESTS_OUTBOX_KILL_VERDICT_HPP
#define LCM_CLIENT_TESTS_OUTBOX_KILL_VERDICT_HPP

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lcm::tests {

struct Told {
    bool is_confirmed = false;
    std::optional<std::string> delivery{};
};

/// What the desktop has written down of each disposition, by number.
inline std::map<int, Told> read_diary(const std::filesystem::path& path) {
    std::map<int, Told> told;
    std::ifstream file(path);
    std::string word;
    int number = 0;
    while (file >> word >> number) {
        if (word == "confirmed") told[number].is_confirmed = true;
        else told[number].delivery = word;
    }
    return told;
}

/// What is confirmed ends; what is accepted was done once; what is not sent was not; and nothing is done twice.
class Verdict {
public:
    /// `ledger` has the call of each disposition that the server has done. Prints what is wrong, and counts it.
    void check(const std::string& when, int dispositions, const std::vector<std::string>& ledger,
               const std::map<int, Told>& diary) {
        for (int number = 1; number <= dispositions; ++number) {
            const auto times = std::count(ledger.begin(), ledger.end(), std::to_string(number));
            const auto at = diary.find(number);
            const Told told = at == diary.end() ? Told() : at->second;
            if (times > 1) mistake(when, number, "was done twice");
            if (told.is_confirmed && !told.delivery) mistake(when, number, "was confirmed, and no ending was told");
            if (told.delivery == "accepted" && times != 1) mistake(when, number, "was told to be accepted, and is not");
            if (told.delivery == "not_sent" && times != 0) mistake(when, number, "was told to be not sent, and was");
            if (told.delivery == "unknown") ++unknown_;
        }
    }

    void mistake(const std::string& when, int number, const char* what) {
        ++mistakes_;
        std::cerr << "killed " << when << ": disposition " << number << ' ' << what << '\n';
    }

    [[nodiscard]] int mistakes() const noexcept { return mistakes_; }
    [[nodiscard]] int unknown() const noexcept { return unknown_; }

private:
    int mistakes_ = 0;
    int unknown_ = 0;
};

} // namespace lcm::tests

#endif
