// SPDX-License-Identifier: BSL-1.0
// A desktop: its computer with a clock and a disk, and one process after the other, each with the real client and outbox.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_DESKTOP_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_DESKTOP_HPP

#include <simulated_office/agenda.hpp>
#include <simulated_office/dice.hpp>
#include <simulated_office/game.hpp>
#include <simulated_office/ledger.hpp>
#include <simulated_office/memory_disk.hpp>
#include <simulated_office/network.hpp>
#include <simulated_office/process.hpp>
#include <simulated_office/requests.hpp>
#include <simulated_office/shift_clock.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/impl/outbox_engine.hpp>
#include <lcm_client/outbox/impl/outbox_post.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lcm::tests::simulated {

/// The time for which the outbox and the evidence wait. More than the network delivers late.
inline constexpr std::chrono::minutes settle_time{5};
/// For so long the client remembers what is unknown. More than a request and the event about it can take together: later, the
/// event would be taken for that of the next request for the same key.
inline constexpr std::chrono::minutes settle_within{20};

class Desktop {
public:
    /// `folder` is where the real file lies, which stays empty: what it holds is on `MemoryDisk`.
    Desktop(std::size_t number, Network& network, const std::filesystem::path& folder, bool syncs_lie)
        : number_(number), network_(network), agenda_(network.agenda), dice_(network.dice), ledger_(network.ledger),
          file_(folder / ("outbox-" + std::to_string(number))),
          disk_("memory-disk-" + std::to_string(number), syncs_lie) {
        clock_.set_system(std::chrono::hours(24 * 365 * 50));
    }
    Desktop(const Desktop&) = delete;
    Desktop& operator=(const Desktop&) = delete;
    ~Desktop() { end_process(); }

    // --- time ---

    /// When its next timer is due; `Time::max()` if there is none.
    [[nodiscard]] Time next() const {
        if (!process_ || is_asleep_) return Time::max();
        const auto wait = clock_.next();
        return wait ? clock_time_ + *wait : Time::max();
    }
    void move_to(Time now) {
        if (is_asleep_) return;
        clock_.advance(now - clock_time_);
        clock_time_ = now;
    }
    /// Runs what is to be run, a handler at a time, unless the process dies of it.
    void run() {
        if (!process_ || is_asleep_) return;
        while (process_->loops.run_one(throw_for_turn())) {
            if (handlers_left_ && --*handlers_left_ == 0) return die(death_);
            if (disk_.is_dead()) return die(death_);
            if (ledger_.problem()) return;
        }
        if (!disk_.fails()) ledger_.on_idle(process_->id);
    }

    // --- what happens to it ---

    struct Death {
        bool loses_power = false;
        Time restart{};
    };

    void start() {
        if (process_ || is_asleep_) return;
        disk_.start_process();
        handlers_left_.reset();
        process_ = std::make_unique<Process>();
        process_->id = {number_, ++processes_};
        ledger_.log(number_, "starts", "");
        ledger_.on_process_begins(process_->id);
        start_client();
        start_outbox();
    }
    void die(Death death) {
        if (!process_) return;
        wake();
        disk_.die();
        end_process();
        disk_.start_process();
        if (death.loses_power) {
            Random random(number_for(Throw::disk));
            disk_.lose_power(random);
            for (const auto& [marker, syncs] : answers_)
                if (syncs == disk_.syncs()) ledger_.may_end_anew(marker);
        }
        agenda_.in(death.restart, [this] { start(); });
    }
    void die_in_handlers(std::size_t count, Death death) {
        handlers_left_ = count + 1;
        death_ = death;
    }
    void die_at_write(std::size_t count, Death death) {
        if (!process_) return;
        disk_.die_after(count);
        death_ = death;
    }
    /// The agent closes the application.
    void close(Time restart) {
        if (!process_ || is_asleep_) return;
        process_->outbox->finish([] {});
        run();
        if (!process_) return;
        end_process();
        agenda_.in(restart, [this] { start(); });
    }
    void sleep(Time time) {
        if (is_asleep_ || !process_) return;
        is_asleep_ = true;
        const auto which = ++sleeps_;
        agenda_.in(time, [this, which] {
            if (which == sleeps_) wake();
        });
    }
    void wake() {
        if (!is_asleep_) return;
        is_asleep_ = false;
        slept_ = agenda_.now() - clock_time_;
        clock_.sleep(slept_);
        clock_time_ = woken_at_ = agenda_.now();
    }
    void set_clock(std::chrono::milliseconds by) {
        clock_.set_system(by);
        is_clock_true_ = false;
    }
    [[nodiscard]] MemoryDisk& disk() noexcept { return disk_; }
    /// Nothing is left to a person from now on, and no process dies of what was planned before.
    void heal() {
        wake();
        if (process_) disk_.start_process();
        disk_.fail_writes(SQLITE_OK);
        disk_.fail_syncs(SQLITE_OK);
        handlers_left_.reset();
        asks_people_ = false;
        start();
    }

