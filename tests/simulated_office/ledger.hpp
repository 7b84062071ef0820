// SPDX-License-Identifier: BSL-1.0
// What really happened to each request, as nobody in the office can know it, and what was said of it. What cannot be true
// of both is the end of the game. Pure.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_LEDGER_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_LEDGER_HPP

#include <simulated_office/agenda.hpp>
#include <simulated_office/counts.hpp>
#include <simulated_office/game.hpp>

#include <lcm_client/evidence.hpp>
#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/result.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests::simulated {

/// The number of a request, which is that of its action. It is its tag, and its lead's
/// score, so that each message says whose it is.
using Marker = std::uint64_t;

/// One process of one desktop.
struct ProcessId {
    std::size_t desktop = 0;
    std::size_t number = 0;

    friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

/// A request, when it is made.
struct Made {
    ProcessId by{};
    bool is_direct = false; ///< it passes the outbox
    std::string contact{};  ///< the subject by which it is in order with others
    int fault = 0;          ///< what the server does with it
    /// The server does not know its call. An error that says so refuses all requests for the call that are under way,
    /// whichever of them it answers.
    bool is_call_unknown = false;
    Time deadline{};                                                ///< of a direct one
    std::optional<std::chrono::system_clock::time_point> expires{}; ///< of an entry, if the clock is true
};

/// What the server did with a request that came.
struct Taken {
    bool is_acted_on = false;
    bool is_kept = false; ///< in the store, so that an inquiry can show it
    bool is_refused = false;
};

class Ledger {
public:
    /// What happens to messages is written to `log`, unless that is null.
    explicit Ledger(const Agenda& agenda, std::ostream* log = nullptr) : agenda_(agenda), log_(log) {}

    [[nodiscard]] const std::optional<std::string>& problem() const noexcept { return problem_; }
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    /// The same for two games in which the same has happened.
    [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }

    /// For what is wrong and belongs to no request.
    void fail(const std::string& what) {
        if (!problem_) problem_ = write_time(agenda_.now()) + ' ' + what;
    }

    void log(std::size_t desktop, std::string_view what, std::string_view text) {
        if (log_ == nullptr) return;
        *log_ << write_time(agenda_.now()) << " desktop " << desktop << ' ' << what << ' ' << text << '\n';
    }

    // --- what the agent does ---

    void make(Marker marker, Made made) {
        if (!made.is_direct) lines_[made.contact].push_back(marker);
        fates_.emplace(marker, Fate{.made = std::move(made), .at = agenda_.now()});
        ++counts_.requests;
    }
    [[nodiscard]] bool is_direct(Marker marker) const {
        const auto at = fates_.find(marker);
        return at != fates_.end() && at->second.made.is_direct;
    }
    [[nodiscard]] int fault(Marker marker) const { return fates_.at(marker).made.fault; }

    void on_stored(Marker marker, EntryId id) {
        note(marker, 1);
        Fate& fate = fates_.at(marker);
        if (fate.is_posted) return fail(marker, "was confirmed twice");
        fate.is_posted = fate.is_confirmed = true;
        EntryId& last = last_ids_[fate.made.by.desktop];
        if (id <= last) fail(marker, "has the number of an older entry");
        last = id;
    }
    void on_not_stored(Marker marker, Delivery delivery) {
        note(marker, 2);
        Fate& fate = fates_.at(marker);
        ++counts_.not_stored;
        if (fate.is_posted) return fail(marker, "was confirmed twice");
        fate.is_posted = true;
        if (delivery == Delivery::not_sent) fate.never_departs = true;
        else fate.may_be_stored = true;
        if (fate.never_departs && fate.departures != 0) fail(marker, "was not stored, and has left");
    }

    // --- what the network and the servers do ---

    /// It is handed to a connection. The number of this departure.
    int on_departure(Marker marker, std::chrono::system_clock::time_point now) {
        note(marker, 3);
        ++counts_.departures;
        Fate& fate = fates_.at(marker);
        ++fate.departures;
        if (fate.never_departs) fail(marker, "leaves though it was told as not sent");
        if (fate.has_ended && !fate.made.is_direct) fail(marker, "leaves after its ending was told");
        if (fate.is_passed) fail(marker, "leaves after a later one of its contact");
        if (fate.departures > 1 + fate.resends) fail(marker, "leaves again without being asked for");
        if (fate.made.expires && now > *fate.made.expires + std::chrono::seconds(15))
            fail(marker, "leaves after it has expired");
        if (!fate.made.is_direct) pass(marker, fate);
        return fate.departures;
    }

