// SPDX-License-Identifier: BSL-1.0
// The network: it delays, breaks connections, swallows one direction, and delivers late what was on the way over a
// connection that has ended. One connection keeps the order of its messages.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_NETWORK_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_NETWORK_HPP

#include <simulated_office/agenda.hpp>
#include <simulated_office/dice.hpp>
#include <simulated_office/ledger.hpp>
#include <simulated_office/servers.hpp>

#include <lcm_client/errc.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests::simulated {

/// After so long without a sign of life a desktop gives a connection up.
inline constexpr std::chrono::seconds idle_timeout{15};
inline constexpr std::chrono::seconds probe_timeout{5};

class Wire;

/// What all connections have in common.
struct Network {
    Agenda& agenda;
    const Dice& dice;
    Servers& servers;
    Ledger& ledger;
    Time late_most;
    std::vector<std::weak_ptr<Wire>> wires{};
    std::vector<bool> is_offline{}; ///< by desktop

    [[nodiscard]] std::uint64_t number_of_now() const { return static_cast<std::uint64_t>(agenda.now().count()); }

    /// Hands to the servers what was on the way, or the first part of it, and later, or nothing.
    void abandon(std::size_t desktop, std::deque<Parcel> parcels) {
        const std::uint64_t now = number_of_now();
        const std::size_t kept =
            dice.one_in(2, Throw::lost_packets, {desktop, now})
                ? 0
                : dice.below(parcels.size() + 1, Throw::lost_packets, {desktop, now, parcels.size()});
        std::vector<Time> times;
        for (std::size_t i = 0; i != kept; ++i)
            times.push_back(dice.time({}, late_most, Throw::late_packet, {desktop, now, i}));
        std::sort(times.begin(), times.end());
        for (std::size_t i = 0; i != kept; ++i)
            agenda.in(times[i], [this, desktop, parcel = std::move(parcels[i])] { deliver_late(desktop, parcel); });
    }

    /// To all connections but one, which may be null.
    void tell_all(const std::vector<std::string>& events, const Wire* but);

private:
    void deliver_late(std::size_t desktop, const Parcel& parcel) {
        ledger.log(desktop, "is heard late:", parcel.text);
        if (servers.choose()) tell_all(servers.take(parcel).events, nullptr);
    }
};

/// One connection of a desktop. Its computer's side is used by the transport, and the other one by the game.
class Wire : public std::enable_shared_from_this<Wire> {
public:
    Wire(Network& network, std::size_t desktop, boost::asio::any_io_executor executor,
         std::function<Parcel(std::string_view)> pack)
        : network_(network), desktop_(desktop), executor_(std::move(executor)), pack_(std::move(pack)) {}

    [[nodiscard]] std::size_t desktop() const noexcept { return desktop_; }
    [[nodiscard]] std::size_t node() const noexcept { return node_; }
    [[nodiscard]] bool is_open() const noexcept { return phase_ == Phase::open; }

    // --- what the game does ---

    /// It breaks, and the desktop notices it now or after a while.
    void cut(bool is_noticed_at_once) {
        if (phase_ != Phase::open && phase_ != Phase::opening) return;
        phase_ = Phase::cut;
        leave();
        const Time wait = is_noticed_at_once ? Time()
                                             : network_.dice.time({}, idle_timeout, Throw::notice,
                                                                  {desktop_, network_.number_of_now()});
        later(wait, [](Wire& self) { self.fail(boost::asio::error::connection_reset); });
    }
    void swallow(bool is_up, bool swallows) {
        Flow& flow = is_up ? up_ : down_;
        flow.is_swallowed = swallows;
        if (swallows) return watch_silence(idle_timeout);
        for (Parcel& parcel : flow.parcels) parcel.due = (std::max)(parcel.due, network_.agenda.now());
        is_up ? deliver_up() : deliver_down();
    }
    void send_down(std::string text) {
        if (phase_ != Phase::open) return;
        put(down_, {.text = std::move(text)}, &Wire::deliver_down);
    }

    // --- what the transport does ---

