// SPDX-License-Identifier: BSL-1.0
// Gives each file of the corpus to its target, without a fuzzer: what was found once stays found.
#include <fuzz/targets.hpp>

#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

struct Target {
    const char* name;
    void (*run)(std::string_view bytes);
};

constexpr Target targets[] = {
    {"decoder", lcm::tests::fuzz_decoder}, {"encoder", lcm::tests::fuzz_encoder},
    {"url", lcm::tests::fuzz_url},         {"multiplexer", lcm::tests::fuzz_multiplexer},
    {"client", lcm::tests::fuzz_client},   {"frames", lcm::tests::fuzz_frames},
};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot be read: " + path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

// Returns how many files there were. A target that fails ends the program, so each file is named before.
std::size_t run_all(const Target& target, const std::filesystem::path& folder) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::cout << target.name << ' ' << entry.path().filename().string() << std::endl;
        target.run(read_file(entry.path()));
        ++files;
    }
    return files;
}

} // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::cerr << "Usage: " << argv[0] << " CORPUS\n";
        return 2;
    }
    for (const Target& target : targets) {
        if (run_all(target, std::filesystem::path(argv[1]) / target.name) > 0) continue;
        std::cerr << "There is no input for the target " << target.name << '\n';
        return 1;
    }
    return 0;
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
