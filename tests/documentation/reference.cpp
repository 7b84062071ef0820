// SPDX-License-Identifier: BSL-1.0
// Prints the reference of the operations, or with --write puts it beside their headers, or with --check compares it
// with what is there, and sees that each field is described once.
// Usage: operation_reference INCLUDE_DIRECTORY [--write | --check]
#include <documentation/reference.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

namespace fs = std::filesystem;
using lcm::tests::Pages;

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void print(const Pages& pages) {
    for (const auto& [name, text] : pages) std::cout << "=== " << name << "\n\n" << text << '\n';
}

int write(const Pages& pages, const fs::path& directory) {
    for (const auto& [name, text] : pages) {
        std::ofstream file(directory / name, std::ios::binary);
        if (!(file << text << std::flush)) {
            std::cerr << "cannot write " << (directory / name).string() << '\n';
            return 1;
        }
    }
    return 0;
}

/// Complains of each member that is described twice or not at all.
int check_comments(const fs::path& include) {
    int wrong = 0;
    for (const auto& texts : {lcm::tests::read_operations(include), lcm::tests::read_events(include)})
        for (const std::string& problem : texts.find_wrong_comments()) {
            std::cerr << problem << '\n';
            ++wrong;
        }
    return wrong == 0 ? 0 : 1;
}

int check_pages(const Pages& pages, const fs::path& directory) {
    int outdated = 0;
    const auto complain = [&](const std::string& name, const char* problem) {
        std::cerr << (directory / name).string() << ": " << problem << '\n';
        ++outdated;
    };
    for (const auto& [name, text] : pages)
        if (read(directory / name) != text) complain(name, "differs from the field tables");
    for (const auto& entry : fs::directory_iterator(directory)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() == ".md" && !pages.contains(name)) complain(name, "belongs to no group");
    }
    if (outdated == 0) return 0;
    std::cerr
        << "To bring the pages up to date: operation_reference INCLUDE_DIRECTORY --write\n"
           "(the program is in the build directory, under tests/documentation). Delete what belongs to no group.\n";
    return 1;
}

} // namespace

int main(int argc, char** argv) try {
    const std::string_view mode = argc == 3 ? argv[2] : "";
    if (argc < 2 || argc > 3 || (argc == 3 && mode != "--write" && mode != "--check")) {
        std::cerr << "usage: operation_reference INCLUDE_DIRECTORY [--write | --check]\n";
        return 2;
    }
    const fs::path include = argv[1];
    const Pages pages = lcm::tests::make_reference(include);
    if (mode == "--write") return write(pages, include / "lcm_client/operations");
    if (mode == "--check")
        return (std::max)(check_comments(include), check_pages(pages, include / "lcm_client/operations"));
    print(pages);
    return 0;
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
