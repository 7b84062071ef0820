// SPDX-License-Identifier: BSL-1.0
// What the answer to the question for a call's last request proves about one that ended as unknown.
#include <session/evidence_parts.hpp>
#include <support/catch.hpp>

#include <lcm_client/session/weigh_evidence.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::Doubt;
using lcm::Evidence;
using lcm::Finding;
using lcm::detail::AnswerCircumstances;
using lcm::detail::LinkTrace;
using lcm::detail::Remembered;
using lcm::detail::RequestTrace;
using lcm::detail::StoredRequest;
using lcm::tests::Fields;
using lcm::tests::request;
using lcm::tests::stored;

namespace {

const lcm::detail::TimePoint start = lcm::tests::start_of_evidence;

RequestTrace outcome(const std::string& call_outcome, const Fields& usual = {{"LeadScore", "0"}}) {
    return request("SetOutcome", {{"BusinessOutcome", "101"}, {"CallOutcome", call_outcome}}, usual);
}
RequestTrace callback() { return request("SetCallback", {{"StartDate", "\"03/06/2030\""}}); }

// As the interface's page has it, and with what the page does not have.
StoredRequest page() { return stored("SetOutcome", {{"BusinessOutcome", "\"101\""}}); }
StoredRequest page_with(const std::string& call_outcome) {
    return stored("SetOutcome", {{"BusinessOutcome", "\"101\""}, {"CallOutcome", call_outcome}});
}

// A call, of which one request is unknown: it left over a link that was given up 10 s later, and the server is asked
// over another one a minute after that. All that is declared is declared.
class Case {
public:
    explicit Case(RequestTrace ours) { add(std::move(ours), lost_); }

    Case& before(RequestTrace other) { return before(std::move(other), lost_); }
    Case& before(RequestTrace other, std::shared_ptr<const LinkTrace> link) {
        known_.insert(known_.begin(), make(std::move(other), std::move(link)));
        ++own_;
        return *this;
    }
    Case& saw(StoredRequest shown) {
        known_.insert(known_.begin() + own_, make(std::move(shown), lost_));
        ++own_;
        return *this;
    }
    Case& since(RequestTrace other) {
        add(std::move(other), present_);
        return *this;
    }
    Case& saw_since(StoredRequest shown) {
        add(std::move(shown), present_);
        return *this;
    }

    Evidence weigh(const StoredRequest& shown) {
        lcm::detail::CallRecord record{.is_complete = is_complete};
        for (int i = 0; i < static_cast<int>(known_.size()); ++i) {
            const Remembered* const each = known_[static_cast<std::size_t>(i)].get();
            if (i == own_) record.ours = is_remembered ? each : nullptr;
            else (i < own_ ? record.before : record.since).push_back(each);
        }
        return lcm::detail::weigh_evidence(record, shown, answer);
    }
    Doubt doubt(const StoredRequest& shown) {
        const Evidence evidence = weigh(shown);
        CHECK((evidence.finding == Finding::undecided) == (evidence.doubt != Doubt::none));
        return evidence.doubt;
    }

    LinkTrace& lost() { return *lost_; }
    LinkTrace& present() { return *present_; }
    Remembered& first() { return *known_.front(); }
    Remembered& ours() { return *known_[static_cast<std::size_t>(own_)]; }

    bool is_complete = true;
    bool is_remembered = true;

private:
    template <class What> static std::unique_ptr<Remembered> make(What what, std::shared_ptr<const LinkTrace> link) {
        return std::make_unique<Remembered>(Remembered{1, "7", std::move(what), std::move(link), start + 5s});
    }
    template <class What> void add(What what, std::shared_ptr<const LinkTrace> link) {
        known_.push_back(make(std::move(what), std::move(link)));
    }

    std::shared_ptr<LinkTrace> lost_ = std::make_shared<LinkTrace>(LinkTrace{"wss://a:443", start, start + 10s});
    std::shared_ptr<LinkTrace> present_ = std::make_shared<LinkTrace>(LinkTrace{"wss://a:443", start + 12s});
    std::vector<std::unique_ptr<Remembered>> known_;
    int own_ = 0;

public:
    AnswerCircumstances answer{
        .link = present_.get(), .asked = start + 70s, .can_abort = true, .settle_time = std::optional(60s)};
};

} // namespace

// --- reached ---------------------------------------------------------------------------------------------------------

