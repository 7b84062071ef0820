// SPDX-License-Identifier: BSL-1.0
// Beast used directly, in the pattern that its documentation shows: one asynchronous write for each message, and one
// asynchronous read. ws and wss.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_RAW_BEAST_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_RAW_BEAST_HPP

#include "options.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace lcm::bench {

/// One connection. Not thread-safe; everything happens on the loop. An error is thrown out of the loop.
class RawBeast {
public:
    RawBeast() = default;
    RawBeast(const RawBeast&) = delete;
    RawBeast& operator=(const RawBeast&) = delete;
    virtual ~RawBeast() = default;

    /// Connects; then calls `on_open` once, and `on_message` for each message.
    virtual void open(std::function<void()> on_open, std::function<void(std::string_view)> on_message) = 0;
    virtual void send(std::string text) = 0;
};

/// Connects to the server of `options`, by TLS if they have a file of certificates.
std::unique_ptr<RawBeast> make_raw_beast(boost::asio::io_context& loop, const Options& options);

} // namespace lcm::bench

#endif
