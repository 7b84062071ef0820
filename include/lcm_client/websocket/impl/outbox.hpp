// SPDX-License-Identifier: BSL-1.0
// Internal: the frames on their way to the server, in two flat buffers: one is being written, the other one collects.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_OUTBOX_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_OUTBOX_HPP

#include <lcm_client/websocket/impl/lean_capacity.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/assert.hpp>

#include <cstddef>
#include <vector>

namespace lcm::detail {

class Outbox {
public:
    /// Adds a part of a frame, and returns its size.
    template <class Buffers> std::size_t append(const Buffers& parts) {
        const std::size_t before = collected_.size();
        const auto last = boost::asio::buffer_sequence_end(parts);
        for (auto part = boost::asio::buffer_sequence_begin(parts); part != last; ++part) {
            const boost::asio::const_buffer bytes(*part);
            const auto* const first = static_cast<const unsigned char*>(bytes.data());
            collected_.insert(collected_.end(), first, first + bytes.size());
        }
        return collected_.size() - before;
    }

    /// Makes room for a frame of that size, which the caller writes there at once.
    [[nodiscard]] unsigned char* extend(std::size_t size) {
        collected_.resize(collected_.size() + size);
        return collected_.data() + collected_.size() - size;
    }

    /// Whether nothing waits to be written.
    [[nodiscard]] bool empty() const noexcept { return collected_.empty(); }

    /// What has been collected is to be written now. Nothing must be under way.
    void begin_write() noexcept {
        BOOST_ASSERT(rest().size() == 0);
        collected_.swap(written_);
        collected_.clear();
        position_ = 0;
    }

    /// What is still to be written; valid until it is.
    [[nodiscard]] boost::asio::const_buffer rest() const noexcept {
        return {written_.data() + position_, written_.size() - position_};
    }

    /// That many bytes of it have been written.
    void advance(std::size_t count) noexcept {
        position_ += count;
        if (position_ == written_.size()) tidy();
    }

private:
    void tidy() noexcept {
        capacity_.note(written_.size());
        written_.clear();
        position_ = 0;
        if (capacity_.is_excessive(written_.capacity())) std::vector<unsigned char>().swap(written_);
    }

    std::vector<unsigned char> collected_;
    std::vector<unsigned char> written_;
    std::size_t position_ = 0; // in what is being written
    LeanCapacity capacity_;
};

} // namespace lcm::detail

#endif
