// SPDX-License-Identifier: BSL-1.0
// What an outbox has on disk before what may happen, step by step.
#include <support/catch.hpp>

#include <lcm_client/outbox/impl/entry_book.hpp>

#include <chrono>
#include <vector>

using namespace std::chrono_literals;
using lcm::Delivery;
using lcm::EntryEndedBy;
using lcm::EntryId;
using lcm::EntryState;
using namespace lcm::detail;

namespace {

using Ids = std::vector<EntryId>;
constexpr WallTime later{1h};

constexpr auto any = [](EntryId) { return true; };

struct Book : EntryBook {
    Book() : EntryBook(1) {}

    EntryId keep(SubjectKeys subjects = {}, WallTime expires = later) {
        const EntryId id = post(10, expires, std::move(subjects));
        write();
        return id;
    }
    Durable write() {
        static_cast<void>(begin_write());
        return end_write();
    }
    void send(EntryId id) {
        hand_over(id);
        write();
    }
    void doubt(EntryId id) {
        send(id);
        on_result(id, Delivery::unknown);
    }
    // That is to be sent again, since the application has said so.
    EntryId keep_resent() {
        const EntryId id = keep();
        doubt(id);
        CHECK(resend(id));
        return id;
    }
    Ids due(WallTime now, std::size_t most) const { return EntryBook::due(now, most, any); }
    Ids all_due(WallTime now = WallTime{}) { return due(now, 100); }
};

StoredEntry stored(EntryId id, EntryState state, SubjectKeys subjects = {}) {
    return {.id = id, .status = {.state = state}, .expires = later, .bytes = 10, .subjects = std::move(subjects)};
}

} // namespace

TEST_CASE("A post is confirmed when it is on disk") {
    Book book;
    const EntryId id = book.post(10, later, {});
    CHECK(book.begin_write().added.at(0).status.state == EntryState::waiting);
    CHECK(book.all_due().empty());
    CHECK(book.end_write().posted == Ids{id});
    CHECK(book.all_due() == Ids{id});
}

TEST_CASE("The mark of a new entry that may leave at once is written with it") {
    Book book;
    const EntryId id = book.post(10, later, {});
    CHECK(book.all_due() == Ids{id});
    book.hand_over(id);
    CHECK(book.all_due().empty());
    const WriteSet writes = book.begin_write();
    CHECK(writes.added.at(0).status.state == EntryState::handed_over);
    CHECK(writes.changed.empty());
    const Durable done = book.end_write();
    CHECK(done.posted == Ids{id});
    CHECK(done.leaving == Ids{id});
    CHECK(book.state(id) == EntryState::handed_over);
    CHECK(book.all_due().empty());
}

TEST_CASE("A new entry does not leave at once behind another one of its subjects, after its time, or beyond what may") {
    Book book;
    const EntryId first = book.post(10, later, {"call"});
    static_cast<void>(book.post(10, later, {"call"}));
    const EntryId third = book.post(10, later, {"other"});
    static_cast<void>(book.post(10, WallTime{}, {}));
    CHECK(book.all_due() == Ids{first, third});
    CHECK(book.due({}, 1) == Ids{first});
    const EntryId fourth = book.keep();
    CHECK(book.due({}, 2) == Ids{first, third});
    CHECK(book.all_due() == Ids{first, third, fourth});
}

TEST_CASE("What may not leave yet does not take the place of what may") {
    Book book;
    const EntryId first = book.keep();
    const EntryId second = book.keep();
    CHECK(book.EntryBook::due({}, 1, [first](EntryId id) { return id != first; }) == Ids{second});
}

TEST_CASE("A post that fails and was to leave at once does not leave") {
    Book book;
    const EntryId id = book.post(10, later, {});
    book.hand_over(id);
    static_cast<void>(book.begin_write());
    CHECK(book.fail_write(WriteFailure::not_done).posts == Ids{id});
    CHECK(book.size() == 0);
    CHECK_FALSE(book.has_writes());
    CHECK(book.all_due().empty());
}

