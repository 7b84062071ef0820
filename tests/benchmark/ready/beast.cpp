// SPDX-License-Identifier: BSL-1.0
// Raw Beast connects again and again: name, TCP, a proxy's tunnel, TLS, the upgrade, in the pattern of its documentation.
#include "options.hpp"
#include "stopwatch.hpp"

#include <lcm_client/websocket/credentials.hpp> // for base64

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <openssl/ssl.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using lcm::bench::ReadyOptions;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

// The session of the last connection, for the next one.
std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> last_session(nullptr, &SSL_SESSION_free);

int keep_session(SSL*, SSL_SESSION* session) {
    last_session.reset(session);
    return 1;
}

template <class Stream> class Connection {
public:
    template <class... Arguments> Connection(asio::io_context& loop, const ReadyOptions& options, Arguments&... tls)
        : loop_(loop), options_(options), resolver_(loop), websocket_(loop, tls...) {}

    void open() {
        const bool is_direct = options_.proxy.empty();
        const std::string way = is_direct ? options_.authority() : options_.proxy;
        const std::size_t colon = way.find(':');
        resolver_.async_resolve(way.substr(0, colon), way.substr(colon + 1), [this](auto error, auto found) {
            require(error);
            tcp().async_connect(found, [this](auto problem, const auto&) {
                require(problem);
                on_connect();
            });
        });
        loop_.restart();
        loop_.run();
    }

    // Without a close handshake, and everything of it gone.
    void close() {
        beast::error_code ignored;
        tcp().socket().close(ignored);
        loop_.restart();
        loop_.poll();
    }

private:
    static void require(const beast::error_code& error) {
        if (error) throw beast::system_error(error);
    }

    beast::tcp_stream& tcp() { return beast::get_lowest_layer(websocket_); }

    void on_connect() {
        tcp().socket().set_option(asio::ip::tcp::no_delay(true));
        if (options_.proxy.empty()) return secure();
        connect_.method(http::verb::connect);
        connect_.target(options_.authority());
        connect_.version(11);
        connect_.set(http::field::host, options_.authority());
        if (!options_.user.empty())
            connect_.set(http::field::proxy_authorization, "Basic " + lcm::detail::base64(options_.user));
        http::async_write(tcp(), connect_, [this](auto error, std::size_t) {
            require(error);
            answer_.emplace();
            answer_->skip(true);
            http::async_read(tcp(), buffer_, *answer_, [this](auto problem, std::size_t) {
                require(problem);
                if (answer_->get().result_int() != 200) throw std::runtime_error("the proxy refuses");
                secure();
            });
        });
    }

    void secure() {
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            if (options_.resumes && last_session)
                SSL_set_session(websocket_.next_layer().native_handle(), last_session.get());
            websocket_.next_layer().async_handshake(asio::ssl::stream_base::client, [this](auto error) {
                require(error);
                upgrade();
            });
        } else {
            upgrade();
        }
    }

    void upgrade() {
        websocket_.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::client));
        websocket_.async_handshake(options_.authority(), "/", [this](auto error) {
            require(error);
            loop_.stop();
        });
    }

    asio::io_context& loop_;
    const ReadyOptions& options_;
    asio::ip::tcp::resolver resolver_;
    beast::websocket::stream<Stream> websocket_;
    beast::flat_buffer buffer_;
    http::request<http::empty_body> connect_;
    std::optional<http::response_parser<http::empty_body>> answer_;
};

template <class Stream, class... Arguments> void measure(const ReadyOptions& options, Arguments&... tls) {
    asio::io_context loop(1);
    lcm::bench::measure_ready(options, [&] {
        auto connection = std::make_unique<Connection<Stream>>(loop, options, tls...);
        connection->open();
        return [kept = std::move(connection)] { kept->close(); };
    });
}

} // namespace

int main(int argc, char** argv) {
    try {
        const ReadyOptions options = lcm::bench::read_ready_options(argc, argv);
        if (!options.is_tls()) {
            measure<beast::tcp_stream>(options);
            return 0;
        }
        asio::ssl::context context(asio::ssl::context::tls_client);
        context.load_verify_file(options.ca_file);
        context.set_verify_mode(asio::ssl::verify_peer);
        context.set_verify_callback(asio::ssl::host_name_verification(options.host));
        if (options.resumes) {
            SSL_CTX_set_session_cache_mode(context.native_handle(),
                                           SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
            SSL_CTX_sess_set_new_cb(context.native_handle(), &keep_session);
        }
        measure<TlsStream>(options, context);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "bench_ready_beast: %s\n", problem.what());
        return 1;
    }
}
