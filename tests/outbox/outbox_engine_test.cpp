// SPDX-License-Identifier: BSL-1.0
// An outbox over a scripted connection: what it sends when, what it tells, and what is left after a crash.
#include <outbox/outbox_bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/operations/compliance.hpp>
#include <lcm_client/operations/state.hpp>
#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/testing/typed_messages.hpp>

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::DoubtDecision;
using lcm::EntryEndedBy;
using lcm::EntryId;
using lcm::EntryState;
using lcm::Errc;
using lcm::OutboxErrc;

namespace {

// A desktop whose link is not there yet.
OutboxBench& without_link(OutboxBench& bench) {
    bench.desktop->script.hold_open();
    bench.open();
    return bench;
}

lcm::SetDNC do_not_call(const std::string& account_number) {
    return {.account_number = account_number,
            .outcome_id = 5,
            .bussfld_dnc_value = "a",
            .bussfld_dnc_value1 = "b",
            .blocked_by = "PhoneNumber",
            .dnc_block_start_date = {2030y / 6 / 3, 9h},
            .dnc_block_end_date = {2031y / 6 / 3, 9h},
            .agent_comments = "c",
            .target_amount = 0,
            .business_outcome = 101,
            .dnc_campaign_category_id = "1"};
}

// The sample for this call is not answered, and then the event comes that tells of its success.
void post_and_tell_late(OutboxBench& bench, const std::string& callid) {
    bench.post(sample_of(callid));
    bench.desktop->advance(11s);
    bench.desktop->receive(outcome_was_set(sample_of(callid).account_number.reveal()));
}

std::vector<lcm::OutboxEntry> entries(OutboxBench& bench) {
    std::vector<lcm::OutboxEntry> all;
    bench.box->list([&](std::vector<lcm::OutboxEntry> list) { all = std::move(list); });
    bench.desktop->run();
    return all;
}

bool ask(OutboxBench& bench, void (lcm::detail::OutboxEngine::*what)(EntryId, lcm::Handler<void(bool)>), EntryId id) {
    std::optional<bool> answer;
    ((*bench.box).*what)(id, [&](bool done) { answer = done; });
    bench.desktop->run();
    return answer.value();
}

// Runs what is posted to it at once, as another thread may that waits for it.
class InPlace {
public:
    explicit InPlace(boost::asio::io_context& loop) : loop_(&loop) {}

    template <class Function> void execute(Function function) const { std::move(function)(); }
    [[nodiscard]] boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return *loop_;
    }
    [[nodiscard]] static constexpr boost::asio::execution::blocking_t
    query(boost::asio::execution::blocking_t) noexcept {
        return boost::asio::execution::blocking.never;
    }
    [[nodiscard]] InPlace require(boost::asio::execution::blocking_t::never_t) const { return *this; }
    friend bool operator==(const InPlace&, const InPlace&) = default;

private:
    boost::asio::io_context* loop_;
};

// The first entry has left, the other one is for the same contact, and what becomes unknown is dropped.
struct TwoForOneContact : OutboxBench {
    TwoForOneContact() {
        config.settle_time = 5min;
        rule = DoubtDecision::drop;
        open();
        post(sample("1"));
        post(sample("2"));
    }
};

} // namespace

TEST_CASE("A post leaves when it is on disk, and its ending is told") {
    OutboxBench bench;
    bench.open();
    const EntryId id = bench.post(sample_of("1"), 77);
    REQUIRE(bench.sent().size() == 1);
    CHECK(bench.sent()[0] == lcm::encode(sample_of("1"), "test"));
    CHECK(bench.stats().handed_over == 1);
    bench.answer("1");
    REQUIRE(bench.endings.size() == 1);
    CHECK(bench.endings[0].id == id);
    CHECK(bench.endings[0].tag == 77);
    CHECK(bench.endings[0].delivery == Delivery::accepted);
    CHECK(bench.endings[0].by == EntryEndedBy::reply);
    CHECK_FALSE(bench.endings[0].was_resent);
    CHECK_FALSE(bench.endings[0].error);
    CHECK(entries(bench).empty());
    CHECK(bench.stats().accepted == 1);
    CHECK(bench.stats().bytes == 0);
}

