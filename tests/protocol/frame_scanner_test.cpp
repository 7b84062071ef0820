// SPDX-License-Identifier: BSL-1.0
// How the frames of a server are found in its bytes: kind by kind, and whole streams in pieces of any size.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/frame_scanner.hpp>
#include <lcm_client/websocket/impl/inbox.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using lcm::detail::Frame;
using lcm::detail::FrameKind;
using lcm::detail::FrameScanner;
using lcm::detail::Inbox;

constexpr unsigned fin = 0x80;
constexpr std::size_t limit = 70'000;

std::span<const unsigned char> bytes_of(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

// A frame as a server sends it, its length written as short as possible.
std::string frame(unsigned first, const std::string& payload) {
    std::string bytes(1, static_cast<char>(first));
    const std::size_t size = payload.size();
    const auto add_length = [&](char code, int octets) {
        bytes += code;
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 0xff);
    };
    if (size < 126) bytes += static_cast<char>(size);
    else if (size < 65'536) add_length(126, 2);
    else add_length(127, 8);
    return bytes + payload;
}

std::string raw(std::initializer_list<int> bytes) {
    std::string text;
    for (const int byte : bytes) text += static_cast<char>(byte);
    return text;
}

// The kinds of the frames, one after the other, until one is incomplete or ends all.
std::vector<FrameKind> kinds(const std::string& stream, std::size_t largest = limit) {
    FrameScanner scanner(largest);
    std::vector<FrameKind> found;
    for (std::size_t at = 0; at < stream.size();) {
        const Frame next = scanner.next(bytes_of(stream).subspan(at));
        found.push_back(next.kind);
        if (next.size == 0) break;
        at += next.size;
    }
    return found;
}

using Kinds = std::vector<FrameKind>;

} // namespace

TEST_CASE("Frames are told apart by kind, and a message by where it ends") {
    CHECK(kinds(frame(fin | 1, "text")) == Kinds{FrameKind::end_of_message});
    CHECK(kinds(frame(fin | 2, "binary")) == Kinds{FrameKind::end_of_message});
    CHECK(kinds(frame(fin | 1, "")) == Kinds{FrameKind::end_of_message});
    CHECK(kinds(frame(fin | 8, "")) == Kinds{FrameKind::close});
    CHECK(kinds(frame(fin | 9, "x")) == Kinds{FrameKind::ping});
    CHECK(kinds(frame(fin | 10, std::string(125, 'x'))) == Kinds{FrameKind::pong});
    CHECK(kinds(frame(1, "a") + frame(fin | 9, "p") + frame(0, "b") + frame(0, "") + frame(fin | 0, "")) ==
          Kinds{FrameKind::fragment, FrameKind::ping, FrameKind::fragment, FrameKind::nothing,
                FrameKind::end_of_message});
    CHECK(kinds(frame(1, "") + frame(fin | 0, "all")) == Kinds{FrameKind::fragment, FrameKind::end_of_message});
}

TEST_CASE("A frame's size is told with its header's, in each of the three ways to write a length") {
    const std::pair<std::size_t, std::size_t> rows[] = {{0, 2}, {125, 2}, {126, 4}, {65'535, 4}, {65'536, 10}};
    for (const auto& [length, header] : rows) {
        CAPTURE(length);
        const std::string stream = frame(fin | 1, std::string(length, 'x'));
        const Frame found = FrameScanner(limit).next(bytes_of(stream + "more"));
        CHECK(found.kind == FrameKind::end_of_message);
        CHECK(found.header == header);
        CHECK(found.size == stream.size());
    }
}

