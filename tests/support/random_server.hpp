// SPDX-License-Identifier: BSL-1.0
// A server that answers what it has received when and how it likes, and keeps the ledger of it.
#ifndef LCM_CLIENT_TESTS_SUPPORT_RANDOM_SERVER_HPP
#define LCM_CLIENT_TESTS_SUPPORT_RANDOM_SERVER_HPP

#include <session/random.hpp>
#include <support/expect.hpp>
#include <support/ledger.hpp>
#include <support/numbered.hpp>

#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

/// What it does by itself returns false if there is nothing to be done. What is marked "quiet" wants a client that has
/// done all it could do: it could else be meant for a request that leaves in the meantime, which no client can know.
class RandomServer {
public:
    RandomServer(Random& random, Ledger& ledger, testing::Script script)
        : random_(random), ledger_(ledger), script_(std::move(script)) {}

    void receive(std::string_view message, detail::TimePoint now) {
        const Serial serial = serial_in(message);
        const auto& unanswered = this->unanswered();
        ledger_.receive(serial, connection_, now);
        const auto is_in_the_way = [&](Serial other) {
            return key_of(other) == key_of(serial) && !ledger_[other].was_refused;
        };
        expect(std::none_of(unanswered.begin(), unanswered.end(), is_in_the_way),
               "no two with one key are unanswered on one link");
        unanswered_.push_back(serial);
        recent_.push_back(serial);
        if (recent_.size() > 8) recent_.pop_front();
    }

    /// A request has ended. What is said of it when a later one has ended as unknown may seem to be about that one,
    /// unless the client remembers both. Of those that end at the same time, each may be the later one.
    template <class Predicate> void note_end(Serial serial, Predicate is_remembered) {
        const Ledger::Request& mine = ledger_[serial];
        for (const auto& [other, r] : ledger_.requests()) {
            if (other == serial || !r.has_ended) continue;
            if (mine.ending == Delivery::unknown && !is_remembered(r)) note_later(other, serial);
            if (r.ending == Delivery::unknown && r.ended == mine.ended && !is_remembered(mine))
                note_later(serial, other);
        }
    }

    /// What was received over the newest connection and not answered.
    [[nodiscard]] const std::vector<Serial>& unanswered() {
        if (std::exchange(connection_, script_.connections()) != script_.connections()) unanswered_.clear();
        const auto was_refused = [this](Serial serial) { // by an error without a call
            return ledger_[serial].has_ended && ledger_[serial].ending == Delivery::refused;
        };
        std::erase_if(unanswered_, was_refused);
        return unanswered_;
    }

    /// Answers one of those, or only does what it asks for.
    bool answer() {
        if (!script_.is_open() || unanswered().empty()) return false;
        const Serial serial = random_.one_of(unanswered_);
        if (random_.one_in(8)) {
            ledger_.carry_out(serial);
            return true;
        }
        forget(serial);
        if (random_.one_in(8)) say(mumble(serial));
        else say(decide(serial));
        return true;
    }

    /// Refuses all that it has not answered about one call. Quiet.
    bool refuse_call() {
        if (!script_.is_open() || unanswered().empty()) return false;
        const std::string callid = ledger_[random_.one_of(unanswered_)].callid;
        std::vector<Serial> meant;
        std::copy_if(unanswered_.begin(), unanswered_.end(), std::back_inserter(meant),
                     [&](Serial serial) { return ledger_[serial].callid == callid; });
        if (!std::all_of(meant.begin(), meant.end(), [this](Serial serial) { return may_refuse(serial); }))
            return false;
        for (const Serial serial : meant) {
            ledger_.refuse(serial);
            forget(serial);
        }
        say(testing::ws_error("Invalid Call ID:" + callid));
        return true;
    }

