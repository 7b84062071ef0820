// SPDX-License-Identifier: BSL-1.0
// A front between client and server that cuts connections over which nothing goes, as nginx does after 60 s: pings keep
// it open if they come more often than that.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;
using namespace lcm::tests;
using tcp = boost::asio::ip::tcp;

namespace {

using Clock = std::chrono::steady_clock;

// In place of 60 s. Pings come after a half of it, so that the other half is left for what a busy machine delays.
constexpr std::chrono::milliseconds idle_limit{4'000};

// Passes on what comes, for one connection, on a thread of its own.
class IdleFront {
public:
    explicit IdleFront(std::uint16_t server) : server_(boost::asio::ip::address_v4::loopback(), server) {
        acceptor_.async_accept(client_side_.socket, [this](lcm::error_code ec) {
            if (ec) return;
            server_side_.socket.connect(server_);
            relay(client_side_, server_side_);
            relay(server_side_, client_side_);
            restart_timer();
        });
        thread_ = std::thread([this] { loop_.run(); });
    }
    IdleFront(const IdleFront&) = delete;
    IdleFront& operator=(const IdleFront&) = delete;
    ~IdleFront() {
        loop_.stop();
        thread_.join();
    }

    [[nodiscard]] std::string url() const {
        return "ws://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
    }
    [[nodiscard]] bool has_cut() const noexcept { return has_cut_; }

private:
    struct Side {
        explicit Side(boost::asio::io_context& loop) : socket(loop) {}
        tcp::socket socket;
        std::array<char, 4096> piece{};
    };

    void relay(Side& from, Side& to) {
        from.socket.async_read_some(boost::asio::buffer(from.piece), [&](lcm::error_code ec, std::size_t size) {
            lcm::error_code broken;
            if (!ec) boost::asio::write(to.socket, boost::asio::buffer(from.piece, size), broken);
            if (ec || broken) return cut();
            restart_timer();
            relay(from, to);
        });
    }

    void restart_timer() {
        last_data_ = Clock::now();
        wait_for_silence();
    }

    void wait_for_silence() {
        timer_.expires_at(last_data_ + idle_limit);
        timer_.async_wait([this](lcm::error_code ec) {
            if (ec || Clock::now() < last_data_ + idle_limit) return; // another one waits
            if (has_data()) return restart_timer();
            has_cut_ = true;
            cut();
        });
    }

    // What came in the same turn as the end of the time.
    [[nodiscard]] bool has_data() const {
        lcm::error_code ignored;
        return client_side_.socket.available(ignored) > 0 || server_side_.socket.available(ignored) > 0;
    }

    void cut() {
        lcm::error_code ignored;
        client_side_.socket.close(ignored);
        server_side_.socket.close(ignored);
    }

    boost::asio::io_context loop_;
    tcp::endpoint server_;
    tcp::acceptor acceptor_{loop_, {boost::asio::ip::address_v4::loopback(), 0}};
    Side client_side_{loop_};
    Side server_side_{loop_};
    boost::asio::steady_timer timer_{loop_};
    Clock::time_point last_data_{};
    std::atomic<bool> has_cut_{false};
    std::thread thread_;
};

// Whether an idle link through the front is still there after twice its limit.
bool keeps_link(std::chrono::milliseconds idle_timeout) {
    const lcm::testing::Simulator server;
    const IdleFront front(server.port());
    std::promise<void> ready;
    std::promise<void> lost;
    lcm::LinkState last = lcm::LinkState::connecting;
    lcm::LcmClient<lcm::WebSocketTransport> client(
        {.source = "test",
         .on_state =
             [&](const lcm::LinkStatus& status) { // the front lets nobody in a second time
                 const auto before = std::exchange(last, status.state);
                 if (status.state == lcm::LinkState::ready) ready.set_value();
                 else if (before == lcm::LinkState::ready) lost.set_value();
             }},
        lcm::websocket({.url = front.url(), .idle_timeout = idle_timeout}));
    REQUIRE(ready.get_future().wait_for(patience) == std::future_status::ready);
    const bool is_lost = lost.get_future().wait_for(2 * idle_limit) == std::future_status::ready;
    CHECK(front.has_cut() == is_lost);
    return !is_lost;
}

} // namespace

TEST_CASE("A front that cuts idle connections does not cut a link whose pings come more often") {
    CHECK(keeps_link(idle_limit));
}

TEST_CASE("A front that cuts idle connections cuts a link whose pings come too late") {
    CHECK_FALSE(keeps_link(3 * idle_limit));
}