    void open(OpenHandler handler) {
        opened_ = std::move(handler);
        phase_ = Phase::opening;
        later(latency(), [](Wire& self) { self.finish_open(); });
    }
    void send(Batch batch, SendHandler handler) {
        sending_ = std::move(handler);
        for (std::size_t i = 0; i != batch.size(); ++i) {
            network_.ledger.log(desktop_, "sends:", batch[i]);
            Parcel parcel = pack_(batch[i]); // a departure, wherever it comes to
            const bool is_of_dead = parcel.text.empty() && !batch[i].empty();
            if (phase_ == Phase::open && !is_of_dead) put(up_, std::move(parcel), &Wire::deliver_up);
        }
        if (phase_ == Phase::ended) return complete(sending_, error_code(boost::asio::error::not_connected));
        complete(sending_, error_code());
    }
    void receive(ReceiveHandler handler) {
        receiving_ = std::move(handler);
        if (phase_ == Phase::ended)
            return complete(receiving_, error_code(boost::asio::error::not_connected), std::string_view());
        serve();
    }
    void watch(PeerWatch watch) { watch_ = std::move(watch); }
    void probe() {
        if (phase_ == Phase::open && !up_.is_swallowed && !down_.is_swallowed)
            return later(2 * latency(), [](Wire& self) { self.tell(true); });
        later(probe_timeout, [](Wire& self) {
            const bool is_silent = self.phase_ == Phase::cut || self.up_.is_swallowed || self.down_.is_swallowed;
            if (is_silent) self.fail(lcm::Errc::idle_timeout);
            else self.tell(true);
        });
    }
    /// The desktop's side gives it up.
    void close() {
        if (phase_ == Phase::closed) return;
        if (phase_ == Phase::open) leave();
        phase_ = Phase::closed;
        watch_ = {};
        fail_pending(boost::asio::error::operation_aborted);
    }
    /// The process or the transport is gone.
    void let_go() {
        if (phase_ == Phase::open) leave();
        phase_ = Phase::closed;
        opened_ = nullptr;
        sending_ = nullptr;
        receiving_ = nullptr;
        watch_ = {};
        executor_ = nullptr;
    }

private:
    enum class Phase { unused, opening, open, cut, ended, closed };

    struct Flow {
        std::deque<Parcel> parcels{};
        Time last_due{};
        bool is_swallowed = false;
    };

    [[nodiscard]] Time latency() {
        using namespace std::chrono_literals;
        const std::uint64_t now = network_.number_of_now();
        if (std::exchange(throw_time_, now) != now) throws_ = 0;
        const std::uint64_t which = ++throws_;
        if (network_.dice.one_in(100, Throw::slow_packet, {desktop_, now, which}))
            return network_.dice.time(1s, 13s, Throw::latency, {desktop_, now, which});
        return network_.dice.time(2ms, 60ms, Throw::latency, {desktop_, now, which});
    }

    void later(Time wait, std::function<void(Wire&)> what) {
        network_.agenda.in(wait, [weak = weak_from_this(), what = std::move(what)] {
            if (const auto self = weak.lock(); self && self->phase_ != Phase::closed) what(*self);
        });
    }

    void put(Flow& flow, Parcel parcel, void (Wire::*deliver)()) {
        const Time due = network_.agenda.now() + latency() + network_.servers.slowness(node_) / 2;
        flow.last_due = parcel.due = (std::max)(due, flow.last_due);
        flow.parcels.push_back(std::move(parcel));
        network_.agenda.at(flow.last_due, [weak = weak_from_this(), deliver] {
            if (const auto self = weak.lock()) ((*self).*deliver)();
        });
    }

    [[nodiscard]] bool has_due(const Flow& flow) const {
        return phase_ == Phase::open && !flow.is_swallowed && !flow.parcels.empty() &&
               flow.parcels.front().due <= network_.agenda.now();
    }

    void deliver_up() {
        const auto self = shared_from_this();
        while (has_due(up_)) {
            const Parcel parcel = std::move(up_.parcels.front());
            up_.parcels.pop_front();
            network_.ledger.log(desktop_, "is heard:", parcel.text);
            Servers::Answer answer = network_.servers.take(parcel);
            for (std::string& text : answer.replies) send_down(std::move(text));
            network_.tell_all(answer.events, this);
            if (answer.drops_link) return cut(true);
        }
    }
    void deliver_down() {
        while (has_due(down_)) {
            inbox_.push_back(std::move(down_.parcels.front().text));
            network_.ledger.log(desktop_, "hears:", inbox_.back());
            down_.parcels.pop_front();
        }
        serve();
    }

    void finish_open() {
        if (phase_ != Phase::opening) return;
        const auto node = network_.servers.choose();
        if (!node || network_.is_offline[desktop_]) {
            phase_ = Phase::ended;
            return complete(opened_, make_error_code(Errc::connect_failed));
        }
        phase_ = Phase::open;
        node_ = *node;
        network_.ledger.log(desktop_, "has a link to", node_ == 0 ? "a" : "b");
        complete(opened_, error_code());
        later(2 * latency(), [](Wire& self) { self.tell(true); });
    }

