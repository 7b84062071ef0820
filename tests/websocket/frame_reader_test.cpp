// SPDX-License-Identifier: BSL-1.0
// What comes of a server's bytes: messages, pings, and the end; by the groups of the conformance suite of the field
// (framing, pings, reserved bits, opcodes, fragments, UTF-8, close handling, limits), and whatever the pieces are.
#include <support/catch.hpp>
#include <support/server_frame.hpp>

#include <lcm_client/websocket/impl/frames/frame_reader.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using lcm::WebSocketErrc;
using lcm::detail::CloseCode;
using lcm::detail::ControlFrame;
using lcm::detail::FrameReader;
using lcm::detail::Opcode;
using lcm::detail::read_frame_header;
using lcm::tests::fin;
using lcm::tests::frame;
using lcm::tests::raw;

constexpr std::size_t limit = 70'000;

std::string close_payload(int code, const std::string& reason = {}) { return raw({code / 256, code % 256}) + reason; }

// Reads as the connection does: all messages are taken before more comes.
class Reader {
public:
    explicit Reader(std::size_t largest = limit) : reader_(largest) {}

    /// What comes from the socket in one read, or in several ones if the room is too small.
    void feed(std::string_view bytes) {
        while (!bytes.empty() && !reader_.end()) {
            const std::span<unsigned char> room = reader_.prepare();
            const std::size_t count = (std::min)(room.size(), bytes.size());
            std::copy_n(bytes.begin(), count, room.begin());
            reader_.commit(count);
            bytes.remove_prefix(count);
            look();
        }
    }

    [[nodiscard]] std::size_t room() { return reader_.prepare().size(); }
    [[nodiscard]] FrameReader& reader() { return reader_; }

    /// What has come out, in words: messages in quotes, pings and pongs by name, and the end by its code.
    [[nodiscard]] std::string outcome() const { return log_ + end_in_words(); }
    [[nodiscard]] std::string end_in_words() const {
        const auto& end = reader_.end();
        if (!end) return {};
        const std::string text = "end " + std::to_string(static_cast<int>(end->answer));
        if (end->why != WebSocketErrc::closed) return text;
        return text + " by " + std::to_string(static_cast<int>(end->server_code));
    }
    [[nodiscard]] const std::vector<std::string>& messages() const { return messages_; }
    [[nodiscard]] const std::vector<std::string>& pings() const { return pings_; }

private:
    // More messages may wait than the reader finds at a time.
    void look() {
        for (;;) {
            while (const auto control = reader_.scan()) note(*control);
            if (!reader_.has_message()) return;
            while (reader_.has_message()) take();
        }
    }

    void take() {
        const auto text = reader_.take_message();
        if (!text) return;
        messages_.emplace_back(*text);
        log_ += '"' + messages_.back() + "\" ";
    }

    void note(const ControlFrame& control) {
        const bool is_ping = control.opcode == Opcode::ping;
        if (is_ping) pings_.emplace_back(control.payload);
        log_ += (is_ping ? "ping " : "pong ") + std::string(control.payload) + ' ';
    }

    FrameReader reader_;
    std::string log_;
    std::vector<std::string> messages_;
    std::vector<std::string> pings_;
};

std::string outcome_of(std::string_view bytes, std::size_t largest = limit) {
    Reader reader(largest);
    reader.feed(bytes);
    return reader.outcome();
}