    // --- what the agent does ---

    void post(const Action& action) {
        if (!process_ || is_asleep_) return;
        const auto& [kind, contact, call, fault, expires, unused] = action.values;
        About about{.account_number = std::to_string(number_) + "|" + std::to_string(contact) + "|1|0|0|44|1"};
        about.callid = "d" + std::to_string(number_) + "-" + std::to_string(contact) + "-" + std::to_string(call);
        const Marker marker = action.number;
        make(marker, about, fault, {.is_direct = false}, std::chrono::milliseconds(expires));
        make_request(static_cast<Kind>(kind), about, marker,
                     [&](const auto& request) { post(request, marker, std::chrono::milliseconds(action.values[4])); });
    }
    void call(const Action& action) {
        if (!process_ || is_asleep_) return;
        const std::int64_t contact = action.values[1];
        About about{.account_number = std::to_string(number_ + 100) + "|" + std::to_string(process_->id.number) + "|" +
                                      std::to_string(contact) + "|0|0|44|1"};
        about.callid =
            "x" + std::to_string(number_) + "-" + std::to_string(process_->id.number) + "-" + std::to_string(contact);
        const Time deadline = std::chrono::milliseconds(action.values[3]);
        const Marker marker = action.number;
        make(marker, about, action.values[2], {.is_direct = true, .deadline = deadline}, {});
        make_request(static_cast<Kind>(action.values[0]), about, marker,
                     [&](const auto& request) { call(request, marker, action); });
    }
    void withdraw() {
        if (!process_ || is_asleep_ || process_->open.empty()) return;
        process_->outbox->drop(*process_->open.rbegin(), [](bool) {});
    }

    /// What its outbox keeps. Nothing without one.
    [[nodiscard]] std::optional<OutboxStats> stats() const {
        if (!process_) return std::nullopt;
        return process_->outbox->stats();
    }

private:
    [[nodiscard]] bool is_this(std::size_t process) const {
        return process_ && process_->id.number == process && !process_->is_dead && !disk_.is_dead();
    }
    // Runs `what` in this process, if it still lives then; when it has woken up, if it sleeps.
    template <class What> void later(Time wait, What what) { run_in(process_->id.number, wait, std::move(what)); }
    template <class What> void run_in(std::size_t process, Time wait, What what) {
        agenda_.in(wait, [this, process, what = std::move(what)]() mutable {
            if (!is_this(process)) return;
            if (is_asleep_) return run_in(process, std::chrono::minutes(1), std::move(what));
            what();
        });
    }

    std::size_t throw_for_turn() {
        const auto now = static_cast<std::uint64_t>(agenda_.now().count());
        if (std::exchange(turn_time_, now) != now) turns_ = 0;
        return dice_.below(3, Throw::turn, {number_, now, ++turns_});
    }
    [[nodiscard]] std::uint64_t number_for(Throw what) const {
        return dice_.number(what, {number_, static_cast<std::uint64_t>(agenda_.now().count())});
    }

    void end_process() {
        if (!process_) return;
        process_->is_dead = true;
        ledger_.log(number_, "ends", "");
        const ProcessId id = process_->id;
        process_.reset();
        ledger_.on_process_ends(id);
    }

    void start_client() {
        ClientConfig config{.source = "office", .settle_within = settle_within};
        config.inquiry = InquiryOptions{.store = SynchronousStore{.settle_time = settle_time},
                                        .after_reconnect = dice_.one_in(2, Throw::client, {number_})};
        const std::size_t process = process_->id.number;
        config.on_settled = [this, process](const Settled& truth) {
            if (is_this(process)) on_settled(truth);
        };
        const auto clock = clock_.with_seed(number_for(Throw::client));
        process_->client.emplace(
            std::move(config),
            TransportFactory<WireTransport>([this, process](boost::asio::any_io_executor executor, std::size_t) {
                return connect(process, std::move(executor));
            }),
            process_->loops.client.get_executor(), clock);
    }