    // While one direction is swallowed and the desktop awaits something.
    void watch_silence(Time wait) {
        later(wait, [](Wire& self) {
            if (self.phase_ != Phase::open || !(self.up_.is_swallowed || self.down_.is_swallowed)) return;
            if (!self.watch_.outstanding) return;
            boost::asio::post(self.executor_, [weak = self.weak_from_this()] {
                if (const auto wire = weak.lock()) wire->look_for_life();
            });
        });
    }
    void look_for_life() {
        if (phase_ != Phase::open || !watch_.outstanding) return;
        const Outstanding outstanding = watch_.outstanding(idle_timeout);
        if (!outstanding.is_unanswered) return watch_silence(idle_timeout);
        if (outstanding.patience <= std::chrono::nanoseconds::zero()) return fail(lcm::Errc::idle_timeout);
        tell(false);
        watch_silence(std::chrono::seconds(5));
    }

    // What is on the way to the servers may come to them later, and what is on the way from them is lost.
    void leave() {
        network_.abandon(desktop_, std::exchange(up_.parcels, {}));
        down_.parcels.clear();
    }

    void fail(error_code ec) {
        if (phase_ == Phase::ended || phase_ == Phase::closed) return;
        if (phase_ == Phase::open) leave();
        phase_ = Phase::ended;
        network_.ledger.log(desktop_, "loses its link:", ec.message());
        fail_pending(ec);
    }
    void fail_pending(error_code ec) {
        inbox_.clear();
        complete(opened_, ec);
        complete(sending_, ec);
        complete(receiving_, ec, std::string_view());
    }

    void tell(bool is_alive) {
        if (!watch_.tell || (phase_ != Phase::open && phase_ != Phase::opening)) return;
        boost::asio::post(executor_, [weak = weak_from_this(), is_alive] {
            if (const auto self = weak.lock(); self && self->watch_.tell) self->watch_.tell(is_alive);
        });
    }

    void serve() {
        if ((phase_ != Phase::open && phase_ != Phase::cut) || !receiving_ || inbox_.empty()) return;
        std::string text = std::move(inbox_.front());
        inbox_.pop_front();
        boost::asio::post(executor_, [h = std::exchange(receiving_, nullptr), text = std::move(text)]() mutable {
            std::move(h)(error_code(), std::string_view(text));
        });
    }

    // Handlers are posted: none may run inside the call that took it.
    template <class Handler, class... Args> void complete(Handler& handler, Args... args) {
        if (!handler) return;
        boost::asio::post(executor_, [h = std::exchange(handler, nullptr), ... a = std::move(args)]() mutable {
            std::move(h)(std::move(a)...);
        });
    }

    Network& network_;
    const std::size_t desktop_;
    boost::asio::any_io_executor executor_;
    std::function<Parcel(std::string_view)> pack_;
    std::size_t node_ = 0;
    Phase phase_ = Phase::unused;
    std::uint64_t throw_time_ = 0;
    std::uint64_t throws_ = 0; // at that time
    Flow up_, down_;
    std::deque<std::string> inbox_;
    PeerWatch watch_;
    OpenHandler opened_;
    SendHandler sending_;
    ReceiveHandler receiving_;
};

inline void Network::tell_all(const std::vector<std::string>& events, const Wire* but) {
    std::erase_if(wires, [](const auto& weak) { return weak.expired(); });
    for (const std::string& event : events)
        for (const auto& weak : wires)
            if (const auto wire = weak.lock(); wire && wire.get() != but) wire->send_down(event);
}

/// A connection as the client sees it: a model of `lcm::Transport`, `lcm::WatchesPeer`, `lcm::AbortsConnection` and
/// `lcm::NamesServer`.
class WireTransport {
public:
    WireTransport(boost::asio::any_io_executor executor, std::shared_ptr<Wire> wire)
        : executor_(std::move(executor)), wire_(std::move(wire)) {}
    WireTransport(const WireTransport&) = delete;
    WireTransport& operator=(const WireTransport&) = delete;
    ~WireTransport() { wire_->let_go(); }

    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return executor_; }
    void async_open(OpenHandler handler) { wire_->open(std::move(handler)); }
    void async_send(Batch batch, SendHandler handler) { wire_->send(std::move(batch), std::move(handler)); }
    void async_receive(ReceiveHandler handler) { wire_->receive(std::move(handler)); }
    void watch(PeerWatch watch) { wire_->watch(std::move(watch)); }
    void probe() { wire_->probe(); }
    [[nodiscard]] std::string server() const { return wire_->node() == 0 ? "wss://a:443" : "wss://b:443"; }
    void close() noexcept { wire_->close(); }
    void abort() noexcept { wire_->close(); }

private:
    boost::asio::any_io_executor executor_;
    std::shared_ptr<Wire> wire_;
};

} // namespace lcm::tests::simulated

#endif
