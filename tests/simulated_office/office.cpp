// SPDX-License-Identifier: BSL-1.0
// The office: who has which action happen to whom, and how a game goes on and ends. All of it is one thread.
#include <simulated_office/desktop.hpp>
#include <simulated_office/network.hpp>
#include <simulated_office/office.hpp>
#include <simulated_office/servers.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace lcm::tests::simulated {

namespace {

/// In which everything has to end when nothing fails any more.
constexpr Time longest_end = std::chrono::hours(2);

class Office {
public:
    Office(const Game& game, const std::filesystem::path& folder, std::ostream* log)
        : game_(game), dice_(game.seed), ledger_(agenda_, log), servers_(agenda_, ledger_, game) {
        network_.is_offline.resize(game.desktops);
        for (std::size_t i = 0; i != game.desktops; ++i)
            desktops_.push_back(std::make_unique<Desktop>(i, network_, folder, game.syncs_lie));
    }

    Verdict play() {
        for (const auto& desktop : desktops_) agenda_.at(std::chrono::hours(8), [&desktop] { desktop->start(); });
        for (const Action& action : game_.actions) agenda_.at(action.at, [this, &action] { carry_out(action); });
        go_on([&] { return next() > end(); });
        heal();
        const Time latest = agenda_.now() + longest_end;
        go_on([&] { return next() > latest || is_over(); });
        if (!ledger_.problem()) ledger_.on_game_ends();
        check_outboxes();
        return {ledger_.problem(), ledger_.counts(), ledger_.fingerprint()};
    }

private:
    // The last evening, or an hour after the last action.
    [[nodiscard]] Time end() const {
        const Time evening = std::chrono::hours(24 * static_cast<int>(game_.days)) - std::chrono::hours(7);
        if (game_.actions.empty()) return evening;
        return (std::min)(evening, game_.actions.back().at + std::chrono::hours(1));
    }

    template <class IsOver> void go_on(IsOver is_over) {
        while (!ledger_.problem() && next() != Time::max() && !is_over()) {
            agenda_.move_to(next());
            if (agenda_.next() > agenda_.now()) {
                run_due();
                continue;
            }
            for (const auto& desktop : desktops_) desktop->move_to(agenda_.now());
            do run_all();
            while (!ledger_.problem() && agenda_.run_next());
        }
    }
    // A timer of a desktop concerns no other one.
    void run_due() {
        for (const auto& desktop : desktops_) {
            if (desktop->next() > agenda_.now()) continue;
            desktop->move_to(agenda_.now());
            run(*desktop);
        }
    }
    [[nodiscard]] Time next() const {
        Time first = agenda_.next();
        for (const auto& desktop : desktops_) first = (std::min)(first, desktop->next());
        return first;
    }
    void run_all() {
        for (const auto& desktop : desktops_) run(*desktop);
    }
    void run(Desktop& desktop) {
        try {
            desktop.run();
        } catch (const std::exception& problem) {
            ledger_.fail(std::string("an exception leaves a handler: ") + problem.what());
        }
    }
    [[nodiscard]] bool is_over() const {
        if (ledger_.unended() != 0) return false;
        return std::all_of(desktops_.begin(), desktops_.end(), [](const auto& desktop) {
            const auto stats = desktop->stats();
            return stats && stats->waiting + stats->handed_over + stats->unknown == 0;
        });
    }
    void check_outboxes() {
        if (!ledger_.problem() && !is_over()) ledger_.fail("an outbox is not empty at the end");
    }

    void heal() {
        std::fill(network_.is_offline.begin(), network_.is_offline.end(), false);
        for (std::size_t i = 0; i != server_count; ++i) {
            servers_.set_up(i, true);
            servers_.slow_down(i, {}, {});
        }
        for_each_wire([](Wire& wire) {
            wire.swallow(true, false);
            wire.swallow(false, false);
        });
        for (const auto& desktop : desktops_) desktop->heal();
        is_healed_ = true;
        // What the rule has said of an entry may wait for the end of the link that it has left over.
        for (int tenth = 1; tenth != 10; ++tenth)
            agenda_.in(tenth * longest_end / 10, [this] { for_each_wire([](Wire& wire) { wire.cut(true); }); });
    }

