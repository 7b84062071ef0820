// SPDX-License-Identifier: BSL-1.0
// What the handler of a message may do with the WebSocket transport that delivers it: answer, close, destroy, throw.
#include <support/catch.hpp>
#include <support/raw_link.hpp>

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace lcm::tests;

TEST_CASE("The handler of a message may close the transport, or destroy it, and still look at the message") {
    const std::string text(3000, 'x');
    for (const bool destroys : {false, true})
        for (const bool throws : {false, true}) {
            CAPTURE(destroys, throws);
            RawLink link({});
            link.open();
            std::string seen;
            link.transport->async_receive([&](lcm::error_code, std::string_view message) {
                link.transport->close();
                if (destroys) link.transport.reset();
                seen = message;
                if (throws) throw std::runtime_error("the handler's own");
            });
            const std::string behind = frame(fin | 1, std::string(2000, 'y')); // which would be moved over it
            link.server.send(frame(fin | 1, text) + behind.substr(0, 1500));
            try {
                link.run_until([&] { return !seen.empty(); });
                CHECK_FALSE(throws);
            } catch (const std::runtime_error&) {
                CHECK(throws);
            }
            CHECK(seen == text);
            link.run_until([&] { return !link.server.frames().empty(); });
            CHECK(link.server.frames().front() == farewell);
            link.loop.poll();
            CHECK_FALSE(link.server.is_over()); // its farewell is awaited
        }
}

TEST_CASE(
    "What the handler of a message sends leaves, and is told to have left after the messages that came together") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls});
        link.open_and_receive();
        std::vector<bool> was_told;
        link.on_message = [&] {
            if (link.received.size() == 1) link.send({"answer", "and more"});
            was_told.push_back(link.sent.has_value());
        };
        link.server.send(frame(fin | 1, "a") + frame(fin | 1, "b"));
        link.run_until([&] { return link.sent.has_value() && link.server.frames().size() == 2; });
        CHECK(*link.sent == lcm::error_code());
        CHECK(was_told == std::vector<bool>{false, false});
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 1, "answer"}, {fin | 1, "and more"}});
    }
}

TEST_CASE("An answer to each message leaves with it, one batch after the other, and a ping is answered between") {
    RawLink link({});
    link.open_and_receive();
    link.on_message = [&] { link.send({"answer to " + link.received.back()}); };
    std::vector<ClientFrame> expected;
    for (int i = 0; i < 50; ++i) {
        const std::string number = std::to_string(i);
        link.server.send(frame(fin | 1, number) + (i % 7 == 0 ? frame(fin | 9, "p") : std::string()));
        expected.push_back({fin | 1, "answer to " + number});
        const std::size_t pings = static_cast<std::size_t>(i / 7 + 1);
        link.run_until([&] {
            return link.sent.has_value() && link.server.count(fin | 1) == expected.size() &&
                   link.server.count(fin | 10) == pings;
        });
        CHECK(*link.sent == lcm::error_code());
    }
    std::vector<ClientFrame> answers = link.server.frames();
    std::erase(answers, ClientFrame{fin | 10, "p"});
    CHECK(answers == expected);
}

TEST_CASE("An answer that the system's buffers do not hold is told to have left only when the server has read") {
    RawLink link({.reads = false});
    link.open_and_receive();
    const std::vector<std::string> answer(3, std::string(8'000'000, 'm'));
    link.on_message = [&] {
        if (link.received.size() == 1) link.send(answer);
    };
    link.server.send(frame(fin | 1, "a"));
    link.run_until([&] { return link.received.size() == 1; });
    link.pass(frame(fin | 1, "b") + frame(fin | 9, "in between"));
    link.run_until([&] { return link.received.size() == 2; });
    CHECK_FALSE(link.sent);
    link.server.start_reading();
    link.run_until([&] { return link.sent.has_value() && link.server.frames().size() == 4; });
    CHECK(*link.sent == lcm::error_code());
    std::vector<ClientFrame> expected;
    for (const std::string& message : answer) expected.push_back({fin | 1, message});
    expected.push_back({fin | 10, "in between"});
    CHECK((link.server.frames() == expected));
}

