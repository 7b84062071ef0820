// SPDX-License-Identifier: BSL-1.0
// Who signs on, over real sockets: secrets that were refused, cookies, and what the application sees of the answer.
#include <support/catch.hpp>
#include <support/front_server.hpp>
#include <support/raw_link.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/websocket/sign_on.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::BlockReason;
using lcm::Credentials;
using lcm::Errc;
using lcm::WebSocketOptions;

namespace {

using Values = std::vector<std::string>;

const std::string life = frame(fin | 1, "a sign of life");

FrontAnswer status(int number, const std::string& more_headers = {}) {
    return {"HTTP/1.1 " + std::to_string(number) + " x\r\n" + more_headers + "Content-Length: 0\r\n\r\n"};
}

// The attempts of one client, one after the other, at a front.
struct Desk {
    using Change = std::function<void(WebSocketOptions&)>;

    explicit Desk(
        FrontServer::Answer answer, const Change& change = [](auto&) {})
        : front(loop, std::move(answer)) {
        WebSocketOptions options{.url = front.url()};
        change(options);
        factory = lcm::websocket(std::move(options));
    }

    lcm::error_code attempt(bool is_on_demand = false) {
        transport = factory(loop.get_executor(), limit);
        if (is_on_demand) transport->on_demand();
        std::optional<lcm::error_code> opened;
        transport->async_open([&](lcm::error_code ec) { opened = ec; });
        run_until([&] { return opened.has_value(); });
        return *opened;
    }

    // Opens, and waits for the first message or the loss.
    void open_and_hear() {
        if (attempt()) throw std::logic_error("the connection does not open: " + failure().detail);
        bool is_done = false;
        transport->async_receive([&](lcm::error_code, std::string_view) { is_done = true; });
        run_until([&] { return is_done; });
    }

    template <class Condition> void run_until(Condition condition) {
        while (!condition())
            if (loop.run_one_for(patience) == 0) throw std::logic_error("what the test waits for does not happen");
    }

    [[nodiscard]] lcm::TransportFailure failure() const { return transport->last_failure(); }
    [[nodiscard]] Values last_cookies() const { return values_of("Cookie", front.requests().back()); }

    boost::asio::io_context loop;
    FrontServer front;
    lcm::TransportFactory<lcm::WebSocketTransport> factory;
    std::unique_ptr<lcm::WebSocketTransport> transport;
};

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

FrontServer::Answer always(int number) {
    return [number](const std::string&) { return status(number); };
}

} // namespace

TEST_CASE("A secret that was refused is not offered again soon, wherever it comes from, and nothing leaves") {
    const std::vector<Desk::Change> sources{
        [](WebSocketOptions& o) { o.credentials = [] { return Credentials::bearer("wrong"); }; },
        [](WebSocketOptions& o) { o.credentials = [] { return Credentials::none().with_header("X-Key", "wrong"); }; },
        [](WebSocketOptions& o) {
            o.headers = {{"authorization", "Basic wrong"}};
        },
        [](WebSocketOptions& o) { o.url.insert(5, "ann:wrong@"); },
        [](WebSocketOptions& o) {
            o.headers = {{"User-Agent", "desk"}, {"X-Api-Key", "wrong"}};
        },
        [](WebSocketOptions& o) {
            o.headers = {{"Cookie", "session=wrong"}};
        },
        [](WebSocketOptions& o) { o.url += "?desk=7&token=wrong"; },
        [](WebSocketOptions& o) { // which the function's credentials do not replace
            o.headers = {{"X-Api-Key", "wrong"}};
            o.credentials = [] { return Credentials::none(); };
        },
        [](WebSocketOptions& o) {
            o.credentials = [now = std::chrono::system_clock::now()]() mutable {
                return lcm::api_key({.user = "ann"}, {"key", "wrong"}, now += 1s); // a header of its own each time
            };
        },
    };
    for (const Desk::Change& source : sources) {
        Desk desk(always(401), source);
        CHECK(desk.attempt() == Errc::unauthorized);
        CHECK(has(desk.failure().detail, "status 401"));
        CHECK(desk.failure().block == BlockReason::credentials);
        for (int i = 0; i < 3; ++i) {
            CHECK(desk.attempt() == Errc::unauthorized);
            CHECK(desk.failure().is_permanent);
            CHECK(desk.failure().block == BlockReason::credentials);
            CHECK(has(desk.failure().detail, "refused these credentials"));
            CHECK(desk.front.connections() == 1);
        }
    }
}

