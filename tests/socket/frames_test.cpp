// SPDX-License-Identifier: BSL-1.0
// The WebSocket transport frame by frame, against a server that sends bytes made by hand: pings, fragments, farewells,
// what breaks a rule, and how bytes are cut into pieces on the way.
#include <support/catch.hpp>
#include <support/raw_link.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;

namespace {

static_assert(lcm::KnowsBacklog<lcm::WebSocketTransport>);

// A message, its frames, and perhaps pings and pongs before, between and behind them.
class Mixture {
public:
    explicit Mixture(unsigned seed) : random_(seed) {
        for (int i = 0; i < 40; ++i) add_message();
    }

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    [[nodiscard]] const std::vector<std::string>& messages() const noexcept { return messages_; }
    [[nodiscard]] const std::vector<std::string>& pings() const noexcept { return pings_; }

    /// From 0 to less than `end`.
    std::size_t draw(std::size_t end) { return random_() % end; }

private:
    void add_message() {
        static constexpr std::array<std::size_t, 7> sizes{0, 1, 125, 126, 1000, 5000, 20'000};
        const std::string payload = std::to_string(messages_.size()) + std::string(sizes.at(draw(sizes.size())), 'm');
        messages_.push_back(payload);
        unsigned first = 1;
        std::size_t done = 0;
        for (std::size_t left = draw(2) == 0 ? 0 : draw(4); left != 0; --left) {
            const std::size_t size = draw(payload.size() - done + 1);
            add_control();
            bytes_ += frame(std::exchange(first, 0U), payload.substr(done, size));
            done += size;
        }
        add_control();
        bytes_ += frame(fin | first, payload.substr(done));
        add_control();
    }

    void add_control() {
        const std::size_t kind = draw(6);
        if (kind == 0) bytes_ += frame(fin | 10, "not asked for");
        if (kind != 1) return;
        pings_.push_back("ping " + std::to_string(pings_.size()));
        bytes_ += frame(fin | 9, pings_.back());
    }

    std::minstd_rand random_;
    std::string bytes_;
    std::vector<std::string> messages_;
    std::vector<std::string> pings_;
};

// Whether all of `some` stand in `all`, in this order.
bool is_in_order_in(const std::vector<std::string>& some, const std::vector<std::string>& all) {
    auto from = all.begin();
    for (const std::string& wanted : some) {
        from = std::find(from, all.end(), wanted);
        if (from++ == all.end()) return false;
    }
    return true;
}

} // namespace

TEST_CASE("A ping that comes alone is answered, though no message follows") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls});
        link.open_and_receive();
        link.server.send(frame(fin | 9, "are you there"));
        link.run_until([&] { return !link.server.frames().empty(); });
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 10, "are you there"}});
        link.server.send(frame(fin | 10, "nobody asked") + frame(fin | 9, std::string(125, 'x')));
        link.run_until([&] { return link.server.frames().size() == 2; });
        CHECK(link.server.frames()[1] == ClientFrame{fin | 10, std::string(125, 'x')});
        CHECK(link.received.empty());
        CHECK_FALSE(link.lost);
    }
}

TEST_CASE("A ping between the fragments of a message is answered before the message ends") {
    RawLink link({});
    link.open_and_receive();
    link.server.send(frame(1, "one ") + frame(fin | 9, "1") + frame(0, ""));
    link.run_until([&] { return link.server.frames().size() == 1; });
    link.server.send(frame(0, "two ") + frame(fin | 9, "2"));
    link.run_until([&] { return link.server.frames().size() == 2; });
    CHECK(link.received.empty());
    link.server.send(frame(fin | 10, "x") + frame(fin | 0, "three") + frame(fin | 1, "next"));
    link.run_until([&] { return link.received.size() == 2; });
    CHECK(link.received == std::vector<std::string>{"one two three", "next"});
    CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 10, "1"}, {fin | 10, "2"}});
}

