// SPDX-License-Identifier: BSL-1.0
// Internal: what has come from the server and waits to be read, in one flat buffer.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_INBOX_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_INBOX_HPP

#include <lcm_client/utf8.hpp>
#include <lcm_client/websocket/impl/frame_scanner.hpp>
#include <lcm_client/websocket/impl/lean_capacity.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::detail {

/// Bytes go in as the socket brings them, and come out in whole messages. Pings and pongs are taken out at once, also
/// from between the fragments of a message. After a close frame, or what Beast refuses, nothing more is looked at.
class Inbox {
public:
    /// What stands behind the whole messages.
    enum class End {
        none,     ///< more frames
        by_beast, ///< a close frame or a bad one, which Beast reads next
        too_big,  ///< a message over the limit, which nobody reads
    };

    explicit Inbox(std::size_t limit) noexcept : scanner_(limit) {}

    /// Room for what the socket brings next. All whole messages must have been read.
    [[nodiscard]] boost::asio::mutable_buffer prepare() {
        BOOST_ASSERT(messages_ == 0 && front_ == readable_);
        const std::size_t used = end_ - front_;
        const std::size_t capacity = next_capacity(used);
        if (capacity != size_) move_to(std::make_unique_for_overwrite<unsigned char[]>(capacity), capacity);
        else if (front_ != 0) std::memmove(bytes_.get(), bytes_.get() + front_, used);
        scanned_ -= front_;
        end_ = used;
        front_ = readable_ = for_beast_ = 0;
        return {bytes_.get() + end_, size_ - end_};
    }

    /// That many bytes have come into that room. Hands the kind and the payload of each ping and pong to `on_control`.
    template <class OnControl> void commit(std::size_t count, OnControl on_control) {
        was_filled_ = count == size_ - end_;
        end_ += count;
        capacity_.note(end_);
        std::size_t next = scanned_;
        while (state_ == End::none) {
            const Frame frame = scanner_.next({bytes_.get() + next, end_ - next});
            if (frame.kind == FrameKind::incomplete) break;
            if (frame.kind == FrameKind::ping || frame.kind == FrameKind::pong)
                on_control(frame.kind, std::span<const unsigned char>(bytes_.get() + next + frame.header,
                                                                      frame.size - frame.header));
            if (is_wanted(frame.kind)) keep(next, frame.kind == FrameKind::refused ? end_ - next : frame.size);
            next += frame.size;
            note(frame.kind);
        }
        if (state_ != End::by_beast) close_gap(next);
    }

    /// The same with the first bytes, which are there already.
    template <class OnControl> void begin_with(std::string_view bytes, OnControl on_control) {
        size_ = (std::max)(LeanCapacity::least, bytes.size());
        bytes_ = std::make_unique_for_overwrite<unsigned char[]>(size_);
        std::copy(bytes.begin(), bytes.end(), bytes_.get());
        commit(bytes.size(), on_control);
    }

    /// How many whole messages have not been read.
    [[nodiscard]] std::size_t messages() const noexcept { return messages_; }

    /// What comes after them.
    [[nodiscard]] End end() const noexcept { return state_; }

    /// Takes out the next message if that came in one frame, as most do, and nothing is wrong with it. The text is
    /// valid until `prepare()`.
    [[nodiscard]] std::optional<std::string_view> take_whole_message() noexcept {
        if (messages_ == 0) return std::nullopt;
        const DataFrame frame = look_at(front_);
        const std::string_view payload(reinterpret_cast<const char*>(bytes_.get()) + front_ + frame.header,
                                       frame.size - frame.header);
        if (!frame.is_whole || (frame.is_text && !is_utf8(payload))) return std::nullopt;
        front_ += frame.size;
        --messages_;
        return payload;
    }

    /// What has come of a message over the limit, when all before it has been read: at most so many bytes of it. Empty
    /// without memory for them.
    [[nodiscard]] std::string beginning_of_refused(std::size_t most) const noexcept try {
        std::string text;
        for (std::size_t at = readable_; at < end_ && text.size() < most;) {
            const DataFrame frame = FrameScanner::look_at({bytes_.get() + at, end_ - at});
            const bool is_last = at == scanned_; // of which some may be missing
            const std::size_t begin = (std::min)(at + frame.header, end_);
            const std::size_t size = is_last ? end_ - begin : frame.size - frame.header;
            text.append(reinterpret_cast<const char*>(bytes_.get()) + begin, (std::min)(size, most - text.size()));
            if (is_last) break;
            at += frame.size;
        }
        return text;
    } catch (const std::bad_alloc&) {
        return {};
    }

