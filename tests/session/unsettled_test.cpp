// SPDX-License-Identifier: BSL-1.0
// Which message tells the truth about a request that had ended as unknown, and for how long.
#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/session/unsettled.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using lcm::detail::MatchKey;
using lcm::detail::RequestId;
using lcm::detail::SettlingEvent;

namespace {

using Memory = lcm::detail::Unsettled<std::string>;

const lcm::detail::TimePoint start{1h};

MatchKey reply_for(const std::string& callid) { return {"SetResult", callid}; }
SettlingEvent event_for(const std::string& lcm_key) { return {"OutcomeSetForCall", lcm_key}; }

Memory::Entry entry(RequestId id, const std::string& callid, const std::string& lcm_key,
                    lcm::detail::TimePoint ended = start) {
    return {id, reply_for(callid), event_for(lcm_key), ended, "details of " + std::to_string(id)};
}

// As the client does it: what ends may be what a message means that seems to be about those before.
void end_as_unknown(Memory& memory, Memory::Entry entry) {
    memory.contest(entry.key, entry.event);
    memory.remember(std::move(entry));
}

// The id of what was found, 0 for nothing.
RequestId id_of(const Memory::Entry* found) { return found == nullptr ? 0 : found->id; }

} // namespace

TEST_CASE("A request that is remembered is found by its id, by its reply and by its event") {
    Memory memory(10, 1min, 1);
    memory.remember(entry(1, "a", "1|1"));
    memory.remember(entry(2, "b", "2|2"));

    CHECK(id_of(memory.find(2, start)) == 2);
    CHECK(id_of(memory.find(reply_for("b"), start)) == 2);
    CHECK(id_of(memory.find(event_for("2|2"), start)) == 2);
    REQUIRE(memory.find(1, start) != nullptr);
    CHECK(memory.find(1, start)->details == "details of 1");

    CHECK(memory.find(3, start) == nullptr);
    CHECK(memory.find(reply_for("c"), start) == nullptr);
    CHECK(memory.find(event_for("3|3"), start) == nullptr);
}

TEST_CASE("An event tells of a request only if subtopic and LCM key are those of it, and not empty") {
    struct Row {
        SettlingEvent remembered;
        SettlingEvent received;
        bool is_meant;
    };
    const std::vector<Row> rows{
        {event_for("1|1"), event_for("1|1"), true},
        {event_for("1|1"), {" outcomesetforcall ", std::string("1|1")}, true},
        {event_for("1|1"), event_for("1|2"), false},
        {event_for("1|1"), {"OutcomeSet", std::string("1|1")}, false},
        {event_for("1|1"), {"", std::string("1|1")}, false},
        {event_for("1|1"), event_for(""), false},
        {event_for(""), event_for(""), false},
        {{}, event_for("1|1"), false},
        {{}, {}, false},
        {{"", std::string("1|1")}, {"", std::string("1|1")}, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.remembered.subtopic, row.remembered.lcm_key.reveal(), row.received.subtopic);
        Memory memory(10, 1min, 1);
        memory.remember({1, reply_for("a"), row.remembered, start, "details"});
        CHECK(id_of(memory.find(row.received, start)) == (row.is_meant ? 1 : 0));
    }
}

TEST_CASE("A request that is settled is forgotten, and the others are not") {
    Memory memory(10, 1min, 1);
    for (const RequestId id : {1U, 2U, 3U}) memory.remember(entry(id, std::to_string(id), std::to_string(id)));
    memory.forget(2);
    memory.forget(7);
    CHECK(memory.size() == 2);
    CHECK(memory.find(2, start) == nullptr);
    CHECK(memory.find(reply_for("2"), start) == nullptr);
    CHECK(id_of(memory.find(1, start)) == 1);
    CHECK(id_of(memory.find(3, start)) == 3);
}

TEST_CASE("One request beyond the bound is not remembered, and contests those that it is like") {
    Memory memory(3, 1min, 1);
    for (const RequestId id : {1U, 2U, 3U}) memory.remember(entry(id, std::to_string(id), std::to_string(id)));
    CHECK(memory.size() == 3);
    CHECK(id_of(memory.find(1, start)) == 1);
    memory.remember(entry(4, "1", "4"));
    CHECK(memory.size() == 3);
    CHECK(memory.find(4, start) == nullptr);
    CHECK(memory.find(reply_for("1"), start) == nullptr);
    for (const RequestId id : {1U, 2U, 3U}) CHECK(id_of(memory.find(id, start)) == id);
}

