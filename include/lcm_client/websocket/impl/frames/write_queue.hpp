// SPDX-License-Identifier: BSL-1.0
// Internal: the frames on their way to the server, in two flat buffers: one is being written, the other one collects.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_WRITE_QUEUE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_WRITE_QUEUE_HPP

#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/impl/frames/frame_writer.hpp>
#include <lcm_client/websocket/impl/frames/lean_capacity.hpp>
#include <lcm_client/websocket/impl/frames/write_buffer.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/assert.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Knows which of the frames that wait or leave somebody wants to hear of.
class WriteQueue {
public:
    /// Adds each text of the batch as a message. False if the system has no random bytes for the masks; then, and
    /// without memory, nothing of it is there to be written.
    [[nodiscard]] bool add(const Batch& batch) {
        const std::size_t before = collected_.size();
        unsigned char* const begin = collected_.extend(batch.byte_count() + batch.size() * max_frame_header);
        unsigned char* to = begin;
        for (std::size_t i = 0; i != batch.size(); ++i) {
            if (!keys_.prepare()) return collected_.truncate(before), false;
            to = write_frame(Opcode::text, batch[i], keys_.take(), to);
        }
        collected_.truncate(before + static_cast<std::size_t>(to - begin));
        waiting_.has_batch = true;
        return true;
    }

    /// Adds a control frame, unless the system has no random bytes for its mask.
    void add(Opcode opcode, std::string_view payload) {
        if (!keys_.prepare()) return;
        const std::size_t size = frame_header_size(payload.size()) + payload.size();
        write_frame(opcode, payload, keys_.take(), collected_.extend(size));
        if (opcode == Opcode::ping) waiting_.has_ping = true;
    }

    /// Draws what masks the first frames, before there is one. False if the system has no random bytes.
    [[nodiscard]] bool prepare_masks() noexcept { return keys_.prepare(); }

    /// Whether nothing waits to be written.
    [[nodiscard]] bool empty() const noexcept { return collected_.size() == 0; }
    /// Whether a ping waits to be written.
    [[nodiscard]] bool has_ping() const noexcept { return waiting_.has_ping; }
    /// Whether something is being written.
    [[nodiscard]] bool is_writing() const noexcept { return is_writing_; }

    /// What has been collected is to be written now. Nothing must be under way.
    void begin_write() noexcept {
        BOOST_ASSERT(!is_writing_);
        collected_.swap(written_);
        leaving_ = std::exchange(waiting_, {});
        position_ = 0;
        is_writing_ = true;
    }

    /// What is still to be written; valid until it is.
    [[nodiscard]] boost::asio::const_buffer rest() const noexcept {
        return {written_.data() + position_, written_.size() - position_};
    }
    [[nodiscard]] bool is_written() const noexcept { return position_ == written_.size(); }

    /// That many bytes of it have been written.
    void advance(std::size_t count) noexcept { position_ += count; }

    struct Contents {
        bool has_batch = false;
        bool has_ping = false;
    };

    /// All of it has been written. Returns what was in it.
    Contents end_write() noexcept {
        BOOST_ASSERT(is_writing_ && is_written());
        is_writing_ = false;
        capacity_.note(written_.size());
        written_.clear();
        position_ = 0;
        if (capacity_.is_excessive(written_.capacity())) written_.release();
        return std::exchange(leaving_, {});
    }

private:
    MaskingKeys keys_;
    WriteBuffer collected_;
    Contents waiting_; // in it
    WriteBuffer written_;
    Contents leaving_;         // with it
    std::size_t position_ = 0; // in what is being written
    bool is_writing_ = false;
    LeanCapacity capacity_;
};

} // namespace lcm::detail

#endif
