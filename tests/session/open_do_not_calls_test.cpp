// SPDX-License-Identifier: BSL-1.0
// Which requests are refused while a Do Not Call is open, until when, and what a full memory does.
#include <session/random.hpp>
#include <support/catch.hpp>
#include <support/expect.hpp>

#include <lcm_client/session/open_do_not_calls.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using lcm::Delivery;
using lcm::Subject;
using lcm::SubjectKind;
using lcm::Subjects;
using lcm::detail::GuardedRequest;
using lcm::detail::OpenDoNotCalls;
using lcm::detail::RequestId;

namespace {

const Subject call{SubjectKind::call, "12345"};
const Subject key{SubjectKind::lcm_key, "1|2"};
const Subject number{SubjectKind::telephone_number, "555"};
const Subject other_key{SubjectKind::lcm_key, "1|3"};

GuardedRequest marking(Subjects subjects) { return {.subjects = std::move(subjects), .marks = true}; }
GuardedRequest changing(Subjects subjects) { return {.subjects = std::move(subjects)}; }
GuardedRequest insisting(Subjects subjects) { return {.subjects = std::move(subjects), .despite_it = true}; }

// "passes", or the code.
std::string judge(OpenDoNotCalls& open, RequestId id, GuardedRequest request) {
    const std::optional<lcm::Error> refusal = open.admit(id, "SetDNC", std::move(request));
    return refusal ? to_string(refusal->code) : "passes";
}

} // namespace

TEST_CASE("A request is refused while a Do Not Call with one of its subjects is open, whichever it is") {
    struct Row {
        Subjects subjects;
        std::string judgement;
    };
    const std::vector<Row> rows{
        {{key}, "do_not_call_open"},
        {{number}, "do_not_call_open"},
        {{call, key}, "do_not_call_open"},
        {{call, number, other_key}, "do_not_call_open"},
        {{call}, "passes"},
        {{other_key}, "passes"},
        {{call, other_key}, "passes"},
        {{{SubjectKind::telephone_number, "1|2"}}, "passes"}, // another kind of thing with the same text
    };
    OpenDoNotCalls open(10);
    REQUIRE(judge(open, 1, marking({key, number})) == "passes");
    for (const Row& row : rows) {
        CHECK(judge(open, 2, changing(row.subjects)) == row.judgement);
        CHECK(judge(open, 2, insisting(row.subjects)) == "passes");
        CHECK(open.size() == 1);
    }
}

TEST_CASE("A Do Not Call is open until it is accepted, refused or not sent, and stays open when that is unknown") {
    for (const Delivery ending : {Delivery::accepted, Delivery::refused, Delivery::not_sent}) {
        CAPTURE(to_string(ending));
        OpenDoNotCalls open(10);
        REQUIRE(judge(open, 1, marking({key})) == "passes");
        open.end(2, ending); // another request
        CHECK(judge(open, 3, changing({key})) == "do_not_call_open");
        open.end(1, Delivery::unknown);
        CHECK(judge(open, 3, changing({key})) == "do_not_call_open");
        open.end(1, ending); // its truth
        CHECK(judge(open, 3, changing({key})) == "passes");
        CHECK(open.size() == 0);
        open.end(1, Delivery::unknown);
        CHECK(judge(open, 3, changing({key})) == "passes");
    }
}

TEST_CASE("Of several that are open, the one is named that was opened first, whichever subject is looked at first") {
    for (const Subjects& subjects : std::vector<Subjects>{{key, number}, {number, key}}) {
        OpenDoNotCalls open(10);
        REQUIRE_FALSE(open.admit(1, "SetDNC", marking({number})));
        REQUIRE_FALSE(open.admit(2, "AddCompliance", marking({key})));
        const auto refusal = open.admit(3, "SetOutcome", changing(subjects));
        REQUIRE(refusal);
        CHECK(refusal->detail.starts_with("SetDNC for the same telephone_number"));
    }
}

TEST_CASE("Looked up by one of their subjects, those that are unknown are open no more, and the pending ones are") {
    OpenDoNotCalls open(10);
    for (const RequestId id : std::vector<RequestId>{1, 2, 3})
        REQUIRE(judge(open, id, marking({key, number})) == "passes");
    REQUIRE(judge(open, 4, marking({other_key})) == "passes");
    for (const RequestId id : std::vector<RequestId>{1, 3, 4}) open.end(id, Delivery::unknown);
    CHECK(open.resolve({call}) == 0);
    CHECK(open.resolve({}) == 0);
    CHECK(open.resolve({call, number}) == 2);
    CHECK(judge(open, 5, changing({key})) == "do_not_call_open");
    open.end(2, Delivery::accepted);
    CHECK(judge(open, 5, changing({key})) == "passes");
    CHECK(judge(open, 5, changing({other_key})) == "do_not_call_open");
}

TEST_CASE("One that marks Do Not Call is not refused for another one, and each is open for itself") {
    OpenDoNotCalls open(10);
    REQUIRE(judge(open, 1, marking({key})) == "passes");
    CHECK(judge(open, 2, marking({key})) == "passes");
    open.end(1, Delivery::accepted);
    CHECK(judge(open, 3, changing({key})) == "do_not_call_open");
    open.end(2, Delivery::accepted);
    CHECK(judge(open, 3, changing({key})) == "passes");
}

