// SPDX-License-Identifier: BSL-1.0
// Whatever happens to requests, links and servers: no evidence is a lie, as long as what it assumes is true.
#include <session/evidence_parts.hpp>
#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/session/call_history.hpp>
#include <lcm_client/session/weigh_evidence.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::Evidence;
using lcm::Finding;
using lcm::detail::RequestId;
using lcm::detail::TimePoint;
using lcm::tests::Fields;
using lcm::tests::Random;

namespace {

constexpr auto settle_time = 5s;

struct Message {
    RequestId id;
    std::string callid;
    std::string operation;
    Fields fields;
};

// A server with one store, and the way to it: what was sent over a link comes in order, and up to the settle time after
// the link was given up. It shows what its mode lets it, and refuses some requests.
class Office {
public:
    Office(Random& random, bool shows_all, bool keeps_refused)
        : random_(random), shows_all_(shows_all), keeps_refused_(keeps_refused) {}

    void send(Message message) { on_the_way_[link_].push_back(std::move(message)); }
    void change_link(TimePoint now) { given_up_[link_++] = now; }

    /// Something arrives, perhaps. Returns which request was answered, 0 for none.
    RequestId deliver(TimePoint now) {
        for (const auto& [link, since] : given_up_)
            if (since + settle_time <= now) on_the_way_.erase(link); // lost
        if (on_the_way_.empty()) return 0;
        auto way = std::next(on_the_way_.begin(), static_cast<std::ptrdiff_t>(random_.below(on_the_way_.size())));
        if (way->second.empty()) return 0;
        const std::size_t link = way->first;
        const Message message = way->second.front();
        way->second.pop_front();
        if (keeps_refused_ || !random_.one_in(4)) {
            store_[message.callid] = message;
            taken.insert(message.id);
        }
        return link == link_ && !random_.one_in(3) ? message.id : 0;
    }

    /// Somebody else sets something for the call, which is not like anything of ours.
    void interfere(const std::string& callid) { store_[callid] = {0, callid, "SetElsewhere", {}}; }

    [[nodiscard]] lcm::detail::StoredRequest show(const std::string& callid) const {
        const auto at = store_.find(callid);
        if (at == store_.end()) return {};
        Fields shown = at->second.fields;
        if (!shows_all_) std::erase_if(shown, [](const auto& field) { return field.first == "CallOutcome"; });
        return lcm::tests::stored(at->second.operation, shown);
    }

    std::set<RequestId> taken; // but for those that were refused, and are not kept

private:
    Random& random_;
    bool shows_all_;
    bool keeps_refused_;
    std::size_t link_ = 0;
    std::map<std::size_t, std::deque<Message>> on_the_way_;
    std::map<std::size_t, TimePoint> given_up_;
    std::map<std::string, Message> store_;
};

// One desktop, which asks now and then about a request that has had no answer.
class Desktop {
public:
    Desktop(Random& random, bool shows_all, bool keeps_refused)
        : random_(random), office_(random, shows_all, keeps_refused),
          history_(random.one_in(2) ? 12 : 100, random.below(1000)) {
        history_.open_link("wss://a:443", now_);
    }

    void step() {
        check_never();
        now_ += std::chrono::seconds(random_.below(3));
        switch (random_.below(10)) {
        case 0:
        case 1: return send();
        case 2:
        case 3:
        case 4: return deliver();
        case 5:
            if (random_.one_in(3)) change_link();
            return;
        case 6:
            if (random_.one_in(5)) office_.interfere(random_.one_of(calls_));
            return;
        case 7: return ask();
        default: return; // time passes
        }
    }

    std::map<Finding, std::size_t> count{};

private:
    void send() {
        Message message{++last_id_, random_.one_of(calls_), random_.one_in(2) ? "SetOutcome" : "SetCallback", {}};
        for (const char* name : {"BusinessOutcome", "CallOutcome"})
            message.fields.emplace_back(name, std::to_string(random_.below(3)));
        history_.send(
            lcm::tests::leaving(message.id, message.callid, lcm::tests::request(message.operation, message.fields)),
            now_);
        open_.emplace(message.id, message.callid);
        office_.send(std::move(message));
    }

    void deliver() {
        const RequestId answered = office_.deliver(now_);
        if (answered != 0) {
            history_.answer(answered, now_);
            open_.erase(answered);
        }
    }

    void change_link() {
        history_.lose_link(now_);
        office_.change_link(now_);
        now_ += std::chrono::seconds(random_.below(3));
        history_.open_link("wss://a:443", now_);
    }

    void ask() {
        if (open_.empty()) return;
        const auto about = std::next(open_.begin(), static_cast<std::ptrdiff_t>(random_.below(open_.size())));
        const auto shown = office_.show(about->second);
        const Evidence evidence = lcm::detail::weigh_evidence(
            history_.find(about->first, about->second), shown,
            {.link = history_.link(), .asked = now_, .can_abort = true, .settle_time = settle_time});
        ++count[evidence.finding];
        if (evidence.finding == Finding::reached) REQUIRE(office_.taken.count(about->first) == 1);
        if (evidence.finding == Finding::not_reached) never_.insert(about->first);
        check_never();
        if (random_.one_in(2)) history_.show(about->second, shown, now_);
        if (random_.one_in(4)) open_.erase(about);
    }

    void check_never() {
        for (const RequestId id : never_)
            if (office_.taken.count(id) != 0) FAIL("not reached was a lie about request " << id);
    }

    Random& random_;
    Office office_;
    lcm::detail::CallHistory history_;
    TimePoint now_ = lcm::tests::start_of_evidence;
    RequestId last_id_ = 0;
    std::map<RequestId, std::string> open_; // without an answer, with their calls
    std::set<RequestId> never_;             // of which was said that they do not reach the server
    const std::vector<std::string> calls_{"1", "2", "3"};
};

} // namespace

TEST_CASE("Nothing that was found reached is missing, and nothing that was found not reached comes later") {
    const auto seed = lcm::tests::test_seed();
    CAPTURE(seed);
    Random random(seed);
    std::map<Finding, std::size_t> count;
    for (std::uint64_t run = 0; run != lcm::tests::test_steps(2000); ++run) {
        Desktop desktop(random, run % 2 == 0, run % 3 != 0);
        for (int step = 0; step != 200; ++step) desktop.step();
        for (const auto& [finding, times] : desktop.count) count[finding] += times;
    }
    CHECK(count[Finding::reached] > 100);
    CHECK(count[Finding::not_reached] > 100);
    CHECK(count[Finding::undecided] > 100);
}