TEST_CASE("A frame is incomplete until its last byte is there") {
    for (const std::string& whole : {frame(fin | 1, std::string(300, 'x')), frame(fin | 9, "ping"), frame(fin | 8, ""),
                                     frame(fin | 1, std::string(65'536, 'x'))}) {
        FrameScanner scanner(limit);
        const std::size_t step = whole.size() > 1000 ? 999 : 1;
        for (std::size_t size = 0; size < whole.size(); size += step)
            REQUIRE(scanner.next(bytes_of(whole).first(size)).kind == FrameKind::incomplete);
        REQUIRE(scanner.next(bytes_of(whole)).size == whole.size());
    }
}

TEST_CASE("What breaks a rule of the header is refused as soon as the header is there") {
    const Kinds refused{FrameKind::refused};
    for (const unsigned opcode : {3u, 7u, 11u, 15u}) CHECK(kinds(raw({static_cast<int>(fin | opcode), 5})) == refused);
    for (const int bits : {0x10, 0x20, 0x40, 0x70}) {
        CHECK(kinds(raw({0x81 | bits, 5})) == refused);
        CHECK(kinds(raw({0x89 | bits, 5})) == refused);
        CHECK(kinds(frame(1, "a") + raw({0x80 | bits, 5})) == Kinds{FrameKind::fragment, FrameKind::refused});
    }
    CHECK(kinds(raw({0x81, 0x85, 1, 2, 3, 4})) == refused); // masked
    CHECK(kinds(raw({0x89, 0x80, 1, 2, 3, 4})) == refused);
    CHECK(kinds(raw({0x09, 0})) == refused);           // a control frame in fragments
    CHECK(kinds(raw({0x89, 126, 0, 126})) == refused); // too long for one
    CHECK(kinds(raw({0x88, 126, 0, 5})) == refused);
    CHECK(kinds(raw({0x80, 5})) == refused); // goes on with a message that has not begun
    CHECK(kinds(frame(1, "a") + raw({0x81, 5})) == Kinds{FrameKind::fragment, FrameKind::refused});
    CHECK(kinds(raw({0x81, 126, 0, 125})) == refused); // could be written shorter
    CHECK(kinds(raw({0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) == refused);

    CHECK(kinds(raw({0x81, 0x85, 1, 2, 3})) == Kinds{FrameKind::incomplete}); // Beast wants the mask first
    CHECK(kinds(raw({0x89, 126, 0})) == Kinds{FrameKind::incomplete});
}

TEST_CASE("A message over the limit is refused by its headers, whatever they promise") {
    const std::string x(10, 'x');
    const Kinds too_big{FrameKind::too_big};
    CHECK(kinds(frame(fin | 1, x), 10) == Kinds{FrameKind::end_of_message});
    CHECK(kinds(raw({0x81, 11}), 10) == too_big);
    CHECK(kinds(frame(1, x) + raw({0x80, 1}), 10) == Kinds{FrameKind::fragment, FrameKind::too_big});
    CHECK(kinds(frame(1, x) + frame(0, "") + raw({0x00, 1}), 10) ==
          Kinds{FrameKind::fragment, FrameKind::nothing, FrameKind::too_big});
    const std::string two = frame(1, x) + frame(fin | 0, "");
    CHECK(kinds(two + two, 10).back() == FrameKind::end_of_message); // each one counts for itself
    CHECK(kinds(raw({0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})) == too_big);
    CHECK(kinds(raw({0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}), (std::numeric_limits<std::size_t>::max)()) ==
          Kinds{FrameKind::incomplete});
}

namespace {

// Reads as Beast does: only what it may.
class Reader {
public:
    /// What comes from the socket in one read, or in several ones if the room is too small.
    void feed(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t count = boost::asio::buffer_copy(inbox_.prepare(), boost::asio::buffer(bytes));
            bytes.remove_prefix(count);
            inbox_.commit(count, [this](lcm::detail::FrameKind kind, auto payload) {
                if (kind == lcm::detail::FrameKind::ping) pings_.emplace_back(payload.begin(), payload.end());
            });
            messages_ += inbox_.messages();
            while (inbox_.messages() != 0) read_next();
            read_next(); // the end, if there is one
        }
    }

    [[nodiscard]] std::size_t room() { return inbox_.prepare().size(); }
    [[nodiscard]] const std::string& read_by_beast() const { return read_; }
    [[nodiscard]] const std::vector<std::string>& pings() const { return pings_; }
    [[nodiscard]] std::size_t messages() const { return messages_; }
    [[nodiscard]] Inbox::End end() const { return inbox_.end(); }

private:
    void read_next() {
        inbox_.begin_message();
        char piece[7];
        while (const std::size_t count = inbox_.read(boost::asio::buffer(piece))) read_.append(piece, count);
    }

    Inbox inbox_{limit};
    std::string read_;
    std::vector<std::string> pings_;
    std::size_t messages_ = 0;
};

// What a server may send at random, and what has to come out of it.
struct Traffic {
    std::string stream;
    std::string for_beast;
    std::vector<std::string> pings;
    std::size_t messages = 0;
};

Traffic random_traffic(std::mt19937& random) {
    Traffic traffic;
    const auto any = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
    const auto text = [&](int most) {
        return std::string(static_cast<std::size_t>(any(most)), static_cast<char>('a' + any(25)));
    };
    bool in_message = false;
    for (int i = 0; i < 40; ++i) {
        const int kind = any(9);
        if (kind == 0) {
            traffic.pings.push_back(text(125));
            traffic.stream += frame(fin | 9, traffic.pings.back());
        } else if (kind == 1) {
            traffic.stream += frame(fin | 10, text(125));
        } else if (kind == 2 && in_message) {
            traffic.stream += frame(0, "");
        } else {
            const bool ends = any(2) != 0;
            const std::string payload = text(any(9) == 0 ? 3000 : 200) + "x";
            const std::string bytes = frame((ends ? fin : 0) | (in_message ? 0u : 1u), payload);
            traffic.stream += bytes;
            traffic.for_beast += bytes;
            traffic.messages += ends;
            in_message = !ends;
        }
    }
    const std::string last = frame(fin | (in_message ? 0u : 1u), "last");
    traffic.stream += last;
    traffic.for_beast += last;
    ++traffic.messages;
    return traffic;
}

} // namespace

TEST_CASE("Whatever the pieces in which a stream comes, the same messages and pings come out of it") {
    std::mt19937 random(20240229);
    for (unsigned repetition = 0; repetition < 200; ++repetition) {
        const Traffic traffic = random_traffic(random);
        Reader reader;
        std::uniform_int_distribution<std::size_t> piece(1, repetition % 4 == 0 ? 3 : 1 + 20 * (repetition % 100));
        for (std::string_view rest = traffic.stream; !rest.empty();) {
            const std::size_t size = (std::min)(piece(random), rest.size());
            reader.feed(rest.substr(0, size));
            rest.remove_prefix(size);
        }
        REQUIRE(reader.read_by_beast() == traffic.for_beast);
        REQUIRE(reader.pings() == traffic.pings);
        REQUIRE(reader.messages() == traffic.messages);
        REQUIRE(reader.end() == Inbox::End::none);
    }
}

namespace {

// The payloads of the frames of a message.
std::string payload_of(std::string_view frames) {
    std::string payload;
    while (!frames.empty()) {
        const auto found = FrameScanner::look_at(bytes_of(frames));
        payload += frames.substr(found.header, found.size - found.header);
        frames.remove_prefix(found.size);
    }
    return payload;
}

// The next message, looked at where it is if that is possible.
std::string take_message(Inbox& inbox, std::size_t& whole) {
    if (const auto text = inbox.take_whole_message()) {
        ++whole;
        return std::string(*text);
    }
    inbox.begin_message();
    std::string frames;
    char piece[7];
    while (const std::size_t count = inbox.read(boost::asio::buffer(piece))) frames.append(piece, count);
    return payload_of(frames);
}

} // namespace

TEST_CASE(
    "Messages come in order, whether they are looked at where they are or read by Beast, and nothing of the next") {
    std::mt19937 random(42);
    const auto any = [&](std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random); };
    for (int repetition = 0; repetition < 200; ++repetition) {
        std::string stream;
        std::vector<std::string> expected;
        std::size_t expected_whole = 0;
        for (int i = 0; i < 30; ++i) {
            const std::size_t kind = any(4);
            std::string payload(any(9) == 0 ? 65'536 + any(9) : any(130), static_cast<char>('a' + any(25)));
            if (kind == 0) payload += '\xff'; // no text
            if (kind == 1) stream += frame(fin | 9, "ping");
            if (kind == 2)
                stream += frame(1, payload.substr(0, 3)) + frame(fin | 0, payload.size() > 3 ? payload.substr(3) : "");
            else stream += frame(fin | (kind == 3 ? 2u : 1u), payload);
            expected_whole += kind != 0 && kind != 2;
            expected.push_back(std::move(payload));
        }
        Inbox inbox(limit * 2);
        std::vector<std::string> taken;
        std::size_t whole = 0;
        for (std::string_view rest = stream; !rest.empty();) {
            const std::size_t count =
                boost::asio::buffer_copy(inbox.prepare(), boost::asio::buffer(rest.substr(0, 1 + any(5000))));
            rest.remove_prefix(count);
            inbox.commit(count, [](auto, auto) {});
            while (inbox.messages() != 0) taken.push_back(take_message(inbox, whole));
        }
        REQUIRE(taken == expected);
        REQUIRE(whole == expected_whole);
    }
}

TEST_CASE("Random bytes end with what Beast refuses, a message over the limit, or an incomplete frame") {
    std::mt19937 random(7);
    for (int repetition = 0; repetition < 2000; ++repetition) {
        std::string bytes(200, '\0');
        std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random() & 0xff); });
        if (repetition % 2 == 0) bytes[1] = static_cast<char>(bytes[1] & 0x0f);
        Reader whole;
        Reader split;
        whole.feed(bytes);
        for (const char byte : bytes) split.feed(std::string_view(&byte, 1));
        REQUIRE(whole.messages() == split.messages());
        REQUIRE(whole.pings() == split.pings());
        REQUIRE(whole.end() == split.end());
        if (whole.end() != Inbox::End::by_beast) REQUIRE(whole.read_by_beast() == split.read_by_beast());
    }
}

TEST_CASE("An incomplete message is not given to Beast, and a close frame in it is, with all before it") {
    Reader reader;
    reader.feed(frame(1, "a") + frame(fin | 9, "p"));
    CHECK(reader.read_by_beast().empty());
    CHECK(reader.pings() == std::vector<std::string>{"p"});
    reader.feed(frame(fin | 8, "") + "whatever follows");
    CHECK(reader.end() == Inbox::End::by_beast);
    CHECK(reader.messages() == 0);
    CHECK(reader.read_by_beast() == frame(1, "a") + frame(fin | 8, ""));
}

TEST_CASE("Empty fragments and pings without end take no memory") {
    Reader reader;
    reader.feed(frame(1, "a"));
    const std::size_t room = reader.room();
    for (int i = 0; i < 10'000; ++i) reader.feed(frame(0, "") + frame(fin | 9, "") + frame(fin | 10, "x"));
    CHECK(reader.room() == room);
}

TEST_CASE("A buffer that a large message needed is given back") {
    Reader reader;
    const std::size_t usual = reader.room();
    reader.feed(frame(fin | 1, std::string(limit, 'x')));
    CHECK(reader.messages() == 1);
    CHECK(reader.room() <= 64 * 1024);
    for (int i = 0; i < 20; ++i) reader.feed(frame(fin | 1, "small"));
    CHECK(reader.room() == usual);
}