TEST_CASE("A refusal is told with the server's words") {
    OutboxBench bench;
    bench.open();
    bench.post(sample_of("1"), 77);
    bench.desktop->receive(lcm::testing::ws_error("Invalid Call ID:1", "no such call"));
    REQUIRE(bench.endings.size() == 1);
    CHECK(bench.endings[0].delivery == Delivery::refused);
    REQUIRE(bench.endings[0].error);
    CHECK(bench.endings[0].error->server.message == "no such call");
    CHECK(bench.endings[0].error->tag == 77);
}

TEST_CASE("Without a link an entry waits in the file, and a crash takes nothing from it") {
    OutboxBench bench;
    without_link(bench).post(sample_of("1"));
    CHECK(bench.sent().empty());
    CHECK(bench.stats().waiting == 1);
    bench.crash();
    CHECK(bench.sent().size() == 1);
    CHECK(bench.doubts.empty());
    bench.answer("1");
    CHECK(bench.endings.size() == 1);
}

TEST_CASE("An outbox that was just opened counts what it has found") {
    OutboxBench bench;
    bench.desktop->script.hold_open();
    bench.open();
    bench.post(sample_of("1"));
    bench.box.reset();
    bench.desktop.emplace();
    bench.begin();
    CHECK(bench.stats().waiting == 1);
    CHECK(bench.stats().bytes > 0);
}

TEST_CASE("What may have left before a crash is unknown, and does not leave by itself") {
    OutboxBench bench;
    bench.open();
    const EntryId id = bench.post(sample_of("1"), 77);
    CHECK(bench.sent().size() == 1);
    bench.crash();
    CHECK(bench.sent().empty());
    REQUIRE(bench.doubts.size() == 1);
    CHECK(bench.doubts[0].entry.id == id);
    CHECK(bench.doubts[0].entry.operation == SetOutcome::operation.subtopic);
    CHECK(bench.doubts[0].entry.callid == "1");
    CHECK(bench.doubts[0].entry.tag == 77);
    CHECK(bench.doubts[0].entry.posted == std::chrono::system_clock::time_point(1h));
    CHECK_FALSE(bench.doubts[0].error);
    bench.desktop->advance(50min);
    CHECK(bench.sent().empty());
    CHECK(bench.endings.empty());
    SECTION("until a person has it sent again") {
        CHECK(ask(bench, &lcm::detail::OutboxEngine::resend, id));
        CHECK(bench.sent().size() == 1);
        bench.answer("1", false);
        REQUIRE(bench.endings.size() == 1);
        CHECK(bench.endings[0].delivery == Delivery::refused);
        CHECK(bench.endings[0].was_resent);
    }
    SECTION("unless it has expired meanwhile") {
        bench.desktop->advance(10min);
        CHECK(bench.endings.empty());
        CHECK(ask(bench, &lcm::detail::OutboxEngine::resend, id));
        CHECK(bench.sent().empty());
        CHECK(bench.endings.at(0).delivery == Delivery::unknown);
    }
    SECTION("or drops it") {
        CHECK(ask(bench, &lcm::detail::OutboxEngine::drop, id));
        REQUIRE(bench.endings.size() == 1);
        CHECK(bench.endings[0].delivery == Delivery::unknown);
        CHECK(bench.endings[0].by == EntryEndedBy::drop);
    }
    SECTION("and the next process asks again") {
        bench.crash();
        CHECK(bench.doubts.size() == 2);
    }
}

TEST_CASE("The application's rule decides what becomes of an unknown entry") {
    OutboxBench bench;
    bench.open();
    bench.post(sample_of("1"));
    SECTION("it is sent again") {
        bench.rule = DoubtDecision::resend;
        bench.crash();
        CHECK(bench.sent().size() == 1);
        CHECK(bench.stats().resent == 1);
        bench.answer("1");
        CHECK(bench.endings.at(0).was_resent);
    }
    SECTION("it is dropped") {
        bench.rule = DoubtDecision::drop;
        bench.crash();
        CHECK(bench.sent().empty());
        CHECK(bench.endings.at(0).delivery == Delivery::unknown);
    }
}