    std::unique_ptr<WireTransport> connect(std::size_t process, boost::asio::any_io_executor executor) {
        auto wire = std::make_shared<Wire>(network_, number_, executor,
                                           [this, process](std::string_view text) { return pack(process, text); });
        network_.wires.push_back(wire);
        return std::make_unique<WireTransport>(std::move(executor), std::move(wire));
    }

    // What a dead process sends goes nowhere.
    Parcel pack(std::size_t process, std::string_view text) {
        if (!is_this(process)) return {};
        const Marker marker = marker_in(text);
        return {.text = std::string(text),
                .marker = marker,
                .departure = marker == 0 ? 0 : ledger_.on_departure(marker, time_of_departure())};
    }
    // What was handed to the client when the computer fell asleep has its deadline in the time that it is awake. So it may
    // leave after the sleep, though it has expired meanwhile. The same is true when the clock is set.
    [[nodiscard]] std::chrono::system_clock::time_point time_of_departure() const {
        if (!is_clock_true_) return {};
        const bool has_just_slept = agenda_.now() - woken_at_ < std::chrono::seconds(15);
        return clock_.system_now() - (has_just_slept ? slept_ : Time());
    }

    void start_outbox() {
        const std::size_t process = process_->id.number;
        OutboxConfig config;
        config.file = file_;
        config.plain_text_on_disk = true;
        config.settle_time = settle_time;
        config.hooks_executor = process_->loops.window.get_executor();
        config.on_ended = [this, process](const EntryEnding& ending) {
            if (is_this(process)) on_ended(ending);
        };
        config.on_doubt = [this, process](const OutboxDoubt& doubt) {
            return is_this(process) ? decide(doubt) : DoubtDecision::ask;
        };
        config.on_problem = [this, process](const OutboxProblem& problem) {
            if (is_this(process)) on_problem(problem.code);
        };
        try {
            process_->outbox = std::make_shared<lcm::detail::OutboxEngine>(
                *process_->client, config, std::make_unique<lcm::detail::ClockAdapter<ShiftClock>>(clock_),
                process_->loops.outbox.get_executor(), disk_.name());
            process_->outbox->start();
        } catch (const boost::system::system_error& problem) {
            on_problem(static_cast<OutboxErrc>(problem.code().value()));
            die(disk_.is_dead() ? death_ : Death{.restart = std::chrono::seconds(30)});
        }
    }

    void on_problem(OutboxErrc code) {
        if (code == OutboxErrc::damaged || code == OutboxErrc::entry_unreadable || code == OutboxErrc::wrong_key ||
            code == OutboxErrc::foreign_file)
            ledger_.fail("desktop " + std::to_string(number_) + ": " + describe(code));
    }

    void make(Marker marker, About& about, std::int64_t fault, Made made, std::chrono::milliseconds expires) {
        made.is_call_unknown = fault == unknown_call;
        if (made.is_call_unknown) about.callid = "unknown-" + about.callid;
        made.by = process_->id;
        made.contact = about.account_number;
        made.fault = static_cast<int>(fault);
        if (!made.is_direct && is_clock_true_) made.expires = clock_.system_now() + expires;
        ledger_.make(marker, std::move(made));
    }

    template <Request R> void post(const R& request, Marker marker, std::chrono::milliseconds expires) {
        const std::size_t process = process_->id.number;
        ledger_.on_post_begins(number_);
        process_->outbox->post(detail::make_post(request, marker, expires, {},
                                                 [this, process, marker](const detail::OutboxPost::Told& told) {
                                                     if (is_this(process)) on_posted(marker, told);
                                                 }));
    }
    void on_posted(Marker marker, const detail::OutboxPost::Told& told) {
        ledger_.on_post_ends(number_);
        if (const Error* const error = std::get_if<Error>(&told)) return ledger_.on_not_stored(marker, error->delivery);
        process_->open.insert(std::get<EntryId>(told));
        ledger_.on_stored(marker, std::get<EntryId>(told));
    }

