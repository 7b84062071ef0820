// SPDX-License-Identifier: BSL-1.0
// One client's connection to the simulator, from the TLS handshake to its end, with the faults of time,
// frames and connections.
#ifndef LCM_CLIENT_TESTING_IMPL_SIMULATOR_CONNECTION_HPP
#define LCM_CLIENT_TESTING_IMPL_SIMULATOR_CONNECTION_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>
#include <lcm_client/testing/faults.hpp>
#include <lcm_client/testing/impl/simulator_state.hpp>
#include <lcm_client/testing/impl/simulator_stream.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/beast/websocket/stream_base.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

class SimulatorConnection;
using SimulatorConnections = std::set<std::shared_ptr<SimulatorConnection>>;

/// One client. Lives as long as one of its operations is pending or it stands in the set of connections, where it is
/// from `start()` to `finish()`.
class SimulatorConnection : public std::enable_shared_from_this<SimulatorConnection> {
public:
    using Socket = boost::asio::ip::tcp::socket;

    SimulatorConnection(SimulatorState& state, SimulatorConnections& all, Socket socket, boost::asio::ssl::context* tls)
        : state_(state), all_(all), deadline_(socket.get_executor()), late_timer_(socket.get_executor()),
          socket_(SimulatorStream(std::move(socket), tls)), node_(state.take_node()) {}

    void start() {
        all_.insert(shared_from_this());
        error_code ignored; // without it, a test is slower, not wrong
        tcp().set_option(boost::asio::ip::tcp::no_delay(true), ignored);
        finish_after(upgrade_timeout, "gave up waiting for the upgrade");
        if (!socket_.next_layer().is_tls()) return read_upgrade();
        auto done = [self = shared_from_this()](error_code ec) {
            if (ec) return self->finish("TLS handshake failed: " + ec.message());
            if (self->socket_.next_layer().is_resumed()) self->state_.ledger.add_resumed_session();
            self->read_upgrade();
        };
        socket_.next_layer().async_tls_handshake(std::move(done));
    }

    void send_event(std::string text) {
        if (open_) send({std::move(text), Fault::none});
    }

    /// The same with a message of channel LCM, in a packet if the client speaks in packets.
    void broadcast(const std::string& message) {
        send_event(packet_ ? lcm::detail::wrap(message, "LCM", *packet_) : message);
    }

    void release_held() {
        late_timer_.cancel();
        while (!held_.empty()) release_first();
    }

    /// Resets the connection, without a close frame.
    void drop() {
        error_code ignored;
        tcp().set_option(boost::asio::socket_base::linger(true, 0), ignored);
        finish("dropped the connection");
    }

private:
    using Clock = std::chrono::steady_clock;

    struct Outgoing {
        std::string text;
        Fault fault; // at the time of the request: the form of the frames
    };
    struct Held {
        Clock::time_point due;
        Outgoing answer;
    };

    static constexpr std::chrono::seconds upgrade_timeout{10};
    static constexpr std::chrono::seconds idle_timeout{60};
    static constexpr std::size_t max_message = 1024 * 1024;
    static constexpr std::size_t max_buffer = 2 * max_message; // Beast's own limit on messages shall come first
    static constexpr std::size_t max_waiting = 64 * 1024 * 1024;
    static constexpr std::size_t small_frame = 8; // the smallest that Beast offers

    Socket& tcp() noexcept { return socket_.next_layer().socket(); }

    // --- The upgrade ------------------------------------------------------------------------------------------------

    void read_upgrade() {
        namespace http = boost::beast::http;
        http::async_read_header(socket_.next_layer(), buffer_, upgrade_,
                                [self = shared_from_this()](error_code ec, std::size_t) {
                                    if (ec) return self->finish("no upgrade came: " + ec.message());
                                    self->answer_upgrade();
                                });
    }

    void answer_upgrade() {
        switch (state_.fault) {
        case Fault::unauthorized: return refuse_upgrade("401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n");
        case Fault::forbidden: return refuse_upgrade("403 Forbidden\r\n");
        case Fault::service_unavailable: return refuse_upgrade("503 Service Unavailable\r\nRetry-After: 1\r\n");
        default: return accept_upgrade();
        }
    }

    void refuse_upgrade(std::string_view status_and_headers) {
        refusal_ = "HTTP/1.1 " + std::string(status_and_headers) + "Content-Length: 0\r\nConnection: close\r\n\r\n";
        const std::string line = "refused the upgrade: " + std::string(status_and_headers.substr(0, 3));
        boost::asio::async_write(socket_.next_layer(), boost::asio::buffer(refusal_),
                                 [self = shared_from_this(), line](error_code, std::size_t) { self->finish(line); });
    }