TEST_CASE("A farewell of the server that comes alone is answered, with its code, and told") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls});
        link.open_and_receive();
        link.server.send(frame(fin | 8, close_payload(1012) + "restart"));
        link.wait_for_loss();
        CHECK(*link.lost == Errc::connection_lost);
        CHECK(link.detail().find("1012") != std::string::npos);
        link.run_until([&] { return link.server.is_over(); });
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 8, close_payload(1012)}});
    }
}

TEST_CASE("A farewell without a code, behind a message, comes after that message") {
    RawLink link({});
    link.open_and_receive();
    link.server.send(frame(fin | 1, "last words") + frame(fin | 8, ""));
    link.wait_for_loss();
    CHECK(link.received == std::vector<std::string>{"last words"});
    CHECK(*link.lost == Errc::connection_lost);
    CHECK(link.detail().find("without a code") != std::string::npos);
    link.run_until([&] { return link.server.is_over(); });
    CHECK(link.server.count(fin | 8) == 1);
}

TEST_CASE("Frames that come together with the answer to the upgrade are not lost") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        const std::string cut = frame(fin | 1, "in two pieces");
        RawLink link({.tls = tls,
                      .frames_with_answer = frame(fin | 1, "at once") + frame(fin | 9, "now") + frame(fin | 1, "") +
                                            frame(fin | 1, std::string(4000, 'x')) + cut.substr(0, 5)});
        link.open();
        link.run_until([&] { return !link.server.frames().empty(); }); // the ping, before anybody receives
        link.receive();
        link.run_until([&] { return link.received.size() == 3; });
        link.server.send(cut.substr(5));
        link.run_until([&] { return link.received.size() == 4; });
        CHECK(link.received == std::vector<std::string>{"at once", "", std::string(4000, 'x'), "in two pieces"});
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 10, "now"}});
    }
}

TEST_CASE("A stream of frames may be cut at any byte") {
    const std::string stream = frame(fin | 1, "first") + frame(fin | 9, "ping") + frame(1, "in ") +
                               frame(fin | 10, "") + frame(0, "frag") + frame(fin | 0, "ments") +
                               frame(fin | 2, std::string(130, 'b'));
    RawLink link({});
    link.open_and_receive();
    std::vector<std::string> expected;
    const auto check_next = [&] {
        expected.insert(expected.end(), {"first", "in fragments", std::string(130, 'b')});
        link.run_until([&] { return link.received.size() == expected.size(); });
    };
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        link.pass(stream.substr(0, cut));
        link.pass(stream.substr(cut));
        check_next();
    }
    for (const char byte : stream) link.pass(std::string(1, byte));
    check_next();
    CHECK(link.received == expected);
    link.run_until([&] { return link.server.frames().size() == stream.size(); });
    CHECK(link.server.count(fin | 10) == stream.size());
}

