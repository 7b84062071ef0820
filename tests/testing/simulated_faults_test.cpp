// SPDX-License-Identifier: BSL-1.0
// The faults of text apply to every operation, in the way in which its reply allows it.
#include <operations/samples.hpp>
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

using namespace lcm::tests;
using lcm::Delivery;
using lcm::Json;
using lcm::testing::Fault;
using lcm::testing::Handled;
using lcm::testing::SimulatedServer;

namespace {

template <class Visitor> void for_each_operation(Visitor visit) {
    lcm::OperationGroups::for_each([&]<class Group>() { Group::Operations::for_each(visit); });
}

template <class R> constexpr bool has_success = requires(typename R::Response response) { response.success; };
template <class R> constexpr bool has_reply = !R::operation.reply_subtopic.empty();

/// The sample, in a world in which it can be carried out.
template <class R> Handled handle(Fault fault) {
    SimulatedServer server;
    if constexpr (std::same_as<R, lcm::SkipNonPEWCContact>)
        static_cast<void>(server.handle(lcm::encode(sample<lcm::GetContactOD>(), "test")));
    return server.handle(lcm::encode(sample<R>(), "test"), fault);
}

bool is_refusal(const std::string& text) {
    const lcm::tests::JsonText document(text);
    lcm::LenientReader reader;
    return lcm::detail::is_error(document, reader) && lcm::detail::read_error(document, reader).is_ws_error();
}

/// What the reply says to a client that waits for it.
template <class R> Delivery ending_of(const std::string& text) {
    if (is_refusal(text)) return Delivery::refused;
    const lcm::tests::JsonText document(text);
    lcm::LenientReader reader;
    const auto incoming = lcm::detail::read_incoming(document, reader);
    CHECK(lcm::detail::same_name(incoming.subtopic, R::operation.reply_subtopic));
    REQUIRE(incoming.payload);
    const auto response = lcm::read_reply<typename R::Response>(incoming.payload, reader);
    return response.has_value() ? Delivery::accepted : response.error().delivery;
}

} // namespace

TEST_CASE("Every operation is answered as accepted, and changes something unless it only reads") {
    for_each_operation([]<class R>() {
        CAPTURE(R::operation.subtopic);
        const Handled handled = handle<R>(Fault::none);
        CHECK(handled.verdict == "accepted");
        CHECK(handled.acted_on == !R::operation.is_read_only);
        REQUIRE(handled.replies.size() == (has_reply<R> ? 1 : 0));
        if constexpr (has_reply<R>) CHECK(ending_of<R>(handled.replies[0]) == Delivery::accepted);
    });
}

TEST_CASE("Every operation can be refused, and is not carried out then") {
    for_each_operation([]<class R>() {
        CAPTURE(R::operation.subtopic);
        const Handled handled = handle<R>(Fault::success_false);
        CHECK(handled.verdict == "refused");
        CHECK_FALSE(handled.acted_on);
        REQUIRE(handled.replies.size() == (has_reply<R> ? 1 : 0));
        if constexpr (has_reply<R>) {
            CHECK(ending_of<R>(handled.replies[0]) == Delivery::refused);
            CHECK((!has_success<R> || !is_refusal(handled.replies[0])));
        }
    });
}

TEST_CASE("No empty reply and no text for success passes for a success") {
    for_each_operation([]<class R>() {
        CAPTURE(R::operation.subtopic);
        for (const Fault fault : {Fault::missing_success, Fault::success_string}) {
            CAPTURE(lcm::testing::info(fault).name);
            const Handled handled = handle<R>(fault);
            CHECK(handled.acted_on == !R::operation.is_read_only);
            if constexpr (has_success<R>) CHECK(ending_of<R>(handled.replies.at(0)) == Delivery::unknown);
        }
    });
}

TEST_CASE("Every reply is understood in another letter case, and beside that of another subscriber") {
    for_each_operation([]<class R>() {
        CAPTURE(R::operation.subtopic);
        if constexpr (has_reply<R>) {
            const std::string usual = handle<R>(Fault::none).replies.at(0);
            const auto recased = handle<R>(Fault::wrong_case).replies;
            REQUIRE(recased.size() == 1);
            CHECK(recased[0] != usual);
            CHECK(ending_of<R>(recased[0]) == Delivery::accepted);

            const auto both = handle<R>(Fault::other_subscriber).replies;
            REQUIRE(both.size() == 2);
            CHECK(both[0].find("another-") != std::string::npos);
            CHECK(ending_of<R>(both[0]) == Delivery::refused);
            CHECK(both[1] == usual);
        }
    });
}

TEST_CASE("Every operation that needs a call refuses a message without one") {
    for_each_operation([]<class R>() {
        CAPTURE(R::operation.subtopic);
        const R request = sample<R>();
        if (lcm::callid_of(request).empty()) return;
        Json message = Json::parse(lcm::encode(request, "test"));
        message["data"].erase("callid");
        SimulatedServer server;
        const Handled handled = server.handle(message.dump());
        CHECK_FALSE(handled.acted_on);
        REQUIRE(handled.replies.size() == 1);
        CHECK(handled.replies[0].find("Callid is empty") != std::string::npos);
    });
}
