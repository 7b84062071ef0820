// SPDX-License-Identifier: BSL-1.0
// The same call over wss without this library: Beast's asynchronous operations and nlohmann_json, in the pattern of
// Beast's documentation. compile_time.py compiles it.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace beast = boost::beast;
using Error = boost::system::error_code;

class Session {
public:
    Session(asio::io_context& loop, asio::ssl::context& context, std::string host, std::string port)
        : host_(std::move(host)), port_(std::move(port)), resolver_(loop), websocket_(loop, context) {}

    void start() {
        resolver_.async_resolve(host_, port_, [this](Error error, const asio::ip::tcp::resolver::results_type& found) {
            if (!failed(error, "resolve")) connect(found);
        });
    }

private:
    static bool failed(Error error, const char* step) {
        if (error) std::cerr << step << ": " << error.message() << '\n';
        return static_cast<bool>(error);
    }

    void connect(const asio::ip::tcp::resolver::results_type& found) {
        beast::get_lowest_layer(websocket_).expires_after(std::chrono::seconds(10));
        beast::get_lowest_layer(websocket_).async_connect(found, [this](Error error, const asio::ip::tcp::endpoint&) {
            if (!failed(error, "connect")) handshake();
        });
    }

    void handshake() {
        websocket_.next_layer().set_verify_callback(asio::ssl::host_name_verification(host_));
        websocket_.next_layer().async_handshake(asio::ssl::stream_base::client, [this](Error error) {
            if (!failed(error, "TLS")) upgrade();
        });
    }

    void upgrade() {
        beast::get_lowest_layer(websocket_).expires_never();
        websocket_.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::client));
        websocket_.async_handshake(host_ + ":" + port_, "/", [this](Error error) {
            if (!failed(error, "upgrade")) send();
        });
    }

    void send() {
        const nlohmann::json request = {
            {"channel", "LCM"},
            {"topic", "WebService"},
            {"subtopic", "SetBusinessOutcomeWithCallOutcome"},
            {"source", "one-call"},
            {"data",
             {{"callid", "12345"},
              {"AccountNumber", "5|3|1|0|0|44|1"},
              {"BusinessOutcome", 101},
              {"CallOutcome", 0},
              {"LeadScore", 0},
              {"UserID", "1234"},
              {"AgentComments", "Test comment"},
              {"TargetAmount", 0}}},
        };
        text_ = request.dump();
        websocket_.async_write(asio::buffer(text_), [this](Error error, std::size_t) {
            if (!failed(error, "write")) receive();
        });
    }

    void receive() {
        websocket_.async_read(buffer_, [this](Error error, std::size_t) {
            if (failed(error, "read")) return;
            const auto reply = nlohmann::json::parse(beast::buffers_to_string(buffer_.data()));
            std::cout << reply.at("message").at("response").at("success").get<bool>() << '\n';
            websocket_.async_close(beast::websocket::close_code::normal, [](Error) {});
        });
    }

    std::string host_;
    std::string port_;
    std::string text_;
    asio::ip::tcp::resolver resolver_;
    beast::websocket::stream<beast::ssl_stream<beast::tcp_stream>> websocket_;
    beast::flat_buffer buffer_;
};

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    asio::io_context loop;
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.load_verify_file(argv[3]);
    context.set_verify_mode(asio::ssl::verify_peer);
    Session session(loop, context, argv[1], argv[2]);
    session.start();
    loop.run();
}
