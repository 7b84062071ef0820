// SPDX-License-Identifier: BSL-1.0
// An outbox's file: what is found again, and which files are refused.
#include <support/catch.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/outbox/impl/outbox_file.hpp>
#include <lcm_client/outbox/impl/sqlite.hpp>
#include <lcm_client/outbox/impl/store.hpp>

#include <boost/system/system_error.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::detail;
using lcm::Delivery;
using lcm::EntryEndedBy;
using lcm::EntryId;
using lcm::EntryState;
using lcm::OutboxErrc;
using lcm::tests::TemporaryFolder;

namespace {

FileHead new_head() { return {.name = "a name", .key = std::string("a key\0", 6)}; }

NewEntry entry(EntryId id, std::string contents = "contents") {
    return {.id = id,
            .expires = WallTime(2h),
            .subjects = {std::string(32, 'a'), std::string(32, 'b')},
            .contents = std::move(contents)};
}

void keep(Store& store, std::vector<NewEntry> entries, WallTime now = WallTime(1h)) {
    WriteSet writes;
    for (const NewEntry& each : entries) writes.added.push_back({each.id, {}});
    REQUIRE_FALSE(store.write(writes, entries, now));
}

// What keeps the file from being opened.
std::optional<OutboxErrc> refusal(const std::filesystem::path& file) {
    try {
        const Store store(file, new_head);
        return std::nullopt;
    } catch (const boost::system::system_error& problem) {
        REQUIRE(problem.code().category() == lcm::outbox_category());
        return static_cast<OutboxErrc>(problem.code().value());
    }
}

void run(const std::filesystem::path& file, const std::string& statements) {
    SqliteConnection(file, nullptr).run(statements.c_str());
}

} // namespace

TEST_CASE("What was written is found again when the file is opened anew") {
    const TemporaryFolder folder;
    {
        Store store(folder / "box", new_head);
        keep(store, {entry(1), entry(2), entry(3)});
        WriteSet writes;
        writes.changed = {{1, {EntryState::unknown, true, {}, {}}},
                          {2, {EntryState::ended, false, EntryEndedBy::expiry, Delivery::not_sent}}};
        writes.removed = {3};
        REQUIRE_FALSE(store.write(writes, {}, WallTime(5h)));
    }
    const Store store(folder / "box", [] { return FileHead(); });
    CHECK(store.head().name == "a name");
    CHECK(store.head().key.size() == 6);
    CHECK(store.head().next_id == 4);
    CHECK(store.head().last_seen == WallTime(5h));
    const auto entries = store.entries();
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].id == 1);
    CHECK(entries[0].status.state == EntryState::unknown);
    CHECK(entries[0].status.was_resent);
    CHECK(entries[0].expires == WallTime(2h));
    CHECK(entries[0].bytes == 8);
    CHECK(entries[0].subjects == SubjectKeys{std::string(32, 'a'), std::string(32, 'b')});
    CHECK(entries[1].status == EntryStatus{EntryState::ended, false, EntryEndedBy::expiry, Delivery::not_sent});
    CHECK(store.contents(1) == "contents");
    CHECK_FALSE(store.contents(3));
}

TEST_CASE("A new entry is kept in the state that it has") {
    const TemporaryFolder folder;
    Store store(folder / "box", new_head);
    const WriteSet writes{.added = {{1, {EntryState::handed_over}}, {2, {EntryState::waiting}}}};
    REQUIRE_FALSE(store.write(writes, {entry(1), entry(2)}, WallTime(1h)));
    const auto entries = store.entries();
    CHECK(entries.at(0).status.state == EntryState::handed_over);
    CHECK(entries.at(1).status.state == EntryState::waiting);
}

TEST_CASE("A file that is open cannot be opened a second time") {
    const TemporaryFolder folder;
    std::optional<Store> store(std::in_place, folder / "box", new_head);
    CHECK(refusal(folder / "box") == OutboxErrc::locked);
    store.reset();
    CHECK_FALSE(refusal(folder / "box"));
}

