// SPDX-License-Identifier: BSL-1.0
// Fuzz target: the multiplexer under any sequence of events, beside its model. An event is a letter and its digits.
#include <fuzz/input.hpp>
#include <fuzz/require.hpp>
#include <fuzz/targets.hpp>
#include <session/multiplexer_by_id.hpp>
#include <session/multiplexer_model.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

namespace {

constexpr std::size_t most_requests = 32; // known at one time; the model looks at all of them in each step

MatchKey match_key(std::size_t key) {
    if (key == MultiplexerModel::silent) return {"", "0"}; // nobody's reply
    if (key == MultiplexerModel::exclusive) return {"B", std::nullopt};
    return {key < MultiplexerModel::call_count ? "A" : "B", std::to_string(key % MultiplexerModel::call_count)};
}

Submission submission_of(const MultiplexerModel::Request& request) {
    const bool is_silent = request.key == MultiplexerModel::silent;
    return {.id = request.id,
            .key = is_silent ? MatchKey::of_no_reply(request.id) : match_key(request.key),
            .callid = std::to_string(request.call),
            .deadline = request.deadline,
            .is_read_only = request.is_read_only,
            .has_reply = !is_silent,
            .reply_may_name_call = request.may_name_call};
}

// What is promised of each request, whatever the model thinks.
struct Promise {
    bool is_read_only = false;
    bool has_ended = false;
    int times_left = 0;
};

class Episode {
public:
    explicit Episode(Input input) : input_(input), limits_(read_limits(input_)), duplicates_(read_duplicates(input_)) {}

    void run() {
        while (!input_.empty()) {
            apply(input_.next());
            check();
        }
        finish();
    }

private:
    static Limits read_limits(Input& input) {
        Limits limits;
        limits.in_flight = 1 + input.below(4);
        limits.tombstones = 1 + input.below(4);
        return limits;
    }

    static Duplicates read_duplicates(Input& input) {
        return input.below(2) == 0 ? Duplicates::hold_back : Duplicates::refuse;
    }

    void apply(char event) {
        switch (event) {
        case 's': return submit();
        case 'b': return static_cast<void>(take_batch());
        case 'g': return take_batch_that_is_gone();
        case 'w': return write();
        case 'r': return reply(input_.below(MultiplexerModel::key_count));
        case 'e': return error_for_call(input_.below(MultiplexerModel::call_count));
        case 'E': return hear(mux_.error_without_call(), model_.error_without_call());
        case 't': now_ += std::chrono::milliseconds(input_.below(10)); return;
        case 'x': return hear(mux_.expire(now_), model_.expire(now_));
        case 'c': return cancel(last_id_ - input_.below(10));
        case 'd': return drop(last_id_ - input_.below(10));
        case 'L': return lose_link_to_large_message(input_.below(MultiplexerModel::key_count));
        case 'l': return hear(mux_.link_lost(Errc::connection_lost), model_.link_lost(Errc::connection_lost));
        case 'o': return hear(mux_.expire_written(Errc::connection_lost), model_.expire_written(Errc::connection_lost));
        case 'u': return hear(mux_.end_unsent(Errc::connect_failed), model_.end_unsent(Errc::connect_failed));
        default: return;
        }
    }

    void submit() {
        const std::size_t key = input_.below(MultiplexerModel::key_count);
        const std::size_t call = key % MultiplexerModel::call_count;
        const TimePoint deadline = now_ + std::chrono::milliseconds(input_.below(10));
        const std::size_t traits = input_.below(4);
        const bool is_read_only = traits % 2 == 1;
        const bool may_name_call = key == MultiplexerModel::exclusive && traits >= 2;
        if (model_.requests().size() == most_requests) return;
        const MultiplexerModel::Request request{++last_id_, key, call, deadline, is_read_only, may_name_call};
        promises_[last_id_].is_read_only = is_read_only;
        const auto ending = mux_.submit(submission_of(request));
        hear(ending, model_.submit(request));
    }

    std::vector<RequestId> take_batch() {
        const std::size_t at_most = input_.below(10);
        const auto batch = mux_.take_batch(now_, at_most);
        model_.take_batch(batch, now_, at_most);
        for (const RequestId id : batch) {
            Promise& promise = promises_.at(id);
            require(!promise.has_ended, "nothing leaves after its end");
            require(++promise.times_left <= (promise.is_read_only ? 2 : 1), "only what is read-only leaves twice");
        }
        return batch;
    }

