// SPDX-License-Identifier: BSL-1.0
// Internal: one WebSocket connection from its first step to its close handshake.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_HPP

#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/impl/handler_memory.hpp>
#include <lcm_client/impl/home_process.hpp>
#include <lcm_client/impl/post_later.hpp>
#include <lcm_client/impl/seed.hpp>
#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/impl/addresses/connector.hpp>
#include <lcm_client/websocket/impl/addresses/factory_memory.hpp>
#include <lcm_client/websocket/impl/addresses/name_lookup.hpp>
#include <lcm_client/websocket/impl/client_memory.hpp>
#include <lcm_client/websocket/impl/frames/frame_reader.hpp>
#include <lcm_client/websocket/impl/frames/keep_alive.hpp>
#include <lcm_client/websocket/impl/frames/write_queue.hpp>
#include <lcm_client/websocket/impl/http/explain.hpp>
#include <lcm_client/websocket/impl/http/upgrade_answer.hpp>
#include <lcm_client/websocket/impl/late_answer.hpp>
#include <lcm_client/websocket/impl/proxy/connect_answer.hpp>
#include <lcm_client/websocket/impl/proxy/explain_proxy.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_environment.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_login.hpp>
#include <lcm_client/websocket/impl/stream.hpp>
#include <lcm_client/websocket/impl/tls/tls_sessions.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Where the options say that proxies are.
struct ProxySettings {
    std::optional<Url> fixed;                       ///< one for all servers
    ProxyEnvironment environment{};                 ///< empty if it does not count
    std::shared_ptr<boost::asio::ssl::context> tls; ///< null if no proxy can be one with TLS
};

struct WebSocketSettings {
    WebSocketOptions options;
    std::vector<Url> urls;                          // of the servers, in order of preference
    std::shared_ptr<boost::asio::ssl::context> tls; // null if all of them are ws
    std::shared_ptr<TlsSessions> tls_sessions = std::make_shared<TlsSessions>();
    ProxySettings proxies{};
    std::shared_ptr<FactoryMemory> memory = std::make_shared<FactoryMemory>();
};

/// The connection owns its handlers, and its pending operations own the connection: the timer's wait from the first
/// step until all is over, so that an idle connection lives too. Nothing else may own it (see WebSocketTransport).
/// Whatever goes wrong first ends it: every step after a wait looks at the state before it goes on.
///
/// What the bytes mean is decided by pure classes: `UpgradeAnswer`, `FrameReader`, `WriteQueue`, `KeepAlive`. What is read
/// from the socket and written to it, and when, is decided here.
class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection> {
public:
    LCM_CLIENT_DECL WebSocketConnection(boost::asio::any_io_executor executor,
                                        std::shared_ptr<const WebSocketSettings> settings,
                                        std::shared_ptr<ClientMemory> memory, std::size_t max_inbound_message,
                                        std::shared_ptr<TransportFailure> failure);
    WebSocketConnection(const WebSocketConnection&) = delete;
    WebSocketConnection& operator=(const WebSocketConnection&) = delete;
    LCM_CLIENT_DECL ~WebSocketConnection();

    void watch(PeerWatch watch) { watch_ = std::move(watch); }
    /// A person has asked for this attempt.
    void on_demand() noexcept { is_on_demand_ = true; }
    LCM_CLIENT_DECL void open(OpenHandler handler);
    LCM_CLIENT_DECL void send(const Batch& batch, SendHandler&& handler);
    LCM_CLIENT_DECL void confirm(SendHandler handler);
    LCM_CLIENT_DECL void receive(ReceiveHandler&& handler);
    LCM_CLIENT_DECL void probe();
    LCM_CLIENT_DECL void close();
    LCM_CLIENT_DECL void abort();
    /// Ends it without a word, also to its handlers.
    LCM_CLIENT_DECL void drop() noexcept;
    [[nodiscard]] bool has_message() const noexcept { return state_ == State::open && reader_.has_message(); }
    /// Which server this is a connection to.
    [[nodiscard]] LCM_CLIENT_DECL std::string server() const;
    /// While it is open: whether one of the servers that are preferred to this one can be tried.
    [[nodiscard]] LCM_CLIENT_DECL bool has_better_server() const noexcept;

private:
    using TimePoint = std::chrono::steady_clock::time_point;