    template <class Visitor> void for_each_wire(Visitor visit) {
        const auto all = network_.wires;
        for (const auto& weak : all)
            if (const auto wire = weak.lock()) visit(*wire);
    }
    template <class Visitor> void for_wires_of(std::size_t desktop, Visitor visit) {
        for_each_wire([&](Wire& wire) {
            if (wire.desktop() == desktop) visit(wire);
        });
    }

    void carry_out(const Action& action) {
        if (is_healed_) return;
        if (info(action.verb).is_of_server) return carry_out_at_server(action);
        if (action.who >= desktops_.size()) return;
        Desktop& desktop = *desktops_[action.who];
        const auto& values = action.values;
        const auto time = [&](std::size_t index) { return Time(std::chrono::milliseconds(values.at(index))); };
        const auto count = static_cast<std::size_t>(values[0]);
        switch (action.verb) {
        case Verb::post: return desktop.post(action);
        case Verb::call: return desktop.call(action);
        case Verb::withdraw: return desktop.withdraw();
        case Verb::cut: return cut(action.who);
        case Verb::offline: return take_offline(action.who, time(0));
        case Verb::swallow_up: return swallow(action.who, true, time(0));
        case Verb::swallow_down: return swallow(action.who, false, time(0));
        case Verb::crash: return desktop.die({values[0] != 0, time(1)});
        case Verb::crash_in_handlers: return desktop.die_in_handlers(count, {values[1] != 0, time(2)});
        case Verb::crash_at_write: return desktop.die_at_write(count, {values[1] != 0, time(2)});
        case Verb::disk_full: return break_disk(desktop, &MemoryDisk::fail_writes, SQLITE_FULL, time(0));
        case Verb::disk_fails: return break_disk(desktop, &MemoryDisk::fail_writes, SQLITE_IOERR_WRITE, time(0));
        case Verb::sync_fails: return break_disk(desktop, &MemoryDisk::fail_syncs, SQLITE_IOERR_FSYNC, time(0));
        case Verb::sleep: return desktop.sleep(time(0));
        case Verb::set_clock: return desktop.set_clock(std::chrono::milliseconds(values[0]));
        case Verb::close: return desktop.close(time(0));
        case Verb::slow:
        case Verb::server_crash:
        case Verb::forget: return;
        }
    }

    void carry_out_at_server(const Action& action) {
        const std::size_t node = action.who % server_count;
        const auto time = [&](std::size_t index) { return Time(std::chrono::milliseconds(action.values.at(index))); };
        if (action.verb == Verb::slow) return servers_.slow_down(node, time(0), agenda_.now() + time(1));
        if (action.verb == Verb::forget) return servers_.forget();
        servers_.set_up(node, false);
        for_each_wire([&](Wire& wire) {
            if (wire.is_open() && wire.node() == node) wire.cut(true);
        });
        agenda_.in(time(0), [this, node] { servers_.set_up(node, true); });
    }

    void cut(std::size_t desktop) {
        for_wires_of(desktop, [this](Wire& wire) { wire.cut(agenda_.now().count() / 1'000'000 % 2 == 0); });
    }
    void take_offline(std::size_t desktop, Time time) {
        network_.is_offline[desktop] = true;
        cut(desktop);
        agenda_.in(time, [this, desktop] { network_.is_offline[desktop] = false; });
    }
    void swallow(std::size_t desktop, bool is_up, Time time) {
        for_wires_of(desktop, [is_up](Wire& wire) { wire.swallow(is_up, true); });
        agenda_.in(time, [this, desktop, is_up] {
            for_wires_of(desktop, [is_up](Wire& wire) { wire.swallow(is_up, false); });
        });
    }
    void break_disk(Desktop& desktop, void (MemoryDisk::*fail)(int), int code, Time time) {
        (desktop.disk().*fail)(code);
        agenda_.in(time, [&desktop, fail] { (desktop.disk().*fail)(SQLITE_OK); });
    }

    const Game& game_;
    Agenda agenda_;
    Dice dice_;
    Ledger ledger_;
    Servers servers_;
    Network network_{agenda_, dice_, servers_, ledger_, game_.late_most};
    std::vector<std::unique_ptr<Desktop>> desktops_;
    bool is_healed_ = false;
};

} // namespace

Verdict play(const Game& game, std::ostream* log) {
    const TemporaryFolder folder;
    Office office(game, folder.path(), log);
    return office.play();
}

} // namespace lcm::tests::simulated