TEST_CASE("A write needs no sync if all that it says is what the server has answered, or was told before") {
    Book book;
    const EntryId first = book.keep();
    const EntryId second = book.keep();
    book.send(first);
    book.send(second);
    book.on_result(first, Delivery::accepted);
    SECTION("an answer, and the removal of what was told") {
        CHECK_FALSE(book.begin_write().needs_sync);
        static_cast<void>(book.end_write());
        book.on_told(first);
        CHECK_FALSE(book.begin_write().needs_sync);
    }
    SECTION("a new entry") {
        static_cast<void>(book.post(10, later, {}));
        CHECK(book.begin_write().needs_sync);
    }
    SECTION("what is unknown") {
        book.on_result(second, Delivery::unknown);
        CHECK(book.begin_write().needs_sync);
    }
    SECTION("what waits again") {
        book.on_result(second, Delivery::not_sent);
        CHECK(book.begin_write().needs_sync);
    }
    SECTION("what the server has not said") {
        book.on_refusal(second);
        CHECK(book.begin_write().needs_sync);
    }
    SECTION("a truth that has come to light") {
        book.on_result(second, Delivery::unknown);
        book.write();
        static_cast<void>(book.on_truth(second, Delivery::accepted));
        CHECK(book.begin_write().needs_sync);
    }
    SECTION("anything, after a write has failed, until one succeeds") {
        static_cast<void>(book.begin_write());
        static_cast<void>(book.fail_write(WriteFailure::in_doubt));
        CHECK(book.begin_write().needs_sync);
        static_cast<void>(book.end_write());
        book.on_told(first);
        CHECK_FALSE(book.begin_write().needs_sync);
    }
}

TEST_CASE("An entry leaves when the mark is on disk that it may have left") {
    Book book;
    const EntryId id = book.keep();
    book.hand_over(id);
    const WriteSet mark = book.begin_write();
    REQUIRE(mark.changed.size() == 1);
    CHECK(mark.changed[0].status.state == EntryState::handed_over);
    CHECK(book.end_write().leaving == Ids{id});
}

TEST_CASE("The mark of one entry, the ending of another one and a new one are one write") {
    Book book;
    const EntryId first = book.keep();
    const EntryId second = book.keep();
    book.send(first);
    book.on_result(first, Delivery::accepted);
    book.hand_over(second);
    const EntryId third = book.post(10, later, {});
    const WriteSet writes = book.begin_write();
    REQUIRE(writes.changed.size() == 2);
    CHECK(writes.changed[0].id == second);
    CHECK(writes.changed[1].id == first);
    REQUIRE(writes.added.size() == 1);
    CHECK(writes.added[0].id == third);
}

TEST_CASE("An ending is told when it is on disk, and the entry removed when it was told") {
    Book book;
    const EntryId id = book.keep();
    book.send(id);
    book.on_result(id, Delivery::refused);
    CHECK(book.state(id) == EntryState::ended);
    CHECK(book.begin_write().changed.at(0).status.state == EntryState::ended);
    const auto ended = book.end_write().ended;
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].status.delivery == Delivery::refused);
    CHECK(ended[0].status.by == EntryEndedBy::reply);
    CHECK_FALSE(ended[0].status.was_resent);
    CHECK_FALSE(book.has_writes());
    CHECK(book.size() == 1);
    book.on_told(id);
    CHECK(book.size() == 0);
    CHECK(book.begin_write().removed == Ids{id});
}

TEST_CASE("What was not sent waits again, in its place") {
    Book book;
    const EntryId first = book.keep({"call"});
    const EntryId second = book.keep({"call"});
    book.send(first);
    book.on_result(first, Delivery::not_sent);
    CHECK(book.all_due() == Ids{first});
    CHECK(book.state(second) == EntryState::waiting);
}

TEST_CASE("Nothing passes an older entry that shares a subject, whatever its state") {
    Book book;
    const EntryId older = book.keep({"call", "number"});
    const EntryId other = book.keep({"contact"});
    const EntryId newer = book.keep({"contact", "number"});
    CHECK(book.all_due() == Ids{older, other});
    book.send(other);
    book.send(older);
    CHECK(book.all_due().empty());
    book.on_result(other, Delivery::accepted);
    CHECK(book.all_due().empty());
    book.on_result(older, Delivery::unknown);
    CHECK(book.all_due().empty());
    SECTION("until it is dropped") {
        CHECK(book.drop(older));
        CHECK(book.all_due() == Ids{newer});
    }
    SECTION("until the truth comes to light") {
        CHECK(book.on_truth(older, Delivery::refused));
        CHECK(book.all_due() == Ids{newer});
    }
    SECTION("and what is sent again goes first") {
        CHECK(book.resend(older));
        CHECK(book.all_due() == Ids{older});
    }
}

TEST_CASE("However many wait behind one that has ended, the next of them may leave, and then the one behind it") {
    Book book;
    Ids ids;
    for (int i = 0; i < 4; ++i) ids.push_back(book.keep({"call"}));
    for (const EntryId id : ids) {
        CHECK(book.all_due() == Ids{id});
        book.send(id);
        CHECK(book.all_due().empty());
        book.on_result(id, Delivery::accepted);
    }
    CHECK(book.all_due().empty());
}

