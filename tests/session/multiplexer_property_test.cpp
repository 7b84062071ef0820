// SPDX-License-Identifier: BSL-1.0
// The multiplexer under random events: it does what its model does, and what is promised of every request holds.
#include <session/multiplexer_by_id.hpp>
#include <session/multiplexer_model.hpp>
#include <session/random.hpp>
#include <support/catch.hpp>
#include <support/expect.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::Errc;
using lcm::detail::MatchKey;
using lcm::detail::RequestId;

namespace {

constexpr std::size_t all = (std::numeric_limits<std::size_t>::max)();
constexpr std::size_t most_requests = 40; // known at one time
constexpr std::size_t exclusive = MultiplexerModel::exclusive;
constexpr std::size_t silent = MultiplexerModel::silent;

const std::string& call_id(std::size_t call) {
    static const std::array<std::string, MultiplexerModel::call_count> ids{"1", "2", "3"};
    return ids.at(call);
}

// Two subtopics for each call, and the second of them without a call. A message of the last one is nobody's reply.
const MatchKey& match_key(std::size_t key) {
    static const std::array<MatchKey, MultiplexerModel::key_count> keys{
        MatchKey{"AResult", "1"}, MatchKey{"AResult", "2"}, MatchKey{"AResult", "3"},          MatchKey{"BResult", "1"},
        MatchKey{"BResult", "2"}, MatchKey{"BResult", "3"}, MatchKey{"BResult", std::nullopt}, MatchKey{"", "1"}};
    return keys.at(key);
}

Submission submission_of(const MultiplexerModel::Request& request) {
    const bool is_silent = request.key == silent;
    return {.id = request.id,
            .key = is_silent ? MatchKey::of_no_reply(request.id) : match_key(request.key),
            .callid = call_id(request.call),
            .deadline = request.deadline,
            .is_read_only = request.is_read_only,
            .has_reply = !is_silent,
            .reply_may_name_call = request.may_name_call};
}

// What is promised of every request, kept apart from the model's idea of how it is done.
class Promises {
public:
    void submitted(RequestId id, bool is_read_only) { open_.emplace(id, is_read_only); }
    void dropped(RequestId id) { open_.erase(id); }

    void left(RequestId id) {
        expect(open_.contains(id), "nothing leaves after its end");
        const int times = ++times_left_[id];
        expect(times == 1 || (times == 2 && open_.at(id)),
               "only what is read-only leaves twice, and nothing more often");
    }

    void ended(const Ending& ending) {
        expect(open_.erase(ending.id) == 1, "each request ends once");
        const bool has_left = times_left_.contains(ending.id);
        expect(ending.delivery == (has_left ? Delivery::unknown : Delivery::not_sent),
               "not sent is proof, unknown is not");
    }

    void matched(const Match& match) {
        expect(times_left_.contains(match.id), "only what has left is answered");
        expect(match.late != open_.contains(match.id), "a reply is late if its request has ended");
        open_.erase(match.id);
    }

    void sent(RequestId id) {
        expect(times_left_.contains(id), "only what has left is sent");
        expect(open_.erase(id) == 1, "each request ends once");
    }

    [[nodiscard]] bool have_all_ended() const noexcept { return open_.empty(); }

private:
    std::map<RequestId, bool> open_; // and whether they are read-only
    std::map<RequestId, int> times_left_;
};

// The server at the other end of one link: it answers each request at most twice, when it likes.
class Server {
public:
    struct Received {
        RequestId id;
        std::size_t key;
        std::size_t call;
        int answers = 0;
    };

    std::vector<Received> received; // on this link

