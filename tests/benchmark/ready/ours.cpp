// SPDX-License-Identifier: BSL-1.0
// Clients of this library connect one after the other, each with a copy of one factory.
#include "options.hpp"
#include "stopwatch.hpp"

#include <lcm_client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using lcm::bench::ReadyOptions;

lcm::TransportFactory<lcm::WebSocketTransport> make_factory(const ReadyOptions& options) {
    lcm::WebSocketOptions websocket{.url = (options.is_tls() ? "wss://" : "ws://") + options.authority() + "/"};
    websocket.allow_plaintext_to_remote_hosts = true;
    websocket.tls.ca_file = options.ca_file;
    if (!options.proxy.empty())
        websocket.proxy.url = "http://" + (options.user.empty() ? std::string() : options.user + '@') + options.proxy;
    if (!options.resumes)
        websocket.tls.configure = [](boost::asio::ssl::context& context) {
            SSL_CTX_set_session_cache_mode(context.native_handle(), SSL_SESS_CACHE_OFF);
        };
    return lcm::websocket(std::move(websocket));
}

} // namespace

int main(int argc, char** argv) {
    try {
        const ReadyOptions options = lcm::bench::read_ready_options(argc, argv);
        boost::asio::io_context loop(1);
        const auto factory = make_factory(options);
        lcm::ClientConfig config{.source = "bench"};
        config.on_state = [&loop](const lcm::LinkStatus& status) {
            if (status.state == lcm::LinkState::ready) loop.stop();
            if (status.error) throw std::runtime_error(status.error->message());
        };
        lcm::bench::measure_ready(options, [&] {
            auto client =
                std::make_unique<lcm::Client>(config, factory, lcm::LoopExecutor::single_threaded(loop.get_executor()));
            loop.restart();
            loop.run();
            return [&loop, kept = std::move(client)]() mutable {
                kept.reset();
                loop.restart();
                loop.run(); // until the close handshake is over
            };
        });
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "bench_ready_ours: %s\n", problem.what());
        return 1;
    }
}
