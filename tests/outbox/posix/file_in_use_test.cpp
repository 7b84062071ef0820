// SPDX-License-Identifier: BSL-1.0
// An outbox's file while it is open: its lock, and somebody who takes the file away.
#include <support/catch.hpp>
#include <support/fork.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/outbox/impl/store.hpp>

#include <boost/system/system_error.hpp>

#include <fcntl.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

using namespace lcm::detail;
using lcm::OutboxErrc;
using lcm::tests::TemporaryFolder;

namespace {

FileHead new_head() { return {.name = "a name", .key = "a key"}; }

// As another process sees it: the system does not tell a process of its own locks.
bool is_locked(const std::filesystem::path& file) {
    const auto look = [&] {
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        const int number = ::open(file.c_str(), O_RDWR);
        const bool is_known = number >= 0 && ::fcntl(number, F_GETLK, &lock) == 0;
        return is_known && lock.l_type != F_UNLCK ? 1 : 0;
    };
    return lcm::tests::exit_status_of_fork(look) == 1;
}

std::optional<WriteProblem> keep_one(Store& store) {
    WriteSet writes;
    writes.added.push_back({1, {}});
    return store.write(writes, {{.id = 1, .contents = "contents"}}, WallTime());
}

} // namespace

TEST_CASE("A second try in the same process to open the file leaves it locked for others") {
    const TemporaryFolder folder;
    const Store store(folder / "box", new_head);
    REQUIRE(is_locked(folder / "box"));
    CHECK_THROWS_AS(Store(folder / "box", new_head), boost::system::system_error);
    CHECK(is_locked(folder / "box"));
}

TEST_CASE("Nothing is called kept in a file that was deleted, or that another one has replaced") {
    const TemporaryFolder folder;
    Store store(folder / "box", new_head);
    std::filesystem::rename(folder / "box", folder / "away");
    const auto problem = keep_one(store);
    REQUIRE(problem);
    CHECK(problem->failure == WriteFailure::not_done);
    CHECK(problem->code == OutboxErrc::io_error);
    CHECK(problem->detail.find("deleted, moved or replaced") != std::string::npos);

    const Store other(folder / "box", new_head);
    CHECK(keep_one(store));
}

TEST_CASE("A file that comes back to its place is written again") {
    const TemporaryFolder folder;
    Store store(folder / "box", new_head);
    std::filesystem::rename(folder / "box", folder / "away");
    CHECK(keep_one(store));
    std::filesystem::rename(folder / "away", folder / "box");
    CHECK_FALSE(keep_one(store));
}