    enum class State {
        opening,
        open,
        closing, // all handlers are gone; the last frames leave, and perhaps the server's close frame is awaited
        closed,
    };

    // A request that HTTP answers on its way, and what has come of the answer. The two are under way at once: whoever
    // refuses may answer, and go, before it has read all.
    template <class Answer> struct Exchange {
        std::string request;
        Answer answer;
        std::size_t written = 0;  // of the request
        error_code write_error{}; // after which an answer can still be there to read
        std::array<char, 4096> piece{};

        [[nodiscard]] bool has_left() const noexcept { return written == request.size(); }
        [[nodiscard]] bool has_ended_writing() const noexcept { return has_left() || write_error; }
    };
    using Upgrade = Exchange<UpgradeAnswer>;
    using ProxyExchange = Exchange<ConnectAnswer>;

    // What is being done while the connection opens, for its time-out.
    struct Stage {
        Errc code;
        const char* what;
        std::chrono::milliseconds limit;
    };

    // A proxy, until there is a tunnel through it.
    struct ProxyWay {
        explicit ProxyWay(const Url& proxy) : url(proxy), login(proxy) {}
        Url url;
        ProxyLogin login;
        std::optional<SecretDigest> secret{};      // that was offered last
        std::shared_ptr<ProxyExchange> exchange{}; // while it is under way
    };

    // proxying.ipp
    LCM_CLIENT_DECL void choose_way();
    LCM_CLIENT_DECL void take_way(const std::optional<Url>& proxy);
    LCM_CLIENT_DECL void ask_for_proxy();
    LCM_CLIENT_DECL void on_proxy_named(const std::string& text);
    LCM_CLIENT_DECL void forget_proxy_answer() noexcept;
    LCM_CLIENT_DECL void ask_proxy();
    LCM_CLIENT_DECL void ask_for_tunnel();
    [[nodiscard]] LCM_CLIENT_DECL bool may_offer_to_proxy();
    LCM_CLIENT_DECL void note_proxy_refusal();
    LCM_CLIENT_DECL void read_proxy();
    LCM_CLIENT_DECL void write_to_proxy();
    LCM_CLIENT_DECL void on_proxy_written(error_code ec, std::size_t count);
    LCM_CLIENT_DECL void on_proxy_read(error_code ec, std::size_t count);
    LCM_CLIENT_DECL void on_proxy_answered();
    LCM_CLIENT_DECL void on_proxy_broken(error_code ec);
    LCM_CLIENT_DECL void on_challenged();
    LCM_CLIENT_DECL void on_tunnel();
    [[nodiscard]] LCM_CLIENT_DECL ProxyRefusal refusal_by_proxy() const;
    [[nodiscard]] LCM_CLIENT_DECL std::optional<Explanation> proxy_refusal_so_far() const;
    LCM_CLIENT_DECL void name_proxy(Explanation& why) const noexcept;
    // What a read or a write of the moment touches, which is of no other account any more.
    [[nodiscard]] std::shared_ptr<void> take_exchange() noexcept {
        if (proxy_) return std::move(proxy_->exchange);
        return std::move(upgrade_);
    }
    // Where TCP goes, and the first TLS: to the proxy, if there is one.
    [[nodiscard]] const Url& first_hop() const noexcept { return proxy_ ? proxy_->url : url(); }

    // Who signs on at an attempt.
    struct Offer {
        Credentials credentials;
        std::optional<SecretDigest> secret; // nothing if there is none
        bool was_sent = false;
    };

