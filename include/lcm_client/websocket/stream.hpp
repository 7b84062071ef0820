// SPDX-License-Identifier: BSL-1.0
// Internal: a TCP stream with or without TLS, chosen at run time.
#ifndef LCM_CLIENT_WEBSOCKET_STREAM_HPP
#define LCM_CLIENT_WEBSOCKET_STREAM_HPP

// Instantiating Beast's WebSocket stream is what costs compile time. With this one layer below it, that happens once
// for ws and wss, and for the client and the simulator alike. For the same reason buffers and handlers are erased
// before they reach the socket or the TLS layer: each of their operations exists once.

#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/assert.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lcm::detail {

/// The first buffers of any buffer sequence, as one type. Reading or writing fewer bytes than asked for is what the
/// `_some` operations may do, so that the rest of a long sequence may be left out.
template <class Buffer> class BufferList {
public:
    using value_type = Buffer;
    using const_iterator = const Buffer*;

    template <class Sequence> explicit BufferList(const Sequence& sequence) {
        const auto last = boost::asio::buffer_sequence_end(sequence);
        for (auto it = boost::asio::buffer_sequence_begin(sequence); it != last && count_ < buffers_.size(); ++it) {
            const Buffer buffer(*it);
            if (buffer.size() != 0) buffers_[count_++] = buffer; // only empty buffers would mean no progress, forever
        }
    }

    [[nodiscard]] const Buffer* begin() const noexcept { return buffers_.data(); }
    [[nodiscard]] const Buffer* end() const noexcept { return buffers_.data() + count_; }

private:
    std::array<Buffer, 8> buffers_{};
    std::size_t count_ = 0;
};

/// An AsyncStream over a connected TCP socket, plain or with TLS. One read and one write may be outstanding.
class Stream {
public:
    using Socket = boost::asio::ip::tcp::socket;
    // All handlers run on the stream's own executor. Not Asio's `any_completion_handler`: that of Boost 1.81 calls an
    // executor that it had no memory for.
    using IoHandler = Handler<void(error_code, std::size_t)>;
    using HandshakeHandler = Handler<void(error_code)>;
    using executor_type = Socket::executor_type;
    using next_layer_type = Socket;

    /// Plain if `tls` is null. The context has to outlive the constructor only.
    explicit Stream(Socket socket, boost::asio::ssl::context* tls = nullptr)
        : shared_(std::make_shared<Shared>(tls == nullptr ? Layer(std::in_place_type<Socket>, std::move(socket))
                                                          : Layer(std::in_place_type<Tls>, std::move(socket), *tls))) {}

    [[nodiscard]] executor_type get_executor() noexcept { return socket().get_executor(); }

    /// The TCP socket below, whether there is TLS or not: what Beast closes when time is out.
    [[nodiscard]] Socket& next_layer() noexcept { return socket(); }
    [[nodiscard]] Socket& socket() noexcept {
        if (Tls* const secure = tls()) return secure->next_layer();
        return *std::get_if<Socket>(&shared_->layer);
    }

    [[nodiscard]] bool is_tls() const noexcept { return tls() != nullptr; }

    /// The error of a read. A peer that ends TCP without ending TLS is at its end all the same: that HTTP and WebSocket
    /// are complete, they tell themselves.
    [[nodiscard]] static error_code without_truncation(error_code ec) noexcept {
        return ec == boost::asio::ssl::error::stream_truncated ? boost::asio::error::eof : ec;
    }

    /// OpenSSL's object of this connection; null if the stream is plain.
    [[nodiscard]] SSL* native_tls() noexcept {
        Tls* const secure = tls();
        return secure == nullptr ? nullptr : secure->native_handle();
    }

    /// Only for a stream with TLS; before anything is read or written.
    void async_tls_handshake(boost::asio::ssl::stream_base::handshake_type type, HandshakeHandler handler) {
        BOOST_ASSERT(is_tls());
        tls()->async_handshake(type, keep_layer(std::move(handler)));
    }

