// SPDX-License-Identifier: BSL-1.0
// What an entry of the outbox costs over SQLite alone with the same rows and as many syncs, and how long an outbox with
// 10 000 waiting entries takes to start: `bench_outbox [REPETITIONS]`. TMPDIR has to be on a disk.
#include "over_outbox.hpp"
#include "over_sqlite.hpp"
#include "syncs.hpp"

#include <support/temporary_folder.hpp>

#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/request_data.hpp>
#include <lcm_client/subjects.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace lcm::bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Run {
    double seconds = 0;
    std::size_t syncs = 0;
};

template <class Work> Run measure(Work work) {
    const std::size_t before = syncs;
    const auto start = Clock::now();
    work();
    return {seconds_since(start), syncs - before};
}

inline Run run_outbox(std::size_t count, std::size_t depth) {
    const tests::TemporaryFolder folder;
    OverOutbox bench(folder / "box", depth);
    return measure([&] { bench.run(count, depth); });
}

inline Run run_sqlite(std::size_t count, std::size_t batch) {
    const Disposition request = disposition(1);
    const std::size_t contents =
        32 + lcm::detail::write_contents({.operation = std::string(Disposition::operation.subtopic),
                                          .callid = request.callid,
                                          .data = lcm::detail::data_of(request)})
                 .size();
    const tests::TemporaryFolder folder;
    OverSqlite bench(folder / "box");
    return measure([&] { bench.run(count, batch, contents, subjects_of(request).size()); });
}

inline void compare(std::size_t count, std::size_t depth, int repetitions) {
    std::vector<double> ours, alone, ratios;
    Run last, last_alone;
    std::size_t batch = 1;
    for (int i = 0; i != repetitions; ++i) {
        last = run_outbox(count, depth);
        batch = (std::max)(std::size_t{1}, count / (std::max)(std::size_t{1}, last.syncs));
        last_alone = run_sqlite(count, batch);
        ours.push_back(static_cast<double>(count) / last.seconds);
        alone.push_back(static_cast<double>(count) / last_alone.seconds);
        ratios.push_back(last.seconds / last_alone.seconds);
    }
    std::printf(
        "%zu in flight: %.0f entries a second, %.2f syncs each; SQLite alone %.0f, %.2f; time over SQLite alone "
        "%.2f\n",
        depth, median(ours), static_cast<double>(last.syncs) / static_cast<double>(count), median(alone),
        static_cast<double>(last_alone.syncs) / static_cast<double>(count), median(ratios));
}

// Without a link, so that they wait.
inline void start_with_many(std::size_t count) {
    const tests::TemporaryFolder folder;
    testing::Script script;
    script.hold_open();
    LcmClient<testing::ScriptedTransport> client({.source = "bench"}, testing::scripted(script));
    OutboxConfig config{.file = folder / "box", .plain_text_on_disk = true};
    config.limits.entries = count;
    {
        Outbox outbox(client, config);
        std::vector<std::future<EntryId>> posts;
        for (std::size_t i = 0; i != count; ++i) posts.push_back(outbox.post(disposition(i)));
        for (auto& post : posts) static_cast<void>(post.get());
    }
    const auto start = Clock::now();
    Outbox outbox(client, config);
    const std::size_t found = outbox.entries().get().size();
    std::printf("start with %zu waiting entries, until all of them are listed: %.0f ms\n", found,
                seconds_since(start) * 1000);
}

} // namespace lcm::bench

int main(int argc, char** argv) {
    try {
        const int repetitions = argc > 1 ? std::stoi(argv[1]) : 5;
        lcm::bench::compare(400, 1, repetitions);
        lcm::bench::compare(20'000, 256, repetitions);
        lcm::bench::start_with_many(10'000);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "bench_outbox: %s\n", problem.what());
        return 1;
    }
}
