// SPDX-License-Identifier: BSL-1.0
// The servers: two nodes over one store, each of which ends, is slow and comes back. What they act on is told to the ledger.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_SERVERS_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_SERVERS_HPP

#include <simulated_office/agenda.hpp>
#include <simulated_office/game.hpp>
#include <simulated_office/ledger.hpp>

#include <lcm_client/testing/simulated_server.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests::simulated {

/// A message on its way to the servers.
struct Parcel {
    std::string text{};
    Marker marker = 0; ///< of the request; 0 for a question
    int departure = 0;
    Time due{};
};

/// What the servers do with a request, by the number of its fault. An unknown call is one of the request itself.
inline constexpr std::array server_faults{
    testing::Fault::none,
    testing::Fault::success_false,
    testing::Fault::no_answer,
    testing::Fault::missing_success,
    testing::Fault::truncated_json,
    testing::Fault::garbage,
    testing::Fault::drop_before_answer,
    testing::Fault::wrong_case,
};
inline constexpr int unknown_call = 8; // the number after those
inline constexpr std::size_t server_count = 2;

class Servers {
public:
    Servers(const Agenda& agenda, Ledger& ledger, const Game& game)
        : agenda_(agenda), ledger_(ledger), store_{.shows = game.shows_all ? testing::StoredFields::all
                                                                           : testing::StoredFields::published,
                                                   .keeps_refused = game.keeps_refused} {
        forget();
    }

    /// Where a new connection goes to: the first one that is there.
    [[nodiscard]] std::optional<std::size_t> choose() const {
        for (std::size_t i = 0; i != nodes_.size(); ++i)
            if (nodes_[i].is_up) return i;
        return std::nullopt;
    }

    void set_up(std::size_t node, bool is_up) { nodes_[node].is_up = is_up; }
    void slow_down(std::size_t node, Time by, Time until) { nodes_[node] = {nodes_[node].is_up, by, until}; }
    /// For how much longer a message takes.
    [[nodiscard]] Time slowness(std::size_t node) const {
        return agenda_.now() < nodes_[node].slow_until ? nodes_[node].slow_by : Time();
    }
    /// The store is empty.
    void forget() { world_ = std::make_unique<testing::SimulatedServer>(std::set<std::string>{}, store_); }

    struct Answer {
        std::vector<std::string> replies{};
        std::vector<std::string> events{};
        bool drops_link = false;
    };

    [[nodiscard]] Answer take(const Parcel& parcel) {
        if (parcel.marker == 0) return show(parcel.text);
        const auto number = static_cast<std::size_t>(ledger_.fault(parcel.marker));
        const testing::Fault fault = number < server_faults.size() ? server_faults.at(number) : testing::Fault::none;
        auto handled = world_->handle(parcel.text, fault);
        const bool is_refused = fault == testing::Fault::success_false || handled.verdict == "Invalid Call ID.";
        if (!handled.acted_on && !is_refused)
            ledger_.fail("the servers do not understand a request: " + handled.verdict);
        ledger_.on_arrival(parcel.marker, parcel.departure,
                           {.is_acted_on = handled.acted_on,
                            .is_kept = handled.acted_on || (store_.keeps_refused && number < server_faults.size()),
                            .is_refused = is_refused});
        Answer answer{std::move(handled.replies), std::move(handled.events),
                      fault == testing::Fault::drop_before_answer};
        if (answer.drops_link || fault == testing::Fault::no_answer) answer.replies.clear();
        return answer;
    }

private:
    // What is no request of an agent can only be a question about one.
    Answer show(const std::string& text) {
        auto handled = world_->handle(text);
        if (handled.subtopic != "GetStoredData") ledger_.fail("the servers hear what nobody has said: " + text);
        return {.replies = std::move(handled.replies)};
    }

    struct Node {
        bool is_up = true;
        Time slow_by{};
        Time slow_until{};
    };

    const Agenda& agenda_;
    Ledger& ledger_;
    const testing::StoreOptions store_;
    std::array<Node, server_count> nodes_{};
    std::unique_ptr<testing::SimulatedServer> world_;
};

} // namespace lcm::tests::simulated

#endif