    template <class Buffers, class Token> auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, const ReadBuffers& to) { read_some(to, IoHandler(std::move(handler))); }, token,
            ReadBuffers(buffers));
    }

    template <class Buffers, class Token> auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, const WriteBuffers& from) { write_some(from, IoHandler(std::move(handler))); }, token,
            WriteBuffers(buffers));
    }

    /// The same for one buffer and a handler that runs on the stream's own executor, keeps the stream, and looks at the
    /// error through `without_truncation()`. Not erased: erasing a handler's executor costs memory with each operation.
    template <class Handler> void read_some(boost::asio::mutable_buffer to, Handler handler) {
        if (Tls* const secure = tls()) secure->async_read_some(to, keep_layer(std::move(handler)));
        else socket().async_read_some(to, std::move(handler));
    }

    template <class Handler> void write_some(boost::asio::const_buffer from, Handler handler) {
        if (Tls* const secure = tls()) secure->async_write_some(from, keep_layer(std::move(handler)));
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
        Tls* const secure = tls();
        std::array<char, 4096> piece;
        while (!ec && to.size() < most) {
            const auto room = boost::asio::buffer(piece);
            to.append(piece.data(), secure != nullptr ? secure->read_some(room, ec) : socket().read_some(room, ec));
        }
        const bool would_wait = ec == boost::asio::error::would_block || ec == boost::asio::error::try_again;
        return would_wait ? error_code() : without_truncation(ec);
    }

private:
    using Tls = boost::asio::ssl::stream<Socket>;
    using Layer = std::variant<Socket, Tls>;
    using ReadBuffers = BufferList<boost::asio::mutable_buffer>;
    using WriteBuffers = BufferList<boost::asio::const_buffer>;

    static constexpr std::size_t tls_record_size = 16 * 1024;

    // Each operation holds this, because the TLS layer touches itself when an operation on it is aborted, and Beast's
    // own pings can still be in flight when the stream is destroyed.
    struct Shared {
        explicit Shared(Layer own) : layer(std::move(own)) {}
        Layer layer;
        std::vector<unsigned char> record; // what is being written with TLS
    };

    [[nodiscard]] Tls* tls() const noexcept { return std::get_if<Tls>(&shared_->layer); }

    template <class Handler> using Keeping = boost::asio::consign_t<Handler, std::shared_ptr<Shared>>;
    template <class Handler> Keeping<Handler> keep_layer(Handler handler) const {
        return boost::asio::consign(std::move(handler), shared_);
    }

    auto for_read(IoHandler handler) {
        auto executor = boost::asio::get_associated_executor(handler, get_executor());
        auto on_read = [handler = std::move(handler)](error_code ec, std::size_t size) mutable {
            std::move(handler)(without_truncation(ec), size);
        };
        return boost::asio::bind_executor(std::move(executor), keep_layer(std::move(on_read)));
    }

    void read_some(const ReadBuffers& to, IoHandler handler) {
        if (Tls* const secure = tls()) return secure->async_read_some(to, for_read(std::move(handler)));
        socket().async_read_some(to, for_read(std::move(handler)));
    }

    void write_some(const WriteBuffers& from, IoHandler handler) {
        Tls* const secure = tls();
        if (secure == nullptr) return socket().async_write_some(from, std::move(handler));
        // The TLS layer takes one buffer per record, and Beast passes a frame's header and payload as two.
        std::vector<unsigned char>& record = shared_->record;
        record.resize((std::min)(tls_record_size, boost::asio::buffer_size(from)));
        const std::size_t size = boost::asio::buffer_copy(boost::asio::buffer(record), from);
        secure->async_write_some(boost::asio::buffer(record.data(), size), keep_layer(std::move(handler)));
    }

    std::shared_ptr<Shared> shared_;
};

/// Beast calls this after the WebSocket close handshake. Nothing is left to say then, so the socket is closed without
/// waiting for the peer, who might never answer.
template <class Handler> void async_teardown(boost::beast::role_type, Stream& stream, Handler&& handler) {
    error_code ignored;
    stream.socket().shutdown(Stream::Socket::shutdown_both, ignored);
    stream.socket().close(ignored);
    boost::asio::post(stream.get_executor(),
                      boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
}

} // namespace lcm::detail

#endif