    template <Request R> void call(const R& request, Marker marker, const Action& action) {
        const std::size_t process = process_->id.number;
        const std::int64_t cancel = action.values[4];
        const std::int64_t inquire = action.values[5];
        const auto begin = clock_.now();
        std::stop_source stop;
        if (cancel != 0) later(std::chrono::milliseconds(cancel), [stop]() mutable { stop.request_stop(); });
        process_->client->async_call(
            request, {.deadline = std::chrono::milliseconds(action.values[3]), .stop = stop.get_token(), .tag = marker},
            [this, process, marker, begin, inquire](const auto& result) {
                if (!is_this(process)) return;
                const auto error = result ? std::optional<Error>() : result.error();
                ledger_.log(number_, "is told:", error ? error->message() : std::to_string(marker) + " accepted");
                ledger_.on_call_ended(marker, error, clock_.now() - begin);
                if (error && error->delivery == Delivery::unknown && inquire != 0)
                    later(std::chrono::milliseconds(inquire), [this, marker, error] { ask(marker, *error); });
            });
    }
    void ask(Marker marker, const Error& unknown) {
        process_->client->async_inquire(unknown, [this, process = process_->id.number, marker](const auto& found) {
            if (found && is_this(process)) ledger_.on_evidence(marker, *found);
        });
    }
    // What the outbox sends has tags of its own.
    void on_settled(const Settled& truth) {
        const Marker marker = truth.reported.tag;
        if (!ledger_.is_direct(marker)) return;
        if (truth.by != SettledBy::inquiry) return ledger_.on_settled(marker, truth.delivery);
        if (truth.evidence) ledger_.on_evidence(marker, *truth.evidence);
    }

    void on_ended(const EntryEnding& ending) {
        process_->open.erase(ending.id);
        ledger_.log(number_, "is told:",
                    std::to_string(ending.tag) + ' ' + to_string(ending.delivery) + ", by " + to_string(ending.by));
        ledger_.on_ended(process_->id, ending, disk_.fails());
        if (ending.by == EntryEndedBy::reply) answers_.emplace_back(ending.tag, disk_.syncs());
    }
    DoubtDecision decide(const OutboxDoubt& doubt) {
        ledger_.log(number_, "is in doubt about",
                    std::to_string(doubt.entry.tag) + (doubt.evidence ? ": " + doubt.evidence->message() : ""));
        ledger_.on_doubt(process_->id, doubt);
        if (ledger_.problem()) return DoubtDecision::ask;
        const Marker marker = doubt.entry.tag;
        const std::uint64_t which = ledger_.doubts(marker);
        switch (dice_.below(3, Throw::rule, {marker, which})) {
        case 0: ledger_.on_resend(marker); return DoubtDecision::resend;
        case 1: return DoubtDecision::drop;
        default: break;
        }
        if (!asks_people_) return DoubtDecision::drop;
        later(dice_.time(std::chrono::minutes(1), std::chrono::minutes(20), Throw::person_waits, {marker, which}),
              [this, marker, which, id = doubt.entry.id] {
                  if (dice_.one_in(2, Throw::person, {marker, which})) {
                      ledger_.on_resend(marker);
                      process_->outbox->resend(id, [](bool) {});
                  } else process_->outbox->drop(id, [](bool) {});
              });
        return DoubtDecision::ask;
    }

    const std::size_t number_;
    Network& network_;
    Agenda& agenda_;
    const Dice& dice_;
    Ledger& ledger_;
    const std::filesystem::path file_;
    MemoryDisk disk_;
    ShiftClock clock_;
    Time clock_time_{}; // up to which the clock has come
    bool is_clock_true_ = true;
    bool is_asleep_ = false;
    bool asks_people_ = true;
    std::size_t sleeps_ = 0;
    Time slept_{}; // the last time
    Time woken_at_{};
    std::size_t processes_ = 0;
    std::uint64_t turn_time_ = 0;
    std::uint64_t turns_ = 0; // at that time
    std::optional<std::size_t> handlers_left_;
    Death death_;
    std::vector<std::pair<Marker, std::uint64_t>> answers_; // that were told, and after how many syncs of the disk
    std::unique_ptr<Process> process_;
};

} // namespace lcm::tests::simulated

#endif