TEST_CASE("Any mixture of frames comes through, cut anywhere, while some messages are answered at once") {
    for (unsigned seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        RawLink link({.tls = seed % 4 == 0});
        Mixture mixture(seed);
        link.open_and_receive();
        std::vector<std::string> answers;
        std::size_t answers_told = 0;
        bool is_sending = false;
        link.on_message = [&] {
            if (is_sending || mixture.draw(2) == 0) return;
            lcm::Batch batch;
            for (std::size_t count = 1 + mixture.draw(3); count != 0; --count) {
                answers.push_back("answer " + std::to_string(answers.size()));
                batch.add(answers.back());
            }
            is_sending = true;
            link.transport->async_send(std::move(batch), [&, all = answers.size()](lcm::error_code ec) {
                is_sending = false;
                if (!ec) answers_told = all;
            });
        };
        for (std::size_t done = 0; done < mixture.bytes().size();) {
            const std::size_t size = 1 + mixture.draw(mixture.draw(2) == 0 ? 200 : 30'000);
            link.server.send(mixture.bytes().substr(done, size));
            done += size;
            for (std::size_t turns = mixture.draw(6); turns != 0; --turns) link.loop.poll_one();
        }
        link.run_until([&] { return link.received.size() == mixture.messages().size() && !is_sending; });
        link.server.send(frame(fin | 8, close_payload(1000)));
        link.wait_for_loss();
        link.run_until([&] { return !link.server.frames().empty() && link.server.frames().back() == farewell; });

        CHECK((link.received == mixture.messages()));
        CHECK(answers_told == answers.size());
        std::vector<std::string> texts;
        std::vector<std::string> pongs;
        for (const ClientFrame& found : link.server.frames()) {
            if (found.first == (fin | 10)) pongs.push_back(found.payload);
            else if (found != farewell) texts.push_back(found.payload);
        }
        CHECK(texts == answers);
        CHECK(is_in_order_in(pongs, mixture.pings()));
        CHECK(pongs.empty() == mixture.pings().empty());
        if (!pongs.empty()) CHECK(pongs.back() == mixture.pings().back()); // the last one is always answered
    }
}

TEST_CASE("All messages that come together are delivered in order, and each delivery knows whether another one waits") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls});
        link.open_and_receive();
        std::string all;
        for (int i = 0; i < 100; ++i) all += frame(fin | 1, std::to_string(i));
        link.server.send(all);
        link.run_until([&] { return !link.received.empty(); });
        REQUIRE(link.received.size() == 100); // within one step of the loop
        for (std::size_t i = 0; i < 100; ++i) CHECK(link.received[i] == std::to_string(i));
        CHECK(link.had_backlog == [] {
            std::vector<bool> expected(100, true);
            expected.back() = false;
            return expected;
        }());
        CHECK_FALSE(link.transport->has_message());
    }
}

TEST_CASE("Messages wait while nobody receives, and are then delivered, but not inside the call") {
    RawLink link({.frames_with_answer = frame(fin | 1, "a") + frame(fin | 1, "b")});
    link.open();
    std::vector<std::string> received;
    const auto receive_one = [&] {
        bool done = false;
        link.transport->async_receive([&](lcm::error_code ec, std::string_view message) {
            done = true;
            received.push_back(ec ? "lost" : std::string(message));
        });
        CHECK_FALSE(done);
        link.run_until([&] { return done; });
        link.loop.poll();
    };
    CHECK(link.transport->has_message());
    receive_one();
    CHECK(link.transport->has_message());
    receive_one();
    CHECK_FALSE(link.transport->has_message());
    link.server.send(frame(fin | 1, "c") + frame(fin | 1, "d") + frame(fin | 8, close_payload(1000)));
    receive_one();
    CHECK(link.transport->has_message());
    receive_one();
    CHECK_FALSE(link.transport->has_message()); // the farewell is none
    receive_one();
    CHECK(received == std::vector<std::string>{"a", "b", "c", "d", "lost"});
}

TEST_CASE("What waits behind a message is delivered although the handler of that message throws") {
    RawLink link({});
    link.open_and_receive();
    link.on_message = [&] {
        if (link.received.back() == "bad") throw std::runtime_error("a bug");
    };
    link.server.send(frame(fin | 1, "bad") + frame(fin | 1, "good"));
    CHECK_THROWS_WITH(link.run_until([&] { return link.received.size() == 2; }), "a bug");
    link.run_until([&] { return link.received.size() == 2; });
    CHECK(link.received == std::vector<std::string>{"bad", "good"});
}

TEST_CASE("A transport may be closed, and destroyed, by the handler of a message with others behind it") {
    for (const bool destroys : {false, true}) {
        CAPTURE(destroys);
        RawLink link({});
        link.open_and_receive();
        link.on_message = [&] {
            if (destroys) link.transport.reset();
            else link.transport->close();
        };
        link.server.send(frame(fin | 1, "a") + frame(fin | 1, "b") + frame(fin | 9, "p"));
        link.run_until([&] { return link.server.count(fin | 8) == 1; });
        link.server.send(frame(fin | 8, close_payload(1000)));
        link.run_until([&] { return link.server.is_over(); });
        CHECK(link.received == std::vector<std::string>{"a"});
        CHECK(link.lost == lcm::error_code(Errc::connection_lost));
    }
}

