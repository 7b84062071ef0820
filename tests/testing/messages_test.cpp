// SPDX-License-Identifier: BSL-1.0
// The texts that a test makes of a reply are replies to the call that it names, whatever the operation.
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/typed_messages.hpp>

#include <optional>
#include <string>

namespace {

/// The call that a client finds in the reply.
std::optional<std::string> call_in(const std::string& reply) {
    const lcm::tests::JsonText document(reply);
    lcm::LenientReader reader;
    const auto callid = lcm::detail::read_incoming(document, reader).callid;
    return callid ? std::optional<std::string>(*callid) : std::nullopt;
}

} // namespace

TEST_CASE("A reply that a test writes names its call where a client looks for it, and does not where it names none") {
    using lcm::ReplyCallid;
    lcm::OperationGroups::for_each([]<class Group>() {
        Group::Operations::for_each([]<class R>() {
            if (R::operation.reply_subtopic.empty()) return;
            CAPTURE(R::operation.subtopic);
            for (const std::string& text :
                 {lcm::testing::reply<R>("12345"), lcm::testing::reply_with<R>("12345", typename R::Response{})}) {
                CAPTURE(text);
                if (R::operation.reply_callid == ReplyCallid::present) CHECK(call_in(text) == "12345");
                if (R::operation.reply_callid == ReplyCallid::absent) CHECK_FALSE(call_in(text));
            }
        });
    });
}