TEST_CASE("As long as bytes of it may still arrive, nobody decides about an unknown entry, and the next one waits") {
    TwoForOneContact bench;
    SECTION("after a crash") { bench.crash(); }
    SECTION("after a deadline, since the link is lost") {
        bench.desktop->advance(11s);
        bench.desktop->advance(4min);
        bench.desktop->script.drop();
        bench.desktop->advance(1s);
    }
    const std::size_t before = bench.sent().size();
    bench.desktop->advance(5min - 2s);
    CHECK(bench.doubts.empty());
    CHECK(bench.sent().size() == before);
    bench.desktop->advance(2s);
    CHECK(bench.doubts.size() == 1);
    REQUIRE(bench.sent().size() == before + 1);
    CHECK(bench.sent().back() == lcm::encode(sample("2"), "test"));
}

TEST_CASE("What the rule says of an entry is done when its link is gone and nothing of it can arrive any more") {
    TwoForOneContact bench;
    bench.desktop->advance(11s);        // the first one is unknown, and its link lives
    bench.desktop->advance(4min + 55s); // the rule will be asked in 5 s
    bench.desktop->script.hold_signs_of_life();
    bench.desktop->script.miss_sign_of_life(); // the client hands nothing over
    bench.desktop->advance(6s);
    CHECK(bench.doubts.size() == 1);
    bench.desktop->script.drop();
    bench.desktop->run();
    bench.desktop->advance(1s);
    CHECK(bench.sent().size() == 1); // the old bytes may still arrive
    CHECK(bench.endings.empty());
    bench.desktop->advance(5min);
    CHECK(bench.endings.at(0).delivery == Delivery::unknown);
    CHECK(bench.sent().size() == 2);
    CHECK(bench.doubts.size() == 1); // it was asked once
}

TEST_CASE("A request that the server does not answer proves nothing about what has left before it") {
    TwoForOneContact bench;
    bench.desktop->advance(11s);
    bench.desktop->advance(5min);
    REQUIRE(bench.doubts.size() == 1);
    bench.post(lcm::SendAgentState{.agent_id = "7", .agent_state = "NOT_READY"});
    bench.desktop->advance(2s);
    REQUIRE(bench.endings.size() == 1); // its own: a peer has taken its bytes
    CHECK(bench.endings[0].operation == lcm::SendAgentState::operation.subtopic);
    CHECK(std::count(bench.sent().begin(), bench.sent().end(), lcm::encode(sample("2"), "test")) == 0);
}

TEST_CASE("A truth that comes while the entry is sent again ends it when that attempt ends") {
    OutboxBench bench;
    bench.open();
    const EntryId id = bench.post(sample("1"));
    bench.desktop->advance(11s);
    CHECK(ask(bench, &lcm::detail::OutboxEngine::resend, id));
    bench.answer("1"); // late, to the first attempt, behind which the second one is held back
    CHECK(bench.desktop->settled.at(0).delivery == Delivery::accepted);
    bench.desktop->run();
    bench.desktop->script.drop();
    bench.desktop->advance(11s);
    REQUIRE(bench.endings.size() == 1);
    CHECK(bench.endings[0].delivery == Delivery::accepted);
    CHECK(bench.endings[0].by == EntryEndedBy::settled);
    CHECK_FALSE(bench.endings[0].error);
}

TEST_CASE("A request that ends as unknown is asked for with its error") {
    OutboxBench bench;
    bench.open();
    bench.post(sample_of("1"), 77);
    bench.desktop->advance(11s);
    REQUIRE(bench.doubts.size() == 1);
    REQUIRE(bench.doubts[0].error);
    CHECK(bench.doubts[0].error->code == Errc::timed_out);
    CHECK(bench.doubts[0].error->tag == 77);
    SECTION("and a late answer ends it") {
        bench.answer("1");
        REQUIRE(bench.endings.size() == 1);
        CHECK(bench.endings[0].by == EntryEndedBy::settled);
        CHECK(bench.endings[0].delivery == Delivery::accepted);
        CHECK_FALSE(bench.endings[0].error);
    }
}