    /// Refuses the only one that it has not answered, or somebody else's. Quiet.
    bool refuse_without_call() {
        if (!script_.is_open()) return false;
        if (unanswered().size() == 1) {
            if (!may_refuse(unanswered_.front())) return false;
            ledger_.refuse(unanswered_.front()); // the client may see more that it could be meant for
        }
        say(R"({"topic":"Error","data":{"errorType":"WS_Error","errorMessage":"Out of licences"}})");
        return true;
    }

    /// Answers once more, or over another link than the one over which it was received. Quiet.
    bool answer_late() {
        if (!script_.is_open() || recent_.empty()) return false;
        const Serial serial = random_.one_of(recent_);
        const auto has_key = [&](Serial other) { return key_of(other) == key_of(serial); };
        const bool is_awaited = std::any_of(unanswered().begin(), unanswered().end(), has_key);
        if (is_awaited || past_answer_.contains(serial)) return false;
        say(decide(serial));
        return true;
    }

    /// Tells everybody that an outcome was set, when it is set or later. Quiet.
    bool tell() {
        if (!script_.is_open() || recent_.empty()) return false;
        const bool is_soon = !unanswered().empty() && random_.one_in(2);
        const Serial serial = is_soon ? random_.one_of(unanswered_) : random_.one_of(recent_);
        const Ledger::Request& r = ledger_[serial];
        if (r.is_read_only || r.was_refused || past_event_.contains(serial)) return false;
        ledger_.carry_out(serial);
        say(outcome_was_set(r.lcm_key));
        return true;
    }

    /// Says what no request of this client waits for.
    bool say_something_else() {
        static const std::array<std::string, 8> texts{
            "no JSON",
            "[]",
            "{}",
            std::string(300, '['),
            std::string(3000, ' '), // too large
            R"({"subtopic":"OutcomeSetForCall","message":"somebody else's"})",
            testing::reply<SetOutcome>("somebody else's"),
            testing::ws_error("Invalid Call ID:somebody else's"),
        };
        if (!script_.is_open()) return false;
        say(random_.one_of(texts));
        return true;
    }

private:
    using Key = std::pair<bool, std::string>; // of the replies

    [[nodiscard]] Key key_of(Serial serial) const { return {ledger_[serial].is_read_only, ledger_[serial].callid}; }

    void say(std::string text) { script_.receive(std::move(text)); }
    void forget(Serial serial) { std::erase(unanswered_, serial); }

    void note_later(Serial serial, Serial later) {
        if (key_of(serial) == key_of(later)) past_answer_.insert(serial);
        if (ledger_[serial].lcm_key == ledger_[later].lcm_key) past_event_.insert(serial);
    }

    // Whoever has carried out a request does not refuse it afterwards.
    [[nodiscard]] bool may_refuse(Serial serial) const {
        return !ledger_[serial].was_done || ledger_[serial].is_read_only;
    }

    // The answer to a request: the same each time.
    std::string decide(Serial serial) {
        const Ledger::Request& r = ledger_[serial];
        const bool is_yes = r.was_done || (!r.was_refused && !random_.one_in(3));
        if (is_yes) ledger_.grant(serial);
        else ledger_.refuse(serial);
        return r.is_read_only ? testing::reply<NumberedLook>(r.callid, is_yes)
                              : testing::reply<SetOutcome>(r.callid, is_yes);
    }

    // An answer that cannot be understood.
    std::string mumble(Serial serial) const {
        const Ledger::Request& r = ledger_[serial];
        const auto subtopic =
            r.is_read_only ? NumberedLook::operation.reply_subtopic : SetOutcome::operation.reply_subtopic;
        return R"({"subtopic":")" + std::string(subtopic) + R"(","message":{"callid":")" + r.callid +
               R"(","response":{"success":"true"}}})";
    }

    Random& random_;
    Ledger& ledger_;
    testing::Script script_;
    std::size_t connection_ = 0;
    std::vector<Serial> unanswered_;
    std::deque<Serial> recent_; // the last ones that were received
    // A message about these could be meant for a later one, which is unknown.
    std::set<Serial> past_answer_;
    std::set<Serial> past_event_;
};

} // namespace lcm::tests

#endif
