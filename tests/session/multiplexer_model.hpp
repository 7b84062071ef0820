// SPDX-License-Identifier: BSL-1.0
// What a multiplexer must do, said by brute force: one map of requests, and each answer found by looking at all of
// them.
#ifndef LCM_CLIENT_TESTS_SESSION_MULTIPLEXER_MODEL_HPP
#define LCM_CLIENT_TESTS_SESSION_MULTIPLEXER_MODEL_HPP

#include <session/multiplexer_by_id.hpp>
#include <support/expect.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace lcm::tests {

/// The requests that the multiplexer must know of.
class MultiplexerModel {
public:
    using State = Multiplexer::State;
    /// 0 to 2 and 3 to 5 are replies of two subtopics for the three calls; `exclusive` has the subtopic of the latter,
    /// and no call; `silent` has no reply.
    static constexpr std::size_t key_count = 8;
    static constexpr std::size_t exclusive = 6;
    static constexpr std::size_t silent = 7;
    static constexpr std::size_t call_count = 3;

    struct Request {
        RequestId id;
        std::size_t key;
        std::size_t call;
        TimePoint deadline;
        bool is_read_only;
        bool may_name_call = false; // for `exclusive`: a reply that names the request's call is its reply too
        State state = State::held_back;
        std::int64_t turn = 0; // the step in which it could first leave; below zero if it has to leave again
        bool has_left = false;
        bool has_lost_link = false;   // so that it leaves alone, and not a third time
        std::int64_t handed_over = 0; // so many were before, or with it and in front of it
    };

    MultiplexerModel(const Limits& limits, Duplicates duplicates) : limits_(limits), duplicates_(duplicates) {}

    /// Between two steps: who may leave now, for the first time or again.
    void next_step() {
        ++step_;
        for (auto& [id, request] : requests_) {
            if (request.state != State::held_back || is_behind_another(request)) continue;
            request.state = State::queued;
            request.turn = step_;
        }
    }

    std::optional<Ending> submit(const Request& request) {
        const bool is_duplicate = count([&](const Request& r) { return conflict(r, request); }) != 0;
        if (is_duplicate && duplicates_ == Duplicates::refuse)
            return Ending{request.id, Errc::duplicate_in_flight, Delivery::not_sent};
        requests_.emplace(request.id, request);
        return std::nullopt;
    }