    void write() {
        auto ended = mux_.written();
        std::sort(ended.begin(), ended.end());
        require(ended == model_.written(), "just what has no reply ends when it is written");
        for (const RequestId id : ended)
            require(!std::exchange(promises_.at(id).has_ended, true), "each request ends once");
    }

    // The requests were ended by the client's destruction, in another thread.
    void take_batch_that_is_gone() {
        for (const RequestId id : take_batch()) forget(id);
    }

    void drop(RequestId id) {
        const auto at = promises_.find(id);
        if (at != promises_.end() && at->second.times_left == 0 && !at->second.has_ended) forget(id);
    }

    void forget(RequestId id) {
        mux_.drop(id);
        model_.drop(id);
        promises_.at(id).has_ended = true;
    }

    // Of the last key, which is nobody's, nothing is known.
    void lose_link_to_large_message(std::size_t key) {
        const bool is_known = key != MultiplexerModel::silent;
        const auto ending = mux_.end_oversized(is_known ? std::optional(match_key(key)) : std::nullopt);
        const auto expected = model_.end_oversized(is_known ? std::optional(key) : std::nullopt);
        const auto all = [](const auto& some) { return some ? std::vector{*some} : std::vector<Ending>(); };
        hear(all(ending), all(expected));
        hear(mux_.link_lost(Errc::connection_lost), model_.link_lost(Errc::connection_lost));
    }

    void cancel(RequestId id) { hear(mux_.cancel(id), model_.cancel(id)); }
    void reply(std::size_t key) { hear(mux_.reply(match_key(key)), model_.reply(key)); }

    void error_for_call(std::size_t call) {
        const auto matches = mux_.error_for_call(std::to_string(call));
        require(matches == model_.error_for_call(call), "an error for a call is matched as it should be");
        for (const Match& match : matches) settle(match);
    }

    void hear(const std::optional<Match>& match, const std::optional<Match>& expected) {
        require(match == expected, "a message is matched as it should be");
        if (match) settle(*match);
    }

    void hear(const std::optional<Ending>& ending, const std::optional<Ending>& expected) {
        require(ending == expected, "a request ends as it should");
        if (ending) end(*ending);
    }

    void hear(std::vector<Ending> endings, const std::vector<Ending>& expected) {
        std::sort(endings.begin(), endings.end(), [](const Ending& a, const Ending& b) { return a.id < b.id; });
        require(endings == expected, "just those end that should");
        for (const Ending& ending : endings) end(ending);
    }

    void end(const Ending& ending) {
        Promise& promise = promises_.at(ending.id);
        require(!std::exchange(promise.has_ended, true), "each request ends once");
        require((ending.delivery == Delivery::not_sent) == (promise.times_left == 0), "not sent is proof");
    }

    void settle(const Match& match) {
        Promise& promise = promises_.at(match.id);
        require(promise.times_left > 0, "only what has left is answered");
        require(std::exchange(promise.has_ended, true) == match.late, "late is what comes after the end");
    }

    void check() {
        model_.next_step();
        require(mux_.in_flight() == model_.in_flight(), "in_flight() is right");
        require(mux_.in_flight() <= limits_.in_flight, "no more are in flight than may be");
        require(mux_.queued() == model_.queued(), "queued() is right");
        require(mux_.tombstones() == model_.tombstones(), "tombstones() is right");
        require(mux_.has_too_many_tombstones() == (model_.tombstones() > limits_.tombstones), "too many are too many");
        require(mux_.has_backlog() == model_.has_backlog(), "has_backlog() is right");
        require(mux_.next_deadline() == model_.next_deadline(), "next_deadline() is right");
    }

    void finish() {
        hear(mux_.link_lost(Errc::client_closed), model_.link_lost(Errc::client_closed));
        hear(mux_.end_unsent(Errc::client_closed), model_.end_unsent(Errc::client_closed));
        check();
        require(mux_.in_flight() + mux_.queued() + mux_.tombstones() == 0, "nothing is left at the end");
        for (const auto& [id, promise] : promises_) require(promise.has_ended, "every request ends");
    }

    Input input_;
    Limits limits_;
    Duplicates duplicates_;
    Multiplexer mux_{limits_, duplicates_};
    MultiplexerModel model_{limits_, duplicates_};
    std::map<RequestId, Promise> promises_;
    TimePoint now_{std::chrono::hours(1)};
    RequestId last_id_ = 0;
};

} // namespace

void fuzz_multiplexer(std::string_view bytes) { Episode(Input(bytes)).run(); }

} // namespace lcm::tests