TEST_CASE("A request that is shown with all that the application has said in it has reached the server") {
    Case one(outcome("5"));
    CHECK(one.weigh(page_with("5")) == Evidence{.finding = Finding::reached, .doubt = Doubt::none});
    CHECK(one.weigh(page_with("\"5\"")).finding == Finding::reached);
    one.before(outcome("9")).before(callback()).since(callback());
    CHECK(one.weigh(page_with("5")).finding == Finding::reached);
}

TEST_CASE("What the server does not show of a request leaves a doubt, which names it") {
    const Evidence missing{.finding = Finding::undecided, .doubt = Doubt::not_echoed, .not_echoed = {"CallOutcome"}};
    CHECK(Case(outcome("5")).weigh(page()) == missing);
    CHECK(Case(outcome("5")).before(outcome("9")).weigh(page()) == missing); // Do Not Call, or Reject
    CHECK(Case(outcome("5")).since(outcome("9")).weigh(page()) == missing);
    CHECK(missing.message() == "undecided (not_echoed: CallOutcome)");
}

TEST_CASE("A field that the application has not set need not be shown unless another request has another value there") {
    const auto with_score = [](const std::string& score) { return outcome("5", {{"LeadScore", score}}); };
    CHECK(Case(with_score("0")).before(outcome("9")).weigh(page_with("5")).finding == Finding::reached);
    Case differs(with_score("0"));
    differs.before(with_score("1"));
    CHECK(differs.weigh(page_with("5")).not_echoed == std::vector<std::string>{"LeadScore"});
    CHECK(Case(with_score("0")).since(with_score("1")).weigh(page_with("5")).not_echoed ==
          std::vector<std::string>{"LeadScore"});
    StoredRequest all = page_with("5");
    all.fields.push_back({"LeadScore", {}, lcm::detail::trace_value("0")});
    CHECK(differs.weigh(all).finding == Finding::reached);
}

TEST_CASE("That a request has no such field as another one, no server can show") {
    Case one(outcome("5"));
    one.before(outcome("5", {{"LeadScore", "0"}, {"Priority", "1"}}));
    CHECK(one.weigh(page_with("5")).not_echoed == std::vector<std::string>{"Priority"});
}

TEST_CASE("A request that another one is equal to cannot be told from that, whichever was first") {
    CHECK(Case(outcome("5")).before(outcome("5")).doubt(page_with("5")) == Doubt::equal_request);
    CHECK(Case(outcome("5")).since(outcome("5")).doubt(page_with("5")) == Doubt::equal_request);
    CHECK(Case(outcome("5")).saw(page_with("5")).doubt(page_with("5")) == Doubt::equal_request);
    CHECK(Case(outcome("5")).saw(page_with("9")).doubt(page_with("5")) == Doubt::none);
}

TEST_CASE("A request of another kind is told by its name, though it has the same values in the same fields") {
    Case one(request("SetOutcome", {{"CallOutcome", "5"}}));
    one.before(request("SetResult", {{"CallOutcome", "5"}}));
    CHECK(one.weigh(stored("SetOutcome", {{"CallOutcome", "5"}})).finding == Finding::reached);
}

TEST_CASE("A field is found under the other name that the server has for it, and whatever the letter case") {
    Case one(request("SetOutcome", {{"AgentComments", "\"x\""}}));
    StoredRequest shown{"setoutcome", {{"AgentComment", "agentcomments", lcm::detail::trace_value("\"x\"")}}};
    CHECK(one.weigh(shown).finding == Finding::reached);
}

// --- not reached -----------------------------------------------------------------------------------------------------

TEST_CASE("A request has not reached the server that shows the one before it, where nothing more can come") {
    CHECK(Case(callback()).before(outcome("5")).weigh(page()) ==
          Evidence{.finding = Finding::not_reached, .doubt = Doubt::none});
    CHECK(Case(outcome("5")).before(outcome("9")).weigh(page_with("9")).finding == Finding::not_reached);
    CHECK(Case(callback()).before(outcome("5")).saw(page()).weigh(page()).finding == Finding::not_reached);
}

TEST_CASE("That a server has shown the one before it once more, after ours had left, is no later request") {
    CHECK(Case(callback()).before(outcome("5")).saw_since(page()).weigh(page()).finding == Finding::not_reached);
}

TEST_CASE("A server that shows less than it has shown before ours left may hold another request") {
    CHECK(Case(callback()).before(outcome("9")).saw(page_with("9")).doubt(page()) == Doubt::other_request);
    CHECK(Case(callback()).before(outcome("9")).saw(page_with("9")).doubt(page_with("9")) == Doubt::none);
}