TEST_CASE("A person's wish offers a refused secret once more, for each refusal") {
    Desk desk(always(401), [](WebSocketOptions& o) { o.credentials = [] { return Credentials::bearer("wrong"); }; });
    static_cast<void>(desk.attempt());
    for (std::size_t i = 2; i < 5; ++i) {
        static_cast<void>(desk.attempt(true));
        CHECK(desk.front.connections() == i);
        static_cast<void>(desk.attempt());
        CHECK(desk.front.connections() == i);
    }
}

TEST_CASE("Other credentials are offered at once, the refused ones are still held back, and a new client begins anew") {
    std::string token = "old";
    Desk desk([](const std::string& request) { return has(request, "new") ? agree(request) : status(401); },
              [&token](WebSocketOptions& o) { o.credentials = [&token] { return Credentials::bearer(token); }; });
    CHECK(desk.attempt() == Errc::unauthorized);
    token = "new";
    CHECK_FALSE(desk.attempt());
    CHECK_FALSE(desk.attempt()); // a good one is offered as often as it is needed
    token = "old";
    CHECK(desk.attempt() == Errc::unauthorized);
    CHECK(desk.front.connections() == 3);
    const auto copy = desk.factory;
    desk.factory = copy;
    CHECK(desk.attempt() == Errc::unauthorized);
    CHECK(desk.front.connections() == 4);
}

TEST_CASE("Statuses that judge no secret, and requests without one, hold nothing back") {
    for (const int number : {403, 404, 407, 429, 500}) {
        CAPTURE(number);
        Desk desk(always(number),
                  [](WebSocketOptions& o) { o.credentials = [] { return Credentials::bearer("token"); }; });
        for (std::size_t i = 1; i < 4; ++i) {
            static_cast<void>(desk.attempt());
            CHECK(desk.front.requests().size() == i);
        }
    }
    Desk desk(always(401), [](WebSocketOptions& o) {
        o.headers = {{"User-Agent", "desk"}, {"origin", "https://desk.example"}, {"X-Empty", ""}};
        o.url += "?";
    });
    for (std::size_t i = 1; i < 4; ++i) {
        CHECK(desk.attempt() == Errc::unauthorized);
        CHECK(desk.front.requests().size() == i);
        CHECK(has(desk.failure().detail, "no Authorization header was sent"));
    }
}

TEST_CASE("Credentials are asked for once at the beginning of an attempt, from the loop, and may close it") {
    int asked = 0;
    Desk* closes = nullptr;
    Desk desk(always(500), [&](WebSocketOptions& o) {
        o.credentials = [&] {
            ++asked;
            if (closes) closes->transport->close();
            return Credentials::bearer("token");
        };
    });
    static_cast<void>(desk.attempt());
    CHECK(asked == 1);
    closes = &desk;
    CHECK(desk.attempt() == Errc::connection_lost);
    CHECK(asked == 2);
    CHECK(desk.front.connections() == 1);
}

