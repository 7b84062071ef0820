// SPDX-License-Identifier: BSL-1.0
// The clients over raw Beast, chosen by --mode.
#include "beast_future.hpp"
#include "beast_hand.hpp"
#include "beast_idle.hpp"
#include "beast_nlohmann.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>

int main(int argc, char** argv) {
    using namespace lcm::bench;
    try {
        const Options options = read_options(argc, argv);
        if (options.mode == "hand") BeastHand(options).run();
        else if (options.mode == "nlohmann") BeastNlohmann(options).run();
        else if (options.mode == "future") BeastFuture(options).run();
        else if (options.mode == "idle") BeastIdle(options).run();
        else throw std::invalid_argument("no such mode");
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "bench_beast: %s\n", problem.what());
        return 1;
    }
}