TEST_CASE("A message that may be about what an earlier process has sent settles no entry of this one") {
    OutboxBench bench;
    bench.open();
    SECTION("but there was none, and then an event does") {
        post_and_tell_late(bench, "1");
        REQUIRE(bench.endings.size() == 1);
        CHECK(bench.endings[0].by == EntryEndedBy::settled);
    }
    SECTION("until the time is over in which its messages can come") {
        bench.post(sample_of("1"));
        bench.rule = DoubtDecision::drop;
        bench.crash();
        REQUIRE(bench.endings.size() == 1);
        bench.rule = DoubtDecision::ask;
        post_and_tell_late(bench, "1");
        CHECK(bench.endings.size() == 1);
        bench.desktop->advance(10min);
        post_and_tell_late(bench, "2");
        REQUIRE(bench.endings.size() == 2);
        CHECK(bench.endings[1].delivery == Delivery::accepted);
    }
}

TEST_CASE("Nothing about the same contact passes an entry that is under way or unknown, also after a crash") {
    OutboxBench bench;
    bench.open();
    const EntryId mark = bench.post(do_not_call("9|3|1|0|0|44|1"));
    SetOutcome later = sample("1");
    later.account_number = "9|3|1|0|0|44|1";
    bench.post(later);
    bench.post(sample_of("2"));
    CHECK(bench.sent().size() == 2);
    bench.crash();
    CHECK(bench.sent().empty());
    CHECK(bench.doubts.at(0).entry.marks_do_not_call);
    CHECK(ask(bench, &lcm::detail::OutboxEngine::drop, mark));
    CHECK(bench.sent().size() == 1);
}

TEST_CASE(
    "An unknown Do Not Call keeps that for another contact from nothing, though both say alike by what they block") {
    OutboxBench bench;
    bench.open();
    bench.post(do_not_call("9|3|1|0|0|44|1"));
    bench.crash();
    REQUIRE(bench.sent().empty()); // it is unknown
    bench.post(do_not_call("9|3|2|0|0|44|1"));
    CHECK(bench.sent().size() == 1);
}

TEST_CASE("What has expired does not leave, and is told as not sent") {
    OutboxBench bench;
    without_link(bench).post(sample_of("1"), 7, 10min);
    bench.desktop->advance(9min);
    CHECK(bench.endings.empty());
    bench.desktop->advance(1min);
    REQUIRE(bench.endings.size() == 1);
    CHECK(bench.endings[0].by == EntryEndedBy::expiry);
    CHECK(bench.endings[0].delivery == Delivery::not_sent);
    CHECK(bench.endings[0].tag == 7);
    CHECK(bench.stats().expired == 1);
    bench.desktop->script.finish_open();
    bench.desktop->run();
    CHECK(bench.sent().empty());
}

TEST_CASE("What has expired while the computer slept does not leave when it wakes up") {
    OutboxBench bench;
    without_link(bench).post(sample_of("1"), 0, 10min);
    bench.desktop->clock.sleep(1h);
    bench.desktop->script.finish_open();
    bench.desktop->run();
    CHECK(bench.sent().empty());
    CHECK(bench.endings.at(0).by == EntryEndedBy::expiry);
    CHECK(bench.problems.at(0).code == OutboxErrc::clock_set_forward);
}

TEST_CASE("A clock that was set back is told, and entries live no longer for it") {
    OutboxBench bench;
    without_link(bench).post(sample_of("1"), 0, 10min);
    bench.desktop->clock.sleep(-30min);
    bench.desktop->advance(10min);
    CHECK(bench.problems.at(0).code == OutboxErrc::clock_set_back);
    CHECK(bench.endings.at(0).by == EntryEndedBy::expiry);
}

TEST_CASE("Who is told how a post or an entry has ended finds it counted") {
    OutboxBench bench;
    bench.config.limits.entries = 2;
    std::vector<std::uint64_t> counted;
    bench.config.hooks_executor = InPlace(bench.desktop->loop);
    bench.config.on_ended = [&](const auto&) { counted.push_back(bench.stats().accepted); };
    bench.open();
    const auto post = [&](const char* callid, std::uint64_t lcm::OutboxStats::*counter) {
        bench.box->post(lcm::detail::make_post(sample_of(callid), 0, 1h, {},
                                               [&bench, &counted, counter](const lcm::detail::OutboxPost::Told&) {
                                                   counted.push_back(bench.stats().*counter);
                                               }));
        bench.desktop->run();
    };
    post("1", &lcm::OutboxStats::posted);
    post("2", &lcm::OutboxStats::posted);
    post("3", &lcm::OutboxStats::full);
    bench.answer("1");
    CHECK(counted == std::vector<std::uint64_t>{1, 2, 1, 1});
}

