// SPDX-License-Identifier: BSL-1.0
// From an operation's name and data, as an outbox keeps them, back to a request.
#include <operations/samples.hpp>
#include <support/catch.hpp>

#include <lcm_client/operations.hpp>
#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/prepared_request.hpp>
#include <lcm_client/outbox/impl/request_data.hpp>

#include <cstddef>
#include <string>

using lcm::detail::Contents;
using lcm::detail::data_of;
using lcm::detail::prepare_request;
using Outcome = lcm::SetBusinessOutcomeWithCallOutcome;

TEST_CASE("Each operation that changes something is read back to the letter, and no other one is") {
    std::size_t kept = 0;
    lcm::OperationGroups::for_each([&]<class Group>() {
        Group::Operations::for_each([&]<class R>() {
            CAPTURE(R::operation.subtopic);
            const Contents contents{.operation = std::string(R::operation.subtopic),
                                    .data = data_of(lcm::tests::sample<R>())};
            CHECK((prepare_request(contents) != nullptr) == !R::operation.is_read_only);
            if (!R::operation.is_read_only) ++kept;
        });
    });
    CHECK(kept > 15);
}

TEST_CASE("What is not to the letter what this library would send is not sent") {
    const std::string data = data_of(lcm::tests::sample<Outcome>());
    const auto is_sent = [](std::string operation, std::string changed) {
        return prepare_request({.operation = std::move(operation), .data = std::move(changed)}) != nullptr;
    };
    const std::string name(Outcome::operation.subtopic);
    CHECK(is_sent(name, data));
    CHECK_FALSE(is_sent("OfALaterVersion", data));
    CHECK_FALSE(is_sent(name, ""));
    CHECK_FALSE(is_sent(name, "{}"));
    CHECK_FALSE(is_sent(name, data.substr(0, data.size() - 1)));
    CHECK_FALSE(is_sent(name, "{\"Later\":1," + data.substr(1)));
    CHECK_FALSE(is_sent(name, " " + data));
}