    void on_arrival(Marker marker, int departure, const Taken& taken) {
        note(marker, 4);
        Fate& fate = fates_.at(marker);
        ++fate.arrivals;
        if (taken.is_acted_on) ++fate.acted;
        if (taken.is_refused) ++fate.refused;
        if ((taken.is_acted_on || taken.is_kept) && departure <= fate.not_reached)
            fail(marker, "arrives though it was found not reached");
        if (taken.is_acted_on || taken.is_kept) fate.kept.insert(departure);
        if (fate.made.is_direct || fate.may_be_stored) return;
        Marker& last = last_arrived_[fate.made.contact];
        if (marker < last) fail(marker, "arrives after " + std::to_string(last) + " of the same contact");
        last = (std::max)(last, marker);
    }

    // --- what is said ---

    void on_doubt(ProcessId process, const OutboxDoubt& doubt) {
        const Marker marker = doubt.entry.tag;
        note(marker, 5);
        Fate& fate = fates_.at(marker);
        ++counts_.doubts;
        if (fate.is_passed && fate.passed_by != process) fail(marker, "is in doubt, and a later one has left");
        if (fate.never_departs) fail(marker, "is in doubt, and was told as not sent");
        ++fate.doubts;
        if (doubt.evidence) on_evidence(marker, *doubt.evidence);
    }
    [[nodiscard]] std::uint64_t doubts(Marker marker) const { return fates_.at(marker).doubts; }

    void on_resend(Marker marker) {
        ++fates_.at(marker).resends;
        ++counts_.resent;
    }

    /// `disk_fails` is whether the ending may be lost, since it could not be written.
    void on_ended(ProcessId process, const EntryEnding& ending, bool disk_fails) {
        const Marker marker = ending.tag;
        note(marker, 6 + static_cast<std::uint64_t>(ending.delivery));
        if (!fates_.contains(marker)) return fail("an ending without an entry");
        Fate& fate = fates_.at(marker);
        if (fate.has_ended && fate.told_by == process) fail(marker, "ends twice in one process");
        if (fate.has_ended && fate.delivery != ending.delivery)
            fail(marker, std::string("ends again, as ") + to_string(ending.delivery));
        const bool may_be_lost = ending.by == EntryEndedBy::reply && disk_fails;
        if (!may_be_lost) fate.has_ended = true;
        if (ending.by == EntryEndedBy::settled) ++counts_.settled;
        fate.was_told = true;
        fate.told_by = process;
        fate.delivery = ending.delivery;
        check(marker, ending.delivery, ending.was_resent);
        if (ending.evidence) on_evidence(marker, *ending.evidence);
        if (!ending.was_resent && fate.departures > 1) fail(marker, "was sent again, which its ending does not tell");
    }

    /// What the server had answered was not synced when the power went.
    void may_end_anew(Marker marker) { fates_.at(marker).has_ended = false; }

    void on_call_ended(Marker marker, const std::optional<Error>& error, Time took) {
        note(marker, 11);
        Fate& fate = fates_.at(marker);
        if (fate.has_ended) return fail(marker, "ends twice");
        fate.has_ended = fate.was_told = true;
        fate.delivery = error ? error->delivery : Delivery::accepted;
        check(marker, fate.delivery, false);
        if (fate.delivery == Delivery::unknown && fate.departures == 0) fail(marker, "is unknown, and has not left");
        if (took > fate.made.deadline + std::chrono::milliseconds(250)) fail(marker, "ends after its deadline");
    }

    void on_settled(Marker marker, Delivery delivery) {
        note(marker, 12);
        Fate& fate = fates_.at(marker);
        ++counts_.settled;
        if (fate.delivery != Delivery::unknown) fail(marker, "is settled, and was not unknown");
        if (std::exchange(fate.is_settled, true)) fail(marker, "is settled twice");
        if (delivery == Delivery::accepted && fate.acted == 0)
            fail(marker, "is settled as accepted, which is not true");
        if (delivery == Delivery::refused && fate.refused == 0 && !fate.made.is_call_unknown)
            fail(marker, "is settled as refused, which is not true");
    }

    void on_evidence(Marker marker, const Evidence& evidence) {
        note(marker, 13 + static_cast<std::uint64_t>(evidence.finding));
        Fate& fate = fates_.at(marker);
        switch (evidence.finding) {
        case Finding::undecided: ++counts_.undecided; return;
        case Finding::reached:
            ++counts_.reached;
            if (fate.arrivals == 0) fail(marker, "is found reached, and has not come");
            return;
        case Finding::not_reached:
            ++counts_.not_reached;
            if (fate.kept.contains(fate.departures)) fail(marker, "is found not reached, and has come");
            fate.not_reached = fate.departures;
        }
    }

    // --- when nothing is to be done ---

    void on_process_begins(ProcessId process) {
        ++counts_.processes;
        now_running_[process.desktop] = process;
    }

    /// A process has nothing to do: each post has its answer, and what a later one has passed has ended.
    void on_idle(ProcessId process) {
        if (const auto at = open_posts_.find(process.desktop); at != open_posts_.end() && at->second != 0)
            fail("a post hangs");
        for (const Marker marker : std::exchange(passed_[process.desktop], {}))
            if (!fates_.at(marker).was_told)
                fail(marker, "has not ended, and " + std::to_string(fates_.at(marker).passer) + " has passed it");
    }
    void on_post_begins(std::size_t desktop) { ++open_posts_[desktop]; }
    void on_post_ends(std::size_t desktop) { --open_posts_[desktop]; }

