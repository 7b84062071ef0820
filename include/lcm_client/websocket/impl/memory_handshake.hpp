// SPDX-License-Identifier: BSL-1.0
// Internal: Beast's handshake, in memory.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_MEMORY_HANDSHAKE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_MEMORY_HANDSHAKE_HPP

#include <lcm_client/protocol/text.hpp>
#include <lcm_client/websocket/impl/http_answer.hpp>
#include <lcm_client/websocket/impl/upgrade_answer.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::detail {

/// Beast would read the body of an answer that declines, which may never end. So it is given an answer that agrees as
/// soon as it has written its request; the request is what leaves, and the server's own answer is judged by
/// `UpgradeAnswer` before anything else that Beast makes leaves.
class MemoryHandshake {
public:
    /// What Beast writes.
    template <class Buffers> std::size_t write(const Buffers& from) {
        const std::size_t before = request_.size();
        request_.resize(before + boost::asio::buffer_size(from));
        return boost::asio::buffer_copy(boost::asio::buffer(request_.data() + before, request_.size() - before), from);
    }

    /// What Beast reads, when the request is whole.
    template <class Buffers> std::size_t read(const Buffers& to) {
        if (answer_.empty()) make_answer();
        const std::size_t count = boost::asio::buffer_copy(to, boost::asio::buffer(answer_) + given_);
        given_ += count;
        return count;
    }

    [[nodiscard]] const std::string& request() const noexcept { return request_; }

    /// The Sec-WebSocket-Accept that belongs to it.
    [[nodiscard]] const std::string& accept() const noexcept { return accept_; }

private:
    void make_answer() {
        std::string_view lines = request_;
        take_line(lines);
        for_each_field(lines, [this](std::string_view name, std::string_view value) {
            if (same_name(name, "Sec-WebSocket-Key")) accept_ = accept_for(value);
        });
        answer_ =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: " +
            accept_ + "\r\n\r\n";
    }

    std::string request_;
    std::string accept_;
    std::string answer_;
    std::size_t given_ = 0; // of it
};

} // namespace lcm::detail

#endif
