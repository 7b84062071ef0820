# SPDX-License-Identifier: BSL-1.0
"""Measures everything and prints the table of the goals, and the plain figures below it. run.sh builds, and calls this."""

import argparse
import os
import pathlib
import statistics
import sys
import time

import compile_time
import counters
import goals
import micro
import processes
import sockets
from counts import at_least_one

LINK_LOST_TIMES = 3


def parse():
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--node-modules", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--repetitions", type=at_least_one, default=7, help="of each timed run (7)")
    parser.add_argument("--compile-rounds", type=at_least_one, default=3,
                        help="of each compilation but the long one (3)")
    return parser.parse_args()


def main():
    arguments = parse()
    began = time.monotonic()

    def tell(step):
        print(f"{time.monotonic() - began:5.0f} s  {step}", file=sys.stderr, flush=True)

    programs = processes.Programs(arguments.build)
    counter = counters.Counters(programs)
    tell("exact counters")
    counted = counter.measure()
    beast_idle = counter.heap("beast", "idle", counters.IDLE_CLIENTS)
    tell("clients over a socket")
    wire = sockets.Sockets(programs, arguments.node_modules)
    repetitions = wire.repeat(arguments.repetitions, tell)
    tell("a link that is lost")
    link_lost = statistics.median(wire.lose_link() for _ in range(LINK_LOST_TIMES))
    tell("a reconnect")
    reconnect = wire.reconnect()
    tell("codec and matching")
    nanoseconds = micro.measure(programs, arguments.repetitions)
    tell("compile time")
    compiled = compile_time.measure(arguments.compile_rounds)
    tell("done")

    measured = goals.Measured(repetitions, nanoseconds, counted, link_lost, reconnect, beast_idle, compiled)
    rows = [row.cells() for row in measured.rows()]
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {arguments.repetitions} repetitions")
    for program in wire.missing():
        print(f"Skipped, since it is not installed: {program}")
    print()
    print(goals.table(rows, ["goal", "ship", "stretch", "measured", "met"]), end="\n\n")
    print(goals.table(list(measured.socket_figures()), goals.SOCKET_HEADER), end="\n\n")
    print(goals.table(list(measured.other_figures()), ["figure", "value"]))


if __name__ == "__main__":
    main()