TEST_CASE("After a crash, what waited waits, what had been handed over is unknown, and what has ended is over") {
    EntryBook book(10);
    book.restore(stored(3, EntryState::handed_over, {"call"}));
    book.restore(stored(4, EntryState::waiting));
    book.restore(stored(5, EntryState::waiting, {"call"}));
    book.restore(stored(6, EntryState::unknown));
    book.restore(stored(7, EntryState::ended));
    CHECK(book.due(WallTime{}, 100, any) == Ids{4});
    CHECK(book.all(EntryState::unknown) == Ids{3, 6});
    CHECK(book.state(7) == EntryState::ended);
    CHECK(book.size() == 5);
    CHECK(book.post(1, later, {}) == 10);
}

TEST_CASE("After a crash it is to be written of what had been handed over that it is unknown, and nothing else") {
    EntryBook book(10);
    book.restore(stored(1, EntryState::waiting));
    book.restore(stored(2, EntryState::handed_over));
    book.restore(stored(3, EntryState::unknown));
    REQUIRE(book.has_writes());
    const WriteSet set = book.begin_write();
    REQUIRE(set.changed.size() == 1);
    CHECK(set.changed[0].id == 2);
    CHECK(set.changed[0].status.state == EntryState::unknown);
    CHECK(set.added.empty());
    CHECK(set.removed.empty());
}

TEST_CASE("What became of an entry is to be written, and to be written again when that has failed") {
    Book book;
    const EntryId id = book.keep();
    const auto check_is_to_be_written = [&](EntryState state, bool was_resent) {
        REQUIRE(book.has_writes());
        const WriteSet set = book.begin_write();
        REQUIRE(set.changed.size() == 1);
        CHECK(set.changed[0].id == id);
        CHECK(set.changed[0].status.state == state);
        CHECK(set.changed[0].status.was_resent == was_resent);
    };
    book.doubt(id);
    check_is_to_be_written(EntryState::unknown, false);
    static_cast<void>(book.fail_write(WriteFailure::in_doubt));
    check_is_to_be_written(EntryState::unknown, false);
    static_cast<void>(book.end_write());
    REQUIRE(book.resend(id));
    check_is_to_be_written(EntryState::waiting, true);
}

TEST_CASE("What may have left is never called not sent") {
    Book book;
    const EntryId id = book.keep({}, WallTime{10min});
    const auto delivery = [&] {
        const auto ended = book.write().ended;
        REQUIRE(ended.size() == 1);
        CHECK(ended[0].id == id);
        return ended[0].status.delivery;
    };
    SECTION("not even when it is dropped") {
        book.doubt(id);
        CHECK(book.drop(id));
        CHECK(delivery() == Delivery::unknown);
    }
    SECTION("nor when it expires before it is sent again") {
        book.doubt(id);
        CHECK(book.resend(id));
        book.expire(WallTime{11min});
        CHECK(delivery() == Delivery::unknown);
    }
    SECTION("nor when it cannot be sent again") {
        book.doubt(id);
        CHECK(book.resend(id));
        book.send(id);
        book.on_refusal(id);
        CHECK(delivery() == Delivery::unknown);
    }
    SECTION("but what has not left is, when it expires") {
        book.send(id);
        book.on_result(id, Delivery::not_sent);
        book.expire(WallTime{11min});
        CHECK(delivery() == Delivery::not_sent);
    }
}

TEST_CASE("What is unknown does not expire, and neither does what is under way") {
    Book book;
    const EntryId doubtful = book.keep({}, WallTime{1min});
    const EntryId leaving = book.keep({}, WallTime{1min});
    book.doubt(doubtful);
    book.send(leaving);
    book.expire(WallTime{2min});
    CHECK(book.state(doubtful) == EntryState::unknown);
    CHECK(book.state(leaving) == EntryState::handed_over);
}

TEST_CASE("What has expired does not leave, also if nobody has ended it yet") {
    Book book;
    static_cast<void>(book.keep({}, WallTime{1min}));
    CHECK(book.next_expiry() == WallTime{1min});
    CHECK(book.all_due(WallTime{1min}).empty());
}

TEST_CASE("A refusal of one attempt is no truth about the others") {
    Book book;
    const EntryId id = book.keep_resent();
    book.doubt(id);
    CHECK_FALSE(book.on_truth(id, Delivery::refused));
    CHECK(book.on_truth(id, Delivery::accepted));
}

TEST_CASE("Of an entry that has never been in doubt there is no truth to come") {
    Book book;
    const EntryId id = book.keep();
    CHECK_FALSE(book.on_truth(id, Delivery::accepted));
    book.send(id);
    book.on_result(id, Delivery::not_sent);
    CHECK_FALSE(book.on_truth(id, Delivery::accepted));
    CHECK_FALSE(book.on_truth(id, Delivery::refused));
    CHECK(book.state(id) == EntryState::waiting);
}

TEST_CASE("The truth about an attempt keeps an entry from being sent again") {
    Book book;
    const EntryId id = book.keep_resent();
    CHECK(book.on_truth(id, Delivery::accepted));
    CHECK(book.all_due().empty());
}

