# SPDX-License-Identifier: BSL-1.0
"""The exact counters of one request in the steady state: instructions, system calls, heap calls, heap.

`counters.py BUILD` compares them with counters.json and fails if one has grown; `--accept` stores the new figures.
Each is the difference of two runs of different length, so that the start does not count. The server answers only when it
has a whole window of requests, and later than the client can have anything left to do, so that each run takes the same
course.
"""

import argparse
import json
import pathlib
import re
import sys
import tempfile

import processes

STORED = processes.HERE / "counters.json"
MOST_GROWTH = 0.05
# What may come on top, also where nothing is stored: for the start, which differs a little from run to run, and with
# futures for two threads that meet in a different way each time.
SLACK = {"future": 0.2, "instructions": 20, "calls": 0.005, "bytes": 8}
DELAY_US = 2_000
DEPTHS = (1, 256)
LENGTHS = {1: (100, 300), 256: (1024, 3072)}
LENGTHS_OF_FUTURES = (100, 1100)
WARM_UP = {1: 100, 256: 1024}
IDLE_CLIENTS = 16
PENDING = 50_000
CODEC_ROUNDS = (200, 1200)
CODEC_MODES = {"encode": "encode", "decode": "decode", "decode, unlike the one before": "decode_unlike"}


def difference(measure, lengths):
    """What each request beyond the shorter run has cost."""
    short, long = lengths
    return (measure(long) - measure(short)) / (long - short)


def instructions(command):
    with tempfile.TemporaryDirectory() as folder:
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        _, errors = processes.run([*tool, *command])
    return int(re.search(r"Collected : (\d+)", errors)[1])


def system_calls(command):
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "table"
        processes.run(["strace", "-f", "-c", "-o", table, *command])
        total = table.read_text().splitlines()[-1].split()
    assert total[-1] == "total"
    return int(total[3])


class Counters:
    """Measures them all."""

    def __init__(self, programs):
        self._programs = programs

    def measure(self):
        found = {}
        for depth in DEPTHS:
            found[f"instructions per request, depth {depth}"] = self._of_client("callback", depth, instructions)
            found[f"system calls per request, depth {depth}"] = self._of_client("callback", depth, system_calls)
            found[f"heap calls per request, depth {depth}"] = self._of_client("callback", depth, self._heap_calls)
        found["heap calls per request, future, depth 1"] = self._of_client("future", 1, self._heap_calls)
        for name, mode in CODEC_MODES.items():
            found[f"instructions, {name}"] = self._of_codec(mode, instructions)
            found[f"heap calls, {name}"] = self._of_codec(mode, self._heap_calls)
        found["heap bytes per pending request, awaiting its reply"] = self.heap("ours", "awaiting", PENDING)
        found["heap bytes per pending request, queued, beyond its text"] = self.heap("ours", "queued", PENDING)
        found["heap bytes of an idle client"] = self.heap("ours", "idle", IDLE_CLIENTS)
        return found

    def heap(self, program, mode, requests):
        swallow = [] if mode == "idle" else ["--swallow", 2 * requests]
        with processes.serving(self._programs, *swallow) as server:
            command = [self._programs.path(program), "--mode", mode, "--requests", requests]
            result, _ = processes.run([*command, *server.client_arguments], self._programs.heap_count)
        return result["heap_bytes"]

    def _of_client(self, mode, depth, count):
        def measure(requests):
            with processes.serving(self._programs, "--window", depth, "--delay-us", DELAY_US) as server:
                command = [self._programs.path("ours"), "--mode", mode, "--depth", depth, "--requests", requests]
                return count([*command, "--warm-up", WARM_UP[depth], *server.client_arguments])

        return difference(measure, LENGTHS_OF_FUTURES if mode == "future" else LENGTHS[depth])

    def _of_codec(self, mode, count):
        return difference(lambda rounds: count([self._programs.path("codec_loop"), mode, rounds]), CODEC_ROUNDS)

    def _heap_calls(self, command):
        result, _ = processes.run(command, self._programs.heap_count)
        return result["heap_calls"]


def slack(name):
    return next(value for unit, value in SLACK.items() if unit in name)


def grown(stored, found):
    """The counters that are more than they may be."""
    return [name for name in found if found[name] > stored.get(name, 0) * (1 + MOST_GROWTH) + slack(name)]


def show(stored, found):
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:{width}} {value:>12,.2f}   stored {stored.get(name, float('nan')):>12,.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the folder that build.sh makes")
    parser.add_argument("--accept", action="store_true", help="store what is measured now in counters.json")
    arguments = parser.parse_args()
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    found = Counters(processes.Programs(arguments.build)).measure()
    show(stored, found)
    if arguments.accept:
        STORED.write_text(json.dumps({name: round(value, 2) for name, value in found.items()}, indent=2) + "\n")
        return 0
    problems = grown(stored, found)
    for name in problems:
        print(f"GROWN: {name}: {found[name]:,.2f}, stored {stored.get(name, 0):,.2f}")
    if problems:
        print("More than 5 % over the stored figure. If that is meant: tests/benchmark/check_counters.sh --accept")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
