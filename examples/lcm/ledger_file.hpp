// SPDX-License-Identifier: BSL-1.0
// The ledger of `lcm sim`: a file with one line of JSON for each request that the simulator acted on.
#ifndef LCM_COMMAND_LEDGER_FILE_HPP
#define LCM_COMMAND_LEDGER_FILE_HPP

#include "ordered_json.hpp"
#include "system_text.hpp"

#include <lcm_client/testing/simulated_server.hpp>

#include <filesystem>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace lcm_command {

/// Not thread-safe. Its functions throw `std::runtime_error` if the file cannot be written.
class LedgerFile {
public:
    /// Opens the file, to write after what it holds. A line that was being written when a simulator was killed stays
    /// as it is, broken; the next one begins a line of its own.
    explicit LedgerFile(std::string name) : name_(std::move(name)), path_(file_path(name_)) {
        const bool broken = ends_within_a_line();
        file_.open(path_, std::ios::app | std::ios::binary);
        if (!file_) throw std::runtime_error("--ledger: cannot open " + name_ + "; give a file that can be written");
        if (broken) write("\n");
    }

    /// When it returns, the line is in the system's hands: the file has it even if this process is killed.
    void add(const lcm::testing::Handled& handled) {
        write(to_line({{"operation", handled.subtopic}, {"callid", handled.callid}}) + '\n');
    }

private:
    [[nodiscard]] bool ends_within_a_line() const {
        std::error_code none;
        if (!std::filesystem::is_regular_file(path_, none)) return false; // a device or a pipe has no past
        std::ifstream file(path_, std::ios::binary);
        file.seekg(-1, std::ios::end); // fails if the file is empty
        char last = '\n';
        return file.get(last) && last != '\n';
    }

    void write(const std::string& text) {
        file_ << text << std::flush;
        if (!file_) throw std::runtime_error("--ledger: cannot write to " + name_ + "; is the disk full?");
    }

    std::string name_; // as the user wrote it
    std::filesystem::path path_;
    std::ofstream file_;
};

} // namespace lcm_command

#endif
