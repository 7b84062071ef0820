// SPDX-License-Identifier: BSL-1.0
// What a server shows of a request is compared with that by the field tables alone, for every operation.
#include <operations/samples.hpp>
#include <support/catch.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/session/trace_of.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using lcm::detail::RequestTrace;
using lcm::detail::StoredRequest;
using lcm::tests::sample;

namespace {

StoredRequest read(const std::string& payload) {
    lcm::JsonDocument document;
    REQUIRE(document.parse(payload, 64));
    lcm::LenientReader reader;
    auto shown = lcm::read_reply<StoredRequest>(document.root(), reader);
    REQUIRE(shown.has_value());
    return *std::move(shown);
}

template <class R> StoredRequest show(const R& request, lcm::testing::StoredFields fields) {
    lcm::testing::SimulatedServer server({}, {.shows = fields});
    static_cast<void>(server.handle(lcm::encode(request, "test")));
    const auto question = lcm::encode(lcm::GetStoredData{.callid = request.callid}, "test");
    lcm::JsonDocument document;
    const std::string reply = server.handle(question).replies.at(0);
    REQUIRE(document.parse(reply, 64));
    lcm::LenientReader reader;
    auto shown = lcm::read_reply<StoredRequest>(reader.find(document.root(), "message"), reader);
    REQUIRE(shown.has_value());
    return *std::move(shown);
}

std::vector<std::string> own_fields(const RequestTrace& trace) {
    std::vector<std::string> names;
    for (const auto& field : trace.fields)
        if (field.is_own) names.push_back(field.name);
    return names;
}

} // namespace

TEST_CASE("Every request for a call is recognised in what a server shows of it, and in nothing else") {
    std::vector<RequestTrace> traces;
    std::vector<StoredRequest> shown;
    lcm::OperationGroups::for_each([&]<class Group>() {
        Group::Operations::for_each([&]<class R>() {
            if constexpr (lcm::detail::leaves_trace<R>()) {
                if (sample<R>().callid.empty()) return;
                traces.push_back(lcm::detail::trace_of(sample<R>()));
                shown.push_back(show(sample<R>(), lcm::testing::StoredFields::all));
            }
        });
    });
    REQUIRE(traces.size() >= 8);
    for (std::size_t i = 0; i != traces.size(); ++i)
        for (std::size_t j = 0; j != traces.size(); ++j) {
            CAPTURE(traces[i].operation, shown[j].api);
            CHECK(shown[j].may_be(traces[i]) == (i == j));
        }
}

TEST_CASE("A request's own fields are those to which the application has given a value, and its call is none") {
    auto request = sample<lcm::SetBusinessOutcomeWithCallOutcome>();
    request.lead_score = 0;
    request.target_amount = 0;
    request.agent_comments = "";
    CHECK(own_fields(lcm::detail::trace_of(request)) ==
          std::vector<std::string>{"AccountNumber", "BusinessOutcome", "CallOutcome", "UserID"});
    request.lead_score = 7;
    request.agent_comments = "x";
    CHECK(own_fields(lcm::detail::trace_of(request)) == std::vector<std::string>{"AccountNumber", "BusinessOutcome",
                                                                                 "CallOutcome", "LeadScore", "UserID",
                                                                                 "AgentComments"});
}

TEST_CASE("What the interface's page shows is found under the names that requests have, and the rest is not there") {
    const auto request = sample<lcm::SetBusinessOutcomeWithCallback>();
    const StoredRequest shown = show(request, lcm::testing::StoredFields::published);
    CHECK(shown.may_be(lcm::detail::trace_of(request)));
    for (const char* name : {"AccountNumber", "BusinessOutcome", "StartDate", "CallbackModeID", "UserID", "AgentID",
                             "AgentComments", "TargetAmount"}) {
        CAPTURE(name);
        CHECK(shown.find(name) != nullptr);
    }
    for (const char* name : {"OutcomeId", "LeadScore", "CallOutcome", "callid", "api"}) {
        CAPTURE(name);
        CHECK(shown.find(name) == nullptr);
    }
}

TEST_CASE("Texts are compared with their escapes, numbers as numbers or as texts, and nothing that is no plain value") {
    auto request = sample<lcm::SetBusinessOutcomeWithCallOutcome>();
    request.agent_comments = "a \"quoted\"\n\\ line";
    const RequestTrace trace = lcm::detail::trace_of(request);
    const auto may_be = [&](const std::string& members) {
        return read(R"({"api":"SetBusinessOutcomeWithCallOutcome",)" + members + "}").may_be(trace);
    };
    CHECK(may_be(R"("AgentComment":"a \"quoted\"\n\\ line")"));
    CHECK(may_be(R"("agentcomments":"a \u0022quoted\u0022\n\\ line")"));
    CHECK_FALSE(may_be(R"("AgentComment":"a quoted line")"));
    CHECK(may_be(R"("BusinessOutcome":"101")"));
    CHECK(may_be(R"("BusinessOutcome":101)"));
    CHECK_FALSE(may_be(R"("BusinessOutcome":102)"));
    CHECK(may_be(R"("BusinessOutcome":null)"));
    CHECK(may_be(R"("BusinessOutcome":[102])"));
    CHECK_FALSE(read(R"({"BusinessOutcome":101})").may_be(trace));
}