TEST_CASE("A post beyond a limit is refused, and named") {
    OutboxBench bench;
    bench.config.limits.entries = 1;
    without_link(bench).post(sample_of("1"));
    const auto second = bench.start(sample_of("2"), 5);
    bench.desktop->run();
    const lcm::Error& error = second->value().error();
    CHECK(error.code == Errc::queue_full);
    CHECK(error.delivery == Delivery::not_sent);
    CHECK(error.detail.find("limits.entries is 1") != std::string::npos);
    CHECK(error.tag == 5);
    CHECK(bench.stats().full == 1);
    CHECK(bench.stats().waiting == 1);
}

TEST_CASE("The contents of all entries are bounded") {
    OutboxBench bench;
    bench.config.limits.bytes = 1000;
    without_link(bench).post(sample_of("1"));
    SetOutcome large = sample_of("2");
    large.agent_comments = std::string(1000, 'x');
    const auto second = bench.start(large);
    bench.desktop->run();
    CHECK(second->value().error().detail.find("limits.bytes is 1000") != std::string::npos);
}

TEST_CASE("Two posts with equal content are two entries") {
    OutboxBench bench;
    bench.open();
    CHECK(bench.post(sample_of("1")) != bench.post(sample_of("1")));
    CHECK(bench.sent().size() == 1);
    bench.answer("1");
    CHECK(bench.sent().size() == 2);
    bench.answer("1");
    CHECK(bench.endings.size() == 2);
}

TEST_CASE("Many posts leave in as many writes as it needs, and no number is given twice") {
    OutboxBench bench;
    bench.open();
    for (int i = 0; i < 40; ++i) static_cast<void>(bench.start(sample_of(std::to_string(i))));
    bench.desktop->run();
    CHECK(bench.sent().size() == 40);
    for (int i = 0; i < 40; ++i) bench.answer(std::to_string(i));
    CHECK(bench.stats().accepted == 40);
    bench.crash();
    CHECK(bench.post(sample_of("x")) == 41);
}

TEST_CASE("What a close finds waiting stays, and leaves in the next process") {
    OutboxBench bench;
    without_link(bench).post(sample_of("1"));
    bench.close();
    CHECK(bench.endings.empty());
    bench.desktop.emplace();
    bench.open();
    CHECK(bench.sent().size() == 1);
}

TEST_CASE("A closed outbox refuses what is posted") {
    OutboxBench bench;
    bench.open();
    bench.box->finish([] {});
    bench.desktop->run();
    CHECK(bench.start(sample_of("1"))->value().error().code == Errc::client_closed);
}

TEST_CASE("What comes in the turn in which the outbox closes is told that it is closed") {
    OutboxBench bench;
    bench.open();
    bench.box->finish([] {});
    const auto posted = bench.start(sample_of("1"));
    bench.desktop->run();
    REQUIRE(posted->has_value());
    const bool is_kept = posted->value().has_value(); // what is posted before the file is let go of may be
    if (!is_kept) CHECK(posted->value().error().code == Errc::client_closed);
    bench.crash();
    CHECK(bench.sent().size() == (is_kept ? 1U : 0U));
}

TEST_CASE("A rule of the client's guard that throws when an entry leaves ends that entry as not sent") {
    OutboxBench bench;
    int asked = 0;
    lcm::ClientConfig config;
    config.do_not_call_guard = lcm::DoNotCallGuard{[&](std::string_view, lcm::JsonView) -> bool {
        if (++asked == 1) throw 17;
        return false;
    }};
    bench.desktop.emplace(std::move(config));
    bench.open();
    bench.post(sample_of("1"));
    REQUIRE(bench.endings.size() == 1);
    CHECK(bench.endings[0].delivery == Delivery::not_sent);
    CHECK(bench.endings[0].error->detail.find("also_marks") != std::string::npos);
    bench.post(sample_of("2"));
    bench.desktop->advance(1s);
    CHECK(bench.sent().size() == 1);
}