TEST_CASE(
    "A blocked client shows that it wants credentials, and offers a refused secret neither by time nor by waking") {
    boost::asio::io_context loop;
    FrontServer front(loop, always(401));
    lcm::testing::ManualClock clock;
    std::vector<lcm::LinkStatus> states;
    SocketClient client(
        {.source = "test", .on_state = [&](const lcm::LinkStatus& one) { states.push_back(one); }},
        lcm::websocket({.url = front.url(), .credentials = [] { return Credentials::bearer("wrong"); }}),
        loop.get_executor(), clock);
    const auto blocked_again = [&](std::size_t before) {
        const auto is_blocked = [&] {
            return states.size() > before && states.back().state == lcm::LinkState::blocked;
        };
        while (!is_blocked())
            if (loop.run_one_for(patience) == 0) throw std::logic_error("the link is not blocked");
    };
    blocked_again(0);
    for (int i = 0; i < 5; ++i) {
        const std::size_t before = states.size();
        clock.advance(i % 2 == 0 ? 60s : 3600s);
        blocked_again(before);
        CHECK(states.back().block == BlockReason::credentials);
        CHECK(front.connections() == 1);
    }
    const std::size_t before = states.size();
    client.reconnect_now();
    blocked_again(before);
    CHECK(front.connections() == 2);
    for (const lcm::LinkStatus& each : states)
        CHECK((each.block == BlockReason::none) == (each.state != lcm::LinkState::blocked));
}

TEST_CASE(
    "A cookie of any answer that is none of a fault goes back at the next attempt, beside the application's own") {
    for (const int number : {101, 302, 404}) {
        CAPTURE(number);
        const std::string set = "Set-Cookie: node=a; Path=/\r\nset-cookie: own=kept\r\n";
        Desk desk([&](const std::string& r) { return number == 101 ? agree(r, set, life) : status(number, set); },
                  [](WebSocketOptions& o) {
                      o.headers = {{"Cookie", "own=1"}};
                  });
        if (number == 101) desk.open_and_hear();
        else static_cast<void>(desk.attempt());
        CHECK(desk.last_cookies() == Values{"own=1"});
        static_cast<void>(desk.attempt());
        CHECK(desk.last_cookies() == Values{"own=1; node=a"});
    }
}

