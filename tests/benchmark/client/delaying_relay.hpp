// SPDX-License-Identifier: BSL-1.0
// A relay on loopback that hands on what comes after a while, as a network does, and can be cut.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_DELAYING_RELAY_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_DELAYING_RELAY_HPP

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lcm::bench {

/// Runs in a thread of its own.
class DelayingRelay {
public:
    using Tcp = boost::asio::ip::tcp;

    DelayingRelay(unsigned short server, std::chrono::milliseconds one_way)
        : one_way_(one_way), server_(boost::asio::ip::address_v4::loopback(), server),
          acceptor_(loop_, {boost::asio::ip::address_v4::loopback(), 0}),
          port_(std::to_string(acceptor_.local_endpoint().port())) {
        accept();
        thread_ = std::thread([this] { loop_.run(); });
    }
    DelayingRelay(const DelayingRelay&) = delete;
    DelayingRelay& operator=(const DelayingRelay&) = delete;
    ~DelayingRelay() {
        loop_.stop();
        thread_.join();
    }

    [[nodiscard]] const std::string& port() const noexcept { return port_; }

    /// Ends all connections.
    void cut() {
        boost::asio::post(loop_, [this] {
            for (const auto& weak : links_)
                if (const auto link = weak.lock()) link->close();
            links_.clear();
        });
    }

private:
    using Clock = std::chrono::steady_clock;

    struct Link;

    // One of the two directions of a connection.
    struct Direction {
        Direction(boost::asio::io_context& loop, Tcp::socket& source, Tcp::socket& sink)
            : from(source), to(sink), timer(loop) {}

        void read(std::shared_ptr<Link> link, std::chrono::milliseconds delay) {
            from.async_read_some(boost::asio::buffer(piece), [this, link, delay](auto ec, std::size_t size) {
                if (ec) return link->close();
                waiting.push_back({Clock::now() + delay, std::string(piece.data(), size)});
                if (waiting.size() == 1) hand_on(link);
                read(link, delay);
            });
        }

        void hand_on(std::shared_ptr<Link> link) {
            timer.expires_at(waiting.front().due);
            timer.async_wait([this, link](auto) {
                boost::asio::async_write(to, boost::asio::buffer(waiting.front().bytes), [this, link](auto ec, auto) {
                    if (ec) return link->close();
                    waiting.pop_front();
                    if (!waiting.empty()) hand_on(link);
                });
            });
        }

        struct Piece {
            Clock::time_point due;
            std::string bytes;
        };

        Tcp::socket& from;
        Tcp::socket& to;
        boost::asio::steady_timer timer;
        std::array<char, 65'536> piece{};
        std::deque<Piece> waiting;
    };

    struct Link {
        Link(boost::asio::io_context& loop, Tcp::socket accepted)
            : client(std::move(accepted)), server(loop), up(loop, client, server), down(loop, server, client) {}

        void close() {
            boost::system::error_code ignored;
            client.close(ignored);
            server.close(ignored);
        }

        Tcp::socket client;
        Tcp::socket server;
        Direction up;
        Direction down;
    };

    void accept() {
        acceptor_.async_accept([this](auto ec, Tcp::socket socket) {
            if (ec) return;
            const auto link = std::make_shared<Link>(loop_, std::move(socket));
            link->server.connect(server_);
            for (Tcp::socket* const side : {&link->client, &link->server}) side->set_option(Tcp::no_delay(true));
            link->up.read(link, one_way_);
            link->down.read(link, one_way_);
            links_.push_back(link);
            accept();
        });
    }

    std::chrono::milliseconds one_way_;
    Tcp::endpoint server_;
    boost::asio::io_context loop_{1};
    Tcp::acceptor acceptor_;
    std::string port_;
    std::vector<std::weak_ptr<Link>> links_;
    std::thread thread_;
};

} // namespace lcm::bench

#endif