    // A message about `meant` has settled `match`. If that is another request, the answers to come are off by one for
    // its key, since nothing on the wire tells them apart.
    void note_match(RequestId meant, const Match& match, std::size_t key) {
        if (match.id != meant) confused_.insert(key);
    }
    [[nodiscard]] bool is_confused(std::size_t key) const { return confused_.contains(key); }

private:
    std::set<std::size_t> confused_;
};

// One multiplexer from its beginning to its end, in a mood of its own: each event may be frequent, rare or absent.
class Episode {
public:
    explicit Episode(Random& random)
        : random_(random), limits_(draw_limits(random)), duplicates_(draw_duplicates(random)) {
        static constexpr std::array<std::size_t, 4> frequencies{0, 1, 4, 16};
        for (std::size_t& weight : weights_) weight = random_.one_of(frequencies);
        weights_[0] = weights_[1] = 16; // without requests that leave, nothing happens
        if (random_.one_in(2)) weights_[6] = weights_[7] = weights_[8] = 0; // nobody else is on the bus
        is_slow_ = random_.one_in(4);
    }

    // Does one thing, and checks everything.
    void step() {
        while (!(this->*draw_action())()) {}
        check();
    }

    // Ends all that is left.
    void finish() {
        expect_endings(mux_.link_lost(Errc::client_closed), model_.link_lost(Errc::client_closed));
        expect_endings(mux_.end_unsent(Errc::client_closed), model_.end_unsent(Errc::client_closed));
        check();
        expect(promises_.have_all_ended(), "every request ends");
        expect(model_.requests().empty(), "nothing is left at the end");
    }

private:
    using Action = bool (Episode::*)(); // false: it cannot be done now

    static lcm::Limits draw_limits(Random& random) {
        lcm::Limits limits;
        limits.in_flight = 1 + random.below(8);
        limits.tombstones = 1 + random.below(4);
        return limits;
    }
    static lcm::Duplicates draw_duplicates(Random& random) {
        return random.one_in(4) ? lcm::Duplicates::refuse : lcm::Duplicates::hold_back;
    }

    Action draw_action() {
        static constexpr std::array<Action, 16> actions{&Episode::submit,
                                                        &Episode::take_batch,
                                                        &Episode::write,
                                                        &Episode::reply,
                                                        &Episode::refuse_call,
                                                        &Episode::refuse_without_call,
                                                        &Episode::foreign_reply,
                                                        &Episode::foreign_error,
                                                        &Episode::foreign_error_without_call,
                                                        &Episode::expire,
                                                        &Episode::cancel,
                                                        &Episode::drop,
                                                        &Episode::lose_link,
                                                        &Episode::lose_link_to_large_message,
                                                        &Episode::doubt_what_is_written,
                                                        &Episode::end_unsent};
        static_assert(actions.size() == std::tuple_size_v<decltype(weights_)>);
        std::size_t draw = random_.below(std::accumulate(weights_.begin(), weights_.end(), std::size_t{0}));
        std::size_t i = 0;
        while (draw >= weights_.at(i)) draw -= weights_.at(i++);
        now_ += std::chrono::milliseconds(random_.below(is_slow_ && random_.one_in(8) ? 2000 : 3));
        return actions.at(i);
    }

    // --- the client's side ------------------------------------------------------------------------------------------