TEST_CASE("Entries that the client keeps sending back do not keep the others from leaving") {
    OutboxBench bench;
    lcm::ClientConfig config;
    config.do_not_call_guard = lcm::DoNotCallGuard();
    bench.desktop.emplace(std::move(config));
    bench.config.limits.under_way = 2;
    bench.open();
    std::vector<std::future<lcm::SetDNC::Response>> marks;
    for (const char* const call : {"1", "2"})
        marks.push_back(bench.desktop->client->call(
            lcm::SetDNC{.account_number = sample_of(call).account_number, .outcome_id = 5, .business_outcome = 101}));
    bench.desktop->run(); // both are open
    for (const char* const call : {"1", "2", "3"}) bench.post(sample_of(call));
    for (int second = 0; second != 3; ++second) bench.desktop->advance(1s);
    CHECK(std::count(bench.sent().begin(), bench.sent().end(), lcm::encode(sample_of("3"), "test")) == 1);
    CHECK(std::count(bench.sent().begin(), bench.sent().end(), lcm::encode(sample_of("1"), "test")) == 0);
}

TEST_CASE("A client that is closed leaves entries in the file, and ends none of them by itself") {
    OutboxBench bench;
    without_link(bench).post(sample_of("1"));
    bench.desktop->client->close(0ms);
    bench.desktop->run();
    CHECK(bench.endings.empty());
    bench.crash();
    CHECK(bench.sent().size() == 1);
}

TEST_CASE("A link that breaks under an entry makes it unknown, and those behind it leave over the next one") {
    OutboxBench bench;
    bench.open();
    bench.post(sample_of("1"));
    bench.desktop->script.drop();
    bench.desktop->run();
    bench.post(sample_of("2"));
    CHECK(bench.doubts.size() == 1);
    bench.desktop->advance(1s);
    bench.desktop->advance(1s);
    REQUIRE(bench.sent().size() == 2);
    CHECK(bench.sent()[1] == lcm::encode(sample_of("2"), "test"));
}

TEST_CASE("An ending of which the application was not told is told after the next start") {
    OutboxBench bench;
    boost::asio::io_context interface; // which does not run before the crash
    bench.config.hooks_executor = interface.get_executor();
    bench.open();
    bench.post(sample_of("1"), 77);
    bench.answer("1");
    CHECK(bench.endings.empty());
    bench.crash();
    interface.poll();
    CHECK(bench.sent().empty());
    REQUIRE(bench.endings.size() == 2); // the first process has died after its hook was called
    CHECK(bench.endings[1].delivery == Delivery::accepted);
    CHECK(bench.endings[1].tag == 77);
    bench.desktop->run();
    bench.crash();
    interface.poll();
    CHECK(bench.endings.size() == 2);
}

TEST_CASE("What was decided about one doubt is not decided about the next one") {
    OutboxBench bench;
    boost::asio::io_context interface;
    bench.config.hooks_executor = interface.get_executor();
    bench.rule = DoubtDecision::resend;
    bench.open();
    const EntryId id = bench.post(sample_of("1"));
    bench.desktop->advance(11s);
    CHECK(ask(bench, &lcm::detail::OutboxEngine::resend, id)); // before the rule has been asked
    bench.desktop->script.drop();
    bench.desktop->advance(1s);
    bench.desktop->advance(11s);
    const std::size_t before = bench.sent().size();
    bench.rule = DoubtDecision::ask;
    interface.poll_one(); // the first question, whose answer is no more asked for
    bench.desktop->advance(2s);
    CHECK(bench.sent().size() == before);
}

