// SPDX-License-Identifier: BSL-1.0
// Internal: what Beast's WebSocket stream stands on: it reads from memory and writes to memory.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_MEMORY_LAYER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_MEMORY_LAYER_HPP

// An operation of Beast's per message costs a handler, and with it a look at the system, per message. Frames that are
// made and read in memory cost neither, and all that is there goes with one call of the system. Beast keeps what it is
// good at: the request for the upgrade, and the rules of the protocol.

#include <lcm_client/errc.hpp>
#include <lcm_client/websocket/impl/inbox.hpp>
#include <lcm_client/websocket/impl/memory_handshake.hpp>
#include <lcm_client/websocket/impl/outbox.hpp>
#include <lcm_client/websocket/stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <memory>
#include <utility>

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
        const std::size_t count = handshake_ ? handshake_->read(to) : inbox_.read(to);
        ec = count == 0 ? error_code(boost::asio::error::would_block) : error_code();
        return count;
    }

    template <class Buffers> std::size_t write_some(const Buffers& from, error_code& ec) {
        ec = {};
        return handshake_ ? handshake_->write(from) : outbox_.append(from);
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

    // --- The upgrade, in memory, too ---

    /// What Beast writes and reads until `end_handshake()` is its handshake.
    void begin_handshake() { handshake_ = std::make_unique<MemoryHandshake>(); }
    [[nodiscard]] std::unique_ptr<MemoryHandshake> end_handshake() noexcept { return std::move(handshake_); }

private:
    Stream stream_;
    Inbox inbox_;
    Outbox outbox_;
    std::unique_ptr<MemoryHandshake> handshake_; // while it is under way
};

/// Beast calls this when the stream has ended. The socket is closed by the connection, when all has been written.
inline void teardown(boost::beast::role_type, MemoryLayer&, error_code& ec) { ec = {}; }

} // namespace lcm::detail

#endif