TEST_CASE("A batch arrives as its messages, of any size, and an empty one is nothing") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls});
        link.open_and_receive();
        std::vector<std::string> messages;
        for (const std::size_t size : {0u, 1u, 125u, 126u, 4096u, 4097u, 65'535u, 65'536u, 200'000u})
            messages.emplace_back(size, 'm');
        link.send({});
        CHECK_FALSE(link.sent);
        link.run_until([&] { return link.sent.has_value(); });
        link.send(messages);
        link.run_until([&] { return link.server.frames().size() == messages.size(); });
        for (std::size_t i = 0; i < messages.size(); ++i) {
            CHECK(link.server.frames()[i].first == (fin | 1));
            CHECK(link.server.frames()[i].payload == messages[i]);
        }
        link.run_until([&] { return link.sent.has_value(); });
        CHECK_FALSE(*link.sent);
    }
}

TEST_CASE("A batch that the system's buffers do not hold is complete only when the server has read; pings go between") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls, .reads = false});
        link.open_and_receive();
        const std::vector<std::string> messages(300, std::string(50'000, 'x'));
        link.send(messages);
        std::string pings;
        for (int i = 0; i < 1000; ++i) pings += frame(fin | 9, std::to_string(i));
        link.server.send(pings + frame(fin | 1, "a message"));
        link.run_until([&] { return link.received.size() == 1; }); // the stuck write does not keep it back
        CHECK_FALSE(link.sent);
        link.transport->probe();

        link.server.start_reading();
        link.run_until([&] { return link.server.frames().size() == 302; });
        CHECK_FALSE(*link.sent);
        CHECK(link.server.count(fin | 1) == 300);
        CHECK(link.server.frames()[299].payload == messages[299]);
        CHECK(link.server.count(fin | 9) == 1);                           // the probe's
        CHECK(link.server.frames()[301] == ClientFrame{fin | 10, "999"}); // the last ping's answer is enough
        link.send({"next"});
        link.run_until([&] { return link.server.frames().size() == 303; });
    }
}