TEST_CASE("A cookie is forgotten when the attempt with it shows that its node or its session has gone") {
    struct Row {
        std::string what;
        std::function<FrontAnswer(const std::string&)> answer;
        bool is_kept;
    };
    const std::string other = "Set-Cookie: other=1\r\n";
    const std::vector<Row> rows{
        {"a node that lives", [](const std::string& r) { return agree(r, {}, life); }, true},
        {"an answer about something else", [](auto&) { return status(404); }, true},
        {"bad gateway", [&](auto&) { return status(502, other); }, false},
        {"unavailable", [&](auto&) { return status(503, other); }, false},
        {"unauthorized", [&](auto&) { return status(401, other); }, false},
        {"forbidden", [&](auto&) { return status(403, other); }, false},
        {"too large", [&](auto&) { return status(431, other); }, false},
        {"no answer",
         [](auto&) {
             return FrontAnswer{{}, true};
         },
         false},
        {"half an answer",
         [](auto&) {
             return FrontAnswer{"HTTP/1.1 10", true};
         },
         false},
        {"silence", [](auto&) { return FrontAnswer{}; }, false},
        {"agrees and goes",
         [&](const std::string& r) {
             return FrontAnswer{agree(r, other).bytes, true};
         },
         false},
        {"agrees and says farewell",
         [](const std::string& r) { return agree(r, {}, frame(fin | 8, close_payload(1001))); }, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Desk desk(
            [&](const std::string& request) {
                if (!has(request, "node=a")) return agree(request, "Set-Cookie: node=a; Path=/\r\n", life);
                return row.answer(request);
            },
            [](WebSocketOptions& o) { o.upgrade_timeout = 200ms; });
        desk.open_and_hear();
        if (!desk.attempt()) {
            bool is_done = false;
            desk.transport->async_receive([&](lcm::error_code, std::string_view) { is_done = true; });
            desk.run_until([&] { return is_done; });
        }
        CHECK(desk.last_cookies() == Values{"node=a"});
        static_cast<void>(desk.attempt());
        CHECK(desk.last_cookies() == (row.is_kept ? Values{"node=a"} : Values{}));
    }
}

TEST_CASE("Of two nodes behind one name one dies, and the next attempt but one reaches the other") {
    bool is_dead = false;
    std::string reached;
    Desk desk([&](const std::string& request) {
        const bool goes_to_a = has(request, "node=a") || (!has(request, "node=") && !is_dead);
        reached = goes_to_a ? "a" : "b";
        if (goes_to_a && is_dead) return status(502);
        return agree(request, "Set-Cookie: node=" + reached + "; Max-Age=86400\r\n", life);
    });
    for (const auto& [dies, node] :
         std::vector<std::pair<bool, std::string>>{{false, "a"}, {false, "a"}, {true, "a"}}) {
        is_dead = dies;
        if (dies) CHECK(desk.attempt() == Errc::upgrade_rejected);
        else desk.open_and_hear();
        CHECK(reached == node);
    }
    desk.open_and_hear();
    CHECK(reached == "b");
}

TEST_CASE("Cookies belong to whoever signed on") {
    std::string token = "ann";
    Desk desk([](const std::string& request) { return agree(request, "Set-Cookie: session=1\r\n", life); },
              [&token](WebSocketOptions& o) { o.credentials = [&token] { return Credentials::bearer(token); }; });
    desk.open_and_hear();
    desk.open_and_hear();
    CHECK(desk.last_cookies() == Values{"session=1"});
    token = "bob";
    desk.open_and_hear();
    CHECK(desk.last_cookies().empty());
}

TEST_CASE("Cookies are kept from one server to the next, whatever is in their URLs") {
    Desk desk([](auto&) { return status(404, "Set-Cookie: session=1; Path=/\r\n"); },
              [](WebSocketOptions& o) {
                  o.urls = {o.url + "?server=1", o.url + "?server=2"};
                  o.url.clear();
              });
    static_cast<void>(desk.attempt());
    CHECK(has(desk.front.requests().back(), "?server=1 "));
    CHECK(desk.last_cookies().empty());
    static_cast<void>(desk.attempt());
    CHECK(has(desk.front.requests().back(), "?server=2 "));
    CHECK(desk.last_cookies() == Values{"session=1"});
}

TEST_CASE("Credentials set headers anew at each attempt, in place of those of the options") {
    int number = 0;
    Desk desk([](const std::string& request) { return agree(request); },
              [&number](WebSocketOptions& o) {
                  o.headers = {{"X-Desk", "old"}};
                  o.credentials = [&number] {
                      return Credentials::none().with_header("x-desk", std::to_string(++number));
                  };
              });
    for (const std::string expected : {"1", "2"}) {
        static_cast<void>(desk.attempt());
        CHECK(values_of("x-desk", desk.front.requests().back()) == Values{expected});
        CHECK(values_of("X-Desk", desk.front.requests().back()).empty());
        CHECK(values_of("Connection", desk.front.requests().back()) == Values{"Upgrade"});
    }
}

TEST_CASE("The application sees status and headers of each answer, before it learns what becomes of the attempt") {
    struct Row {
        FrontServer::Answer answer;
        unsigned status;
        bool opens;
    };
    const std::string headers = "X-Node: 7\r\nSet-Cookie: a=b\r\nLocation: /x?y\r\n";
    const std::vector<Row> rows{
        {[&](const std::string& r) { return agree(r, headers); }, 101, true},
        {[&](auto&) { return status(302, headers); }, 302, false},
        {[&](auto&) { return status(503, headers); }, 503, false},
        {[&](auto&) { return FrontAnswer{"HTTP/1.1 403 x\r\n" + headers + "X-Unfinished: 1"}; }, 403, false},
        {[&](auto&) {
             return FrontAnswer{"HTTP/1.1 403 x\r\n" + headers + "X-Unfinished: 1", true};
         },
         403, false},
        {[&](auto&) {
             return FrontAnswer{"220 mail\r\n", true};
         },
         0, false},
        {[&](auto&) {
             return FrontAnswer{{}, true};
         },
         0, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.status);
        std::vector<lcm::UpgradeResponse> seen;
        Desk desk(row.answer, [&](WebSocketOptions& o) {
            o.upgrade_timeout = 200ms;
            o.on_upgrade = [&](const lcm::UpgradeResponse& response) { seen.push_back(response); };
        });
        CHECK(!desk.attempt() == row.opens);
        REQUIRE(seen.size() == (row.status == 0 ? 0 : 1));
        if (seen.empty()) continue;
        CHECK(seen[0].status == row.status);
        CHECK(seen[0].server == "ws://" + desk.front.authority());
        Values found;
        for (const lcm::Header& header : seen[0].headers)
            if (header.name.starts_with("X-") || header.name == "Set-Cookie" || header.name == "Location")
                found.push_back(header.name + "=" + header.value.reveal());
        CHECK(found == Values{"X-Node=7", "Set-Cookie=a=b", "Location=/x?y"});
    }
}

TEST_CASE("The function that sees the answer may close the connection, destroy it, and throw") {
    for (const int number : {101, 401}) {
        CAPTURE(number);
        const FrontServer::Answer answer = [number](const std::string& r) {
            return number == 101 ? agree(r, {}, life) : status(number);
        };
        Desk* closes = nullptr;
        bool destroys = false;
        const auto end = [&](const lcm::UpgradeResponse&) {
            if (destroys) closes->transport.reset();
            else closes->transport->close();
        };
        Desk desk(answer, [&](WebSocketOptions& o) { o.on_upgrade = end; });
        closes = &desk;
        CHECK(desk.attempt() == Errc::connection_lost);
        destroys = true;
        CHECK(desk.attempt() == Errc::connection_lost);

        Desk thrower(answer, [](WebSocketOptions& o) {
            o.on_upgrade = [](const lcm::UpgradeResponse&) { throw std::runtime_error("s3cret"); };
        });
        CHECK(thrower.attempt() == (number == 101 ? Errc::upgrade_rejected : Errc::unauthorized));
        CHECK(has(thrower.failure().detail, number == 101 ? "on_upgrade" : "401"));
        CHECK_FALSE(has(thrower.failure().detail, "s3cret"));
    }
}

TEST_CASE("Neither passwords nor cookies, tokens nor queries appear in what a client tells") {
    const std::string canary = "c4n4ry";
    const std::vector<FrontServer::Answer> answers{
        [&](auto&) { return status(401, "WWW-Authenticate: Basic realm=\"" + canary + "\"\r\n"); },
        [&](auto&) {
            return status(302, "Location: https://u:" + canary + "@login.h/;" + canary + "?" + canary + "\r\n");
        },
        [&](auto&) { return status(503, "Set-Cookie: " + canary + "=" + canary + "\r\nRetry-After: 0\r\n"); },
        [&](auto&) { return FrontAnswer{"HTTP/1.1 101 " + canary + "\r\nUpgrade: " + canary + "\r\n\r\n"}; },
        [&](const std::string& r) {
            return agree(r, "Set-Cookie: a=" + canary + "\r\n", frame(fin | 8, close_payload(1008) + canary));
        },
    };
    for (const FrontServer::Answer& answer : answers)
        for (const bool is_basic : {false, true}) {
            boost::asio::io_context loop;
            FrontServer front(loop, answer);
            lcm::testing::ManualClock clock;
            std::string told;
            const auto note = [&told](const lcm::LinkError& e) { told += e.message() + e.detail + e.cause.message(); };
            WebSocketOptions options{.url = front.url() + "?q=" + canary, .headers = {{"Cookie", "b=" + canary}}};
            options.credentials = [&] {
                const auto one = is_basic ? Credentials::basic(canary, canary) : Credentials::bearer(canary);
                return one.with_header("X-Key", canary).with_query(canary).with_secret(canary);
            };
            SocketClient client({.source = "test",
                                 .on_state =
                                     [&](const lcm::LinkStatus& status) {
                                         told += status.server;
                                         if (status.error) note(*status.error);
                                     }},
                                lcm::websocket(std::move(options)), loop.get_executor(), clock);
            for (int i = 0; i < 3; ++i) {
                const std::size_t before = told.size();
                while (told.size() == before)
                    if (loop.run_one_for(patience) == 0) throw std::logic_error("the attempt does not end");
                clock.advance(120s);
            }
            CHECK(has(told, "upgrade"));
            CHECK_FALSE(has(told, canary));
            CHECK_FALSE(has(told, lcm::detail::base64(canary + ":" + canary)));
        }
}