TEST_CASE("A request is remembered for just the time that was configured") {
    const std::vector<std::function<RequestId(Memory&, lcm::detail::TimePoint)>> ways{
        [](Memory& m, lcm::detail::TimePoint now) { return id_of(m.find(1, now)); },
        [](Memory& m, lcm::detail::TimePoint now) { return id_of(m.find(reply_for("a"), now)); },
        [](Memory& m, lcm::detail::TimePoint now) { return id_of(m.find(event_for("1|1"), now)); },
    };
    for (const auto& find : ways) {
        Memory memory(10, 1min, 1);
        memory.remember(entry(1, "a", "1|1"));
        memory.remember(entry(2, "b", "2|2", start + 1s));
        CHECK(find(memory, start + 1min) == 1);
        CHECK(find(memory, start + 1min + 1ns) == 0);
        CHECK(memory.size() == 1);
    }
    Memory memory(10, 1min, 1);
    memory.remember(entry(1, "a", "1|1"));
    memory.remember(entry(2, "b", "2|2", start + 1h)); // it makes room without being asked
    CHECK(memory.size() == 1);
}

TEST_CASE("A message that can be meant for two requests settles neither, whichever of them is forgotten") {
    struct Row {
        std::string what;
        Memory::Entry second;
        bool reply_settles_first;
        bool event_settles_first;
        bool reply_settles_second;
        bool event_settles_second;
    };
    const std::vector<Row> rows{
        {"another call and key", entry(2, "b", "2|2"), true, true, true, true},
        {"the same call and key", entry(2, "a", "1|1"), false, false, false, false},
        // Once two requests are alike in one way, no message that only names them is trusted.
        {"the same call", entry(2, "a", "2|2"), false, false, false, false},
        {"the same key", entry(2, "b", "1|1"), false, false, false, false},
    };
    const auto check = [](const Memory::Entry* found, RequestId id, bool settles) {
        CHECK(id_of(found) == (settles ? id : 0));
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        for (const RequestId forgotten : {0U, 1U, 2U}) {
            CAPTURE(forgotten);
            Memory memory(10, 1min, 1);
            end_as_unknown(memory, entry(1, "a", "1|1"));
            end_as_unknown(memory, row.second);
            if (forgotten != 0) memory.forget(forgotten);
            if (forgotten != 1) {
                check(memory.find(reply_for("a"), start), 1, row.reply_settles_first);
                check(memory.find(event_for("1|1"), start), 1, row.event_settles_first);
                CHECK(id_of(memory.find(1, start)) == 1); // by its id it is no other
            }
            if (forgotten != 2) {
                check(memory.find(row.second.key, start), 2, row.reply_settles_second);
                check(memory.find(row.second.event, start), 2, row.event_settles_second);
                CHECK(id_of(memory.find(2, start)) == 2);
            }
        }
    }
}

TEST_CASE("Of two that are alike, one stays in doubt when there is no room for the other, or its time is over") {
    Memory small(1, 1min, 1);
    end_as_unknown(small, entry(1, "a", "1|1"));
    end_as_unknown(small, entry(2, "a", "1|1"));
    CHECK(id_of(small.find(1, start)) == 1);
    CHECK(small.find(2, start) == nullptr);
    CHECK(small.find(reply_for("a"), start) == nullptr);
    CHECK(small.find(event_for("1|1"), start) == nullptr);

    Memory memory(10, 1min, 1);
    end_as_unknown(memory, entry(1, "a", "1|1"));
    end_as_unknown(memory, entry(2, "a", "1|1", start + 1min));
    const lcm::detail::TimePoint later = start + 1min + 1s;
    CHECK(memory.find(1, later) == nullptr);
    CHECK(memory.find(reply_for("a"), later) == nullptr);
    CHECK(memory.find(event_for("1|1"), later) == nullptr);
    CHECK(id_of(memory.find(2, later)) == 2);
}

