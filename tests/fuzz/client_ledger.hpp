// SPDX-License-Identifier: BSL-1.0
// What is promised of the requests of a client, checked against what has left and what has come.
#ifndef LCM_CLIENT_TESTS_FUZZ_CLIENT_LEDGER_HPP
#define LCM_CLIENT_TESTS_FUZZ_CLIENT_LEDGER_HPP

#include <fuzz/require.hpp>
#include <support/bench.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/session/request_entry.hpp>

#include <cstddef>
#include <deque>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::tests {

/// One request, from the call on. Its place in the ledger is written in its text, so that it is known on the wire.
struct Entry {
    bool is_read_only = false;
    detail::TimePoint deadline{};
    std::stop_source stop{};
    std::future<OutcomeResponse> future{}; ///< valid until it was read; never, if the request has a handler
    std::optional<Outcome> outcome{};
    std::size_t times_sent = 0;
};

/// All requests of one client.
class Ledger {
public:
    Entry& add(bool is_read_only, detail::TimePoint deadline) {
        entries_.push_back({.is_read_only = is_read_only, .deadline = deadline});
        return entries_.back();
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] Entry& operator[](std::size_t index) { return entries_.at(index); }

    /// A handler was called.
    void end(std::size_t index, Outcome outcome) {
        require(!entries_.at(index).outcome, "each handler is called once");
        end(entries_.at(index), std::move(outcome));
    }

    /// The server says something.
    void note_received(std::string_view text) {
        if (text.find("true") != std::string_view::npos) ++possible_successes_;
    }

    /// Looks at what has left since the last time, and then at what has ended.
    void check(const std::vector<std::string>& sent) {
        for (; seen_ < sent.size(); ++seen_) note_sent(sent[seen_]);
        for (Entry& entry : entries_) {
            if (entry.future.valid() && is_ready(entry.future)) end(entry, result_of(entry.future));
            if (entry.outcome) check_ending(entry);
        }
        require(accepted_ <= possible_successes_, "no message of the server accepts two requests");
    }

    /// All whose deadline has come must have ended.
    void check_deadlines(detail::TimePoint now) const {
        for (const Entry& entry : entries_)
            require(entry.outcome.has_value() || entry.deadline > now, "each request ends at its deadline");
    }

    /// Every future is ready. A handler may be lost with the loop on which it was to run.
    void check_ended(bool with_handlers) const {
        for (const Entry& entry : entries_) {
            require(!entry.future.valid(), "every future is ready when the client has gone");
            require(entry.outcome.has_value() || !with_handlers, "every handler is called");
        }
    }

    [[nodiscard]] std::size_t unknown() const noexcept { return unknown_; }

private:
    void end(Entry& entry, Outcome outcome) {
        if (outcome.has_value()) ++accepted_;
        else if (outcome.error().delivery == Delivery::unknown) ++unknown_;
        entry.outcome = std::move(outcome);
    }

    void note_sent(const std::string& text) {
        const Json message = Json::parse(text);
        Entry& entry = entries_.at(std::stoul(message.at("data").at("note").get<std::string>()));
        require(!entry.outcome, "nothing leaves after its end");
        require(++entry.times_sent == 1 || entry.is_read_only, "only what is read-only leaves twice");
    }

    static void check_ending(const Entry& entry) {
        if (entry.outcome->has_value()) {
            require(entry.outcome->value().success, "accepted is a success");
            return require(entry.times_sent > 0, "only what was sent is accepted");
        }
        const Error& error = entry.outcome->error();
        require(error.delivery != Delivery::accepted, "an error is no acceptance");
        if (error.delivery == Delivery::not_sent) require(entry.times_sent == 0, "not sent is proof");
        if (error.delivery == Delivery::refused) require(entry.times_sent > 0, "only what was sent is refused");
    }

    std::deque<Entry> entries_; // their handlers keep their places
    std::size_t seen_ = 0;      // of what was sent
    std::size_t possible_successes_ = 0;
    std::size_t accepted_ = 0;
    std::size_t unknown_ = 0;
};

} // namespace lcm::tests

#endif