    /// Checks a batch. Those that could first leave in the same step may come in any order.
    void take_batch(const std::vector<RequestId>& batch, TimePoint now, std::size_t at_most) {
        Line line = line_of(now, false);
        std::size_t room = limits_.in_flight - in_flight();
        // Those that leave again keep their room.
        const std::size_t waiting_again =
            count([](const Request& r) { return r.state == State::queued && r.has_lost_link; });
        room -= (std::min)(room, waiting_again);
        const bool others_may = waiting_again < limits_.in_flight;
        if (is_one_alone_under_way()) room = 0;
        if (const Line again = line_of(now, true); at_most != 0 && !is_one_alone_under_way() && !again.empty()) {
            const bool is_free = in_flight() == 0;
            if (is_free) held_up_.reset();
            if (!is_free && !others_may_go_on(now)) room = 0;
            const bool is_its_turn = !is_turn_of_others_ || !others_may || count(is_queued_first) == 0;
            if (is_free && is_its_turn) line = {again.front()};
            if (is_free && is_its_turn) room = 1;
            if (is_free) is_turn_of_others_ = is_its_turn;
        }
        expect(batch.size() == (std::min)({at_most, room, line.size()}), "a batch of the right size");
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const auto at = requests_.find(batch[i]);
            expect(at != requests_.end() && at->second.state == State::queued, "only what is queued leaves");
            expect(at->second.deadline > now, "nothing leaves after its deadline");
            expect(at->second.turn == line[i].first, "what is in front leaves first");
            if (line[i].first < 0) expect(batch[i] == line[i].second, "what leaves again does so in its old order");
            expect(!is_occupied(at->second), "no two are under way whose replies look the same");
            at->second.state = State::writing;
            at->second.has_left = true;
            at->second.handed_over = ++handed_over_;
        }
    }

    std::vector<RequestId> written() {
        std::vector<RequestId> ended;
        for (auto& [id, r] : requests_) {
            if (r.state != State::writing) continue;
            if (r.key == silent) ended.push_back(id);
            r.state = State::awaiting;
        }
        const auto is_sent = [](const auto& item) { return item.second.key == silent && !is_waiting(item.second); };
        if (std::erase_if(requests_, is_sent) != 0) has_sent_silent_ = true;
        return ended;
    }

    std::optional<Match> reply(std::size_t key) {
        const auto matches = settle([&](const Request& r) { return is_reply(r, key); });
        expect(matches.size() <= 1, "at most one is under way whose reply this can be");
        return matches.empty() ? std::nullopt : std::optional(matches.front());
    }

    std::vector<Match> error_for_call(std::size_t call) {
        return settle([&](const Request& r) { return r.call == call; });
    }

    std::optional<Match> error_without_call() {
        if (in_flight() != 1 || tombstones() != 0 || has_sent_silent_) return std::nullopt;
        return settle([](const Request&) { return true; }).front();
    }

    std::vector<Ending> expire(TimePoint now) {
        return end(Errc::timed_out, [&](const Request& r) { return r.deadline <= now; });
    }

    std::optional<Ending> cancel(RequestId wanted) {
        const auto endings = end(Errc::cancelled, [&](const Request& r) { return r.id == wanted; });
        return endings.empty() ? std::nullopt : std::optional(endings.front());
    }

    void drop(RequestId id) { requests_.erase(id); }

    std::vector<Ending> link_lost(Errc code) {
        const auto endings =
            end(code, [](const Request& r) { return is_under_way(r) && (!r.is_read_only || r.has_lost_link); });
        std::erase_if(requests_, [](const auto& item) { return item.second.state == State::tombstone; });
        for (auto& [id, r] : requests_) {
            if (!is_under_way(r)) continue;
            r.state = State::queued;
            r.turn = -step_;
            r.has_lost_link = true;
        }
        has_sent_silent_ = false;
        held_up_.reset();
        return endings;
    }

    /// A message of this key was too large, or one of which nothing is known.
    std::optional<Ending> end_oversized(std::optional<std::size_t> key) {
        std::vector<RequestId> meant;
        for (const auto& [id, r] : requests_)
            if (!is_waiting(r) && (key ? may_be_called(r, *key) : r.is_read_only)) meant.push_back(id);
        if (meant.size() != 1) return std::nullopt;
        const Request request = requests_.at(meant.front());
        if (request.state == State::tombstone || !request.is_read_only) return std::nullopt;
        requests_.erase(request.id);
        return Ending{request.id, Errc::bad_reply, Delivery::unknown};
    }

    std::vector<Ending> expire_written(Errc code) {
        return end(code, [](const Request& r) { return is_under_way(r) && !r.is_read_only; });
    }

    std::vector<Ending> end_unsent(Errc code) {
        return end(code, [](const Request& r) { return is_waiting(r); });
    }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const {
        std::optional<TimePoint> next;
        for (const auto& [id, r] : requests_)
            if (r.state != State::tombstone && (!next || r.deadline < *next)) next = r.deadline;
        return next;
    }

    [[nodiscard]] std::size_t in_flight() const { return count(is_under_way); }
    [[nodiscard]] std::size_t queued() const { return count(is_waiting); }
    [[nodiscard]] std::size_t tombstones() const {
        return count([](const Request& r) { return r.state == State::tombstone; });
    }
    [[nodiscard]] bool has_backlog() const {
        return count([](const Request& r) { return r.state == State::queued; }) != 0;
    }

    [[nodiscard]] const std::map<RequestId, Request>& requests() const noexcept { return requests_; }

