// SPDX-License-Identifier: BSL-1.0
// A file system of another computer's, as the system tells of it: an outbox's file must not lie there.
#include <support/catch.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/outbox/impl/store.hpp>

#include <boost/system/system_error.hpp>

#include <dlfcn.h>
#include <sys/vfs.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

using namespace lcm::tests;

namespace {

using Statfs = int (*)(const char*, struct statfs*);

std::optional<std::uint32_t> kind; // of each file system, while it is set

lcm::error_code problem_on(std::uint32_t number) {
    const TemporaryFolder folder;
    kind = number;
    lcm::error_code problem;
    try {
        const lcm::detail::Store store(folder / "box", [] { return lcm::detail::FileHead{.name = "n", .key = "k"}; });
    } catch (const boost::system::system_error& thrown) {
        problem = thrown.code();
    }
    kind.reset();
    CHECK(std::filesystem::exists(folder / "box") == !problem);
    return problem;
}

} // namespace

// In place of the system's.
extern "C" int statfs(const char* path, struct statfs* info) noexcept {
    static const auto system = reinterpret_cast<Statfs>(dlsym(RTLD_NEXT, "statfs"));
    const int result = system(path, info);
    if (result == 0 && kind) info->f_type = static_cast<decltype(info->f_type)>(*kind);
    return result;
}

TEST_CASE("A file on a network file system is refused, and is not made") {
    const auto [name, number] = GENERATE(table<std::string, std::uint32_t>({{"NFS", 0x6969U},
                                                                            {"SMB", 0x517BU},
                                                                            {"SMB 1", 0xFF534D42U},
                                                                            {"SMB 2", 0xFE534D42U},
                                                                            {"AFS", 0x5346414FU},
                                                                            {"9P", 0x01021997U},
                                                                            {"Ceph", 0x00C36400U}}));
    INFO(name);
    CHECK(problem_on(number) == lcm::OutboxErrc::network_file_system);
}

TEST_CASE("A file on a local file system is taken") {
    const auto [name, number] = GENERATE(table<std::string, std::uint32_t>(
        {{"ext4", 0xEF53U}, {"XFS", 0x58465342U}, {"Btrfs", 0x9123683EU}, {"tmpfs", 0x01021994U}}));
    INFO(name);
    CHECK_FALSE(problem_on(number));
}