TEST_CASE("That an attempt was accepted is not forgotten while the next one is under way") {
    Book book;
    const EntryId id = book.keep_resent();
    book.send(id);
    CHECK_FALSE(book.on_truth(id, Delivery::accepted));
    SECTION("which nobody answers") { book.on_result(id, Delivery::unknown); }
    SECTION("which is refused") { book.on_result(id, Delivery::refused); }
    SECTION("which does not leave") { book.on_result(id, Delivery::not_sent); }
    SECTION("which cannot leave") { book.on_refusal(id); }
    CHECK(book.all_due().empty());
    const auto ended = book.write().ended;
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].status == EntryStatus{EntryState::ended, true, EntryEndedBy::settled, Delivery::accepted});
}

TEST_CASE("That an attempt was refused says nothing of the next one, which is under way") {
    Book book;
    const EntryId id = book.keep_resent();
    book.send(id);
    CHECK_FALSE(book.on_truth(id, Delivery::refused));
    book.on_result(id, Delivery::unknown);
    CHECK(book.state(id) == EntryState::unknown);
}

TEST_CASE("A refusal of what was sent again says so") {
    Book book;
    const EntryId id = book.keep_resent();
    book.send(id);
    book.on_result(id, Delivery::refused);
    CHECK(book.write().ended.at(0).status.was_resent);
}

TEST_CASE("A post that cannot be written has failed, and is removed if it may be on disk") {
    Book book;
    const EntryId id = book.post(10, later, {"call"});
    static_cast<void>(book.begin_write());
    SECTION("it is not there") {
        CHECK(book.fail_write(WriteFailure::not_done).delivery == Delivery::not_sent);
        CHECK_FALSE(book.has_writes());
    }
    SECTION("it may be there") {
        CHECK(book.fail_write(WriteFailure::in_doubt).delivery == Delivery::unknown);
        CHECK(book.begin_write().removed == Ids{id});
    }
    CHECK(book.size() == 0);
    CHECK(book.bytes() == 0);
}

TEST_CASE("An entry whose mark cannot be written does not leave") {
    Book book;
    const EntryId id = book.keep();
    book.hand_over(id);
    static_cast<void>(book.begin_write());
    static_cast<void>(book.fail_write(WriteFailure::in_doubt));
    CHECK(book.state(id) == EntryState::waiting);
    CHECK(book.begin_write().changed.at(0).status.state == EntryState::waiting);
}

TEST_CASE("An answer is told also if the file cannot be written, and an expiry is not") {
    Book book;
    const EntryId answered = book.keep();
    static_cast<void>(book.keep({}, WallTime{1min}));
    book.send(answered);
    book.on_result(answered, Delivery::accepted);
    book.expire(WallTime{1min});
    static_cast<void>(book.begin_write());
    const auto told = book.fail_write(WriteFailure::not_done);
    REQUIRE(told.ended.size() == 1);
    CHECK(told.ended[0].id == answered);
    book.on_told(answered);
    const auto ended = book.write().ended;
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].status.by == EntryEndedBy::expiry);
}

TEST_CASE("An answer that was told although the file could not be written is not told again when it is written") {
    Book book;
    const EntryId id = book.keep();
    book.send(id);
    book.on_result(id, Delivery::refused);
    static_cast<void>(book.begin_write());
    REQUIRE(book.fail_write(WriteFailure::not_done).ended.size() == 1);
    const WriteSet set = book.begin_write();
    REQUIRE(set.changed.size() == 1);
    CHECK(set.changed[0].status.state == EntryState::ended);
    CHECK(book.end_write().ended.empty());
}

TEST_CASE("What an entry holds counts until the application has been told of its ending, also after a crash") {
    Book book;
    const EntryId id = book.keep();
    book.send(id);
    book.on_result(id, Delivery::accepted);
    CHECK(book.bytes() == 10);
    REQUIRE(book.write().ended.size() == 1);
    CHECK(book.bytes() == 10);
    book.on_told(id);
    CHECK(book.bytes() == 0);

    EntryBook next(10);
    next.restore(stored(7, EntryState::ended));
    CHECK(next.bytes() == 10);
    next.on_told(7);
    CHECK(next.bytes() == 0);
}

TEST_CASE("What cannot be read does not leave, and nothing passes it until it is dropped") {
    Book book;
    const EntryId unreadable = book.keep({"call"});
    const EntryId next = book.keep({"call"});
    book.set_unreadable(unreadable);
    CHECK(book.all_due().empty());
    CHECK(book.drop(unreadable));
    CHECK(book.all_due() == Ids{next});
}

TEST_CASE("What is under way is not dropped") {
    Book book;
    const EntryId id = book.keep();
    book.hand_over(id);
    CHECK_FALSE(book.drop(id));
    book.write();
    CHECK_FALSE(book.drop(id));
}