TEST_CASE("An entry that cannot be opened is told, keeps its place, and can be dropped") {
    OutboxBench bench;
    bool is_locked = false;
    bench.config.seal.open = [&](std::string_view sealed, std::string_view context) -> std::optional<std::string> {
        const bool is_entry = context.find(" entry ") != std::string_view::npos;
        return is_locked && is_entry ? std::nullopt : mirror_back(sealed, context);
    };
    const EntryId first = without_link(bench).post(sample_of("1"));
    is_locked = true;
    bench.crash();
    CHECK(bench.sent().empty());
    REQUIRE(bench.problems.size() == 1);
    CHECK(bench.problems[0].code == OutboxErrc::entry_unreadable);
    CHECK(bench.problems[0].id == first);
    CHECK(bench.stats().unreadable == 1);
    is_locked = false;
    bench.post(sample_of("1"));
    CHECK(bench.sent().empty());
    CHECK(ask(bench, &lcm::detail::OutboxEngine::drop, first));
    CHECK(bench.endings.at(0).delivery == Delivery::not_sent);
    CHECK(bench.sent().size() == 1);
}

TEST_CASE("A damaged file is set aside, which is told, and a new one begins") {
    OutboxBench bench;
    std::ofstream(bench.config.file) << std::string(5000, 'x');
    bench.open();
    REQUIRE(bench.problems.size() == 1);
    CHECK(bench.problems[0].code == OutboxErrc::damaged);
    CHECK(bench.problems[0].detail.find("box.damaged-1") != std::string::npos);
    CHECK(bench.post(sample_of("1")) == 1);
}

TEST_CASE("A file whose key cannot be opened is refused, and stays as it is") {
    OutboxBench bench;
    without_link(bench).post(sample_of("1"));
    bench.close();
    const auto code = [&] {
        try {
            bench.open();
            return OutboxErrc();
        } catch (const boost::system::system_error& problem) {
            return static_cast<OutboxErrc>(problem.code().value());
        }
    };
    bench.config.seal = {};
    CHECK(code() == OutboxErrc::wrong_key);
    bench.config.seal = mirror();
    bench.desktop.emplace();
    bench.open();
    CHECK(bench.sent().size() == 1);
}

TEST_CASE("Personal data are neither in a sealed file nor in what an outbox tells") {
    OutboxBench bench;
    SetOutcome request = sample("1");
    request.account_number = "canary-key";
    request.agent_comments = "canary-comment";
    without_link(bench).post(request);
    CHECK(bench.folder.all_bytes().find("canary") == std::string::npos);
    bench.config.limits.entries = 1;
    bench.crash();
    const auto refused = bench.start(request);
    bench.desktop->run();
    CHECK(refused->value().error().message().find("canary") == std::string::npos);
    bench.desktop->receive(lcm::testing::ws_error("Invalid Call ID:1"));
    CHECK(bench.endings.at(0).error->message().find("canary") == std::string::npos);
    for (const auto& problem : bench.problems) CHECK(problem.detail.find("canary") == std::string::npos);
}

TEST_CASE("Without a seal the file holds plain text, as the application has said") {
    OutboxBench bench;
    bench.config.seal = {};
    SetOutcome request = sample("1");
    request.agent_comments = "canary-comment";
    without_link(bench).post(request);
    CHECK(bench.folder.all_bytes().find("canary-comment") != std::string::npos);
}

TEST_CASE("A seal that throws fails the post, and says no word of what it threw") {
    OutboxBench bench;
    bool is_broken = false;
    bench.config.seal.seal = [&](std::string_view plain, std::string_view context) {
        if (is_broken) throw std::runtime_error("canary");
        return mirrored(plain, context);
    };
    bench.open();
    is_broken = true;
    const auto result = bench.start(sample_of("1"));
    bench.desktop->run();
    CHECK(result->value().error().code == Errc::not_stored);
    CHECK(result->value().error().message().find("canary") == std::string::npos);
    CHECK(bench.sent().empty());
}

TEST_CASE("What has waited for a link leaves at the pace of a backlog") {
    OutboxBench bench;
    without_link(bench);
    for (int i = 0; i < 400; ++i) static_cast<void>(bench.start(sample_of(std::to_string(i))));
    bench.desktop->run();
    bench.desktop->script.answer([](std::string_view text) {
        const auto request = lcm::testing::read_request<SetOutcome>(text);
        return std::vector<std::string>{lcm::testing::reply<SetOutcome>(request->callid)};
    });
    bench.desktop->script.finish_open();
    for (int i = 0; i < 10; ++i) bench.desktop->advance(100ms);
    CHECK(bench.sent().size() >= 150);
    CHECK(bench.sent().size() <= 180);
}
