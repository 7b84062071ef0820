// SPDX-License-Identifier: BSL-1.0
// The clients over this library, chosen by --mode.
#include "ours_callback.hpp"
#include "ours_future.hpp"
#include "ours_idle.hpp"
#include "ours_pending.hpp"
#include "ours_reconnect.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>

int main(int argc, char** argv) {
    using namespace lcm::bench;
    try {
        const Options options = read_options(argc, argv);
        if (options.mode == "callback") OursCallback(options).run();
        else if (options.mode == "future") OursFuture(options).run();
        else if (options.mode == "idle") OursIdle(options).run();
        else if (options.mode == "awaiting") OursPending(options).print_heap_awaiting();
        else if (options.mode == "queued") OursPending(options).print_heap_queued();
        else if (options.mode == "link_lost") OursPending(options).print_link_lost();
        else if (options.mode == "reconnect") OursReconnect(options).print_round_trips();
        else throw std::invalid_argument("no such mode");
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "bench_ours: %s\n", problem.what());
        return 1;
    }
}
