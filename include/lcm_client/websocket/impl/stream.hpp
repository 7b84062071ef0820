// SPDX-License-Identifier: BSL-1.0
// Internal: a TCP stream with or without TLS, or with TLS within TLS, chosen at run time.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_STREAM_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_STREAM_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/websocket/impl/tls/tls_tunnel.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/assert.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A connected TCP socket, plain or with TLS. One read and one write may be outstanding. Handlers run on the socket's
/// executor, and are not erased: erasing a handler's executor costs memory with each operation.
class Stream {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;

    /// Plain if `tls` is null. The context has to outlive the constructor only.
    explicit Stream(Socket socket, boost::asio::ssl::context* tls = nullptr)
        : layer_(tls == nullptr ? std::make_shared<Layer>(std::in_place_type<Socket>, std::move(socket))
                                : std::make_shared<Layer>(std::in_place_type<Tls>, std::move(socket), *tls)) {}

    /// Begins TLS over what there is: a tunnel to another server. Before it no operation may be under way.
    void begin_tls(boost::asio::ssl::context& context) {
        if (Tls* const outer = tls()) {
            tunnel_ = std::make_shared<TlsTunnel>(std::shared_ptr<Tls>(layer_, outer), context);
            return;
        }
        layer_ = std::make_shared<Layer>(std::in_place_type<Tls>, std::move(socket()), context);
    }

    [[nodiscard]] executor_type get_executor() noexcept { return socket().get_executor(); }

    /// The TCP socket below, whether there is TLS or not.
    [[nodiscard]] Socket& socket() noexcept {
        if (Tls* const secure = tls()) return secure->next_layer();
        return *std::get_if<Socket>(layer_.get());
    }

    [[nodiscard]] bool is_tls() const noexcept { return tls() != nullptr; }

    /// The error of a read. A peer that ends TCP without ending TLS is at its end all the same: that HTTP and WebSocket
    /// are complete, they tell themselves.
    [[nodiscard]] static error_code without_truncation(error_code ec) noexcept {
        return ec == boost::asio::ssl::error::stream_truncated ? boost::asio::error::eof : ec;
    }

    /// OpenSSL's object of this connection, of the inner TLS if there are two; null if the stream is plain.
    [[nodiscard]] SSL* native_tls() noexcept {
        if (tunnel_) return tunnel_->native_tls();
        Tls* const secure = tls();
        return secure == nullptr ? nullptr : secure->native_handle();
    }

    /// Only for a stream with TLS; before anything is read or written.
    template <class Handler>
    void async_tls_handshake(boost::asio::ssl::stream_base::handshake_type type, Handler handler) {
        BOOST_ASSERT(is_tls());
        if (tunnel_) return tunnel_->handshake(std::move(handler));
        tls()->async_handshake(type, keep_layer(std::move(handler)));
    }

    /// The handler looks at the error through `without_truncation()`, and keeps a plain stream.
    template <class Handler> void read_some(boost::asio::mutable_buffer to, Handler handler) {
        if (tunnel_) tunnel_->read_some(to, std::move(handler));
        else if (Tls* const secure = tls()) secure->async_read_some(to, keep_layer(std::move(handler)));
        else socket().async_read_some(to, std::move(handler));
    }

    /// The handler keeps a plain stream.
    template <class Handler> void write_some(boost::asio::const_buffer from, Handler handler) {
        if (tunnel_) tunnel_->write_some(from, std::move(handler));
        else if (Tls* const secure = tls()) secure->async_write_some(from, keep_layer(std::move(handler)));
        else socket().async_write_some(from, std::move(handler));
    }

    /// How much of this the system takes without a wait; nothing if there is TLS. An error is left to the next write.
    [[nodiscard]] std::size_t write_at_once(boost::asio::const_buffer from) {
        if (is_tls()) return 0;
        error_code ec;
        if (!socket().non_blocking()) socket().non_blocking(true, ec);
        return ec ? 0 : socket().write_some(from, ec);
    }

    /// Adds what has arrived already to `to`, up to about `most` bytes, without a wait. Returns why nothing more will
    /// come, if that is so. No operation may be under way.
    [[nodiscard]] error_code read_at_once(std::string& to, std::size_t most) {
        error_code ec;
        if (!socket().non_blocking()) socket().non_blocking(true, ec);
        std::array<char, 4096> piece;
        while (!ec && to.size() < most) to.append(piece.data(), read_piece(boost::asio::buffer(piece), ec));
        const bool would_wait = ec == boost::asio::error::would_block || ec == boost::asio::error::try_again;
        return would_wait ? error_code() : without_truncation(ec);
    }

private:
    using Tls = boost::asio::ssl::stream<Socket>;
    using Layer = std::variant<Socket, Tls>;

    [[nodiscard]] std::size_t read_piece(boost::asio::mutable_buffer to, error_code& ec) {
        if (tunnel_) return tunnel_->read_at_once(to, ec);
        Tls* const secure = tls();
        return secure != nullptr ? secure->read_some(to, ec) : socket().read_some(to, ec);
    }

    [[nodiscard]] Tls* tls() const noexcept { return std::get_if<Tls>(layer_.get()); }

    template <class Handler> boost::asio::consign_t<Handler, std::shared_ptr<Layer>> keep_layer(Handler handler) const {
        return boost::asio::consign(std::move(handler), layer_);
    }

    // Each operation with TLS holds this, because the TLS layer touches itself when an operation on it is aborted.
    std::shared_ptr<Layer> layer_;
    std::shared_ptr<TlsTunnel> tunnel_; // over it, if there are two
};

} // namespace lcm::detail

#endif
