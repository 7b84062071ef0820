// SPDX-License-Identifier: BSL-1.0
// The multiplexer in each cell of the matrix of endings that it knows of, and the matrix in the contract.
#include <session/endings_matrix.hpp>
#include <session/multiplexer_by_id.hpp>
#include <support/catch.hpp>

#include <chrono>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::Delivery;
using lcm::Errc;
using lcm::detail::MatchKey;
using lcm::detail::RequestId;
using lcm::tests::Ending;
using lcm::tests::Event;
using lcm::tests::Fate;
using lcm::tests::Match;
using lcm::tests::MatrixRow;
using lcm::tests::Multiplexer;
using lcm::tests::Stage;
using State = Multiplexer::State;

namespace {

const lcm::detail::TimePoint start{1h};
const lcm::detail::TimePoint deadline = start + 10s;
const MatchKey key("SetResult", "call");
constexpr std::size_t all = (std::numeric_limits<std::size_t>::max)();
constexpr RequestId mine = 1;
constexpr RequestId in_front = 99;

// Before the strand and after the client there is no multiplexer.
bool is_known(Stage stage, Event event) {
    return stage != Stage::created && event != Event::close && event != Event::destroy;
}

State state_of(Stage stage) {
    switch (stage) {
    case Stage::created:
    case Stage::queued: return State::queued;
    case Stage::held_back: return State::held_back;
    case Stage::writing: return State::writing;
    case Stage::awaiting: return State::awaiting;
    case Stage::tombstone: return State::tombstone;
    }
    return State::queued;
}

// A multiplexer with a request brought to a stage, and what it says of that request.
class Cell {
public:
    Cell(Stage stage, bool is_read_only) : is_read_only_(is_read_only) {
        if (stage == Stage::held_back) {
            submit(in_front, start + 1h);
            REQUIRE(mux.take_batch(start, all) == std::vector{in_front});
            static_cast<void>(mux.written());
        }
        submit(mine, deadline);
        if (stage == Stage::queued || stage == Stage::held_back) return;
        REQUIRE(mux.take_batch(start, all) == std::vector{mine});
        if (stage == Stage::writing) return;
        static_cast<void>(mux.written());
        if (stage == Stage::tombstone) REQUIRE(mux.cancel(mine) == Ending{mine, Errc::cancelled, Delivery::unknown});
    }

    void apply(Event event) {
        switch (event) {
        case Event::reply:
        case Event::refusal: return hear(mux.reply(key)); // what is in it is not the multiplexer's affair
        case Event::two_replies:
            if (const auto first = mux.reply(key)) { // and what it was in front of may leave
                hear(first);
                static_cast<void>(mux.take_batch(start, all));
            }
            return hear(mux.reply(key));
        case Event::error_without_call: return hear(mux.error_without_call());
        case Event::error_for_call:
            for (const Match& match : mux.error_for_call("call")) hear(match);
            return;
        case Event::deadline: return hear(mux.expire(deadline));
        case Event::cancel:
            if (const auto ending = mux.cancel(mine)) hear(std::vector{*ending});
            return;
        case Event::link_lost:
        case Event::link_lost_read_only: return hear(mux.link_lost(Errc::connection_lost));
        case Event::link_lost_fail:
        case Event::link_lost_read_only_fail:
            hear(mux.link_lost(Errc::connection_lost));
            return hear(mux.end_unsent(Errc::connection_lost));
        case Event::close:
        case Event::destroy: return;
        }
    }

    Multiplexer mux{{}, lcm::Duplicates::hold_back};
    std::vector<Match> matches;  // of the request
    std::vector<Ending> endings; // of the request

private:
    void submit(RequestId id, lcm::detail::TimePoint until) {
        REQUIRE_FALSE(mux.submit({id, key, "call", until, is_read_only_}));
    }

    void hear(const std::optional<Match>& match) {
        if (match && match->id == mine) matches.push_back(*match);
    }

    void hear(const std::vector<Ending>& some) {
        for (const Ending& ending : some)
            if (ending.id == mine) endings.push_back(ending);
    }

    bool is_read_only_;
};

// What the request was said to be, as the matrix calls it.
void check(Cell& cell, const MatrixRow& row, Stage stage) {
    const auto is_matched = [&](bool late) {
        CHECK(cell.endings.empty());
        REQUIRE(cell.matches.size() == 1);
        CHECK(cell.matches[0].late == late);
        CHECK_FALSE(cell.mux.state(mine));
    };
    const auto is_ended = [&](Delivery delivery) {
        CHECK(cell.matches.empty());
        REQUIRE(cell.endings.size() == 1);
        CHECK(cell.endings[0].delivery == delivery);
        CHECK(to_string(cell.endings[0].code) == row.code);
    };
    const auto is_untouched = [&](std::optional<State> state) {
        CHECK(cell.matches.empty());
        CHECK(cell.endings.empty());
        CHECK(cell.mux.state(mine) == state);
    };
    switch (row.fate(stage)) {
    case Fate::accepted:
    case Fate::refused:
    case Fate::mistaken: return is_matched(false);
    case Fate::settled: return is_matched(true);
    case Fate::not_sent: return is_ended(Delivery::not_sent);
    case Fate::unknown: return is_ended(Delivery::unknown);
    case Fate::stays: return is_untouched(state_of(stage));
    case Fate::turn:
        is_untouched(State::queued);
        CHECK(cell.mux.take_batch(start, all) == std::vector{mine});
        return;
    case Fate::again:
        is_untouched(State::queued);
        CHECK(cell.mux.take_batch(start, all) == std::vector{mine});
        return;
    case Fate::none: // forgotten with its link
        return is_untouched(cell.mux.tombstones() == 0 ? std::nullopt : std::optional(State::tombstone));
    }
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("A request in the multiplexer ends as the matrix says, in each state and by each event") {
    std::size_t cells = 0;
    for (const MatrixRow& row : lcm::tests::endings_matrix()) {
        for (const Stage stage : lcm::tests::all_stages) {
            if (!is_known(stage, row.event)) continue;
            CAPTURE(row.name, name_of(stage));
            Cell cell(stage, is_about_read_only(row.event));
            REQUIRE(cell.mux.state(mine) == state_of(stage));
            cell.apply(row.event);
            check(cell, row, stage);
            ++cells;
        }
    }
    CHECK(cells == 11 * 5);
}

TEST_CASE("The contract shows the matrix of endings as it is tested") {
    const std::string begin = "<!-- endings matrix: printed by tests/session/matrix_test.cpp -->\n";
    const std::string end = "<!-- end -->\n";
    const std::string expected = begin + "\n" + lcm::tests::print_matrix() + "\n" + end;
    const std::string contract = read_file(LCM_CLIENT_SOURCE_DIR "/include/lcm_client/README.md");
    const bool is_shown = contract.find(expected) != std::string::npos;
    // Not by Catch2, which would break the lines.
    if (!is_shown)
        std::cout << "include/lcm_client/README.md must contain just this, from one mark to the other:\n" << expected;
    CHECK(is_shown);
}