TEST_CASE("A file of a later version is refused, and stays as it is") {
    const TemporaryFolder folder;
    CHECK_FALSE(refusal(folder / "box"));
    run(folder / "box", "PRAGMA user_version=1000");
    CHECK(refusal(folder / "box") == OutboxErrc::newer_file);
    CHECK(std::filesystem::exists(folder / "box"));
}

TEST_CASE("A database of another program is refused, and stays as it is") {
    const TemporaryFolder folder;
    std::ofstream(folder / "box").close();
    run(folder / "box", "CREATE TABLE mine(x); INSERT INTO mine VALUES(1)");
    CHECK(refusal(folder / "box") == OutboxErrc::foreign_file);
    run(folder / "box", "INSERT INTO mine VALUES(2)");
}

TEST_CASE("A damaged file is told from others, and can be set aside with its log") {
    const TemporaryFolder folder;
    std::string junk(5000, 'x');
    std::ofstream(folder / "box") << junk;
    std::ofstream(folder / "box-wal") << "log";
    CHECK(refusal(folder / "box") == OutboxErrc::damaged);
    CHECK(set_aside(folder / "box") == folder / "box.damaged-1");
    CHECK(std::filesystem::file_size(folder / "box.damaged-1") == junk.size());
    CHECK(std::filesystem::exists(folder / "box.damaged-1-wal"));
    CHECK_FALSE(refusal(folder / "box"));
    CHECK(set_aside(folder / "box") == folder / "box.damaged-2");
}

TEST_CASE("A page that was overwritten is seen when the file is opened") {
    const TemporaryFolder folder;
    {
        Store store(folder / "box", new_head);
        std::vector<NewEntry> many;
        for (EntryId id = 1; id <= 500; ++id) many.push_back(entry(id, std::string(200, 'c')));
        keep(store, many);
    }
    {
        std::fstream file(folder / "box", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096 * 5);
        file << std::string(4096, '\x55');
    }
    CHECK(refusal(folder / "box") == OutboxErrc::damaged);
}

TEST_CASE("A number without a meaning in the file is damage, not a guess") {
    const TemporaryFolder folder;
    {
        Store store(folder / "box", new_head);
        keep(store, {entry(1)});
    }
    run(folder / "box", "UPDATE entries SET state=17");
    const Store store(folder / "box", new_head);
    CHECK_THROWS_AS(store.entries(), boost::system::system_error);
}

TEST_CASE("A folder that is not there is told as such") {
    const TemporaryFolder folder;
    CHECK(refusal(folder / "nowhere/box") == OutboxErrc::io_error);
}

#if !defined(_WIN32)
TEST_CASE("Nobody but its owner can read the file and its log") {
    const TemporaryFolder folder;
    std::ofstream(folder / "box").close();
    std::filesystem::permissions(folder / "box", std::filesystem::perms(0644));
    Store store(folder / "box", new_head);
    keep(store, {entry(1)});
    CHECK(std::filesystem::status(folder / "box").permissions() == std::filesystem::perms(0600));
    CHECK(std::filesystem::status(folder / "box-wal").permissions() == std::filesystem::perms(0600));
}

TEST_CASE("A database of another program keeps the rights that it has") {
    const TemporaryFolder folder;
    std::ofstream(folder / "box").close();
    run(folder / "box", "CREATE TABLE mine(x)");
    std::filesystem::permissions(folder / "box", std::filesystem::perms(0664));
    CHECK(refusal(folder / "box") == OutboxErrc::foreign_file);
    CHECK(std::filesystem::status(folder / "box").permissions() == std::filesystem::perms(0664));
}
#endif

TEST_CASE("What was removed is in no file after a checkpoint") {
    const TemporaryFolder folder;
    Store store(folder / "box", new_head);
    keep(store, {entry(1, "canary-in-contents")});
    CHECK(folder.all_bytes().find("canary-in-contents") != std::string::npos);
    WriteSet writes;
    writes.removed = {1};
    REQUIRE_FALSE(store.write(writes, {}, WallTime(1h)));
    CHECK(store.log_pages() > 0);
    store.checkpoint();
    CHECK(store.log_pages() == 0);
    CHECK(std::filesystem::file_size(folder / "box-wal") == 0);
    CHECK(folder.all_bytes().find("canary-in-contents") == std::string::npos);
}