    // opening.ipp
    LCM_CLIENT_DECL void begin(Stage stage);
    LCM_CLIENT_DECL void begin_with_server(Stage stage);
    LCM_CLIENT_DECL void resolve();
    LCM_CLIENT_DECL void look_up(const std::string& name);
    LCM_CLIENT_DECL void on_resolved(error_code ec, const Addresses& found);
    [[nodiscard]] LCM_CLIENT_DECL bool is_for_loopback_only() const noexcept;
    LCM_CLIENT_DECL void connect(const Addresses& addresses);
    LCM_CLIENT_DECL void dial();
    LCM_CLIENT_DECL void on_connected(error_code ec, Connector::Socket socket);
    template <class Step> void guard_opening(Step step);

    // giving_way.ipp
    [[nodiscard]] LCM_CLIENT_DECL bool may_give_way() const noexcept;
    [[nodiscard]] LCM_CLIENT_DECL bool is_mute() noexcept;
    LCM_CLIENT_DECL void give_way(error_code why, std::string words = {});
    LCM_CLIENT_DECL void fail_here(Explanation why);
    LCM_CLIENT_DECL void remember_words(const Explanation& why);
    LCM_CLIENT_DECL void recall_words(Explanation& why) noexcept;
    LCM_CLIENT_DECL void settle_address() noexcept;
    LCM_CLIENT_DECL void note_failure(Explanation& why) noexcept;

    // securing.ipp
    LCM_CLIENT_DECL void tls_handshake();
    LCM_CLIENT_DECL void on_tls(error_code ec);
    LCM_CLIENT_DECL void look_for_tls_failure(const Explanation& why);

    // signing_on.ipp
    LCM_CLIENT_DECL void begin_attempt();
    [[nodiscard]] LCM_CLIENT_DECL bool ask_for_credentials();
    [[nodiscard]] LCM_CLIENT_DECL bool may_offer(std::string_view secret);
    [[nodiscard]] LCM_CLIENT_DECL std::optional<SecretDigest> digest(std::string_view realm, std::string_view secret);
    [[nodiscard]] LCM_CLIENT_DECL std::string choose_cookies();
    LCM_CLIENT_DECL void distrust_cookies() noexcept;
    LCM_CLIENT_DECL void learn_from(const AnswerHead& head);
    [[nodiscard]] LCM_CLIENT_DECL UpgradeResponse shown(const AnswerHead& head) const;

    // upgrade.ipp
    LCM_CLIENT_DECL void upgrade();
    LCM_CLIENT_DECL void ask_for_upgrade();
    LCM_CLIENT_DECL void decline(Explanation why);
    [[nodiscard]] LCM_CLIENT_DECL bool note_answer();
    LCM_CLIENT_DECL void write_request();
    LCM_CLIENT_DECL void on_request_written(error_code ec, std::size_t count);
    LCM_CLIENT_DECL void read_answer();
    LCM_CLIENT_DECL void on_answer(error_code ec, std::size_t count);
    LCM_CLIENT_DECL void take_answer(std::size_t count);
    LCM_CLIENT_DECL void on_upgrade_broken(error_code ec);
    [[nodiscard]] LCM_CLIENT_DECL std::optional<Explanation> refusal_so_far() const;
    LCM_CLIENT_DECL void on_upgraded();
    LCM_CLIENT_DECL void complete_open(OpenHandler& handler);
    LCM_CLIENT_DECL void on_ended_at_once(error_code ec);
    LCM_CLIENT_DECL void take_back_opening(Explanation why);
    template <class Step> void guard_upgrade(Step step);

    // writing.ipp
    LCM_CLIENT_DECL void flush();
    LCM_CLIENT_DECL void write_rest();
    LCM_CLIENT_DECL void start_write(boost::asio::const_buffer from);
    [[nodiscard]] LCM_CLIENT_DECL bool write_now();
    LCM_CLIENT_DECL void on_written(error_code ec, std::size_t count);
    [[nodiscard]] LCM_CLIENT_DECL bool end_write();
    LCM_CLIENT_DECL void on_write_failed(error_code ec);

