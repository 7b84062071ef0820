// SPDX-License-Identifier: BSL-1.0
// Fuzz target: the bytes of a WebSocket server, in pieces of any size, through this library's reader and through
// Beast's stream. Both find the same messages and pings, and give the same verdict.
#include <fuzz/input.hpp>
#include <fuzz/require.hpp>
#include <fuzz/targets.hpp>

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/websocket/impl/frames/frame_reader.hpp>
#include <lcm_client/websocket/impl/http/upgrade_answer.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

namespace {

namespace websocket = boost::beast::websocket;
using lcm::detail::CloseCode;
using lcm::detail::ControlFrame;
using lcm::detail::FrameReader;
using lcm::detail::Opcode;
using lcm::detail::ReadEnd;

constexpr unsigned invalid_payload = 1007;
constexpr unsigned bad_gateway = 1014;

// What was found in a stream. The answer is the code of the close frame with which this side answers; without one,
// more bytes are wanted.
struct Found {
    std::vector<std::string> messages{};
    std::vector<std::string> pings{};
    std::vector<std::string> pongs{};
    std::optional<unsigned> answer{};
    std::optional<unsigned> server_code{}; // if the server has closed
};

// --- this library ---------------------------------------------------------------------------------------------------

class OwnReading {
public:
    explicit OwnReading(std::size_t limit) : reader_(limit) {}

    void feed(std::string_view bytes) {
        while (!bytes.empty() && !reader_.end()) {
            const std::span<unsigned char> room = reader_.prepare();
            const std::size_t count = (std::min)(room.size(), bytes.size());
            std::copy_n(bytes.begin(), count, room.begin());
            bytes.remove_prefix(count);
            reader_.commit(count);
            look();
        }
    }

    [[nodiscard]] Found found() const {
        Found found = found_;
        if (const auto& end = reader_.end()) {
            found.answer = static_cast<unsigned>(end->answer);
            if (end->why == WebSocketErrc::closed) found.server_code = static_cast<unsigned>(end->server_code);
        }
        return found;
    }

private:
    void look() {
        for (;;) {
            while (const auto control = reader_.scan())
                (control->opcode == Opcode::ping ? found_.pings : found_.pongs).emplace_back(control->payload);
            if (!reader_.has_message()) return;
            while (reader_.has_message())
                if (const auto text = reader_.take_message()) found_.messages.emplace_back(*text);
        }
    }

    FrameReader reader_;
    Found found_;
};

// --- Beast ----------------------------------------------------------------------------------------------------------

// Gives Beast the bytes of a string, and keeps what it writes.
class MemoryStream {
public:
    using executor_type = boost::asio::io_context::executor_type;

    explicit MemoryStream(boost::asio::io_context& loop) : executor_(loop.get_executor()) {}

    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

    template <class Buffers> std::size_t read_some(const Buffers& to, error_code& ec) {
        if (unread_.empty() && answers_) answer_upgrade();
        const std::size_t count = boost::asio::buffer_copy(to, boost::asio::buffer(unread_));
        unread_.erase(0, count);
        ec = count == 0 ? error_code(boost::asio::error::would_block) : error_code();
        return count;
    }
    template <class Buffers> std::size_t read_some(const Buffers& to) {
        error_code ignored;
        return read_some(to, ignored);
    }
    template <class Buffers> std::size_t write_some(const Buffers& from, error_code& ec) {
        ec = {};
        const std::size_t before = written.size();
        written.resize(before + boost::asio::buffer_size(from));
        return boost::asio::buffer_copy(boost::asio::buffer(written.data() + before, written.size() - before), from);
    }
    template <class Buffers> std::size_t write_some(const Buffers& from) {
        error_code ignored;
        return write_some(from, ignored);
    }

    void set_unread(std::string bytes) {
        answers_ = false;
        unread_ = std::move(bytes);
    }

    std::string written;

private:
    void answer_upgrade() {
        constexpr std::string_view name = "Sec-WebSocket-Key: ";
        const std::string key = written.substr(written.find(name) + name.size(), 24);
        unread_ = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: " +
                  lcm::detail::accept_for(key) + "\r\n\r\n";
        answers_ = false;
    }

    executor_type executor_;
    bool answers_ = true; // the request for the upgrade
    std::string unread_;
};

// Beast calls it at the end of a connection.
void teardown(boost::beast::role_type, MemoryStream&, error_code& ec) { ec = {}; }

// The code in the close frame at the end of what Beast has written, as a client.
std::optional<unsigned> code_of_close_frame(const std::string& written) {
    constexpr std::size_t size = 2 + 4 + 2; // header, mask, and a code without a reason
    if (written.size() < size) return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(written[written.size() - size + i]); };
    if (byte(0) != 0x88 || byte(1) != 0x82) return std::nullopt;
    return (byte(6) ^ byte(2)) * 256U + (byte(7) ^ byte(3));
}