TEST_CASE("What the server said before it went is heard, though writing to it fails by then") {
    RawLink link({.reads = false});
    link.open_and_receive();
    link.send(std::vector<std::string>(300, std::string(50'000, 'x'))); // more than the system's buffers hold
    link.loop.poll();
    REQUIRE_FALSE(link.sent);
    link.server.send(frame(fin | 1, "an answer") + frame(fin | 8, close_payload(1008)));
    link.server.hang_up(); // with bytes unread, so that the connection is reset
    link.wait_for_loss();
    CHECK(link.received == std::vector<std::string>{"an answer"});
    CHECK(*link.lost == Errc::connection_lost);
    CHECK(link.transport->last_failure().is_permanent); // as 1008 says
    link.run_until([&] { return link.sent.has_value(); });
    CHECK(*link.sent == Errc::connection_lost);
    link.run_to_the_end();
}

TEST_CASE("A write that fails ends a connection on which nothing more comes") {
    RawLink link({.reads = false});
    link.open_and_receive();
    link.send(std::vector<std::string>(300, std::string(50'000, 'x')));
    link.loop.poll();
    link.server.hang_up();
    link.wait_for_loss();
    CHECK(link.received.empty());
    CHECK(*link.lost == Errc::connection_lost);
    link.run_to_the_end();
}

TEST_CASE("A flood of pings is answered, and the messages behind it come through") {
    RawLink link({});
    link.open_and_receive();
    std::string flood;
    for (int i = 0; i < 50'000; ++i) flood += frame(fin | 9, std::to_string(i));
    link.server.send(flood + frame(fin | 1, "still here"));
    link.run_until([&] { return !link.received.empty(); });
    link.run_until([&] { return link.server.frames().back() == ClientFrame{fin | 10, "49999"}; });
    CHECK(link.server.count(fin | 10) == link.server.frames().size());
    CHECK_FALSE(link.lost);
}

TEST_CASE("A ping behind more messages than are looked at together is answered, though nothing follows") {
    RawLink link({}, [](lcm::WebSocketOptions& options) { options.idle_timeout = 1h; });
    link.open_and_receive();
    std::string burst;
    for (int i = 0; i < 600; ++i) burst += frame(fin | 1, "");
    link.server.send(burst + frame(fin | 9, "are you there"));
    link.run_until([&] { return !link.server.frames().empty(); });
    CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 10, "are you there"}});
    link.run_until([&] { return link.received.size() == 600; });
}

TEST_CASE("A connection on which TLS fails when it was good is lost, and worth another try") {
    const std::vector<std::string> rows{
        raw({0x17, 3, 3, 0, 32}) + std::string(32, 'x'), // a record that nobody has encrypted
        raw({0x15, 3, 3, 0, 2, 2, 20}),                  // an alert that nobody has encrypted
        "HTTP/1.1 502 Bad Gateway\r\n\r\n",
    };
    for (const std::string& bytes : rows) {
        RawLink link({.tls = true});
        link.open_and_receive();
        link.server.send_below_tls(bytes);
        link.wait_for_loss();
        CHECK(*link.lost == Errc::connection_lost);
        CAPTURE(link.detail());
        CHECK(link.transport->last_failure().cause);
        CHECK_FALSE(link.transport->last_failure().is_permanent);
    }
}

TEST_CASE(
    "A message over the limit ends the connection at its header, alone and in fragments, and the server is told") {
    const std::string half(limit / 2, 'x');
    const std::vector<std::string> streams{frame(fin | 1, std::string(limit + 1, 'x')).substr(0, 10),
                                           frame(1, half) + frame(0, half) + raw({0x80, 1}),
                                           raw({0x82, 127, 0x7f, 0, 0, 0, 0, 0, 0, 0})};
    for (const std::string& stream : streams) {
        RawLink link({});
        link.open_and_receive();
        link.server.send(frame(fin | 1, std::string(limit, 'x')) + stream);
        link.wait_for_loss();
        CHECK(link.received.size() == 1);
        CHECK(*link.lost == Errc::connection_lost);
        CHECK(link.detail().find("larger than the limit of 65536 bytes") != std::string::npos);
        CHECK_FALSE(link.transport->last_failure().is_permanent);
        link.run_until([&] { return link.server.is_over(); });
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 8, close_payload(1009)}});
    }
}

TEST_CASE("A server that breaks a rule of WebSocket is refused for good, and told so, after the messages before that") {
    const std::vector<std::pair<std::string, int>> rows{
        {raw({0x81, 0x81, 1, 2, 3, 4, 'x'}), 1002},              // masked
        {raw({0xc1, 1, 'x'}), 1002},                             // a bit without a meaning
        {raw({0x83, 0}), 1002},                                  // an unknown opcode
        {raw({0x80, 1, 'x'}), 1002},                             // goes on with nothing
        {frame(1, "a") + frame(fin | 1, "b"), 1002},             // begins in the middle
        {raw({0x09, 0}), 1002},                                  // a ping in fragments
        {raw({0x89, 126, 0, 126}), 1002},                        // a ping too long
        {raw({0x81, 126, 0, 5}), 1002},                          // a length too long
        {frame(fin | 8, "x"), 1002},                             // half a close code
        {frame(fin | 8, close_payload(999)), 1002},              // none that there is
        {frame(fin | 1, "\xff\xfe"), 1007},                      // no UTF-8
        {frame(1, "\xe4\xb8") + frame(fin | 0, "x\xad"), 1007},  // the same in fragments
        {frame(1, "a") + frame(fin | 8, close_payload(5)), 1002} // within a message
    };
    for (const auto& [stream, code] : rows) {
        CAPTURE(stream);
        RawLink link({});
        link.open_and_receive();
        link.server.send(frame(fin | 1, "before") + stream);
        link.wait_for_loss();
        CHECK(link.received == std::vector<std::string>{"before"});
        CHECK(*link.lost == Errc::connection_lost);
        CHECK(link.detail() == "the server violated the WebSocket protocol");
        CHECK(link.transport->last_failure().is_permanent);
        link.run_until([&] { return link.server.is_over(); });
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 8, close_payload(code)}});
    }
}