    // reading.ipp
    LCM_CLIENT_DECL void resume();
    LCM_CLIENT_DECL void read();
    LCM_CLIENT_DECL void start_read(boost::asio::mutable_buffer to);
    LCM_CLIENT_DECL void on_read(error_code ec, std::size_t count);
    [[nodiscard]] LCM_CLIENT_DECL bool look_at_frames();
    LCM_CLIENT_DECL void scan();
    LCM_CLIENT_DECL void deliver();
    LCM_CLIENT_DECL void deliver_one();
    [[nodiscard]] LCM_CLIENT_DECL bool end_delivery();
    [[nodiscard]] LCM_CLIENT_DECL bool has_next() const noexcept;
    [[nodiscard]] LCM_CLIENT_DECL Explanation explain_read_end() const;
    LCM_CLIENT_DECL void on_control(const ControlFrame& frame);
    LCM_CLIENT_DECL void on_pong(std::string_view payload);
    LCM_CLIENT_DECL void answer_ping();

    // liveness.ipp
    LCM_CLIENT_DECL void ping();
    LCM_CLIENT_DECL void add_ping();
    LCM_CLIENT_DECL void wait();
    LCM_CLIENT_DECL void set_timer(TimePoint due);
    LCM_CLIENT_DECL void on_time();
    LCM_CLIENT_DECL void wake();
    LCM_CLIENT_DECL void tell_what_waits();
    LCM_CLIENT_DECL void on_stage_time(TimePoint now);
    LCM_CLIENT_DECL void guard_open_time(TimePoint now);
    LCM_CLIENT_DECL void on_open_time(TimePoint now);
    LCM_CLIENT_DECL void schedule();
    LCM_CLIENT_DECL void keep_alive(TimePoint now);
    LCM_CLIENT_DECL void tell(bool is_alive);
    LCM_CLIENT_DECL void look_for_arrival(TimePoint now);
    LCM_CLIENT_DECL void note_arrival();
    [[nodiscard]] LCM_CLIENT_DECL bool system_holds_nothing();
    [[nodiscard]] LCM_CLIENT_DECL Outstanding outstanding() const;

    // servers.ipp
    LCM_CLIENT_DECL void judge_server(Explanation& why) noexcept;
    LCM_CLIENT_DECL void name_server(TransportFailure& failure) const noexcept;

    // closing.ipp
    [[nodiscard]] LCM_CLIENT_DECL static Explanation explain(error_code ec);
    LCM_CLIENT_DECL void fail(Explanation why);
    LCM_CLIENT_DECL void on_lost(error_code ec);
    LCM_CLIENT_DECL void refuse(Explanation why, CloseCode code);
    [[nodiscard]] LCM_CLIENT_DECL bool add_close_frame(CloseCode code) noexcept;
    LCM_CLIENT_DECL void begin_closing();
    LCM_CLIENT_DECL void await_close_frame();
    LCM_CLIENT_DECL void complete_all(Errc code) noexcept;
    LCM_CLIENT_DECL void complete_now(Errc code);
    LCM_CLIENT_DECL void shut();
    LCM_CLIENT_DECL void shut_when_written();
    LCM_CLIENT_DECL void be_abortive(bool is_abortive);
    [[nodiscard]] LCM_CLIENT_DECL bool leaves_doubt();
    [[nodiscard]] bool is_unwritten() const noexcept { return write_queue_.is_writing() || !write_queue_.empty(); }

    [[nodiscard]] Stream& stream() noexcept { return *stream_; }
    [[nodiscard]] const Url& url() const noexcept { return settings_->urls[server_]; }
    [[nodiscard]] const WebSocketOptions& options() const noexcept { return settings_->options; }

