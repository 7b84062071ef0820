// SPDX-License-Identifier: BSL-1.0
// The WebSocket transport with a window in it: keeps every message that goes through, for `lcm demo` to show.
#ifndef LCM_COMMAND_TRACED_TRANSPORT_HPP
#define LCM_COMMAND_TRACED_TRANSPORT_HPP

#include <lcm_client/websocket/transport.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm_command {

/// The messages of one connection. Written on the client's thread: read it when the client is closed.
struct Trace {
    std::vector<std::string> sent;
    std::vector<std::string> received;
};

/// A model of `lcm::Transport` that hands everything on. `trace` must outlive it.
class TracedTransport {
public:
    TracedTransport(std::unique_ptr<lcm::WebSocketTransport> inner, Trace& trace)
        : inner_(std::move(inner)), trace_(&trace) {}

    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return inner_->get_executor(); }
    void async_open(lcm::OpenHandler handler) { inner_->async_open(std::move(handler)); }

    void async_send(lcm::Batch batch, lcm::SendHandler handler) {
        for (std::size_t i = 0; i < batch.size(); ++i) trace_->sent.emplace_back(batch[i]);
        inner_->async_send(std::move(batch), std::move(handler));
    }

    void async_receive(lcm::ReceiveHandler handler) {
        inner_->async_receive(
            [trace = trace_, handler = std::move(handler)](lcm::error_code ec, std::string_view text) mutable {
                if (!ec) trace->received.emplace_back(text);
                handler(ec, text);
            });
    }

    void watch(lcm::PeerWatch watch) { inner_->watch(std::move(watch)); }
    void probe() { inner_->probe(); }
    void async_confirm(lcm::SendHandler handler) { inner_->async_confirm(std::move(handler)); }
    void abort() noexcept { inner_->abort(); }
    void close() noexcept { inner_->close(); }
    [[nodiscard]] lcm::TransportFailure last_failure() const { return inner_->last_failure(); }

private:
    std::unique_ptr<lcm::WebSocketTransport> inner_;
    Trace* trace_;
};

/// A factory whose connections are those of `factory`, with a trace.
inline lcm::TransportFactory<TracedTransport> traced(lcm::TransportFactory<lcm::WebSocketTransport> factory,
                                                     Trace& trace) {
    return [factory = std::move(factory), &trace](boost::asio::any_io_executor executor, std::size_t max_message) {
        return std::make_unique<TracedTransport>(factory(std::move(executor), max_message), trace);
    };
}

} // namespace lcm_command

#endif