TEST_CASE("Characters may be cut between fragments, and empty fragments mean nothing") {
    RawLink link({});
    link.open_and_receive();
    link.server.send(frame(1, "") + frame(0, "\xe4\xb8") + frame(0, "") + frame(0, "\xad") + frame(fin | 0, ""));
    link.run_until([&] { return link.received.size() == 1; });
    CHECK(link.received[0] == "\xe4\xb8\xad");
}

TEST_CASE("What says that it is compressed breaks the protocol, on whichever frame it stands") {
    for (const std::string& stream :
         {frame(fin | rsv1 | 1, "x"), frame(rsv1 | 1, "x"), frame(1, "a") + frame(fin | rsv1 | 0, "b"),
          frame(fin | rsv1 | 1, ""), frame(fin | rsv1 | 9, "ping"), frame(fin | rsv1 | 8, close_payload(1000))}) {
        CAPTURE(stream);
        RawLink link({});
        link.open_and_receive();
        link.server.send(frame(fin | 1, "before") + stream + frame(fin | 1, "behind"));
        link.wait_for_loss();
        CHECK(link.received == std::vector<std::string>{"before"});
        CHECK(*link.lost == Errc::connection_lost);
        CHECK(link.detail().find("violated the WebSocket protocol") != std::string::npos);
        CHECK(link.transport->last_failure().is_permanent);
        link.run_until([&] { return link.server.is_over(); });
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 8, close_payload(1002)}});
    }
}

TEST_CASE("After half of the idle timeout in silence there is one ping, and after all of it the end") {
    RawLink link({}, [](lcm::WebSocketOptions& options) { options.idle_timeout = 300ms; });
    link.open_and_receive();
    link.loop.run_for(50ms);
    CHECK(link.server.frames().empty());
    const auto start = std::chrono::steady_clock::now();
    SECTION("if the server says nothing") {
        link.wait_for_loss();
        CHECK(*link.lost == Errc::idle_timeout);
        CHECK(std::chrono::steady_clock::now() - start > 150ms);
    }
    SECTION("counted from the last sign of life, whatever that is") {
        link.server.send(frame(fin | 9, "alive"));
        link.wait_for_loss();
        CHECK(std::chrono::steady_clock::now() - start > 290ms);
        CHECK(link.server.count(fin | 10) == 1);
    }
    CHECK(link.server.count(fin | 9) == 1);
}

TEST_CASE("A server that answers the pings may be silent as long as it likes") {
    RawLink link({}, [](lcm::WebSocketOptions& options) { options.idle_timeout = 60ms; });
    link.open_and_receive();
    for (std::size_t pings = 1; pings <= 5; ++pings) {
        link.run_until([&] { return link.server.count(fin | 9) == pings; });
        link.server.send(frame(fin | 10, ""));
    }
    CHECK_FALSE(link.lost);
}

TEST_CASE("The silence of a server to which nobody listens does not count against it") {
    RawLink link({}, [](lcm::WebSocketOptions& options) { options.idle_timeout = 40ms; });
    link.open();
    link.loop.run_for(100ms);
    link.receive();
    link.server.send(frame(fin | 1, "here I am"));
    link.run_until([&] { return link.received.size() == 1; });
    CHECK_FALSE(link.lost);
}