TEST_CASE("Somebody else's request, which was seen before ours, may have been sent again after it") {
    const StoredRequest other = stored("SetOther", {});
    CHECK(Case(callback()).saw(other).doubt(other) == Doubt::other_request);
    CHECK(Case(callback()).before(outcome("5")).saw(other).doubt(other) == Doubt::other_request);
    CHECK(Case(callback()).saw(page()).doubt(page()) == Doubt::other_request);
}

TEST_CASE("That a request has not reached the server is not said as long as anything speaks against it") {
    struct Row {
        Doubt doubt;
        std::function<void(Case&)> change;
    };
    const std::vector<Row> rows{
        {Doubt::none, [](Case&) {}},
        {Doubt::not_remembered, [](Case& c) { c.is_complete = false; }},
        {Doubt::not_remembered, [](Case& c) { c.is_remembered = false; }},
        {Doubt::not_remembered, [](Case& c) { c.ours().link.reset(); }},
        {Doubt::later_request, [](Case& c) { c.since(outcome("9")); }},
        {Doubt::other_request, [](Case& c) { c.saw(stored("SetOther", {})); }},
        {Doubt::store_not_declared, [](Case& c) { c.answer.settle_time.reset(); }},
        {Doubt::link_lives, [](Case& c) { c.lost().given_up.reset(); }},
        {Doubt::link_lives, [](Case& c) { c.answer.link = &c.lost(); }},
        {Doubt::no_abortive_close, [](Case& c) { c.answer.can_abort = false; }},
        {Doubt::other_server, [](Case& c) { c.present().server = "wss://b:443"; }},
        {Doubt::other_server, [](Case& c) { c.answer.link = nullptr; }},
        {Doubt::other_server,
         [](Case& c) {
             c.lost().server.clear();
             c.present().server.clear();
         }},
        {Doubt::not_settled, [](Case& c) { c.answer.asked = start + 70s - 1ns; }},
        {Doubt::not_settled, [](Case& c) { c.answer.settle_time = 60s + 1ns; }},
    };
    for (const Row& row : rows) {
        CAPTURE(to_string(row.doubt));
        Case one(callback());
        one.before(outcome("5"));
        row.change(one);
        CHECK(one.doubt(page()) == row.doubt);
    }
}

TEST_CASE("A question that waited for its link is as young as that") {
    Case one(callback());
    one.before(outcome("5"));
    one.answer.asked = start + 11s;
    CHECK(one.doubt(page()) == Doubt::not_settled);
    one.present().opened = start + 70s;
    CHECK(one.weigh(page()).finding == Finding::not_reached);
}

TEST_CASE("Another link's request without an answer may have come after ours, and its store then proves nothing") {
    const auto older = std::make_shared<LinkTrace>(LinkTrace{"wss://a:443", start - 1h, start - 55s});
    const auto weigh = [&](const std::function<void(Case&)>& change) {
        Case one(callback());
        one.before(outcome("5"), older);
        change(one);
        return one.doubt(page());
    };
    CHECK(weigh([](Case&) {}) == Doubt::none); // given up just so long before ours left
    CHECK(weigh([](Case& c) { c.answer.settle_time = 60s; }) == Doubt::none);
    older->given_up = start - 55s + 1ns;
    CHECK(weigh([](Case&) {}) == Doubt::order_unclear);
    CHECK(weigh([](Case& c) { c.first().answered = start + 5s; }) == Doubt::none);
    CHECK(weigh([](Case& c) { c.first().answered = start + 5s + 1ns; }) == Doubt::order_unclear);
    CHECK(weigh([](Case& c) { c.first().link.reset(); }) == Doubt::order_unclear);
    // One that looks the same counts as well.
    Case twins(callback());
    twins.before(outcome("5")).before(outcome("5"), older);
    CHECK(twins.doubt(page()) == Doubt::order_unclear);
}

TEST_CASE("A server that shows no request, or somebody else's, decides nothing") {
    CHECK(Case(callback()).before(outcome("5")).doubt({}) == Doubt::nothing_stored);
    CHECK(Case(callback()).before(outcome("5")).doubt(stored("", {{"BusinessOutcome", "101"}})) ==
          Doubt::nothing_stored);
    CHECK(Case(callback()).doubt(page()) == Doubt::other_request);
    CHECK(Case(callback()).before(outcome("5")).before(callback()).doubt(stored("SetOther", {})) ==
          Doubt::other_request);
    CHECK(Case(callback()).saw(page_with("9")).doubt(page_with("5")) == Doubt::other_request);
    CHECK(Case(callback()).saw(page_with("9")).doubt(page()) == Doubt::other_request);
}