    void accept_upgrade() {
        using boost::beast::websocket::stream_base;
        open_ = true; // the client can know of the upgrade before we do, and its test then send an event
        buffer_.clear();
        socket_.set_option(stream_base::timeout{upgrade_timeout, idle_timeout, true});
        socket_.read_message_max(max_message);
        socket_.write_buffer_bytes(small_frame);
        socket_.async_accept(upgrade_.get(), [self = shared_from_this()](error_code ec) {
            if (ec) return self->finish("the upgrade failed: " + ec.message());
            self->deadline_.expires_at((Clock::time_point::max)());
            self->upgraded_ = true;
            self->state_.write_log("connected");
            self->state_.ledger.add_connection();
            if (!self->queue_.empty()) self->write_first();
            self->read();
        });
    }

    // --- Requests ---------------------------------------------------------------------------------------------------

    void read() {
        if (state_.fault == Fault::stop_reading) return wait_without_reading();
        socket_.async_read_some(buffer_, max_message, [self = shared_from_this()](error_code ec, std::size_t) {
            if (ec) return self->finish("disconnected: " + ec.message());
            self->on_bytes();
        });
    }

    // A reset is noticed nevertheless. Beast's idle timeout needs a pending operation, so that the bound is ours.
    void wait_without_reading() {
        state_.write_log("stopped reading");
        finish_after(idle_timeout, "gave up not reading");
        tcp().async_wait(Socket::wait_error,
                         [self = shared_from_this()](error_code) { self->finish("disconnected while not reading"); });
    }

    // The fault of a request is drawn at its first bytes, and stays with it. One that is confined to some requests is
    // known at the end of the request.
    void on_bytes() {
        if (!fault_) fault_ = state_.draw_fault();
        switch (*fault_) {
        case Fault::drop_while_receiving: return drop();
        case Fault::stop_reading: return wait_without_reading();
        default: break;
        }
        if (!socket_.is_message_done()) return read();
        const std::string text = boost::beast::buffers_to_string(buffer_.data());
        buffer_.clear();
        on_message(text, *std::exchange(fault_, std::nullopt));
    }

    void on_message(const std::string& text, Fault drawn) {
        late_by_ = state_.late_by; // before the request is told of: who waited for that may change it
        Handled handled = state_.handle(text, drawn, node_);
        const Fault fault = drawn != Fault::none ? drawn : handled.fault; // what is no request keeps what was drawn
        if (fault == Fault::drop_while_receiving) return drop();
        state_.record(text, handled);
        tell(handled, fault);
        if (fault == Fault::late_action) return act_later(text);
        answer(std::move(handled.replies), fault);
    }

    // As what has stood in a buffer on the way.
    void act_later(const std::string& text) {
        const auto timer = std::make_shared<boost::asio::steady_timer>(tcp().get_executor(), late_by_);
        state_.held_requests.insert(timer);
        timer->async_wait([self = shared_from_this(), timer, text](error_code) { // it may be released
            self->state_.held_requests.erase(timer);
            Handled handled = self->state_.server.handle(text, Fault::none, self->node_);
            self->state_.record_late(handled);
            self->tell(handled, Fault::late_action);
            for (std::string& reply : handled.replies) self->send({std::move(reply), Fault::none});
        });
        read();
    }

    void tell(Handled& handled, Fault fault) {
        std::string line = printable(handled.subtopic) + " call " + printable(handled.callid) + ": " + handled.verdict;
        if (fault != Fault::none) line += " [" + std::string(info(fault).name) + "]";
        state_.write_log(line);
        if (!handled.subtopic.empty()) packet_ = std::move(handled.packet);
        tell_others(handled.events);
    }

    void tell_others(const std::vector<std::string>& events) {
        if (events.empty() || !state_.options.broadcasts) return;
        const SimulatorConnections now = all_; // one who does not read is dropped
        for (const auto& other : now)
            for (const std::string& event : events)
                if (other.get() != this) other->broadcast(event);
    }