Found read_by_beast(std::string bytes, std::size_t limit) {
    boost::asio::io_context loop;
    websocket::stream<MemoryStream, false> stream(loop);
    error_code ec;
    stream.set_option(websocket::stream_base::timeout{websocket::stream_base::none(), websocket::stream_base::none(),
                                                      false}); // which a thread of a loop would have to look at
    stream.handshake("host", "/", ec);
    require(!ec, "Beast opens a connection");
    Found found;
    stream.read_message_max(limit);
    stream.control_callback([&found](websocket::frame_type kind, boost::beast::string_view payload) {
        if (kind == websocket::frame_type::ping) found.pings.emplace_back(payload);
        if (kind == websocket::frame_type::pong) found.pongs.emplace_back(payload);
    });
    stream.next_layer().set_unread(std::move(bytes));
    for (boost::beast::flat_buffer message;; message.clear()) {
        stream.read(message, ec);
        if (ec) break;
        const std::string_view text(static_cast<const char*>(message.cdata().data()), message.size());
        if (stream.got_text() &&
            !detail::is_utf8(text)) { // Beast 1.81 lets a character be cut by an empty last fragment
            found.answer = invalid_payload;
            return found;
        }
        found.messages.emplace_back(text);
    }
    if (ec == boost::asio::error::would_block) return found;
    found.answer = code_of_close_frame(stream.next_layer().written);
    require(found.answer.has_value(), "Beast ends with a close frame");
    if (ec == websocket::error::closed) found.server_code = stream.reason().code;
    return found;
}

// --- what must hold -------------------------------------------------------------------------------------------------

// The stream was given up for a text that is not UTF-8, not closed by the server, which may name the same code.
bool has_refused_text(const Found& found) { return found.answer == invalid_payload && !found.server_code; }

void check_same(const Found& one, const Found& other) {
    require(one.messages == other.messages, "both find the same messages");
    require(one.answer == other.answer, "both answer with the same code");
    require(one.server_code == other.server_code, "both find the same close frame");
    if (has_refused_text(one)) return; // pings behind that text may have been seen before it is looked at
    require(one.pings == other.pings, "both find the same pings");
    require(one.pongs == other.pongs, "both find the same pongs");
}

// Beast looks at a text as it comes, this library when the message is complete, if it ever is: then the two end at
// different places. The code 1014 was assigned after Beast's list of codes was made.
void check_same_as_beast(const Found& own, const Found& beast) {
    if ((has_refused_text(beast) && !has_refused_text(own)) || own.server_code == bad_gateway) {
        require(own.messages == beast.messages, "both find the same messages until they part");
        return;
    }
    check_same(own, beast);
}

// Frames with headers that make sense, or nearly: bytes at random are refused at the first one.
std::string make_frame(Input& input) {
    static constexpr unsigned char firsts[] = {0x81, 0x01, 0x00, 0x80, 0x82, 0x02, 0x89, 0x8A, 0x88};
    const std::size_t kind = input.below(std::size(firsts) + 1);
    const std::string_view payload = input.text('\n');
    if (kind == std::size(firsts)) return std::string(payload); // as it is
    std::string frame(1, static_cast<char>(firsts[kind]));
    if (payload.size() < 126) frame += static_cast<char>(payload.size());
    else frame.append({126, static_cast<char>(payload.size() >> 8U), static_cast<char>(payload.size() & 0xFFU)});
    return frame.append(payload);
}

} // namespace

// The limit, the size of the pieces, and the frames.
void fuzz_frames(std::string_view bytes) {
    Input input(bytes);
    const std::size_t limit = 1 + input.below(64) * 8;
    const std::size_t most = 1 + input.below(64);
    std::string stream;
    while (!input.empty()) stream += make_frame(input);

    OwnReading whole(limit);
    whole.feed(stream);
    OwnReading in_pieces(limit);
    std::size_t piece = most;
    for (std::string_view rest = stream; !rest.empty(); piece = piece * 7 % most + 1) {
        in_pieces.feed(rest.substr(0, piece));
        rest.remove_prefix((std::min)(piece, rest.size()));
    }
    check_same(whole.found(), in_pieces.found());
    check_same_as_beast(whole.found(), read_by_beast(stream, limit));
}

} // namespace lcm::tests
