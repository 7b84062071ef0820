// SPDX-License-Identifier: BSL-1.0
// The outbox as an application uses it, with its own thread and real time.
#include <outbox/outbox_bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/outbox.hpp>
#include <lcm_client/ui_loop.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::EntryId;
using lcm::Errc;
using lcm::Outbox;
using lcm::OutboxConfig;
using lcm::OutboxErrc;

namespace {

// A client on the test's own loop, and an outbox on a thread of its own.
struct Desktop {
    TemporaryFolder folder;
    Bench bench;
    std::vector<lcm::EntryEnding> endings;
    std::optional<Outbox> outbox;

    [[nodiscard]] OutboxConfig config() {
        return {.file = folder / "box", .seal = mirror(), .on_ended = [this](const lcm::EntryEnding& ending) {
                    endings.push_back(ending);
                }};
    }

    void open() { outbox.emplace(*bench.client, config()); }

    void run_until(const std::function<bool()>& is_over) {
        bench.loop.restart();
        while (!is_over())
            if (bench.loop.run_one_for(20s) == 0) throw std::runtime_error("it does not come");
    }
};

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

lcm::Error error_of(std::future<EntryId> future) {
    try {
        const EntryId id = future.get();
        throw std::logic_error("entry " + std::to_string(id) + " was kept");
    } catch (const lcm::LcmError& problem) {
        return problem.error();
    }
}

std::string refusal_of(Desktop& desktop, const std::function<void(OutboxConfig&)>& change) {
    OutboxConfig config = desktop.config();
    change(config);
    try {
        const Outbox outbox(*desktop.bench.client, config);
        return "accepted";
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.error().code == Errc::invalid_argument);
        return problem.error().detail;
    }
}

} // namespace

TEST_CASE("What is posted is on disk when its future is ready, leaves, and its ending is told with its tag") {
    Desktop desktop;
    desktop.open();
    const EntryId id = desktop.outbox->post(sample("1"), {.tag = 17}).get();
    desktop.run_until([&] { return desktop.bench.script.sent().size() == 1; });
    CHECK(desktop.bench.script.sent()[0] == lcm::encode(sample("1"), "test"));
    desktop.bench.script.receive(lcm::testing::reply<SetOutcome>("1"));
    desktop.run_until([&] { return !desktop.endings.empty(); });
    CHECK(desktop.endings[0].id == id);
    CHECK(desktop.endings[0].tag == 17);
    CHECK(desktop.endings[0].delivery == Delivery::accepted);
}

TEST_CASE("A post with a handler is told on its executor, not inside the call") {
    Desktop desktop;
    desktop.open();
    std::optional<lcm::Result<EntryId>> result;
    desktop.outbox->async_post(sample("1"), {}, [&](lcm::Result<EntryId> told) { result = std::move(told); });
    CHECK_FALSE(result);
    desktop.run_until([&] { return result.has_value(); });
    CHECK(result->has_value());
}

TEST_CASE("Several threads post at once, and what they post about one contact stands in one line") {
    constexpr std::size_t threads = 4;
    constexpr std::size_t contacts = 25;
    Desktop desktop;
    desktop.open();
    std::vector<std::future<std::vector<EntryId>>> posted;
    for (std::size_t i = 0; i != threads; ++i)
        posted.push_back(std::async(std::launch::async, [&outbox = *desktop.outbox] {
            std::vector<EntryId> ids;
            for (std::size_t contact = 0; contact != contacts; ++contact)
                ids.push_back(outbox.post(sample_of(std::to_string(contact))).get());
            return ids;
        }));
    std::set<EntryId> ids;
    for (auto& each : posted)
        for (const EntryId id : each.get()) ids.insert(id);
    CHECK(ids.size() == threads * contacts);
    const auto entries = desktop.outbox->entries().get();
    CHECK(entries.size() == threads * contacts);
    CHECK(std::count_if(entries.begin(), entries.end(), [](const auto& entry) { return !entry.stands_behind; }) ==
          contacts);
}

TEST_CASE("A post whose executor throws is told on the client's") {
    Desktop desktop;
    desktop.open();
    const lcm::UiLoop ui([](const std::function<void()>&) { throw std::runtime_error("the window is gone"); },
                         [] { return false; });
    std::optional<lcm::Result<EntryId>> result;
    desktop.outbox->async_post(
        sample("1"), {},
        boost::asio::bind_executor(ui.get_executor(), [&](lcm::Result<EntryId> told) { result = std::move(told); }));
    desktop.run_until([&] { return result.has_value(); });
    CHECK(result->has_value());
}

