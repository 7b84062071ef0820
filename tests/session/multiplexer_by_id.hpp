// SPDX-License-Identifier: BSL-1.0
// The multiplexer with requests that are owned here and called by their ids, as tables and models of them want it.
#ifndef LCM_CLIENT_TESTS_SESSION_MULTIPLEXER_BY_ID_HPP
#define LCM_CLIENT_TESTS_SESSION_MULTIPLEXER_BY_ID_HPP

#include <support/expect.hpp>

#include <lcm_client/session/match_key.hpp>
#include <lcm_client/session/multiplexer.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

using detail::Awaited;
using detail::MatchKey;
using detail::ReplyPattern;
using detail::RequestEntry;
using detail::RequestId;
using detail::TimePoint;

/// A request as the tests describe it.
struct Submission {
    RequestId id = 0;
    MatchKey key; // of the reply that it will wait for
    std::string callid;
    TimePoint deadline;
    bool is_read_only = false;
    bool has_reply = true;
    bool reply_may_name_call = false;
    bool reply_repeats_name = false;
    std::string_view reply_also{};
};

struct Ending {
    RequestId id;
    Errc code;
    Delivery delivery;

    friend bool operator==(const Ending&, const Ending&) = default;
};

struct Match {
    RequestId id;
    bool late;

    friend bool operator==(const Match&, const Match&) = default;
};

/// A message from the server that can be a reply.
struct Arrival {
    MatchKey key;
    bool could_be_echo;

    Arrival(MatchKey reply_key, bool echo = false) // NOLINT(google-explicit-constructor): most are nothing but a key
        : key(std::move(reply_key)), could_be_echo(echo) {}
};

/// Each request is destroyed as soon as the multiplexer says that it has ended, so that the address sanitizer sees who
/// goes on looking at it.
class Multiplexer {
public:
    using State = lcm::detail::Multiplexer::State;

    Multiplexer(const Limits& limits, Duplicates duplicates)
        : mux_(std::make_unique<lcm::detail::Multiplexer>(limits, duplicates, 1)) {}

    std::optional<Ending> submit(const Submission& submission) {
        auto owned = std::make_unique<Request>(submission);
        RequestEntry& entry = owned->request;
        requests_.emplace(submission.id, std::move(owned));
        if (mux_->submit(entry, pattern_of(submission))) return std::nullopt;
        return take(entry);
    }

    /// Takes a batch and hands it over.
    std::vector<RequestId> take_batch(TimePoint now, std::size_t at_most) {
        std::vector<RequestId> ids;
        mux_->take_batch(now, at_most).for_each([&](RequestEntry& request) {
            request.leave();
            ids.push_back(request.id);
        });
        return ids;
    }

    /// Takes a batch, and does not hand it over after all.
    void take_and_return_batch(TimePoint now, std::size_t at_most) { mux_->take_back(mux_->take_batch(now, at_most)); }

    /// Takes a batch, and ends its only request instead of handing it over.
    Ending take_and_withdraw(TimePoint now, Errc code) {
        RequestEntry* only = nullptr;
        mux_->take_batch(now, 1).for_each([&](RequestEntry& request) { only = &request; });
        mux_->withdraw(*only, code);
        return take(*only);
    }

    std::vector<RequestId> written() {
        std::vector<RequestId> ids;
        for (auto ended = mux_->written(); const RequestEntry* const request = ended.pop_front();) {
            ids.push_back(request->id);
            release(*request);
        }
        return ids;
    }

    std::optional<Match> reply(const Arrival& arrival) {
        if (!arrival.key.has_reply()) return std::nullopt;
        return take(mux_->reply(arrival.key.subtopic(), arrival.key.callid(), arrival.could_be_echo));
    }

    std::vector<Match> error_for_call(std::string_view callid) {
        std::vector<Match> matches;
        mux_->error_for_call(callid,
                             [&](const lcm::detail::Match& match) { matches.push_back(*take(std::optional(match))); });
        return matches;
    }

    std::optional<Match> error_without_call() { return take(mux_->error_without_call()); }