TEST_CASE("A farewell ends when the server has answered it, and in bounded time if it does not") {
    for (const bool tls : {false, true}) {
        for (const bool answers : {true, false}) {
            CAPTURE(tls, answers);
            RawLink link({.tls = tls},
                         [&](lcm::WebSocketOptions& options) { options.close_timeout = answers ? 20'000ms : 30ms; });
            link.open_and_receive();
            link.transport->close();
            link.wait_for_loss();
            CHECK(*link.lost == Errc::connection_lost);
            CHECK(link.transport->last_failure().cause == boost::asio::error::operation_aborted);
            link.run_until([&] { return link.server.count(fin | 8) == 1; });
            const auto start = std::chrono::steady_clock::now();
            link.server.send(frame(fin | 1, "too late") + frame(1, std::string(5000, 'x')) + frame(fin | 9, "p"));
            if (answers) link.server.send(frame(fin | 8, close_payload(1000)));
            link.run_until([&] { return link.server.is_over(); });
            CHECK(std::chrono::steady_clock::now() - start < 10s);
            CHECK(link.server.frames() == std::vector<ClientFrame>{farewell});
            CHECK(link.received.empty());
            link.server.hang_up();
            link.run_to_the_end();
        }
    }
}

TEST_CASE("Closing during a write lets the write end first, in bounded time, and completes its handler at once") {
    for (const bool reads : {true, false}) {
        CAPTURE(reads);
        RawLink link({.reads = false},
                     [&](lcm::WebSocketOptions& options) { options.close_timeout = reads ? 20'000ms : 30ms; });
        link.open_and_receive();
        link.send(std::vector<std::string>(300, std::string(50'000, 'x')));
        link.loop.poll();
        REQUIRE_FALSE(link.sent);
        link.transport->close();
        link.run_until([&] { return link.sent && link.lost; });
        CHECK(*link.sent == Errc::connection_lost);
        CHECK(*link.lost == Errc::connection_lost);
        if (!reads) link.run_to_the_end();
        link.server.start_reading();
        if (reads) {
            link.run_until([&] { return link.server.frames().size() == 301; });
            CHECK(link.server.frames().back() == farewell);
            link.server.send(frame(fin | 8, close_payload(1000)));
        }
        link.run_until([&] { return link.server.is_over(); });
        if (!reads) CHECK(link.server.count(fin | 8) == 0);
    }
}

TEST_CASE("The server's farewell is answered behind a stuck write, in bounded time") {
    for (const bool reads : {true, false}) {
        CAPTURE(reads);
        RawLink link({.reads = false},
                     [&](lcm::WebSocketOptions& options) { options.close_timeout = reads ? 20'000ms : 30ms; });
        link.open_and_receive();
        link.send(std::vector<std::string>(300, std::string(50'000, 'x')));
        link.loop.poll();
        link.server.send(frame(fin | 8, close_payload(1001)));
        link.wait_for_loss();
        CHECK(link.detail().find("1001") != std::string::npos);
        link.run_until([&] { return link.sent.has_value(); });
        CHECK(*link.sent == Errc::connection_lost);
        if (!reads) link.run_to_the_end();
        link.server.start_reading();
        link.run_until([&] { return link.server.is_over(); });
        CHECK(link.server.count(fin | 8) == (reads ? 1 : 0));
    }
}

TEST_CASE("A loop that is destroyed with a connection at work takes the connection with it") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        const auto token = std::make_shared<int>();
        std::unique_ptr<lcm::WebSocketTransport> transport;
        {
            RawLink link({.tls = tls, .frames_with_answer = frame(fin | 1, "a"), .reads = false});
            link.open();
            link.transport->async_receive([&, token](lcm::error_code, std::string_view) {
                link.transport->async_receive([token](lcm::error_code, std::string_view) {});
            });
            link.send(std::vector<std::string>(300, std::string(50'000, 'x')));
            link.loop.poll();
            transport = std::move(link.transport);
        }
        CHECK(token.use_count() == 1);
        CHECK_FALSE(transport->has_message());
        transport->close();
    }
}
