// SPDX-License-Identifier: BSL-1.0
// `lcm batch FILE`: sends a request for each line of JSON, and prints how each ended. The file is read as it goes.
#include "catalogue.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "data_source.hpp"
#include "line_reader.hpp"
#include "many_calls.hpp"
#include "nearest_name.hpp"
#include "progress.hpp"
#include "standard_input.hpp"
#include "status.hpp"
#include "system_text.hpp"

#include <lcm_client/json.hpp>

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace lcm_command {

namespace {

struct BatchFlags {
    std::string file{};
    ConnectionFlags connection{};
    std::size_t at_once = 64;
};

std::string read_operation(const lcm::Json& line) {
    const auto operation = line.find("operation");
    if (operation == line.end() || !operation->is_string()) throw UsageError("operation: must be the name of one");
    return operation->get<std::string>();
}

/// The request that the line describes. Throws `UsageError`, which says what is wrong with it.
std::unique_ptr<AnyRequest> read_request(const InputLine& line) {
    if (line.is_too_long) throw UsageError("the line has more than 1 MiB");
    const auto json = parse_own_json(line.text, data_depth);
    if (!json) throw UsageError("the line must be a JSON object; " + json.problem);
    if (!json.value.is_object()) throw UsageError("the line must be a JSON object");
    for (const auto& [name, value] : json.value.items())
        if (name != "operation" && name != "data")
            throw UsageError("there is no member " + lcm::Json(name).dump() + "; use operation and data");
    const std::string name = read_operation(json.value);
    const AnyOperation* const operation = find_operation(name);
    if (operation == nullptr)
        throw UsageError(
            refer("operation: there is no " + lcm::Json(name).dump() + did_you_mean_operation(name), "lcm list"));
    auto request = operation->make_request();
    if (const auto data = json.value.find("data"); data != json.value.end()) request->read("data", *data);
    return request;
}

/// The work of one command.
class Batch {
public:
    Batch(std::istream& in, std::optional<std::uint64_t> size, const BatchFlags& flags)
        : size_(size), calls_(flags.connection, flags.at_once),
          reader_(in, calls_.loop(), flags.at_once, [this](const InputLine& line) { send(line); }) {
        calls_.before_print = [this] { progress_.hide(); };
        calls_.on_end = [this] {
            reader_.give_back_place();
            progress_.show(share(), calls_.totals());
        };
    }

    /// Throws `std::runtime_error` if there may be lines that cannot be read; those that can have ended then.
    Status run() {
        const Status status = calls_.run("lines");
        if (reader_.has_failed() && !is_interrupted()) throw std::runtime_error("the input cannot be read to its end");
        return status;
    }

    [[nodiscard]] bool is_interrupted() const noexcept { return calls_.is_interrupted(); }

private:
    void send(const InputLine& line) {
        if (is_interrupted()) return;
        ++started_;
        std::unique_ptr<AnyRequest> request;
        try {
            request = read_request(line);
        } catch (const UsageError& problem) {
            return calls_.refuse(problem.what(), line.number);
        }
        calls_.start(*request, line.number);
    }

    // Of what was read, what has ended counts.
    [[nodiscard]] std::optional<double> share() const {
        if (!size_ || *size_ == 0) return std::nullopt;
        const double read = static_cast<double>(reader_.bytes()) / static_cast<double>(*size_);
        return read * static_cast<double>(calls_.totals().count()) / static_cast<double>(started_);
    }

    std::optional<std::uint64_t> size_;
    std::uint64_t started_ = 0;
    Progress progress_;
    ManyCalls calls_;
    LineReader reader_;
};

// A failure, or a signal, ends the process at once: the reader may be waiting for a line that never comes.
Status run(std::istream& in, std::optional<std::uint64_t> size, const BatchFlags& flags) {
    Batch batch(in, size, flags);
    try {
        const Status status = batch.run();
        if (batch.is_interrupted()) std::_Exit(status);
        return status;
    } catch (const std::exception& problem) {
        std::cerr << "lcm: " << problem.what() << std::endl;
        std::_Exit(status_failed);
    }
}

Status run(const BatchFlags& flags) {
    if (flags.file == "-") {
        if (!has_standard_input()) throw UsageError("FILE: there is no standard input");
        return run(std::cin, std::nullopt, flags);
    }
    const std::filesystem::path path = file_path(flags.file);
    std::ifstream file(path, std::ios::binary);
    if (!file) throw UsageError("cannot open the file " + flags.file);
    std::error_code problem;
    const auto size = std::filesystem::file_size(path, problem); // a pipe has none
    return run(file, problem ? std::nullopt : std::optional<std::uint64_t>(size), flags);
}

} // namespace

void add_batch(CLI::App& lcm, Status& status) {
    auto* const command =
        lcm.add_subcommand("batch", "send a request for each line of a file, and print how each ended");
    command->footer(
        "A line is {\"operation\":\"NAME\",\"data\":{...}}, with the fields of lcm help NAME. Each has a line "
        "of JSON with\nits number as soon as it has ended. A line that cannot be sent ends as not_sent, and "
        "stops no other.\nWaits through breaks of the link.\n" +
        std::string(explain_statuses));
    const auto flags = std::make_shared<BatchFlags>();
    command->add_option("FILE", flags->file, "lines of JSON, or - for standard input")->required();
    add_connection_flags(*command, flags->connection);
    add_concurrency_flag(*command, flags->at_once);
    command->callback([&status, flags] { status = run(*flags); });
}

} // namespace lcm_command