    boost::asio::any_io_executor executor_;
    std::shared_ptr<const WebSocketSettings> settings_;
    std::shared_ptr<ClientMemory> client_memory_;
    std::size_t max_inbound_message_;
    std::shared_ptr<TransportFailure> failure_; // shared with the handle, which may be asked when this is gone

    const std::size_t server_; // of several
    TimePoint opened_{};       // when the server agreed to the upgrade

    State state_ = State::opening;
    bool is_on_demand_ = false;
    bool awaits_close_frame_ = false; // the server's, while closing
    Stage stage_{};
    KeepAlive keep_alive_;
    static constexpr std::chrono::milliseconds arrival_interval{50}; // between looks, beside the pong that is awaited

    PeerWatch watch_;                             // of the client; empty if it has none
    std::optional<bool> untold_;                  // what it is to be told next of the peer
    TimePoint arrival_look_ = (TimePoint::max)(); // for the confirmation that is asked for
    std::uint64_t confirming_ping_ = 0;           // whose pong confirms as well
    std::uint64_t pings_ = 0;                     // that have been sent; each carries its number
    std::uint64_t pongs_ = 0;                     // the number of the last ping that was answered
    HomeProcess home_;
    const std::uint64_t seed_ = seed_of(this);      // of the key of the request for the upgrade
    error_code write_error_;                        // nothing can be written any more, but something may still be read
    TimePoint last_words_end_ = (TimePoint::max)(); // until when
    boost::asio::steady_timer timer_;
    TimePoint due_{};                          // when something is to be done; the timer may go off before
    std::optional<Stream> stream_;             // once TCP is connected
    std::shared_ptr<Upgrade> upgrade_;         // while it is under way
    std::unique_ptr<ProxyWay> proxy_;          // until there is a tunnel
    std::shared_ptr<LateAnswer> proxy_answer_; // of the application, while it is awaited
    FrameReader reader_;
    WriteQueue write_queue_;

    // The way to the server, while the connection opens.
    static constexpr std::chrono::seconds mute_patience{3}; // with a server if there is another one, or address, to try
    std::weak_ptr<NameLookup> lookup_;
    std::shared_ptr<Connector> connector_;
    TimePoint stage_end_{};
    std::chrono::nanoseconds connecting_{}; // time that TCP has taken so far
    unsigned given_up_ = 0;                 // servers; what ends of operations with one of them is of no account
    std::vector<std::shared_ptr<void>> given_up_exchanges_; // which those operations may still touch
    std::optional<Explanation> left_behind_{};              // what the last address did that was reached and gave way
    std::unique_ptr<Offer> offer_;      // from the beginning of the attempt until it has failed or succeeded
    bool has_unproven_cookies_ = false; // which were sent, while the server has given no sign of life

    std::optional<Errc> unsaid_; // what all handlers are to be told when the timer goes off
    OpenHandler open_;
    SendHandler send_;
    SendHandler confirmed_;
    ReceiveHandler receive_;
    std::optional<ControlPayload> unanswered_ping_; // the last one that came
    bool has_confirmed_ = false;                    // what is asked for has arrived, and is to be said so
    bool is_abortive_ = false;                      // however the socket is closed, the system delivers nothing more
    bool is_reading_ = false;
    bool is_delivering_ = false;
    bool close_waits_ = false; // for the end of the delivery, to read the server's close frame
    HandlerMemory::Owner memory_ = HandlerMemory::make(); // of reads and writes
};

// Without memory the attempt fails, as by any other fault.
template <class Step> void WebSocketConnection::guard_opening(Step step) {
    error_code problem;
    try {
        return step();
    } catch (const std::bad_alloc&) {
        problem = boost::asio::error::no_memory;
    } catch (const boost::system::system_error& thrown) { // OpenSSL's, for the same reason
        problem = thrown.code();
    }
    if (state_ != State::closed) fail({stage_.code, {problem, {}}});
}

} // namespace lcm::detail

#endif
