// SPDX-License-Identifier: BSL-1.0
// Internal: TLS to a server within the TLS to a proxy.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_TUNNEL_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_TUNNEL_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The way that few connections take: so its handlers are erased, and each of its operations is compiled once, though
/// that costs memory with each one.
class TlsTunnel : public std::enable_shared_from_this<TlsTunnel> {
public:
    using Outer = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>; ///< the TLS to the proxy
    using IoHandler = Handler<void(error_code, std::size_t)>;

    /// The context has to outlive the constructor only.
    LCM_CLIENT_DECL TlsTunnel(std::shared_ptr<Outer> outer, boost::asio::ssl::context& context);

    [[nodiscard]] SSL* native_tls() noexcept { return inner_.native_handle(); }

    // All of these keep the tunnel until the handler is called.
    LCM_CLIENT_DECL void handshake(Handler<void(error_code)> handler);
    LCM_CLIENT_DECL void read_some(boost::asio::mutable_buffer to, IoHandler handler);
    LCM_CLIENT_DECL void write_some(boost::asio::const_buffer from, IoHandler handler);

    /// Without a wait, if the socket is non-blocking.
    [[nodiscard]] LCM_CLIENT_DECL std::size_t read_at_once(boost::asio::mutable_buffer to, error_code& ec);

private:
    // What the inner TLS reads from and writes to. Each piece is one buffer.
    class Layer {
    public:
        using executor_type = Outer::executor_type;
        using lowest_layer_type = Outer::lowest_layer_type;

        explicit Layer(std::shared_ptr<Outer> outer) : outer_(std::move(outer)) {}

        [[nodiscard]] executor_type get_executor() noexcept { return outer_->get_executor(); }
        [[nodiscard]] lowest_layer_type& lowest_layer() noexcept { return outer_->lowest_layer(); }
        [[nodiscard]] const lowest_layer_type& lowest_layer() const noexcept { return outer_->lowest_layer(); }

        template <class Buffers, class Token> auto async_read_some(const Buffers& to, Token&& token) {
            return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
                [this](auto handler, boost::asio::mutable_buffer piece) {
                    outer_->async_read_some(piece, IoHandler(std::move(handler)));
                },
                token, boost::asio::mutable_buffer(*boost::asio::buffer_sequence_begin(to)));
        }

        template <class Buffers, class Token> auto async_write_some(const Buffers& from, Token&& token) {
            return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
                [this](auto handler, boost::asio::const_buffer piece) {
                    outer_->async_write_some(piece, IoHandler(std::move(handler)));
                },
                token, boost::asio::const_buffer(*boost::asio::buffer_sequence_begin(from)));
        }

        template <class Buffers> std::size_t read_some(const Buffers& to, error_code& ec) {
            return outer_->read_some(to, ec);
        }

        template <class Buffers> std::size_t write_some(const Buffers& from, error_code& ec) {
            return outer_->write_some(from, ec);
        }

    private:
        std::shared_ptr<Outer> outer_;
    };

    boost::asio::ssl::stream<Layer> inner_;
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/websocket/impl/tls/tls_tunnel.ipp>
#endif

#endif
