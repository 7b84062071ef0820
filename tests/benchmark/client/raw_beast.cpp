// SPDX-License-Identifier: BSL-1.0
// The two streams of raw_beast.hpp, compiled once.
#include "raw_beast.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/system/system_error.hpp>

#include <deque>
#include <optional>
#include <type_traits>
#include <utility>

namespace lcm::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

void require(const boost::system::error_code& error) {
    if (error) throw boost::system::system_error(error);
}

template <class Stream> class Connection final : public RawBeast {
public:
    template <class... Arguments> explicit Connection(std::string port, Arguments&&... arguments)
        : port_(std::move(port)), websocket_(std::forward<Arguments>(arguments)...) {}

    void open(std::function<void()> on_open, std::function<void(std::string_view)> on_message) override {
        on_open_ = std::move(on_open);
        on_message_ = std::move(on_message);
        const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(),
                                             static_cast<unsigned short>(std::stoul(port_)));
        beast::get_lowest_layer(websocket_).async_connect(server, [this](const boost::system::error_code& error) {
            require(error);
            on_connect();
        });
    }

    void send(std::string text) override {
        queue_.push_back(std::move(text));
        if (queue_.size() == 1) write();
    }

private:
    void on_connect() {
        beast::get_lowest_layer(websocket_).socket().set_option(asio::ip::tcp::no_delay(true));
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            websocket_.next_layer().async_handshake(asio::ssl::stream_base::client,
                                                    [this](const boost::system::error_code& error) {
                                                        require(error);
                                                        upgrade();
                                                    });
        } else {
            upgrade();
        }
    }

    void upgrade() {
        websocket_.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::client));
        websocket_.async_handshake("127.0.0.1:" + port_, "/", [this](const boost::system::error_code& error) {
            require(error);
            websocket_.text(true);
            read();
            on_open_();
        });
    }

    void read() {
        websocket_.async_read(buffer_, [this](const boost::system::error_code& error, std::size_t) {
            require(error);
            const auto bytes = buffer_.cdata();
            on_message_({static_cast<const char*>(bytes.data()), bytes.size()});
            buffer_.consume(buffer_.size());
            read();
        });
    }

    void write() {
        websocket_.async_write(asio::buffer(queue_.front()),
                               [this](const boost::system::error_code& error, std::size_t) {
                                   require(error);
                                   queue_.pop_front();
                                   if (!queue_.empty()) write();
                               });
    }

    std::string port_;
    beast::websocket::stream<Stream> websocket_;
    beast::flat_buffer buffer_;
    std::deque<std::string> queue_;
    std::function<void()> on_open_;
    std::function<void(std::string_view)> on_message_;
};

class TlsConnection final : public RawBeast {
public:
    TlsConnection(asio::io_context& loop, const Options& options) : context_(asio::ssl::context::tls_client) {
        context_.load_verify_file(options.ca_file);
        context_.set_verify_mode(asio::ssl::verify_peer);
        context_.set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
        connection_.emplace(options.port, loop, context_);
    }

    void open(std::function<void()> on_open, std::function<void(std::string_view)> on_message) override {
        connection_->open(std::move(on_open), std::move(on_message));
    }
    void send(std::string text) override { connection_->send(std::move(text)); }

private:
    asio::ssl::context context_;
    std::optional<Connection<TlsStream>> connection_;
};

} // namespace

std::unique_ptr<RawBeast> make_raw_beast(boost::asio::io_context& loop, const Options& options) {
    if (options.is_tls()) return std::make_unique<TlsConnection>(loop, options);
    return std::make_unique<Connection<beast::tcp_stream>>(options.port, loop);
}

} // namespace lcm::bench