private:
    using Line = std::vector<std::pair<std::int64_t, RequestId>>;
    struct HeldUp {
        TimePoint since;
        std::optional<RequestId> by; // beside which the others go on
    };

    // Those that could leave now, in order: those that have lost a link, or the others.
    [[nodiscard]] Line line_of(TimePoint now, bool again) const {
        Line line;
        for (const auto& [id, r] : requests_)
            if (r.state == State::queued && r.has_lost_link == again && r.deadline > now) line.emplace_back(r.turn, id);
        std::sort(line.begin(), line.end());
        return line;
    }

    static bool is_queued_first(const Request& r) { return r.state == State::queued && !r.has_lost_link; }
    [[nodiscard]] bool is_one_alone_under_way() const {
        return count([](const Request& r) { return is_under_way(r) && r.has_lost_link; }) != 0;
    }

    // One of those that leave again waits to be alone. For two seconds the others stay back for it; then they go on
    // beside what is in its way, until that has ended.
    bool others_may_go_on(TimePoint now) {
        const auto is_older = [](const auto& a, const auto& b) {
            if (is_under_way(a.second) != is_under_way(b.second)) return is_under_way(a.second);
            return a.second.handed_over < b.second.handed_over;
        };
        const RequestId oldest = std::min_element(requests_.begin(), requests_.end(), is_older)->first;
        if (!held_up_ || (held_up_->by && held_up_->by != oldest)) held_up_ = {now, std::nullopt};
        if (now < held_up_->since + std::chrono::seconds(2)) return false;
        held_up_->by = oldest;
        return true;
    }

    static bool is_reply(const Request& r, std::size_t key) {
        if (r.key == silent) return false;
        return r.key == key || (r.key == exclusive && is_b(key) && r.may_name_call && r.call == key % call_count);
    }

    // By a message that is cut off: without a call any of its subtopic.
    static bool may_be_called(const Request& r, std::size_t key) {
        return key == exclusive ? is_b(r.key) : is_reply(r, key);
    }

    static bool is_waiting(const Request& r) { return r.state == State::queued || r.state == State::held_back; }
    static bool is_under_way(const Request& r) { return r.state == State::writing || r.state == State::awaiting; }

    template <class Predicate> [[nodiscard]] std::size_t count(Predicate wanted) const {
        return static_cast<std::size_t>(
            std::count_if(requests_.begin(), requests_.end(), [&](const auto& item) { return wanted(item.second); }));
    }

    static bool is_b(std::size_t key) { return key >= call_count && key <= exclusive; }

    // Whether a reply could be meant for either.
    static bool conflict(const Request& a, const Request& b) {
        if (a.key == silent || b.key == silent) return false;
        return a.key == b.key || (is_b(a.key) && is_b(b.key) && (a.key == exclusive || b.key == exclusive));
    }

    [[nodiscard]] bool is_behind_another(const Request& request) const {
        return count([&](const Request& r) { return r.id < request.id && conflict(r, request); }) != 0;
    }

    [[nodiscard]] bool is_occupied(const Request& request) const {
        return count([&](const Request& r) { return conflict(r, request) && !is_waiting(r); }) != 0;
    }

    // The server has spoken about those that were handed over and are meant.
    template <class Predicate> std::vector<Match> settle(Predicate is_meant) {
        std::vector<Match> matches;
        for (const auto& [id, r] : requests_)
            if (!is_waiting(r) && is_meant(r)) matches.push_back({id, r.state == State::tombstone});
        for (const Match& match : matches) requests_.erase(match.id);
        return matches;
    }

    // Ends those that are meant and have not ended: what is under way leaves a tombstone.
    template <class Predicate> std::vector<Ending> end(Errc code, Predicate is_meant) {
        std::vector<Ending> endings;
        for (auto& [id, r] : requests_) {
            if (r.state == State::tombstone || !is_meant(r)) continue;
            endings.push_back({id, code, r.has_left ? Delivery::unknown : Delivery::not_sent});
            if (is_under_way(r)) r.state = State::tombstone;
        }
        for (const Ending& ending : endings)
            if (requests_.at(ending.id).state != State::tombstone) requests_.erase(ending.id);
        return endings;
    }

    Limits limits_;
    Duplicates duplicates_;
    std::int64_t step_ = 0;
    bool has_sent_silent_ = false; // over this link
    bool is_turn_of_others_ = false;
    std::int64_t handed_over_ = 0;
    std::optional<HeldUp> held_up_; // one of those that leave again
    std::map<RequestId, Request> requests_;
};

} // namespace lcm::tests

#endif
