// SPDX-License-Identifier: BSL-1.0
// Internal: the bytes that a WebSocket server sends become messages, control frames, and the end of the connection.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_FRAME_READER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_FRAME_READER_HPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/websocket/error.hpp>
#include <lcm_client/websocket/impl/frames/close_frame.hpp>
#include <lcm_client/websocket/impl/frames/frame_header.hpp>
#include <lcm_client/websocket/impl/frames/read_buffer.hpp>
#include <lcm_client/websocket/impl/frames/read_end.hpp>

#include <boost/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A ping or a pong.
struct ControlFrame {
    Opcode opcode;
    std::string_view payload; ///< valid until the next call
};

/// Bytes go in as the socket brings them. Each header is read once, in `scan()`; a message that came in one frame, as
/// most do, stays where it is, and fragments are moved together. Whether a text is UTF-8 is looked at when it is taken.
class FrameReader {
public:
    /// `limit` is the size of the largest message.
    explicit FrameReader(std::size_t limit) noexcept : limit_(limit) {}

    /// Room for what the socket brings next. All messages must have been taken, and `scan()` must have said that there
    /// is nothing more to see.
    [[nodiscard]] std::span<unsigned char> prepare() {
        BOOST_ASSERT(!has_message());
        const auto room = buffer_.prepare(message_, {next_, buffer_.end() - next_});
        message_.begin = 0;
        next_ = message_.size;
        if (buffer_.capacity() == LeanCapacity::least && messages_.capacity() > few)
            std::vector<Message>().swap(messages_);
        return room;
    }

    /// That many bytes have come into that room.
    void commit(std::size_t count) noexcept { buffer_.commit(count); }

    /// The first bytes, which came together with the answer to the upgrade.
    void begin_with(std::string_view bytes) { buffer_.assign(bytes); }

    /// Looks at the complete frames, up to the next ping or pong, which it returns. Nothing if there is none: then all
    /// has been seen, or an end was found, or so many messages wait that the next ones can wait, too. To be called
    /// again when these have been taken. Without memory it throws, and can be called again.
    [[nodiscard]] std::optional<ControlFrame> scan() {
        while (!end_ && messages_.size() - taken_ < max_waiting) {
            const std::span<const unsigned char> bytes = buffer_.from(next_);
            const std::optional<FrameHeader> header = read_frame_header(bytes);
            if (!header) break;
            if (const auto breach = breach_of(*header, in_message_)) {
                fail(*breach);
                break;
            }
            const bool is_data = !is_control_frame(header->opcode);
            if (is_data && header->length > limit_ - message_.size) {
                refuse_message(*header);
                break;
            }
            if (bytes.size() - header->size < header->length) break;
            const ByteRange payload{next_ + header->size, static_cast<std::size_t>(header->length)};
            if (is_data) add(*header, payload);
            next_ = payload.end();
            if (is_data) continue;
            if (header->opcode != Opcode::close) return ControlFrame{header->opcode, buffer_.text(payload)};
            end_by(read_close_frame(buffer_.text(payload)));
        }
        return std::nullopt;
    }

    [[nodiscard]] bool has_message() const noexcept { return taken_ != messages_.size(); }

    /// The next message, valid until `scan()` or `prepare()`. Nothing if it is a text that is not UTF-8: that is the
    /// end, and there are no more messages.
    [[nodiscard]] std::optional<std::string_view> take_message() noexcept {
        BOOST_ASSERT(has_message());
        const Message message = messages_[taken_++];
        if (!has_message()) drop_messages();
        const std::string_view payload = buffer_.text(message.payload);
        if (message.is_text && !is_utf8(payload)) {
            drop_messages();
            fail(WebSocketErrc::bad_utf8);
            return std::nullopt;
        }
        return payload;
    }

    /// Whether there are bytes that `scan()` has not seen, or that it has found incomplete.
    [[nodiscard]] bool has_unseen() const noexcept { return next_ != buffer_.end(); }

    /// Forgets the messages that wait.
    void drop_messages() noexcept {
        messages_.clear();
        taken_ = 0;
    }

    /// What comes behind the messages that wait, if that is the end.
    [[nodiscard]] const std::optional<ReadEnd>& end() const noexcept { return end_; }

    /// What has come of a message over the limit: at most so many bytes of it. Empty without memory for them.
    [[nodiscard]] std::string beginning_of_refused(std::size_t most) const noexcept try {
        return std::string(buffer_.text({message_.begin, (std::min)(message_.size, most)}));
    } catch (const std::bad_alloc&) {
        return {};
    }

private:
    struct Message {
        ByteRange payload;
        bool is_text;
    };

    static constexpr std::size_t max_waiting = 256; // so that a flood of small ones takes no memory
    static constexpr std::size_t few = 8;           // whose places an idle connection may keep

    // A fragment is moved behind those before it, over the headers between them.
    void add(const FrameHeader& header, ByteRange payload) {
        const bool is_text = in_message_ ? is_text_ : header.opcode == Opcode::text;
        if (header.is_final && !in_message_) return messages_.push_back({payload, is_text});
        ByteRange message = in_message_ ? message_ : ByteRange{payload.begin, 0};
        const std::size_t end = message.end();
        message.size += payload.size;
        if (header.is_final) messages_.push_back({message, is_text});
        buffer_.move_down(payload, end);
        message_ = header.is_final ? ByteRange{} : message;
        in_message_ = !header.is_final;
        is_text_ = is_text;
    }

    void end_by(const CloseFrame& frame) noexcept {
        if (frame.breach) return fail(*frame.breach);
        const CloseCode answer = frame.code == CloseCode::none ? CloseCode::normal : frame.code;
        end_ = ReadEnd{WebSocketErrc::closed, answer, frame.code};
    }

    void fail(WebSocketErrc why) noexcept {
        end_ = ReadEnd{why, why == WebSocketErrc::bad_utf8 ? CloseCode::invalid_payload : CloseCode::protocol_error};
    }

    void refuse_message(const FrameHeader& header) noexcept {
        const std::size_t begin = next_ + header.size;
        if (!in_message_) message_ = {begin, 0};
        const std::size_t end = message_.end();
        message_.size += buffer_.end() - begin;
        buffer_.move_down({begin, buffer_.end() - begin}, end);
        end_ = ReadEnd{WebSocketErrc::message_too_big, CloseCode::message_too_big};
    }

    std::size_t limit_;
    ReadBuffer buffer_;
    std::vector<Message> messages_; // whole ones, of which the first `taken_` have been taken
    std::size_t taken_ = 0;
    bool in_message_ = false; // fragments of a message have come, and a continuation comes next
    bool is_text_ = false;    // that message is a text
    ByteRange message_;       // the payload of its fragments
    std::size_t next_ = 0;    // where the first frame begins that has not been seen
    std::optional<ReadEnd> end_;
};

} // namespace lcm::detail

#endif
