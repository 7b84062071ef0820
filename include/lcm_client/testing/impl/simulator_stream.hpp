// SPDX-License-Identifier: BSL-1.0
// The simulator's side of a connection, as the stream on which Beast and Asio's composed operations stand.
#ifndef LCM_CLIENT_TESTING_IMPL_SIMULATOR_STREAM_HPP
#define LCM_CLIENT_TESTING_IMPL_SIMULATOR_STREAM_HPP

// Buffers and handlers are erased before they reach the socket or the TLS layer, so that each of their operations is
// compiled once, whatever Beast makes of it.

#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/websocket/impl/stream.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

/// An AsyncStream. One read and one write may be outstanding.
class SimulatorStream {
public:
    using Socket = lcm::detail::Stream::Socket;
    // Not Asio's `any_completion_handler`: that of Boost 1.81 calls an executor that it had no memory for.
    using IoHandler = Handler<void(error_code, std::size_t)>;
    using executor_type = Socket::executor_type;
    using next_layer_type = Socket;

    /// Plain if `tls` is null.
    explicit SimulatorStream(Socket socket, boost::asio::ssl::context* tls = nullptr)
        : shared_(std::make_shared<Shared>(lcm::detail::Stream(std::move(socket), tls))) {}

    [[nodiscard]] executor_type get_executor() noexcept { return socket().get_executor(); }
    /// The TCP socket below: what Beast closes when time is out.
    [[nodiscard]] Socket& next_layer() noexcept { return socket(); }
    [[nodiscard]] Socket& socket() noexcept { return shared_->stream.socket(); }
    [[nodiscard]] bool is_tls() const noexcept { return shared_->stream.is_tls(); }
    /// Whether the handshake has resumed the session of a connection before; only for a stream with TLS.
    [[nodiscard]] bool is_resumed() noexcept { return SSL_session_reused(shared_->stream.native_tls()) == 1; }

    /// Only for a stream with TLS; before anything is read or written.
    void async_tls_handshake(Handler<void(error_code)> handler) {
        auto kept = [shared = shared_, handler = std::move(handler)](error_code ec) mutable { handler(ec); };
        shared_->stream.async_tls_handshake(boost::asio::ssl::stream_base::server, std::move(kept));
    }

    template <class Buffers, class Token> auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, boost::asio::mutable_buffer to) { read_some(to, IoHandler(std::move(handler))); },
            token, first_of<boost::asio::mutable_buffer>(buffers));
    }

    template <class Buffers, class Token> auto async_write_some(const Buffers& buffers, Token&& token) {
        // Beast passes the header and the payload of a frame as two buffers, which leave as one piece.
        std::vector<unsigned char>& piece = shared_->piece;
        piece.resize((std::min)(max_piece, boost::asio::buffer_size(buffers)));
        boost::asio::buffer_copy(boost::asio::buffer(piece), buffers);
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler) { write_piece(IoHandler(std::move(handler))); }, token);
    }

private:
    static constexpr std::size_t max_piece = 16 * 1024; // a record of TLS

    // Beast's own pings can still be in flight when the stream is destroyed.
    struct Shared {
        explicit Shared(lcm::detail::Stream own) : stream(std::move(own)) {}
        lcm::detail::Stream stream;
        std::vector<unsigned char> piece; // what is being written
    };

    // The first buffer with room: only empty ones would mean no progress, forever.
    template <class Buffer, class Sequence> static Buffer first_of(const Sequence& sequence) {
        const auto last = boost::asio::buffer_sequence_end(sequence);
        for (auto it = boost::asio::buffer_sequence_begin(sequence); it != last; ++it)
            if (const Buffer buffer(*it); buffer.size() != 0) return buffer;
        return {};
    }

    auto keep(IoHandler handler) {
        auto kept = [shared = shared_, handler = std::move(handler)](error_code ec, std::size_t size) mutable {
            std::move(handler)(lcm::detail::Stream::without_truncation(ec), size);
        };
        return kept;
    }

    void read_some(boost::asio::mutable_buffer to, IoHandler handler) {
        shared_->stream.read_some(to, keep(std::move(handler)));
    }

    void write_piece(IoHandler handler) {
        shared_->stream.write_some(boost::asio::buffer(shared_->piece), keep(std::move(handler)));
    }

    std::shared_ptr<Shared> shared_;
};

/// Beast calls this after the WebSocket close handshake. Nothing is left to say then, so the socket is closed without
/// waiting for the peer, who might never answer.
template <class Handler> void async_teardown(boost::beast::role_type, SimulatorStream& stream, Handler&& handler) {
    error_code ignored;
    stream.socket().shutdown(SimulatorStream::Socket::shutdown_both, ignored);
    stream.socket().close(ignored);
    boost::asio::post(stream.get_executor(),
                      boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
}

} // namespace lcm::testing::detail

#endif