    bool submit() {
        if (model_.requests().size() == most_requests) return expire();
        const std::size_t key = random_.below(MultiplexerModel::key_count);
        const bool has_any_call = key == exclusive || key == silent;
        const std::size_t call = has_any_call ? random_.below(MultiplexerModel::call_count) : key % 3;
        const auto time = std::chrono::milliseconds(random_.below(is_slow_ ? 20'000 : 200));
        const lcm::detail::TimePoint deadline = now_ + time;
        const MultiplexerModel::Request request{
            ++last_id_, key, call, deadline, random_.one_in(4), key == exclusive && random_.one_in(2)};
        const auto ending = mux_.submit(submission_of(request));
        expect(ending == model_.submit(request), "a request is taken or refused as it should be");
        promises_.submitted(request.id, request.is_read_only);
        if (ending) promises_.ended(*ending);
        return true;
    }

    bool take_batch() {
        static constexpr std::array<std::size_t, 5> sizes{0, 1, 2, 5, all};
        const std::size_t at_most = random_.one_of(sizes);
        const auto batch = mux_.take_batch(now_, at_most);
        model_.take_batch(batch, now_, at_most);
        for (const RequestId id : batch) {
            promises_.left(id);
            const auto& request = model_.requests().at(id);
            if (random_.one_in(50)) forget(id); // its text could not be had
            else if (request.key != silent) server_.received.push_back({id, request.key, request.call});
        }
        return true;
    }

    bool write() {
        auto ended = mux_.written();
        std::sort(ended.begin(), ended.end());
        expect(ended == model_.written(), "just what has no reply ends when it is written");
        for (const RequestId id : ended) promises_.sent(id);
        return true;
    }

    bool expire() {
        expect_endings(mux_.expire(now_), model_.expire(now_));
        return true;
    }

    bool cancel() {
        const RequestId id = any_id();
        const auto ending = mux_.cancel(id);
        expect(ending == model_.cancel(id), "a cancellation does what it should");
        if (ending) promises_.ended(*ending);
        return true;
    }

    bool drop() {
        const RequestId id = any_id();
        const auto at = model_.requests().find(id);
        const bool has_left = at != model_.requests().end() && at->second.has_left;
        if (has_left) return false;
        forget(id);
        return true;
    }

    bool end_unsent() {
        expect_endings(mux_.end_unsent(Errc::connect_failed), model_.end_unsent(Errc::connect_failed));
        return true;
    }

    void forget(RequestId id) {
        mux_.drop(id);
        model_.drop(id);
        promises_.dropped(id);
    }

    // One that is known, most likely, or any.
    RequestId any_id() {
        const auto& requests = model_.requests();
        if (requests.empty() || random_.one_in(8)) return random_.below(static_cast<std::size_t>(last_id_ + 2));
        return std::next(requests.begin(), static_cast<std::ptrdiff_t>(random_.below(requests.size())))->first;
    }

    // --- the link's side --------------------------------------------------------------------------------------------

    bool lose_link() {
        expect_endings(mux_.link_lost(Errc::connection_lost), model_.link_lost(Errc::connection_lost));
        server_ = {};
        return true;
    }

    // Because of a message over the limit: of any key, or one of which nothing was read.
    bool lose_link_to_large_message() {
        std::optional<std::size_t> key;
        if (!random_.one_in(3)) key = random_.below(MultiplexerModel::key_count - 1);
        const auto ending = mux_.end_oversized(key ? std::optional(match_key(*key)) : std::nullopt);
        expect(ending == model_.end_oversized(key), "just the request ends whose reply was too large");
        if (ending) promises_.ended(*ending);
        return lose_link();
    }

    bool doubt_what_is_written() {
        expect_endings(mux_.expire_written(Errc::connection_lost), model_.expire_written(Errc::connection_lost));
        return true;
    }

    // One that the server may answer now; it answers the second time less often.
    Server::Received* draw_received() {
        if (server_.received.empty()) return nullptr;
        Server::Received& received = random_.one_of(server_.received);
        const bool may_answer = received.answers == 0 || (received.answers == 1 && random_.one_in(8));
        if (!may_answer) return nullptr;
        ++received.answers;
        return &received;
    }

    bool reply() {
        const auto* received = draw_received();
        if (received == nullptr) return false;
        const bool is_sure = received->answers == 1 && !server_.is_confused(received->key);
        const auto match = receive_reply(received->id, received->key);
        if (is_sure) expect(match && match->id == received->id, "a reply completes the request that it answers");
        return true;
    }

    bool refuse_call() {
        const auto* received = draw_received();
        if (received == nullptr) return false;
        receive_error(received->id, received->call);
        return true;
    }

    bool refuse_without_call() {
        const auto* received = draw_received();
        if (received == nullptr) return false;
        receive_error_without_call(received->id);
        return true;
    }

    bool foreign_reply() {
        receive_reply(0, random_.below(MultiplexerModel::key_count));
        return true;
    }

    bool foreign_error() {
        receive_error(0, random_.below(MultiplexerModel::call_count));
        return true;
    }

    bool foreign_error_without_call() {
        receive_error_without_call(0);
        return true;
    }

    std::optional<Match> receive_reply(RequestId meant, std::size_t key) {
        const auto match = mux_.reply(match_key(key));
        note({match}, meant);
        expect(match == model_.reply(key), "a reply is matched as it should be");
        return match;
    }

    void receive_error(RequestId meant, std::size_t call) {
        const auto matches = mux_.error_for_call(call_id(call));
        for (const Match& match : matches) note(match, meant);
        expect(matches == model_.error_for_call(call), "an error for a call is matched as it should be");
    }

    void receive_error_without_call(RequestId meant) {
        const auto match = mux_.error_without_call();
        note(match, meant);
        expect(match == model_.error_without_call(), "an error without a call is matched as it should be");
    }

    void note(const std::optional<Match>& match, RequestId meant) {
        if (!match) return;
        promises_.matched(*match);
        const auto at = model_.requests().find(match->id);
        expect(at != model_.requests().end(), "what is matched is known");
        server_.note_match(meant, *match, at->second.key);
    }

    // --- checks -----------------------------------------------------------------------------------------------------

    void expect_endings(std::vector<Ending> endings, const std::vector<Ending>& expected) {
        for (const Ending& ending : endings) promises_.ended(ending);
        std::sort(endings.begin(), endings.end(), [](const Ending& a, const Ending& b) { return a.id < b.id; });
        expect(endings == expected, "just those end that should");
    }

    void check() {
        model_.next_step();
        expect(mux_.in_flight() == model_.in_flight(), "in_flight() is right");
        expect(mux_.in_flight() <= limits_.in_flight, "no more are in flight than may be");
        expect(mux_.queued() == model_.queued(), "queued() is right");
        expect(mux_.tombstones() == model_.tombstones(), "tombstones() is right");
        expect(mux_.has_too_many_tombstones() == (model_.tombstones() > limits_.tombstones), "too many are too many");
        expect(mux_.has_backlog() == model_.has_backlog(), "has_backlog() is right");
        expect(mux_.next_deadline() == model_.next_deadline(), "next_deadline() is right");
        const RequestId id = any_id();
        const auto at = model_.requests().find(id);
        const auto state = at == model_.requests().end() ? std::nullopt : std::optional(at->second.state);
        expect(mux_.state(id) == state, "state() is right");
    }

    Random& random_;
    std::array<std::size_t, 16> weights_{};
    bool is_slow_ = false; // seconds pass, and not only milliseconds
    lcm::Limits limits_;
    lcm::Duplicates duplicates_;
    Multiplexer mux_{limits_, duplicates_};
    MultiplexerModel model_{limits_, duplicates_};
    Promises promises_;
    Server server_;
    lcm::detail::TimePoint now_{1h};
    RequestId last_id_ = 0;
};

} // namespace

TEST_CASE("Whatever happens in whatever order, each request ends once, truthfully, and no reply completes another's") {
    const std::uint64_t seed = test_seed();
    const std::uint64_t steps = test_steps(1'000'000);
    Random random(seed);
    std::uint64_t step = 0;
    try {
        while (step < steps) {
            Episode episode(random);
            const std::uint64_t end = (std::min)(steps, step + 1 + random.below(2000));
            for (; step < end; ++step) episode.step();
            episode.finish();
        }
    } catch (const BrokenPromise& broken) {
        FAIL("in step " << step << ", this does not hold: " << broken.what() << "\nrepeat it with LCM_TEST_SEED="
                        << seed << " LCM_TEST_STEPS=" << (std::min)(steps, step + 1));
    }
    CHECK(step == steps);
}