TEST_CASE("A request that has ended since makes a message about the same call or key ambiguous") {
    struct Row {
        std::string what;
        MatchKey key;
        SettlingEvent event;
        bool is_contested;
    };
    const std::vector<Row> rows{
        {"another call and key", reply_for("b"), event_for("2|2"), false},
        {"the same call", reply_for("a"), event_for("2|2"), true},
        {"the same key", reply_for("b"), event_for("1|1"), true},
        {"no event at all", reply_for("b"), {}, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Memory memory(10, 1min, 1);
        memory.remember(entry(1, "a", "1|1"));
        memory.contest(row.key, row.event);
        CHECK(id_of(memory.find(reply_for("a"), start)) == (row.is_contested ? 0 : 1));
        CHECK(id_of(memory.find(event_for("1|1"), start)) == (row.is_contested ? 0 : 1));
        CHECK(id_of(memory.find(1, start)) == 1);
    }
}

TEST_CASE("An event that may be that of a request accepted before settles nothing, though a reply does") {
    struct Row {
        std::string what;
        std::string accepted; // its LCM key
        lcm::detail::TimePoint ended;
        bool settles;
    };
    const std::vector<Row> rows{
        {"the same key", "1|1", start, false},
        {"another key", "2|2", start, true},
        {"no key", "", start, true},
        {"long ago", "1|1", start + 1min + 1s, true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Memory memory(10, 1min, 1);
        memory.expect_event(event_for(row.accepted), start);
        memory.remember(entry(1, "a", "1|1", row.ended));
        CHECK(id_of(memory.find(event_for("1|1"), row.ended)) == (row.settles ? 1 : 0));
        CHECK(id_of(memory.find(reply_for("a"), row.ended)) == 1);
    }
}

TEST_CASE("When more events are expected than fit, none settles what ends soon after") {
    Memory memory(2, 1min, 1);
    for (const char* key : {"1|1", "2|2", "3|3"}) memory.expect_event(event_for(key), start); // the first is forgotten
    memory.remember(entry(1, "a", "1|1"));
    memory.remember(entry(2, "b", "9|9"));
    CHECK(memory.find(event_for("1|1"), start) == nullptr);
    CHECK(memory.find(event_for("9|9"), start) == nullptr);

    Memory later(2, 1min, 1);
    for (const char* key : {"1|1", "2|2", "3|3"}) later.expect_event(event_for(key), start);
    later.remember(entry(1, "a", "9|9", start + 1min + 1s));
    CHECK(id_of(later.find(event_for("9|9"), start + 1min + 1s)) == 1);
}

TEST_CASE("When more events are expected than fit, what ends within just the time that was configured is not settled") {
    for (const bool is_over : {false, true}) {
        Memory memory(2, 1min, 1);
        for (const char* key : {"1|1", "2|2", "3|3"}) memory.expect_event(event_for(key), start);
        const lcm::detail::TimePoint ended = start + 1min + (is_over ? 1ns : 0ns);
        memory.remember(entry(1, "a", "1|1", ended)); // the event of the first may come in that time
        CHECK(id_of(memory.find(event_for("1|1"), ended)) == (is_over ? 1 : 0));
    }
}

TEST_CASE("An expected event counts for what ends after it, whatever was asked for before and forgotten since") {
    Memory memory(2, 1min, 1);
    memory.expect_event(event_for("1|1"), start);
    memory.remember(entry(1, "a", "1|1"));
    CHECK(memory.find(event_for("1|1"), start) == nullptr);
    memory.forget(1);
    for (const char* key : {"2|2", "3|3"}) memory.expect_event(event_for(key), start + 1min);

    const lcm::detail::TimePoint later = start + 2min + 1s; // when none is expected any more
    memory.expect_event(event_for("4|4"), later);
    memory.remember(entry(2, "b", "3|3", later));
    memory.remember(entry(3, "c", "4|4", later));
    CHECK(id_of(memory.find(event_for("3|3"), later)) == 2);
    CHECK(memory.find(event_for("4|4"), later) == nullptr);
}

TEST_CASE("A request that has no such event, but changes something for the key, makes the event ambiguous") {
    Memory memory(10, 1min, 1);
    memory.remember(entry(1, "a", "1|1"));
    memory.contest(reply_for("b"), SettlingEvent{"", std::string("1|1")});
    CHECK(memory.find(event_for("1|1"), start) == nullptr);
}

namespace {

// What is promised, by looking at all there is.
class PlainMemory {
public:
    struct Entry {
        RequestId id;
        std::string call;
        std::string lcm_key;
        lcm::detail::TimePoint ended;
        bool is_contested;
        bool has_other_event;
    };

    void remember(RequestId id, const std::string& call, const std::string& lcm_key, lcm::detail::TimePoint now) {
        forget_old(now);
        const bool has_other_event = std::any_of(expected_.begin(), expected_.end(), [&](const auto& one) {
            return !lcm_key.empty() && one.first == lcm_key;
        });
        const bool is_contested = contest(call, lcm_key);
        if (entries_.size() < limit) entries_.push_back({id, call, lcm_key, now, is_contested, has_other_event});
    }

    bool contest(const std::string& call, const std::string& lcm_key) {
        bool is_alike = false;
        for (Entry& entry : entries_) {
            if (entry.call != call && (lcm_key.empty() || entry.lcm_key != lcm_key)) continue;
            entry.is_contested = is_alike = true;
        }
        return is_alike;
    }

    void expect(const std::string& lcm_key, lcm::detail::TimePoint now) {
        forget_old(now);
        expected_.emplace_back(lcm_key, now);
    }

    void forget(RequestId id) {
        std::erase_if(entries_, [id](const Entry& entry) { return entry.id == id; });
    }

    template <class Predicate> RequestId find(lcm::detail::TimePoint now, Predicate is_meant) {
        forget_old(now);
        const auto at = std::find_if(entries_.begin(), entries_.end(), is_meant);
        return at == entries_.end() ? 0 : at->id;
    }

    static constexpr std::size_t limit = 12;
    static constexpr auto time = 60s;

private:
    void forget_old(lcm::detail::TimePoint now) {
        std::erase_if(entries_, [now](const Entry& entry) { return now - entry.ended > time; });
        std::erase_if(expected_, [now](const auto& one) { return now - one.second > time; });
    }

    std::vector<Entry> entries_;
    std::vector<std::pair<std::string, lcm::detail::TimePoint>> expected_;
};

} // namespace

TEST_CASE(
    "Whatever is remembered, contested, expected and forgotten, a request is found just if nothing else is meant") {
    lcm::tests::Random random(lcm::tests::test_seed());
    const std::vector<std::string> keys{"", "1|1", "2|2", "3|3"};
    for (int episode = 0; episode < 200; ++episode) {
        Memory memory(PlainMemory::limit, PlainMemory::time, static_cast<std::uint64_t>(episode));
        PlainMemory model;
        lcm::detail::TimePoint now = start;
        std::size_t expectations = 0;
        for (RequestId id = 1; id < 150; ++id) {
            const std::string call = std::to_string(random.below(8));
            const std::string lcm_key = random.one_in(2) ? random.one_of(keys) : std::to_string(random.below(9));
            now += std::chrono::seconds(random.below(6));
            switch (random.below(6)) {
            case 0:
            case 1:
            case 2:
                memory.remember(entry(id, call, lcm_key, now));
                model.remember(id, call, lcm_key, now);
                break;
            case 3:
                memory.contest(reply_for(call), event_for(lcm_key));
                model.contest(call, lcm_key);
                break;
            case 4: {
                const RequestId some = random.below(static_cast<std::size_t>(id));
                memory.forget(some);
                model.forget(some);
                break;
            }
            default:
                if (lcm_key.empty() || ++expectations > PlainMemory::limit) break; // what overflows is another matter
                memory.expect_event(event_for(lcm_key), now);
                model.expect(lcm_key, now);
            }
            const RequestId some = random.below(static_cast<std::size_t>(id + 1));
            using Entry = PlainMemory::Entry;
            const bool agree =
                id_of(memory.find(some, now)) == model.find(now, [&](const Entry& e) { return e.id == some; }) &&
                id_of(memory.find(reply_for(call), now)) ==
                    model.find(now, [&](const Entry& e) { return e.call == call && !e.is_contested; }) &&
                id_of(memory.find(event_for(lcm_key), now)) == model.find(now, [&](const Entry& e) {
                    return !lcm_key.empty() && e.lcm_key == lcm_key && !e.is_contested && !e.has_other_event;
                });
            if (!agree) FAIL("in episode " << episode << ", at request " << id);
        }
    }
}

TEST_CASE("Many requests are remembered, contested and found, each without a look at all the others") {
    constexpr std::size_t many = 60'000; // of which the square would take minutes
    const auto began = std::chrono::steady_clock::now();
    Memory memory(many, 1h, 1);
    const bool have_one_key = GENERATE(false, true);
    const auto key = [&](std::size_t i) { return have_one_key ? std::string("1|1") : std::to_string(i); };
    for (std::size_t i = 0; i < many; ++i) memory.expect_event(event_for("0" + key(i)), start);
    for (std::size_t i = 0; i < many; ++i) end_as_unknown(memory, entry(i + 1, std::to_string(i), key(i)));
    for (std::size_t i = 0; i < many; ++i) {
        const bool is_found = memory.find(reply_for(std::to_string(i)), start) != nullptr;
        if (is_found == have_one_key || memory.find(i + 1, start) == nullptr) FAIL(i);
        static_cast<void>(memory.find(event_for(key(i)), start));
    }
    for (std::size_t i = 0; i < many; ++i) memory.forget((i * 7919) % many + 1);
    CHECK(memory.empty());
    CHECK(std::chrono::steady_clock::now() - began < 20s);
}

TEST_CASE("When all are contested, none is settled by a message; a late reply of its own still finds each") {
    Memory memory(10, 1min, 1);
    memory.remember(entry(1, "a", "1|1"));
    memory.remember(entry(2, "b", "2|2"));
    memory.contest_all();
    CHECK(id_of(memory.find(reply_for("a"), start)) == 0);
    CHECK(id_of(memory.find(event_for("2|2"), start)) == 0);
    CHECK(id_of(memory.find(RequestId{1}, start)) == 1);
    memory.remember(entry(3, "c", "3|3"));
    CHECK(id_of(memory.find(reply_for("c"), start)) == 3);
}