TEST_CASE("A seal that throws anything fails its post, and no other one") {
    Desktop desktop;
    OutboxConfig config = desktop.config();
    bool throws = false;
    config.seal.seal = [&throws](std::string_view plain, std::string_view context) {
        if (throws) throw 17;
        return mirrored(plain, context);
    };
    desktop.outbox.emplace(*desktop.bench.client, std::move(config));
    throws = true;
    const lcm::Error error = error_of(desktop.outbox->post(sample("1")));
    CHECK(error.code == Errc::not_stored);
    CHECK(error.delivery == Delivery::not_sent);
    throws = false;
    CHECK(desktop.outbox->post(sample("2")).get() != 0);
}

TEST_CASE("What waits when the outbox is closed leaves when it is opened again") {
    Desktop desktop;
    desktop.bench.script.hold_open();
    desktop.open();
    const EntryId id = desktop.outbox->post(sample("1")).get();
    const auto entries = desktop.outbox->entries().get();
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].id == id);
    CHECK(entries[0].state == lcm::EntryState::waiting);
    desktop.outbox->close();
    desktop.outbox.reset();
    desktop.bench.script.finish_open();
    desktop.open();
    desktop.run_until([&] { return desktop.bench.script.sent().size() == 1; });
}

TEST_CASE("A person can drop what waits, and cannot send again what is not unknown") {
    Desktop desktop;
    desktop.bench.script.hold_open();
    desktop.open();
    const EntryId id = desktop.outbox->post(sample("1"), {.tag = 17}).get();
    CHECK_FALSE(desktop.outbox->resend(id).get());
    CHECK_FALSE(desktop.outbox->drop(id + 1).get());
    CHECK(desktop.outbox->drop(id).get());
    desktop.run_until([&] { return !desktop.endings.empty(); });
    CHECK(desktop.endings[0].delivery == Delivery::not_sent);
    CHECK(desktop.endings[0].by == lcm::EntryEndedBy::drop);
    CHECK(desktop.outbox->entries().get().empty());
}

TEST_CASE("A closed outbox takes nothing more, and says so") {
    Desktop desktop;
    desktop.open();
    desktop.outbox->close();
    const lcm::Error error = error_of(desktop.outbox->post(sample("1"), {.tag = 17}));
    CHECK(error.code == Errc::client_closed);
    CHECK(error.delivery == Delivery::not_sent);
    CHECK(error.tag == 17);
    CHECK_FALSE(desktop.outbox->resend(1).get());
    CHECK_FALSE(desktop.outbox->drop(1).get());
    CHECK(desktop.outbox->entries().get().empty());
    desktop.outbox->close();
}

TEST_CASE("A second outbox over the same file is refused") {
    Desktop desktop;
    desktop.open();
    try {
        const Outbox second(*desktop.bench.client, desktop.config());
        FAIL("it was opened");
    } catch (const boost::system::system_error& problem) {
        CHECK(problem.code() == OutboxErrc::locked);
    }
}

TEST_CASE("A post that cannot be sent, or whose time is out of range, is refused with the field's name") {
    Desktop desktop;
    desktop.open();
    SetOutcome nameless = sample("1");
    nameless.callid = "";
    CHECK(error_of(desktop.outbox->post(nameless)).code == Errc::invalid_argument);
    for (const std::chrono::seconds time : {0s, std::chrono::seconds(25h)}) {
        const lcm::Error error = error_of(desktop.outbox->post(sample("1"), {.expires_in = time}));
        CHECK(error.code == Errc::invalid_argument);
        CHECK(has(error.detail, "expires_in: must be from 1 s to limits.age"));
    }
    CHECK(desktop.outbox->stats().posted == 0);
}

TEST_CASE("A configuration that is not acceptable is refused with the member's name") {
    Desktop desktop;
    struct Row {
        std::string words;
        std::function<void(OutboxConfig&)> change;
    };
    const std::vector<Row> rows{
        {"file: ", [](OutboxConfig& config) { config.file.clear(); }},
        {"seal: ", [](OutboxConfig& config) { config.seal = {}; }},
        {"seal", [](OutboxConfig& config) { config.seal.open = {}; }},
        {"plain_text_on_disk: ", [](OutboxConfig& config) { config.plain_text_on_disk = true; }},
        {"limits.entries: ", [](OutboxConfig& config) { config.limits.entries = 0; }},
        {"limits.bytes: ", [](OutboxConfig& config) { config.limits.bytes = 0; }},
        {"limits.under_way: ", [](OutboxConfig& config) { config.limits.under_way = 0; }},
        {"limits.backlog_per_second: ", [](OutboxConfig& config) { config.limits.backlog_per_second = 0; }},
        {"limits.age: ", [](OutboxConfig& config) { config.limits.age = 0h; }},
        {"settle_time: ", [](OutboxConfig& config) { config.settle_time = -1s; }},
    };
    for (const Row& row : rows) CHECK(has(refusal_of(desktop, row.change), row.words));
}
