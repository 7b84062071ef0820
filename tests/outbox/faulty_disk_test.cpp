// SPDX-License-Identifier: BSL-1.0
// An outbox on a disk that becomes full, fails, and loses its power.
#include <outbox/faulty_disk.hpp>
#include <outbox/outbox_bench.hpp>
#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/testing/typed_messages.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::DoubtDecision;
using lcm::EntryId;
using lcm::Errc;
using lcm::OutboxErrc;

namespace {

// What the server has got and what the desktop was told, over several lives of the desktop.
class Night {
public:
    explicit Night(std::uint64_t seed) : random_(seed) {
        bench_.config.on_ended = [this](const lcm::EntryEnding& ending) { told_[ending.tag] = ending.delivery; };
        bench_.rule = DoubtDecision::drop;
    }

    void live() {
        begin();
        disk_.lose_power_after(random_.below(80));
        for (int step = 0; step < 60 && disk_.has_power(); ++step) {
            if (random_.one_in(2)) post();
            if (random_.one_in(3)) bench_.desktop->run();
            if (random_.one_in(8)) bench_.desktop->advance(1500ms);
        }
        look_at_posts();
        bench_.box.reset();
        disk_.restore_power(random_);
    }

    void finish() {
        begin();
        is_helpful_ = true;
        for (int i = 0; i < 30; ++i) bench_.desktop->advance(1s);
        bench_.box.reset();
    }

    // Empty, if all is well.
    [[nodiscard]] std::string mistake() const {
        for (const auto& [tag, times] : received_)
            if (times > 1) return std::to_string(tag) + " was sent twice";
        for (const std::uint64_t tag : confirmed_)
            if (told_.count(tag) == 0) return std::to_string(tag) + " was confirmed, and no ending was told";
        for (const auto& [tag, delivery] : told_) {
            const bool was_received = received_.count(tag) != 0;
            if (delivery == Delivery::not_sent && was_received) return std::to_string(tag) + " was sent";
            if (delivery == Delivery::accepted && !was_received) return std::to_string(tag) + " was not sent";
        }
        return {};
    }

    [[nodiscard]] std::size_t confirmed() const noexcept { return confirmed_.size(); }

private:
    struct Post {
        std::uint64_t tag;
        std::shared_ptr<std::optional<lcm::Result<EntryId>>> result;
    };

    void begin() {
        bench_.desktop.emplace();
        bench_.desktop->script.answer([this](std::string_view text) {
            const auto request = lcm::testing::read_request<SetOutcome>(text);
            ++received_[std::stoull(request->callid)];
            if (!is_helpful_ && random_.one_in(3)) return std::vector<std::string>();
            return std::vector<std::string>{lcm::testing::reply<SetOutcome>(request->callid)};
        });
        bench_.open(FaultyDisk::name());
    }

    void post() {
        const std::uint64_t tag = ++last_;
        posts_.push_back({tag, bench_.start(sample_of(std::to_string(tag)), tag)});
    }

    void look_at_posts() {
        for (const Post& post : posts_)
            if (*post.result && post.result->value()) confirmed_.push_back(post.tag);
        posts_.clear();
    }

    Random random_;
    FaultyDisk disk_;
    OutboxBench bench_;
    std::vector<Post> posts_;
    std::vector<std::uint64_t> confirmed_;
    std::map<std::uint64_t, int> received_;
    std::map<std::uint64_t, Delivery> told_;
    std::uint64_t last_ = 0;
    bool is_helpful_ = false;
};

} // namespace

TEST_CASE("A post on a full disk is not stored, which is told once, and goes on when there is room") {
    FaultyDisk disk;
    OutboxBench bench;
    bench.open(FaultyDisk::name());
    bench.post(sample_of("1"));
    disk.fail_writes(SQLITE_FULL);
    const auto second = bench.start(sample_of("2"));
    bench.desktop->run();
    const auto third = bench.start(sample_of("3"));
    bench.desktop->run();
    CHECK(second->value().error().code == Errc::not_stored);
    CHECK(second->value().error().cause == OutboxErrc::disk_full);
    CHECK(third->value().has_error());
    REQUIRE(bench.problems.size() == 1);
    CHECK(bench.problems[0].code == OutboxErrc::disk_full);
    CHECK(bench.stats().not_stored == 2);
    CHECK(bench.sent().size() == 1);
    SECTION("and what the server answers is told meanwhile") {
        bench.answer("1");
        bench.desktop->advance(1s);
        CHECK(bench.endings.at(0).delivery == Delivery::accepted);
    }
    disk.fail_writes(SQLITE_OK);
    bench.desktop->advance(1s);
    bench.post(sample_of("4"));
    CHECK(bench.sent().size() == 2);
}

TEST_CASE("A post whose sync fails may be on disk: it is unknown, and removed when the disk works again") {
    FaultyDisk disk;
    OutboxBench bench;
    bench.desktop->script.hold_open();
    bench.open(FaultyDisk::name());
    disk.fail_syncs(SQLITE_IOERR_FSYNC);
    const auto post = bench.start(sample_of("1"));
    bench.desktop->run();
    CHECK(post->value().error().code == Errc::not_stored);
    CHECK(post->value().error().delivery == Delivery::unknown);
    disk.fail_syncs(SQLITE_OK);
    bench.desktop->advance(1s);
    bench.box.reset();
    bench.desktop.emplace();
    bench.open(FaultyDisk::name());
    CHECK(bench.sent().empty());
    CHECK(bench.doubts.empty());
}

TEST_CASE("A post that may leave at once costs one sync, and what the server answers none") {
    const FaultyDisk disk;
    OutboxBench bench;
    bench.open(FaultyDisk::name());
    bench.post(sample_of("1"));
    const std::size_t before = disk.syncs();
    bench.post(sample_of("2"));
    CHECK(bench.sent().size() == 2);
    CHECK(disk.syncs() == before + 1);
    bench.answer("2");
    CHECK(bench.endings.size() == 1);
    CHECK(bench.stats().handed_over == 1);
    CHECK(disk.syncs() == before + 1);
    bench.crash();
    CHECK(bench.endings.size() == 1); // it was written, and removed
    CHECK(bench.doubts.size() == 1);  // the first one
}

TEST_CASE("A disk on which a mark cannot be synced keeps the entry from leaving") {
    FaultyDisk disk;
    OutboxBench bench;
    bench.desktop->script.hold_open();
    bench.open(FaultyDisk::name());
    bench.post(sample_of("1"));
    disk.fail_syncs(SQLITE_IOERR_FSYNC);
    bench.desktop->script.finish_open();
    bench.desktop->run();
    CHECK(bench.sent().empty());
    disk.fail_syncs(SQLITE_OK);
    bench.desktop->advance(1s);
    bench.desktop->advance(1s);
    CHECK(bench.sent().size() == 1);
}

TEST_CASE("Whenever the power goes, what was confirmed ends once and truly, and nothing is sent twice") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    std::size_t confirmed = 0;
    for (std::uint64_t round = 0; round < test_steps(60); ++round) {
        CAPTURE(round);
        Night night(seed + round);
        for (int life = 0; life < 4; ++life) night.live();
        night.finish();
        REQUIRE(night.mistake() == "");
        confirmed += night.confirmed();
    }
    CHECK(confirmed > 100);
}