TEST_CASE("A handler that answers and then throws is told all the same that the answer has left") {
    RawLink link({});
    link.open_and_receive();
    link.on_message = [&] {
        if (link.received.size() != 1) return;
        link.send({"answer"});
        throw std::runtime_error("the handler's own");
    };
    link.server.send(frame(fin | 1, "a") + frame(fin | 1, "b"));
    CHECK_THROWS_AS(link.run_until([&] { return !link.received.empty(); }), std::runtime_error);
    CHECK_FALSE(link.sent);
    link.run_until([&] { return link.sent.has_value() && link.received.size() == 2; });
    CHECK(*link.sent == lcm::error_code());
    link.run_until([&] { return !link.server.frames().empty(); });
    CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 1, "answer"}});
}

TEST_CASE("The handler of a batch that left with a message may throw, and the connection goes on") {
    RawLink link({});
    link.open_and_receive();
    link.on_message = [&] {
        if (link.received.size() != 1) return;
        lcm::Batch batch;
        batch.add("answer");
        link.transport->async_send(std::move(batch), [](lcm::error_code) { throw std::runtime_error("its own"); });
    };
    link.server.send(frame(fin | 1, "a"));
    const auto go_on = [&] { link.run_until([&] { return link.server.frames().size() == 2; }); };
    CHECK_THROWS_AS(go_on(), std::runtime_error);
    link.send({"later"});
    go_on();
    CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 1, "answer"}, {fin | 1, "later"}});
    link.server.send(frame(fin | 1, "b"));
    link.run_until([&] { return link.received.size() == 2; });
}

TEST_CASE("A handler may answer and close at once: the answer leaves before the farewell, and counts as lost") {
    for (const bool tls : {false, true})
        for (const bool destroys : {false, true}) {
            CAPTURE(tls, destroys);
            RawLink link({.tls = tls});
            link.open_and_receive();
            link.on_message = [&] {
                link.send({"last words"});
                link.transport->close();
                if (destroys) link.transport.reset();
            };
            link.server.send(frame(fin | 1, "a") + frame(fin | 1, "nobody hears this"));
            link.run_until([&] { return link.server.frames().size() == 2 && link.sent && link.lost; });
            CHECK(*link.sent == lcm::Errc::connection_lost);
            CHECK(link.received == std::vector<std::string>{"a"});
            CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 1, "last words"}, farewell});
            link.loop.poll();
            CHECK_FALSE(link.server.is_over()); // its farewell is awaited
            link.server.send(frame(fin | 8, close_payload(1000)));
            link.run_until([&] { return link.server.is_over(); });
        }
}

TEST_CASE("The handler of a batch that left with a message may send the next batch, and may close") {
    RawLink link({});
    link.open_and_receive();
    std::vector<std::string> left{"third", "second", "first"};
    std::function<void()> send_next = [&] {
        if (left.empty()) return link.transport->close();
        lcm::Batch batch;
        batch.add(left.back());
        left.pop_back();
        link.transport->async_send(std::move(batch), [&](lcm::error_code ec) {
            CHECK(ec == lcm::error_code());
            send_next();
        });
    };
    link.on_message = [&] { send_next(); };
    link.server.send(frame(fin | 1, "a"));
    link.run_until([&] { return link.server.frames().size() == 4; });
    CHECK(link.server.frames() ==
          std::vector<ClientFrame>{{fin | 1, "first"}, {fin | 1, "second"}, {fin | 1, "third"}, farewell});
    link.wait_for_loss();
}

TEST_CASE("An answer to a server that has just gone ends as lost, after the messages that it has left behind") {
    RawLink link({.reads = false});
    link.open_and_receive();
    link.on_message = [&] {
        if (link.received.size() == 1) link.send({std::string(8'000'000, 'm')});
    };
    link.server.send(frame(fin | 1, "a") + frame(fin | 1, "b"));
    link.run_until([&] { return link.received.size() == 2; });
    link.server.hang_up();
    link.wait_for_loss();
    link.run_until([&] { return link.sent.has_value(); });
    CHECK(*link.sent == lcm::Errc::connection_lost);
    CHECK(link.received == std::vector<std::string>{"a", "b"});
    link.run_to_the_end();
}
