// SPDX-License-Identifier: BSL-1.0
// A look into an outbox's file while no outbox has it.
#include <outbox/outbox_bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/outbox/file.hpp>

#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::EntryEndedBy;
using lcm::EntryState;
using lcm::OutboxErrc;
using lcm::OutboxFile;

namespace {

// An unknown entry, one behind it, and one of another contact that waits; the process has ended.
void leave_three(OutboxBench& bench) {
    bench.open();
    bench.post(sample_of("1"), 71);
    bench.post(sample_of("1"), 72);
    bench.desktop->script.hold_open();
    bench.desktop->script.drop();
    bench.desktop->run();
    bench.post(sample_of("3"), 73);
    bench.box.reset();
    bench.desktop.reset();
}

lcm::error_code problem_with(const std::filesystem::path& file) {
    try {
        const OutboxFile opened(file, mirror());
    } catch (const boost::system::system_error& problem) {
        return problem.code();
    }
    return {};
}

} // namespace

TEST_CASE("A file shows its entries with the key, the oldest first, and what each was") {
    OutboxBench bench;
    leave_three(bench);
    const OutboxFile file(bench.config.file, mirror());
    CHECK(file.has_key());
    const auto entries = file.entries();
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].state == EntryState::unknown);
    CHECK_FALSE(entries[0].stands_behind);
    CHECK(entries[1].state == EntryState::waiting);
    CHECK(entries[1].stands_behind);
    CHECK_FALSE(entries[2].stands_behind);
    CHECK(entries[2].operation == SetOutcome::operation.subtopic);
    CHECK(entries[2].callid == "3");
    CHECK(entries[2].tag == 73);
    CHECK(entries[2].expires == entries[2].posted + 1h);
    CHECK(file.data(3) == lcm::detail::data_of(sample_of("3")));
    CHECK_FALSE(file.data(4));
    CHECK(file.endings().empty());
}

TEST_CASE("Without its key a file shows where its entries stand, and nothing that they hold") {
    OutboxBench bench;
    leave_three(bench);
    const auto wrong = [](std::string_view, std::string_view) { return std::optional<std::string>(); };
    const auto throwing = [](std::string_view, std::string_view) -> std::optional<std::string> { throw 1; };
    for (const lcm::OutboxSeal& seal : {lcm::OutboxSeal{}, lcm::OutboxSeal{.seal = mirrored, .open = wrong},
                                        lcm::OutboxSeal{.seal = mirrored, .open = throwing}}) {
        const OutboxFile file(bench.config.file, seal);
        CHECK_FALSE(file.has_key());
        const auto entries = file.entries();
        REQUIRE(entries.size() == 3);
        CHECK(entries[0].state == EntryState::unknown);
        CHECK(entries[1].stands_behind);
        CHECK(entries[2].operation.empty());
        CHECK(entries[2].callid.empty());
        CHECK(entries[2].tag == 0);
        CHECK_FALSE(file.data(3));
    }
}

TEST_CASE("What is dropped in a file does not leave, and is told by the next outbox") {
    OutboxBench bench;
    leave_three(bench);
    const bool has_key = GENERATE(true, false);
    {
        OutboxFile file(bench.config.file, has_key ? mirror() : lcm::OutboxSeal{});
        CHECK(file.drop(1));
        CHECK(file.drop(3));
        CHECK_FALSE(file.drop(3));
        CHECK_FALSE(file.drop(17));
        CHECK(file.entries().size() == 1);
        REQUIRE(file.endings().size() == 2);
        CHECK(file.endings()[0].delivery == Delivery::unknown);
        CHECK(file.endings()[1].delivery == Delivery::not_sent);
        CHECK(file.endings()[1].callid == (has_key ? "3" : ""));
    }
    CHECK(OutboxFile(bench.config.file).endings().size() == 2);
    bench.desktop.emplace();
    bench.open();
    REQUIRE(bench.endings.size() == 2);
    CHECK(bench.endings[0].tag == 71);
    CHECK(bench.endings[0].by == EntryEndedBy::drop);
    CHECK(bench.endings[0].operation == SetOutcome::operation.subtopic);
    CHECK(bench.endings[1].tag == 73);
    CHECK(bench.endings[1].callid == "3");
    CHECK(bench.sent().size() == 1); // the one that stood behind
}

TEST_CASE("A file that an outbox has open is locked, and the other way round") {
    OutboxBench bench;
    bench.open();
    CHECK(problem_with(bench.config.file) == OutboxErrc::locked);
    bench.close();
    const OutboxFile file(bench.config.file);
    CHECK_THROWS_AS(bench.open(), boost::system::system_error);
}

TEST_CASE("A look into a file that is none of an outbox makes and changes nothing") {
    const TemporaryFolder folder;
    CHECK(problem_with(folder / "none") == boost::system::errc::no_such_file_or_directory);
    CHECK_FALSE(std::filesystem::exists(folder / "none"));
    const auto file = folder / "box";
    std::ofstream(file).close();
    CHECK(problem_with(file) == OutboxErrc::foreign_file);
    const std::string notes(5000, 'x');
    std::ofstream(file) << notes;
    CHECK(problem_with(file) == OutboxErrc::damaged);
    CHECK(std::filesystem::file_size(file) == notes.size());
}
