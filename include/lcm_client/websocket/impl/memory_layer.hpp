// SPDX-License-Identifier: BSL-1.0
// Internal: what Beast's WebSocket stream stands on: it reads from memory and writes to memory.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_MEMORY_LAYER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_MEMORY_LAYER_HPP

// An operation of Beast's per message costs a handler, and with it a look at the system, per message. Frames that are
// made and read in memory cost neither, and all that is there goes with one call of the system. Beast keeps what it is
// good at: the upgrade, and the rules of the protocol.

#include <lcm_client/errc.hpp>
#include <lcm_client/websocket/impl/header_end.hpp>
#include <lcm_client/websocket/impl/inbox.hpp>
#include <lcm_client/websocket/impl/outbox.hpp>
#include <lcm_client/websocket/stream.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace lcm::detail {

class MemoryLayer {
public:
    using executor_type = Stream::executor_type;
    using next_layer_type = Stream;

    MemoryLayer(Stream::Socket socket, boost::asio::ssl::context* tls, std::size_t limit)
        : stream_(std::move(socket), tls), inbox_(limit) {}

    [[nodiscard]] executor_type get_executor() noexcept { return stream_.get_executor(); }

    [[nodiscard]] Stream& next_layer() noexcept { return stream_; }
    [[nodiscard]] Inbox& inbox() noexcept { return inbox_; }
    [[nodiscard]] const Inbox& inbox() const noexcept { return inbox_; }
    [[nodiscard]] Outbox& outbox() noexcept { return outbox_; }

    // --- Frames, in memory ---

    /// What the inbox lets Beast read. Beast must not ask for more than there is: it would give the stream up.
    template <class Buffers> std::size_t read_some(const Buffers& to, error_code& ec) {
        const std::size_t count = inbox_.read(to);
        ec = count == 0 ? error_code(boost::asio::error::would_block) : error_code();
        return count;
    }

    template <class Buffers> std::size_t write_some(const Buffers& from, error_code& ec) {
        ec = {};
        return outbox_.append(from);
    }

    // Beast wants these to be there, and calls the ones above.
    template <class Buffers> std::size_t read_some(const Buffers& to) {
        error_code ec;
        const std::size_t count = read_some(to, ec);
        if (ec) throw boost::system::system_error(ec);
        return count;
    }
    template <class Buffers> std::size_t write_some(const Buffers& from) {
        error_code ignored;
        return write_some(from, ignored);
    }

    // --- The upgrade, over the stream ---

    /// Gives the answer to the upgrade. Bytes behind its header are held back, since they are frames if the upgrade
    /// succeeds; the next reads give them, as the body of an answer that declines.
    template <class Buffers, class Token> auto async_read_some(const Buffers& to, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, const ReadBuffers& buffers) {
                read_answer(buffers, Stream::IoHandler(std::move(handler)));
            },
            token, ReadBuffers(to));
    }

    template <class Buffers, class Token> auto async_write_some(const Buffers& from, Token&& token) {
        return stream_.async_write_some(from, std::forward<Token>(token));
    }

    /// The frames that came together with the answer, when the upgrade has succeeded. Hands the kind and the
    /// payload of each ping and pong to `on_control`.
    template <class OnControl> void begin_frames(OnControl on_control) {
        inbox_.begin_with(held_back_, on_control);
        std::vector<unsigned char>().swap(held_back_);
    }

private:
    using ReadBuffers = BufferList<boost::asio::mutable_buffer>;

    void read_answer(const ReadBuffers& to, Stream::IoHandler handler) {
        if (!held_back_.empty()) {
            const std::size_t count = take_held_back(to);
            return boost::asio::post(get_executor(),
                                     boost::beast::bind_front_handler(std::move(handler), error_code(), count));
        }
        auto executor = boost::asio::get_associated_executor(handler, get_executor());
        auto on_read = [this, to, handler = std::move(handler)](error_code ec, std::size_t count) mutable {
            count = hold_back(to, count);
            std::move(handler)(ec, count);
        };
        stream_.async_read_some(to, boost::asio::bind_executor(std::move(executor), std::move(on_read)));
    }

    // Returns how much of what was read belongs to the header, or to a body that follows it.
    std::size_t hold_back(const ReadBuffers& from, std::size_t count) {
        if (header_end_.is_found()) return count;
        std::vector<unsigned char> read(count);
        boost::asio::buffer_copy(boost::asio::buffer(read), from);
        const std::size_t header = header_end_.take(read);
        held_back_.assign(read.begin() + static_cast<std::ptrdiff_t>(header), read.end());
        return header;
    }

    std::size_t take_held_back(const ReadBuffers& to) {
        const std::size_t count = boost::asio::buffer_copy(to, boost::asio::buffer(held_back_));
        held_back_.erase(held_back_.begin(), held_back_.begin() + static_cast<std::ptrdiff_t>(count));
        return count;
    }

    Stream stream_;
    Inbox inbox_;
    Outbox outbox_;
    HeaderEnd header_end_;
    std::vector<unsigned char> held_back_;
};

/// Beast calls this when the stream has ended. The socket is closed by the connection, when all has been written.
inline void teardown(boost::beast::role_type, MemoryLayer&, error_code& ec) { ec = {}; }

} // namespace lcm::detail

#endif
