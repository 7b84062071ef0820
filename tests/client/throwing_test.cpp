// SPDX-License-Identifier: BSL-1.0
// The application's own code that throws where the client calls it: each request ends all the same.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <boost/asio/post.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

// g++ notes that older versions passed such types otherwise.
#pragma GCC diagnostic ignored "-Wpsabi"

using namespace lcm::tests;
using lcm::testing::reply;

namespace {

struct Moody {
    std::string callid{};

    struct Response {
        std::string mood{};

        static constexpr void fields(auto&& field) {
            field("mood", &Response::mood, lcm::Presence::optional, "anything");
        }
        [[nodiscard]] lcm::Verdict verdict() const {
            if (mood == "bad") throw std::out_of_range("no such mood");
            return {lcm::Delivery::accepted, {}};
        }
    };

    static constexpr lcm::Operation operation{.subtopic = "Moody", .reply_subtopic = "MoodyResult"};
    static constexpr void fields(auto&& field) {
        field("callid", &Moody::callid, lcm::Presence::required, "the call's id");
    }
};

std::string moody_reply(const std::string& callid, const std::string& mood) {
    return R"({"subtopic":"MoodyResult","message":{"callid":")" + callid + R"(","response":{"mood":")" + mood +
           R"("}}})";
}

// As large in memory as some registers are.
struct alignas(64) Aligned {
    std::uint64_t value = 7;
};

} // namespace

TEST_CASE("A response that throws when it is judged ends its request as unknown, and keeps the link") {
    Bench bench;
    auto first = bench.client->call(Moody{"1"});
    auto second = bench.client->call(Moody{"2"});
    bench.run();
    bench.receive(moody_reply("1", "bad"));
    try {
        first.get();
        FAIL("it was accepted");
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.error().code == lcm::Errc::bad_reply);
        CHECK(problem.error().delivery == lcm::Delivery::unknown);
        CHECK(problem.error().detail.find("exception") != std::string::npos);
    }
    bench.receive(moody_reply("2", "good"));
    CHECK(second.get().mood == "good");
    CHECK(bench.script.connections() == 1);
}

TEST_CASE("A hook that throws when the client closes keeps no handler from being called") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    std::optional<ScriptedClient> client;
    lcm::ClientConfig config{.source = "test"};
    config.on_state = [](const lcm::LinkStatus& status) {
        if (status.state == lcm::LinkState::closed) throw std::runtime_error("the hook's own");
    };
    client.emplace(std::move(config), lcm::testing::scripted(script), loop.get_executor(), lcm::testing::ManualClock());
    std::string ending;
    client->async_call(sample(), [&](const Outcome& outcome) { ending = ending_of(outcome); });
    loop.poll();
    boost::asio::post(loop, [&] { client->close(); });
    CHECK_THROWS_AS(loop.poll(), std::runtime_error);
    loop.poll();
    CHECK(ending == "client_closed (unknown)");
}

TEST_CASE("A handler that wants its memory aligned has it so") {
    Bench bench;
    std::uintptr_t place = 1;
    bench.client->async_call(sample(), [&place, aligned = Aligned()](const Outcome&) {
        place = reinterpret_cast<std::uintptr_t>(&aligned) + static_cast<std::uintptr_t>(aligned.value) - 7;
    });
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(place % 64 == 0);
}