    std::vector<Ending> expire(TimePoint now) { return take(mux_->expire(now)); }
    /// By what is known of the message; without a key nothing is.
    std::optional<Ending> end_oversized(const std::optional<MatchKey>& key) {
        RequestEntry* const ended =
            key ? mux_->end_oversized(key->subtopic(), key->callid()) : mux_->end_oversized({}, std::nullopt);
        if (ended == nullptr) return std::nullopt;
        return take(*ended);
    }
    std::vector<Ending> link_lost(Errc code) { return take(mux_->link_lost(code)); }
    std::vector<Ending> expire_written(Errc code) { return take(mux_->expire_written(code)); }
    std::vector<Ending> end_unsent(Errc code) { return take(mux_->end_unsent(code)); }

    std::optional<Ending> cancel(RequestId id) {
        const auto at = requests_.find(id);
        if (at == requests_.end() || !mux_->cancel(at->second->request)) return std::nullopt;
        return take(at->second->request);
    }

    /// Also one that was given up, which has no owner any more and goes with its link.
    void drop(RequestId id) {
        const auto at = requests_.find(id);
        if (at == requests_.end()) return;
        mux_->drop(at->second->request);
        requests_.erase(at);
    }

    [[nodiscard]] std::optional<State> state(RequestId id) const {
        const auto at = requests_.find(id);
        if (at != requests_.end()) return at->second->request.state();
        return mux_->has_tombstone(id) ? std::optional(State::tombstone) : std::nullopt;
    }

    [[nodiscard]] std::vector<RequestId> of_call(std::string_view callid) const {
        std::vector<RequestId> ids;
        mux_->for_each_of_call(callid, [&ids](const RequestEntry& request) { ids.push_back(request.id); });
        std::sort(ids.begin(), ids.end());
        return ids;
    }
    [[nodiscard]] std::string known_name(std::string_view subtopic) { return std::string(mux_->known_name(subtopic)); }
    [[nodiscard]] Awaited awaited(std::string_view subtopic) { return mux_->awaited(subtopic); }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const { return mux_->next_deadline(); }
    [[nodiscard]] std::optional<TimePoint> next_turn_of_others(TimePoint now) const {
        return mux_->next_turn_of_others(now);
    }
    [[nodiscard]] bool has_too_many_tombstones() const { return mux_->has_too_many_tombstones(); }
    [[nodiscard]] bool is_stuck() const { return mux_->is_stuck(); }
    [[nodiscard]] bool has_backlog() const { return mux_->has_backlog(); }
    [[nodiscard]] std::size_t queued() const { return mux_->queued(); }
    [[nodiscard]] std::size_t in_flight() const { return mux_->in_flight(); }
    [[nodiscard]] std::size_t tombstones() const { return mux_->tombstones(); }

private:
    struct Request {
        explicit Request(const Submission& submission) : callid(submission.callid) {
            request.id = submission.id;
            request.deadline = submission.deadline;
            request.callid = callid;
            request.is_read_only = submission.is_read_only;
        }
        std::string callid;
        RequestEntry request;
    };

    static ReplyPattern pattern_of(const Submission& submission) {
        if (!submission.has_reply) return {};
        const bool names_call = submission.key.callid().has_value();
        expect(!names_call || *submission.key.callid() == submission.callid, "a reply names the request's call");
        return {.subtopic = submission.key.subtopic(),
                .also = submission.reply_also,
                .names_call = names_call,
                .may_name_call = submission.reply_may_name_call,
                .repeats_name = submission.reply_repeats_name};
    }

    void release(const RequestEntry& request) {
        expect(requests_.erase(RequestId{request.id}) == 1, "each request ends once");
    }

    Ending take(const RequestEntry& request) {
        const Ending taken{request.id, request.code(), request.delivery()};
        release(request);
        return taken;
    }

    std::vector<Ending> take(lcm::detail::RequestList endings) {
        std::vector<Ending> taken;
        while (const RequestEntry* const request = endings.pop_front()) taken.push_back(take(*request));
        return taken;
    }

    std::optional<Match> take(const std::optional<lcm::detail::Match>& match) {
        if (!match) return std::nullopt;
        const Match taken{match->id, match->late()};
        if (match->request != nullptr) release(*match->request);
        return taken;
    }

    std::unique_ptr<lcm::detail::Multiplexer> mux_;          // stays at one place when this is moved
    std::map<RequestId, std::unique_ptr<Request>> requests_; // that have not ended
};

} // namespace lcm::tests

#endif