std::string outcome_in_pieces(std::string_view bytes, std::size_t largest, std::minstd_rand& random) {
    Reader reader(largest);
    const std::size_t most = 1 + random() % 9;
    while (!bytes.empty()) {
        const std::size_t size = (std::min)(1 + random() % most, bytes.size());
        reader.feed(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return reader.outcome();
}

// The order in which a message and a ping behind it are told depends on the pieces: a ping does not wait.
std::string sorted(std::string outcome) {
    std::sort(outcome.begin(), outcome.end());
    return outcome;
}

struct Row {
    std::string bytes;
    std::string outcome;
    std::size_t largest = limit;
};

void check_all(const std::vector<Row>& rows) {
    std::minstd_rand random(6455);
    for (const Row& row : rows) {
        INFO(row.outcome.substr(0, 200));
        CHECK(outcome_of(row.bytes, row.largest) == row.outcome);
        Reader by_bytes(row.largest);
        const bool is_long = row.bytes.size() > 2000;
        if (!is_long)
            for (const char byte : row.bytes) by_bytes.feed(std::string_view(&byte, 1));
        if (!is_long) CHECK(sorted(by_bytes.outcome()) == sorted(row.outcome));
        for (int i = 0; i < 20; ++i)
            CHECK(sorted(outcome_in_pieces(row.bytes, row.largest, random)) == sorted(row.outcome));
    }
}

std::string quoted(const std::string& message) { return '"' + message + "\" "; }

} // namespace

TEST_CASE("Framing: texts and binary messages of each form of length come as they are") {
    std::vector<Row> rows;
    for (const unsigned opcode : {1U, 2U})
        for (const std::size_t size : {0U, 1U, 124U, 125U, 126U, 127U, 128U, 4096U, 65'535U, 65'536U, 69'999U}) {
            const std::string payload(size, 'x');
            rows.push_back({frame(fin | opcode, payload), quoted(payload)});
        }
    check_all(rows);
}

TEST_CASE("Pings and pongs: any payload up to 125 bytes, alone, together, and a pong that nobody asked for") {
    const std::string all_bytes = raw({0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x80, 0xc0});
    check_all({
        {frame(fin | 9, ""), "ping  "},
        {frame(fin | 9, "Hello"), "ping Hello "},
        {frame(fin | 9, all_bytes), "ping " + all_bytes + ' '},
        {frame(fin | 9, std::string(125, 'p')), "ping " + std::string(125, 'p') + ' '},
        {frame(fin | 9, "1") + frame(fin | 9, "2") + frame(fin | 9, "3"), "ping 1 ping 2 ping 3 "},
        {frame(fin | 10, "unasked"), "pong unasked "},
        {frame(fin | 10, "unasked") + frame(fin | 9, "p"), "pong unasked ping p "},
        {frame(fin | 9, std::string(126, 'p')), "end 1002"},
        {raw({0x89, 126, 0, 5}), "end 1002"}, // a control frame has the short length only
        {raw({0x8a, 127, 0, 0, 0, 0, 0, 0, 0, 5}), "end 1002"},
    });
}

TEST_CASE("Reserved bits: each of them ends the connection, in any frame, after what came before") {
    std::vector<Row> rows;
    for (const int bits : {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70}) {
        for (const int opcode : {0x81, 0x82, 0x88, 0x89, 0x8a})
            rows.push_back({frame(fin | 1, "before") + raw({opcode | bits, 0}), quoted("before") + "end 1002"});
        rows.push_back({frame(1, "a") + raw({0x80 | bits, 0}), "end 1002"});
        rows.push_back({frame(fin | 9, "p") + raw({0x81 | bits, 5}), "ping p end 1002"});
    }
    check_all(rows);
}

TEST_CASE("Opcodes: those that nobody has defined end the connection at their header") {
    std::vector<Row> rows;
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        rows.push_back({raw({0x80 | opcode, 0}), "end 1002"});
        rows.push_back({raw({opcode, 5}), "end 1002"});
        rows.push_back(
            {frame(fin | 1, "a") + raw({0x80 | opcode, 5}) + frame(fin | 9, "never"), quoted("a") + "end 1002"});
        rows.push_back({frame(1, "a") + raw({0x80 | opcode, 0}), "end 1002"});
    }
    check_all(rows);
}

TEST_CASE("A server does not mask, and writes each length in its shortest form") {
    check_all({
        {raw({0x81, 0x85, 1, 2, 3, 4, 'h', 'e', 'l', 'l', 'o'}), "end 1002"},
        {raw({0x89, 0x80, 1, 2, 3, 4}), "end 1002"},
        {raw({0x81, 126, 0, 0}), "end 1002"},
        {raw({0x81, 126, 0, 125}), "end 1002"},
        {raw({0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0}), "end 1002"},
        {raw({0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff}), "end 1002"},
        {raw({0x81, 0x85, 1, 2, 3}), ""}, // not before the header is complete
        {raw({0x89, 126, 0}), ""},
    });
}

TEST_CASE("The error says which rule a frame breaks") {
    struct Row {
        std::string bytes;
        WebSocketErrc why;
    };
    const std::vector<Row> rows{
        {raw({0xC1, 0}), WebSocketErrc::bad_reserved_bits},
        {raw({0x81, 0x80, 1, 2, 3, 4}), WebSocketErrc::masked_frame},
        {raw({0x83, 0}), WebSocketErrc::bad_opcode},
        {raw({0x80, 0}), WebSocketErrc::unexpected_continuation},
        {raw({0x01, 0, 0x81, 0}), WebSocketErrc::unexpected_data_frame},
        {raw({0x09, 0}), WebSocketErrc::fragmented_control_frame},
        {raw({0x89, 126, 0, 126}), WebSocketErrc::bad_control_size},
        {raw({0x89, 126, 0, 125}), WebSocketErrc::bad_control_size},
        {raw({0x81, 126, 0, 125}), WebSocketErrc::bad_length},
        {raw({0x88, 1, 3}), WebSocketErrc::bad_close_size},
        {raw({0x88, 2, 3, 0xED}), WebSocketErrc::bad_close_code},
        {raw({0x88, 3, 3, 0xE8, 0xFF}), WebSocketErrc::bad_close_reason},
    };
    for (const Row& row : rows) {
        Reader reader;
        reader.feed(row.bytes);
        REQUIRE(reader.reader().end());
        CHECK(reader.reader().end()->why == row.why);
    }
}

TEST_CASE("Fragments become one message, with pings between them, and nothing else may come between") {
    check_all({
        {frame(1, "one ") + frame(fin | 0, "two"), quoted("one two")},
        {frame(2, "one ") + frame(0, "") + frame(0, "two") + frame(fin | 0, ""), quoted("one two")},
        {frame(1, "") + frame(0, "") + frame(fin | 0, ""), quoted("")},
        {frame(1, "") + frame(0, "middle") + frame(fin | 0, ""), quoted("middle")},
        {frame(1, "a") + frame(fin | 9, "p") + frame(fin | 0, "b"), "ping p " + quoted("ab")},
        {frame(1, "a") + frame(fin | 9, "1") + frame(0, "b") + frame(fin | 10, "2") + frame(fin | 9, "3") +
             frame(fin | 0, "c"),
         "ping 1 pong 2 ping 3 " + quoted("abc")},
        {frame(1, "a") + frame(fin | 0, "b") + frame(fin | 1, "c") + frame(2, "d") + frame(fin | 0, "e"),
         quoted("ab") + quoted("c") + quoted("de")},
        {frame(1, std::string(200, 'a')) + frame(0, std::string(30'000, 'b')) + frame(fin | 0, std::string(9, 'c')),
         quoted(std::string(200, 'a') + std::string(30'000, 'b') + std::string(9, 'c'))},
        {frame(9, "a") + frame(fin | 0, "b"), "end 1002"}, // a ping in fragments
        {frame(10, "a"), "end 1002"},
        {frame(8, ""), "end 1002"},
        {frame(fin | 0, "alone"), "end 1002"},
        {frame(0, "alone"), "end 1002"},
        {frame(fin | 1, "whole") + frame(fin | 0, "more"), quoted("whole") + "end 1002"},
        {frame(1, "a") + frame(fin | 0, "b") + frame(0, "c"), quoted("ab") + "end 1002"},
        {frame(1, "a") + frame(fin | 1, "b"), "end 1002"},
        {frame(1, "a") + frame(2, "b"), "end 1002"},
        {frame(2, "a") + frame(0, "b") + frame(fin | 2, "c"), "end 1002"},
    });
}

TEST_CASE("A text is UTF-8, whole or in fragments that may cut a character, and binary messages are not looked at") {
    const std::vector<std::string> valid{"",
                                         "plain",
                                         "\xc2\x80",
                                         "\xdf\xbf",
                                         "\xe0\xa0\x80",
                                         "\xed\x9f\xbf",
                                         "\xee\x80\x80",
                                         "\xef\xbf\xbf",
                                         "\xf0\x90\x80\x80",
                                         "\xf4\x8f\xbf\xbf",
                                         "\xef\xbb\xbf",
                                         "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
                                         std::string("\0", 1),
                                         "\x7f"};
    const std::vector<std::string> invalid{"\x80",
                                           "\xbf",
                                           "\xc0\x80",
                                           "\xc1\xbf",
                                           "\xc2",
                                           "\xe0\x80\x80",
                                           "\xe0\x9f\xbf",
                                           "\xed\xa0\x80",
                                           "\xed\xbf\xbf",
                                           "\xf0\x80\x80\x80",
                                           "\xf0\x8f\xbf\xbf",
                                           "\xf4\x90\x80\x80",
                                           "\xf5\x80\x80\x80",
                                           "\xf8\x88\x80\x80\x80",
                                           "\xfc\x84\x80\x80\x80\x80",
                                           "\xfe",
                                           "\xff",
                                           "\xe1\xbd",
                                           "\xf0\x90\x80",
                                           "a\xc3"
                                           "b",
                                           "plain, and then \xff"};
    std::vector<Row> rows;
    for (const std::string& text : valid) {
        rows.push_back({frame(fin | 1, text), quoted(text)});
        for (std::size_t cut = 0; cut <= text.size(); ++cut)
            rows.push_back({frame(1, text.substr(0, cut)) + frame(fin | 9, "p") + frame(fin | 0, text.substr(cut)),
                            "ping p " + quoted(text)});
    }
    for (const std::string& text : invalid) {
        rows.push_back(
            {frame(fin | 1, "ok") + frame(fin | 1, text) + frame(fin | 1, "never"), quoted("ok") + "end 1007"});
        for (std::size_t cut = 0; cut <= text.size(); ++cut)
            rows.push_back({frame(1, text.substr(0, cut)) + frame(fin | 0, text.substr(cut)), "end 1007"});
        rows.push_back({frame(fin | 2, text), quoted(text)});
        rows.push_back({frame(2, text) + frame(fin | 0, text), quoted(text + text)});
    }
    check_all(rows);
}

TEST_CASE("Close frames: codes that may be sent are answered with the same one, others break the protocol") {
    std::vector<Row> rows{
        {frame(fin | 8, ""), "end 1000 by 0"},
        {frame(fin | 1, "last") + frame(fin | 8, close_payload(1000)) + frame(fin | 1, "never") + "whatever",
         quoted("last") + "end 1000 by 1000"},
        {frame(1, "half") + frame(fin | 8, close_payload(1001)), "end 1001 by 1001"},
        {frame(fin | 8, close_payload(1000)) + frame(fin | 8, close_payload(1001)), "end 1000 by 1000"},
        {frame(fin | 8, close_payload(1000, std::string(123, 'r'))), "end 1000 by 1000"},
        {frame(fin | 8, close_payload(1000, std::string(124, 'r'))), "end 1002"},
        {frame(fin | 8, close_payload(1000, "caf\xc3\xa9")), "end 1000 by 1000"},
        {frame(fin | 8, close_payload(1000, "\xff")), "end 1002"},
        {frame(fin | 8, close_payload(1000, "cut \xc3")), "end 1002"},
        {frame(fin | 8, "x"), "end 1002"}, // half a code
    };
    for (const int code :
         {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
        rows.push_back(
            {frame(fin | 8, close_payload(code)), "end " + std::to_string(code) + " by " + std::to_string(code)});
    for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999})
        rows.push_back({frame(fin | 8, close_payload(code)), "end 1002"});
    check_all(rows);
}

TEST_CASE(
    "A message over the limit is refused by its headers, whatever they promise, and control frames do not count") {
    const std::string x(10, 'x');
    const std::string two = frame(1, x) + frame(fin | 0, "");
    check_all({
        {frame(fin | 1, x), quoted(x), 10},
        {raw({0x81, 11}), "end 1009", 10},
        {raw({0x81, 1}), "end 1009", 0},
        {frame(fin | 9, x) + frame(fin | 1, ""), "ping " + x + ' ' + quoted(""), 0},
        {frame(1, x) + raw({0x80, 1}), "end 1009", 10},
        {frame(1, x) + frame(0, "") + raw({0x00, 1}), "end 1009", 10},
        {frame(fin | 1, "small") + raw({0x81, 11}), quoted("small") + "end 1009", 10},
        {two + two, quoted(x) + quoted(x), 10}, // each one counts for itself
        {raw({0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "end 1009"},
        {frame(1, "a") + raw({0x80, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "end 1009"},
        {raw({0x81, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
         sizeof(std::size_t) == 4 ? "end 1009" : "", // with 32 bits no message is as long as that
         (std::numeric_limits<std::size_t>::max)()},
    });
}

TEST_CASE("Of a message over the limit its beginning can be had, as far as it has come") {
    const auto beginning = [](const std::string& bytes, std::size_t most) {
        Reader reader(10);
        reader.feed(bytes);
        REQUIRE(reader.outcome() == "end 1009");
        return reader.reader().beginning_of_refused(most);
    };
    CHECK(beginning(raw({0x81, 20}), 100).empty());
    CHECK(beginning(raw({0x81, 20}) + "begun", 100) == "begun");
    CHECK(beginning(raw({0x81, 20}) + "begun", 3) == "beg");
    CHECK(beginning(frame(1, "one ") + frame(0, "two ") + raw({0x80, 20}) + "three", 100) == "one two three");
    CHECK(beginning(frame(1, "one ") + raw({0x80, 20}) + "three", 2) == "on");
}

TEST_CASE("The header of a frame is incomplete until its last byte, and tells its own size") {
    const std::pair<std::size_t, std::size_t> rows[] = {{0, 2}, {125, 2}, {126, 4}, {65'535, 4}, {65'536, 10}};
    for (const auto& [length, size] : rows) {
        CAPTURE(length);
        const std::string text = frame(fin | 1, std::string(length, 'x')).substr(0, size);
        const std::span<const unsigned char> bytes(reinterpret_cast<const unsigned char*>(text.data()), text.size());
        for (std::size_t count = 0; count < size; ++count) CHECK_FALSE(read_frame_header(bytes.first(count)));
        const auto header = read_frame_header(bytes);
        REQUIRE(header);
        CHECK(header->size == size);
        CHECK(header->length == length);
        CHECK(header->opcode == Opcode::text);
        CHECK(header->is_final);
    }
}

namespace {

// What a server may send at random, and what has to come out of it.
struct Traffic {
    std::string stream;
    std::vector<std::string> pings;
    std::vector<std::string> messages;
};

class RandomTraffic {
public:
    explicit RandomTraffic(std::mt19937& random) : random_(random) {}

    Traffic make() {
        for (int i = 0; i < 40; ++i) add();
        add_data(true, "last");
        return traffic_;
    }

private:
    [[nodiscard]] std::size_t any(std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(random_);
    }
    [[nodiscard]] std::string text(std::size_t most) {
        return std::string(any(most), static_cast<char>('a' + any(25)));
    }

    void add() {
        switch (any(9)) {
        case 0:
            traffic_.pings.push_back(text(125));
            traffic_.stream += frame(fin | 9, traffic_.pings.back());
            return;
        case 1: traffic_.stream += frame(fin | 10, text(125)); return;
        case 2: return add_data(false, "");
        default: return add_data(any(2) != 0, text(any(9) == 0 ? 3000 : 200));
        }
    }

    void add_data(bool ends, const std::string& payload) {
        traffic_.stream += frame((ends ? fin : 0) | (in_message_ ? 0U : 1U), payload);
        message_ += payload;
        in_message_ = !ends;
        if (ends) traffic_.messages.push_back(std::exchange(message_, {}));
    }

    std::mt19937& random_;
    Traffic traffic_;
    bool in_message_ = false;
    std::string message_;
};

} // namespace

TEST_CASE("Whatever the pieces in which a stream comes, the same messages and pings come out of it") {
    std::mt19937 random(20240229);
    for (unsigned repetition = 0; repetition < 200; ++repetition) {
        const Traffic traffic = RandomTraffic(random).make();
        Reader reader;
        std::uniform_int_distribution<std::size_t> piece(1, repetition % 4 == 0 ? 3 : 1 + 20 * (repetition % 100));
        for (std::string_view rest = traffic.stream; !rest.empty();) {
            const std::size_t size = (std::min)(piece(random), rest.size());
            reader.feed(rest.substr(0, size));
            rest.remove_prefix(size);
        }
        REQUIRE(reader.messages() == traffic.messages);
        REQUIRE(reader.pings() == traffic.pings);
        REQUIRE_FALSE(reader.reader().end());
    }
}

TEST_CASE("Random bytes end, or are incomplete, in the same way whatever the pieces are") {
    std::mt19937 random(7);
    for (int repetition = 0; repetition < 2000; ++repetition) {
        std::string bytes(200, '\0');
        std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random() & 0xff); });
        if (repetition % 2 == 0) bytes[1] = static_cast<char>(bytes[1] & 0x0f);
        if (repetition % 2 == 0) bytes[0] = static_cast<char>(0x81);
        Reader split;
        for (const char byte : bytes) split.feed(std::string_view(&byte, 1));
        Reader whole;
        whole.feed(bytes);
        REQUIRE(whole.messages() == split.messages());
        const bool is_no_text = split.reader().end() && split.reader().end()->why == WebSocketErrc::bad_utf8;
        if (!is_no_text) REQUIRE(whole.pings() == split.pings()); // a ping behind that text may have come before
        REQUIRE(whole.end_in_words() == split.end_in_words());
    }
}

TEST_CASE("More messages than the reader finds at a time come all, and what is behind them waits for its turn") {
    std::string stream;
    std::vector<std::string> expected;
    for (int i = 0; i < 5000; ++i) {
        expected.push_back(std::to_string(i));
        stream += frame(fin | 1, expected.back());
    }
    FrameReader first(limit);
    first.begin_with(stream + frame(fin | 8, ""));
    std::size_t found = 0;
    while (!first.end()) {
        REQUIRE_FALSE(first.scan());
        for (; first.has_message(); ++found) REQUIRE(*first.take_message() == expected.at(found));
    }
    CHECK(found == expected.size());
    Reader reader;
    reader.feed(stream);
    CHECK(reader.messages() == expected);
}

TEST_CASE("So many messages wait and no more, and a ping behind them is found when some have been taken") {
    std::string stream;
    for (int i = 0; i < 300; ++i) stream += frame(fin | 1, "x");
    FrameReader reader(limit);
    reader.begin_with(stream + frame(fin | 9, "behind them"));
    const auto take = [&](int count) {
        for (; count != 0 && reader.has_message(); --count) static_cast<void>(reader.take_message());
        return count == 0;
    };
    CHECK_FALSE(reader.scan());
    CHECK(reader.has_unseen());
    SECTION("some") {
        CHECK(take(100));
        const auto ping = reader.scan();
        REQUIRE(ping);
        CHECK(ping->payload == "behind them");
        CHECK_FALSE(reader.has_unseen());
        CHECK(take(200));
    }
    SECTION("all of them") { CHECK(take(256)); }
    CHECK_FALSE(reader.has_message());
}

TEST_CASE("A large part of a message that came with the answer to the upgrade is there when its rest comes") {
    const std::string text(10'000, 'x');
    const std::string stream = frame(fin | 1, text);
    FrameReader reader(limit);
    reader.begin_with(std::string_view(stream).substr(0, 9'000));
    REQUIRE_FALSE(reader.scan());
    REQUIRE_FALSE(reader.has_message());
    for (std::size_t at = 9'000; at != stream.size();) {
        const std::span<unsigned char> room = reader.prepare();
        REQUIRE(!room.empty());
        REQUIRE(room.size() < 64 * 1024);
        const std::size_t count = (std::min)(room.size(), stream.size() - at);
        std::copy_n(stream.data() + at, count, room.begin());
        reader.commit(count);
        at += count;
        REQUIRE_FALSE(reader.scan());
    }
    REQUIRE(reader.has_message());
    CHECK(reader.take_message() == text);
}

TEST_CASE("Messages that nobody takes can be dropped, and the close frame behind them is found") {
    FrameReader reader(limit);
    reader.begin_with(frame(fin | 1, "\xff") + frame(fin | 1, "b") + frame(1, "half") + frame(fin | 8, ""));
    REQUIRE_FALSE(reader.scan());
    REQUIRE(reader.has_message());
    reader.drop_messages();
    CHECK_FALSE(reader.has_message());
    CHECK(reader.end()->why == WebSocketErrc::closed);
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
    CHECK(reader.messages().size() == 1);
    CHECK(reader.room() <= 64 * 1024);
    for (int i = 0; i < 20; ++i) reader.feed(frame(fin | 1, "small"));
    CHECK(reader.room() == usual);
}