TEST_CASE("Over the limit one that marks Do Not Call is refused, so that none is open that is not kept") {
    OpenDoNotCalls open(2);
    REQUIRE(judge(open, 1, marking({key})) == "passes");
    REQUIRE(judge(open, 2, marking({key})) == "passes");
    CHECK(judge(open, 3, marking({number})) == "queue_full");
    CHECK(judge(open, 4, changing({number})) == "passes"); // nothing of it has left
    open.end(1, Delivery::not_sent);
    CHECK(judge(open, 5, marking({number})) == "passes");
}

TEST_CASE("A refusal says which Do Not Call it is for, the first one, and what to do next, and nothing personal") {
    OpenDoNotCalls open(2);
    REQUIRE(judge(open, 1, marking({key, number})) == "passes");
    REQUIRE_FALSE(open.admit(2, "AddCompliance", marking({number})));
    CHECK(open.admit(3, "", changing({number}))->detail ==
          "SetDNC for the same telephone_number is pending; wait until it has ended, or send this with "
          "despite_do_not_call");
    open.end(1, Delivery::unknown);
    CHECK(
        open.admit(3, "", changing({call, key, number}))->detail ==
        "SetDNC for the same lcm_key has ended as unknown; look up whether it is set, then resolve_do_not_call it, or "
        "send this with despite_do_not_call");
    open.end(1, Delivery::accepted);
    CHECK(open.admit(3, "", changing({number}))->detail.starts_with("AddCompliance for the same telephone_number is"));
    REQUIRE_FALSE(open.admit(4, "SetDNC", marking({key})));
    CHECK(open.admit(5, "SetDNC", marking({key}))->detail ==
          "2 Do Not Calls are pending or unknown (limits.do_not_calls); look up those that are unknown, then "
          "resolve_do_not_call them");
}

// --- random interleavings against a list that is searched from its beginning -----------------------------------------

namespace {

class Model {
public:
    explicit Model(std::size_t limit) : limit_(limit) {}

    std::string judge(RequestId id, const GuardedRequest& request) {
        if (request.marks && rows_.size() == limit_) return "queue_full";
        if (request.marks) rows_.push_back({id, request.subjects, false});
        const bool is_refused =
            !request.marks && !request.despite_it &&
            std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) { return shares(row, request.subjects); });
        return is_refused ? "do_not_call_open" : "passes";
    }

    void end(RequestId id, Delivery ending) {
        if (ending != Delivery::unknown) return static_cast<void>(erase([id](const Row& row) { return row.id == id; }));
        for (Row& row : rows_) row.is_unknown = row.is_unknown || row.id == id;
    }

    std::size_t resolve(const Subjects& subjects) {
        return erase([&](const Row& row) { return row.is_unknown && shares(row, subjects); });
    }

    [[nodiscard]] std::size_t size() const { return rows_.size(); }

private:
    struct Row {
        RequestId id;
        Subjects subjects;
        bool is_unknown;
    };

    static bool shares(const Row& row, const Subjects& subjects) {
        for (const Subject& own : row.subjects)
            if (std::count(subjects.begin(), subjects.end(), own) != 0) return true;
        return false;
    }

    template <class Predicate> std::size_t erase(Predicate is_meant) { return std::erase_if(rows_, is_meant); }

    std::size_t limit_;
    std::vector<Row> rows_;
};

Subjects random_subjects(lcm::tests::Random& random) {
    static constexpr std::array kinds{SubjectKind::call, SubjectKind::lcm_key, SubjectKind::telephone_number};
    Subjects subjects;
    for (const SubjectKind kind : kinds)
        for (const char* const text : {"1", "2", "3", "4"})
            if (random.one_in(8)) subjects.push_back({kind, text});
    return subjects;
}

} // namespace

TEST_CASE("In random interleavings each request is judged as by a list that is searched from its beginning") {
    const std::uint64_t seed = lcm::tests::test_seed();
    CAPTURE(seed);
    lcm::tests::Random random(seed);
    constexpr std::array endings{Delivery::accepted, Delivery::refused, Delivery::not_sent, Delivery::unknown,
                                 Delivery::unknown};
    const auto steps = lcm::tests::test_steps(20'000);
    for (std::uint64_t step = 0; step != steps;) {
        const std::size_t limit = 1 + random.below(8);
        OpenDoNotCalls open(limit);
        Model model(limit);
        for (RequestId id = 1; id <= 100 && step != steps; ++id, ++step) {
            const GuardedRequest request{random_subjects(random), random.one_in(3), random.one_in(8)};
            lcm::tests::expect(judge(open, id, request) == model.judge(id, request), "a request is judged alike");
            const RequestId ended = 1 + random.below(static_cast<std::size_t>(id));
            const Delivery ending = random.one_of(endings);
            open.end(ended, ending);
            model.end(ended, ending);
            if (random.one_in(8)) {
                const Subjects subjects = random_subjects(random);
                lcm::tests::expect(open.resolve(subjects) == model.resolve(subjects), "the same ones are resolved");
            }
            lcm::tests::expect(open.size() == model.size(), "the same number is open");
        }
    }
    SUCCEED();
}
