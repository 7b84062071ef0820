// SPDX-License-Identifier: BSL-1.0
// The Transport concept is complete: a class with its members and no others is all that the client needs.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

using namespace lcm::tests;
using lcm::Errc;
using lcm::error_code;

namespace {

/// Neither copied nor moved nor made from nothing; says "accepted" to whatever is sent.
class Archetype {
public:
    Archetype(boost::asio::any_io_executor executor, error_code open_result)
        : executor_(std::move(executor)), open_result_(open_result) {}
    Archetype(const Archetype&) = delete;
    Archetype& operator=(const Archetype&) = delete;
    ~Archetype() = default;

    boost::asio::any_io_executor get_executor() const { return executor_; }

    void async_open(lcm::OpenHandler handler) {
        boost::asio::post(executor_, [handler = std::move(handler), ec = open_result_]() mutable { handler(ec); });
    }

    void async_send(lcm::Batch, lcm::SendHandler handler) {
        boost::asio::post(executor_, [handler = std::move(handler)]() mutable { handler(error_code()); });
        finish_receive({}, lcm::testing::reply<SetOutcome>("12345"));
    }

    void async_receive(lcm::ReceiveHandler handler) { receiving_ = std::move(handler); }

    void close() noexcept { finish_receive(boost::asio::error::operation_aborted, {}); }

private:
    void finish_receive(error_code ec, std::string text) {
        if (!receiving_) return;
        boost::asio::post(
            executor_, [handler = std::move(receiving_), ec, text = std::move(text)]() mutable { handler(ec, text); });
    }

    boost::asio::any_io_executor executor_;
    error_code open_result_;
    lcm::ReceiveHandler receiving_;
};

static_assert(lcm::Transport<Archetype>);
static_assert(!lcm::ExplainsFailure<Archetype>);
static_assert(!lcm::ProbesPeer<Archetype>);

/// How one request ends over the archetype.
Outcome call_over_archetype(error_code open_result) {
    boost::asio::io_context loop;
    lcm::LcmClient<Archetype, lcm::testing::ManualClock> client(
        {.source = "test", .while_offline = lcm::WhileOffline::fail},
        [open_result](boost::asio::any_io_executor executor, std::size_t) {
            return std::make_unique<Archetype>(std::move(executor), open_result);
        },
        loop.get_executor());
    auto future = client.call(sample());
    loop.poll();
    return result_of(future);
}

} // namespace

TEST_CASE("A transport with nothing but the concept's members carries a request") {
    CHECK(ending_of(call_over_archetype({})) == "accepted");
}

TEST_CASE("A transport that cannot explain a failure has its code as the cause") {
    const Outcome outcome = call_over_archetype(boost::asio::error::connection_refused);
    CHECK(ending_of(outcome) == "connect_failed (not_sent)");
    CHECK(outcome.error().cause == boost::asio::error::connection_refused);
    CHECK(outcome.error().detail.empty());
}