    /// What it had open nobody will answer.
    void on_process_ends(ProcessId process) {
        open_posts_[process.desktop] = 0;
        passed_[process.desktop].clear();
        for (auto& [marker, fate] : fates_)
            if (fate.made.is_direct && fate.made.by == process && !fate.has_ended) fate.is_orphan = true;
    }

    /// How many confirmed entries nobody has heard the ending of.
    [[nodiscard]] std::size_t unended() const {
        std::size_t count = 0;
        for (const auto& [marker, fate] : fates_) count += is_awaited(fate) ? 1U : 0U;
        return count;
    }
    void on_game_ends() {
        for (const auto& [marker, fate] : fates_)
            if (is_awaited(fate)) fail(marker, "has no ending");
    }

private:
    struct Fate {
        Made made{};
        Time at{};
        bool is_posted = false;     // the outbox has answered
        bool is_confirmed = false;  // with its number
        bool may_be_stored = false; // with a doubt
        bool never_departs = false; // was told as not sent
        bool is_passed = false;     // a later one of the contact has left
        ProcessId passed_by{};
        Marker passer = 0;
        bool has_ended = false; // for good
        bool was_told = false;
        bool is_settled = false;
        bool is_orphan = false; // its process has gone
        ProcessId told_by{};
        Delivery delivery{};
        int departures = 0;
        int arrivals = 0;
        int acted = 0;
        int refused = 0;
        int resends = 0;
        int not_reached = 0; // the last departure of which this was said
        std::uint64_t doubts = 0;
        std::set<int> kept{}; // departures
    };

    void fail(Marker marker, const std::string& what) {
        const Made& made = fates_.at(marker).made;
        fail("desktop " + std::to_string(made.by.desktop) + ": request " + std::to_string(marker) + ", made at " +
             write_time(fates_.at(marker).at) + ", " + what);
    }

    void note(Marker marker, std::uint64_t what) {
        for (const std::uint64_t each : {static_cast<std::uint64_t>(agenda_.now().count()), marker, what})
            fingerprint_ = (fingerprint_ ^ each) * 0x100000001b3U;
    }

    static bool is_awaited(const Fate& fate) {
        if (fate.made.is_direct) return !fate.has_ended && !fate.is_orphan;
        return fate.is_confirmed && !fate.was_told;
    }

    // Those before it have to have ended by now. What is not known to be in the file can come later.
    void pass(Marker marker, const Fate& passer) {
        for (const Marker before : lines_.at(passer.made.contact)) {
            if (before >= marker) return;
            Fate& fate = fates_.at(before);
            if (fate.may_be_stored || fate.never_departs || fate.is_passed) continue;
            fate.is_passed = true;
            fate.passed_by = passer_process(passer);
            fate.passer = marker;
            if (fate.is_confirmed && !fate.was_told) passed_[passer.made.by.desktop].push_back(before);
        }
    }
    [[nodiscard]] ProcessId passer_process(const Fate& passer) const {
        const auto at = now_running_.find(passer.made.by.desktop);
        return at == now_running_.end() ? passer.made.by : at->second;
    }

    void check(Marker marker, Delivery delivery, bool was_resent) {
        Fate& fate = fates_.at(marker);
        switch (delivery) {
        case Delivery::accepted:
            ++counts_.accepted;
            if (fate.acted == 0) fail(marker, "is accepted, and the server has not acted on it");
            return;
        case Delivery::refused:
            ++counts_.refused;
            if (fate.refused == 0 && !fate.made.is_call_unknown)
                fail(marker, "is refused, and the server has not refused it");
            if (fate.acted != 0 && !was_resent) fail(marker, "is refused, and the server has acted on it");
            return;
        case Delivery::not_sent:
            ++counts_.not_sent;
            fate.never_departs = true;
            if (fate.departures != 0) fail(marker, "is not sent, and has left");
            return;
        case Delivery::unknown: ++counts_.unknown;
        }
    }

    const Agenda& agenda_;
    std::ostream* const log_;
    std::optional<std::string> problem_;
    Counts counts_;
    std::uint64_t fingerprint_ = 0xcbf29ce484222325U;
    std::map<Marker, Fate> fates_;
    std::map<std::string, std::vector<Marker>> lines_; // the entries of a contact
    std::map<std::string, Marker> last_arrived_;
    std::map<std::size_t, EntryId> last_ids_;
    std::map<std::size_t, std::size_t> open_posts_;
    std::map<std::size_t, ProcessId> now_running_;
    std::map<std::size_t, std::vector<Marker>> passed_; // and not told of, until the desktop is idle
};

} // namespace lcm::tests::simulated

#endif