    /// Lets Beast read the next message and nothing of the later ones; or the end, if there is no message.
    void begin_message() noexcept {
        if (messages_ == 0) {
            for_beast_ = readable_;
            return;
        }
        --messages_;
        for_beast_ = front_;
        for (bool is_final = false; !is_final;) {
            const DataFrame frame = look_at(for_beast_);
            for_beast_ += frame.size;
            is_final = frame.is_final;
        }
    }

    /// Copies what Beast may read, as much as there is.
    template <class Buffers> [[nodiscard]] std::size_t read(const Buffers& to) noexcept {
        if (for_beast_ <= front_) return 0;
        const std::size_t count =
            boost::asio::buffer_copy(to, boost::asio::buffer(bytes_.get() + front_, for_beast_ - front_));
        front_ += count;
        return count;
    }

    /// Forgets all complete frames.
    void drop() noexcept {
        front_ = readable_ = scanned_;
        messages_ = 0;
    }

private:
    static constexpr std::size_t usual = 64 * 1024; // more is kept only as long as one message needs it

    [[nodiscard]] std::size_t next_capacity(std::size_t used) const noexcept {
        if (size_ == 0 || (used == 0 && capacity_.is_excessive(size_))) return LeanCapacity::least;
        if (used == 0 && size_ > usual) return usual;
        if (used == size_ || (was_filled_ && size_ < usual)) return 2 * size_;
        return size_;
    }

    [[nodiscard]] DataFrame look_at(std::size_t place) const noexcept {
        return FrameScanner::look_at({bytes_.get() + place, readable_ - place});
    }

    [[nodiscard]] static bool is_wanted(FrameKind kind) noexcept {
        switch (kind) {
        case FrameKind::fragment:
        case FrameKind::end_of_message:
        case FrameKind::close:
        case FrameKind::refused: return true;
        default: return false;
        }
    }

    // Moves a frame down over what was taken out before it.
    void keep(std::size_t from, std::size_t size) noexcept {
        if (from != scanned_) std::memmove(bytes_.get() + scanned_, bytes_.get() + from, size);
        scanned_ += size;
    }

    void note(FrameKind kind) noexcept {
        if (kind == FrameKind::end_of_message) ++messages_;
        if (kind == FrameKind::close || kind == FrameKind::refused) state_ = End::by_beast;
        if (kind == FrameKind::too_big) state_ = End::too_big;
        if (kind == FrameKind::end_of_message || state_ == End::by_beast) readable_ = scanned_;
    }

    // The same for the incomplete frame at the end. All that moves has come in the same read, so that no byte is moved
    // twice, however many pings come.
    void close_gap(std::size_t next) noexcept {
        if (next == scanned_) return;
        std::memmove(bytes_.get() + scanned_, bytes_.get() + next, end_ - next);
        end_ -= next - scanned_;
    }

    void move_to(std::unique_ptr<unsigned char[]> bytes, std::size_t size) noexcept {
        if (end_ != front_) std::memcpy(bytes.get(), bytes_.get() + front_, end_ - front_);
        bytes_ = std::move(bytes);
        size_ = size;
    }

    FrameScanner scanner_;
    LeanCapacity capacity_;
    std::unique_ptr<unsigned char[]> bytes_;
    std::size_t size_ = 0;
    bool was_filled_ = false; // by what came last
    // In this order: before `front_` all has been read, before `readable_` are whole messages or the end, before
    // `scanned_` the complete frames, before `end_` the bytes of an incomplete one. Beast may read from `front_` up to
    // `for_beast_`, if that is behind it.
    std::size_t front_ = 0;
    std::size_t for_beast_ = 0;
    std::size_t readable_ = 0;
    std::size_t scanned_ = 0;
    std::size_t end_ = 0;
    std::size_t messages_ = 0;
    End state_ = End::none;
};

} // namespace lcm::detail

#endif