    void answer(std::vector<std::string> replies, Fault fault) {
        namespace websocket = boost::beast::websocket;
        switch (fault) {
        case Fault::drop_before_answer: return drop();
        case Fault::close_going_away: return close(websocket::close_code::going_away);
        case Fault::close_policy: return close(websocket::close_code::policy_error);
        case Fault::close_internal_error: return close(websocket::close_code::internal_error);
        case Fault::no_answer: return read();
        default: break;
        }
        for (std::string& reply : replies) {
            Outgoing outgoing{std::move(reply), fault};
            if (fault == Fault::late_answer) hold(std::move(outgoing));
            else send(std::move(outgoing));
        }
        if (open_) read();
    }

    // --- Answers ----------------------------------------------------------------------------------------------------

    void send(Outgoing outgoing) {
        if (!reserve(outgoing)) return;
        queue_.push_back(std::move(outgoing));
        if (queue_.size() == 1 && upgraded_) write_first();
    }

    void hold(Outgoing answer) {
        if (!reserve(answer)) return;
        const Clock::time_point due = Clock::now() + late_by_;
        const auto later = std::find_if(held_.begin(), held_.end(), [due](const Held& one) { return one.due > due; });
        const auto held = held_.insert(later, {due, std::move(answer)});
        if (held == held_.begin()) wait_for_first_held();
    }

    // A client who sends and sends, but does not read, shall not fill the memory.
    bool reserve(const Outgoing& outgoing) {
        if (!open_) return false;
        waiting_ += outgoing.text.size();
        if (waiting_ <= max_waiting) return true;
        drop();
        return false;
    }

    void wait_for_first_held() {
        late_timer_.expires_at(held_.front().due);
        late_timer_.async_wait([self = shared_from_this()](error_code ec) {
            // Time that ran out in the same moment as a release: the answers that are left have a wait of their own.
            if (ec || self->held_.empty() || self->held_.front().due > Clock::now()) return;
            self->release_first();
            if (!self->held_.empty()) self->wait_for_first_held();
        });
    }

    void release_first() {
        Outgoing answer = std::move(held_.front().answer);
        held_.pop_front();
        waiting_ -= answer.text.size();
        send(std::move(answer));
    }

    void write_first() {
        const Outgoing& first = queue_.front();
        socket_.binary(first.fault == Fault::binary_frame);
        socket_.auto_fragment(first.fault == Fault::fragments);
        socket_.async_write(boost::asio::buffer(first.text), [self = shared_from_this()](error_code ec, std::size_t) {
            if (ec) return self->finish("could not send: " + ec.message());
            self->waiting_ -= self->queue_.front().text.size();
            self->queue_.pop_front();
            if (!self->queue_.empty()) self->write_first();
        });
    }

    // --- The end ----------------------------------------------------------------------------------------------------

    void close(boost::beast::websocket::close_code code) {
        open_ = false;
        held_.clear();
        // Beast gives up when the client's close frame does not come within its handshake timeout.
        socket_.async_close({code, "simulated"},
                            [self = shared_from_this()](error_code) { self->finish("closed the connection"); });
    }

    // One bound at a time; a new one replaces it.
    void finish_after(std::chrono::seconds time, const char* line) {
        deadline_.expires_after(time);
        deadline_.async_wait([self = shared_from_this(), line](error_code ec) {
            // It can have run out in the same moment in which it was moved.
            if (!ec && self->deadline_.expiry() <= Clock::now()) self->finish(line);
        });
    }

    /// Ends the connection; its pending operations end soon with errors. Later calls do nothing.
    void finish(const std::string& line) {
        if (all_.erase(shared_from_this()) == 0) return;
        open_ = false;
        held_.clear();
        deadline_.cancel();
        late_timer_.cancel();
        error_code ignored;
        tcp().close(ignored);
        state_.write_log(line);
    }

    SimulatorState& state_;
    SimulatorConnections& all_;
    boost::asio::steady_timer deadline_;
    boost::asio::steady_timer late_timer_;
    boost::beast::websocket::stream<SimulatorStream, false> socket_; // without compression
    boost::beast::flat_buffer buffer_{max_buffer};
    boost::beast::http::request_parser<boost::beast::http::empty_body> upgrade_;
    std::string refusal_;
    std::deque<Outgoing> queue_; // the first is being written
    std::deque<Held> held_;      // the first is due first
    std::size_t waiting_ = 0;    // bytes of both
    std::optional<Fault> fault_; // of the request that is being received
    std::chrono::milliseconds late_by_{0};
    std::optional<Packet> packet_; // of the last request
    const std::size_t node_;
    bool open_ = false;     // from the acceptance of the upgrade to the beginning of the end
    bool upgraded_ = false; // the acceptance is sent: messages may follow
};

} // namespace lcm::testing::detail

#endif
