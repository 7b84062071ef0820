# SPDX-License-Identifier: BSL-1.0
"""What a source costs to compile over another one: in the processor's seconds, and in memory.

The seconds are the best of several rounds, which other programs disturb least; so are the megabytes, which hardly
differ. The two that are compared are compiled at the same time, so that what disturbs one disturbs the other. Never
through a compiler cache. A pair that takes long is compiled once, and only if it is named or with --all.
"""

import argparse
import dataclasses
import os
import pathlib
import subprocess

import processes
from counts import at_least_one

ROOT = processes.HERE.parents[1]
SOURCES = processes.HERE / "compile"
SEPARATE = "-DLCM_CLIENT_SEPARATE_COMPILATION"
SANITIZED = "the library's own source, g++ -fsanitize=address,undefined"


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two sources, and the flags of each beside those that both have."""

    source: pathlib.Path
    peer: pathlib.Path
    peer_name: str
    flags: tuple[str, ...]
    own_flags: tuple[str, ...] = ()
    peer_flags: tuple[str, ...] = ()
    is_long: bool = False


RAW_BEAST = {"peer": SOURCES / "raw_beast.cpp", "peer_name": "raw Beast and nlohmann"}
PAIRS = {
    "linked, -O0": Pair(SOURCES / "one_call.cpp", **RAW_BEAST, flags=("-O0",), own_flags=(SEPARATE,)),
    "header-only, -O2": Pair(SOURCES / "one_call.cpp", **RAW_BEAST, flags=("-O2",)),
    "a source with the mock, linked, -O0": Pair(
        SOURCES / "mocked_call.cpp",
        ROOT / "examples" / "first_program.cpp",
        "the first program",
        flags=("-O0",),
        own_flags=(SEPARATE,),
        peer_flags=(SEPARATE,),
    ),
    SANITIZED: Pair(
        SOURCES / "library.cpp",
        **RAW_BEAST,
        flags=("-fsanitize=address,undefined",),
        own_flags=(SEPARATE,),
        is_long=True,
    ),
}


@dataclasses.dataclass(frozen=True)
class Cost:
    """Of one compilation; the memory is the largest resident set of any of the compiler's processes."""

    seconds: float
    megabytes: float

    def best(self, other):
        return Cost(min(self.seconds, other.seconds), min(self.megabytes, other.megabytes))


def start(source, flags):
    command = ["g++", "-std=c++20", f"-I{ROOT / 'include'}", *flags, "-c", str(source), "-o", "/dev/null"]
    return subprocess.Popen(command)


def finish(compiler):
    """What it took, with the processes that it started."""
    _, status, usage = os.wait4(compiler.pid, 0)
    compiler.returncode = os.waitstatus_to_exitcode(status)
    if compiler.returncode != 0:
        raise RuntimeError("a source does not compile")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compile_both(pair):
    compilers = [start(pair.source, pair.flags + pair.own_flags), start(pair.peer, pair.flags + pair.peer_flags)]
    return [finish(compiler) for compiler in compilers]


def measure(rounds, names=tuple(PAIRS)):
    """For each pair what the source costs, and what its peer does."""
    found = {}
    for number in range(rounds):
        for name in names:
            if number != 0 and PAIRS[name].is_long:
                continue
            costs = compile_both(PAIRS[name])
            found[name] = [cost.best(before) for cost, before in zip(costs, found.get(name, costs))]
    return found


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of the pairs: " + "; ".join(PAIRS))
    parser.add_argument("--rounds", type=at_least_one, default=3)
    parser.add_argument("--all", action="store_true", help="also the pair that takes long")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in PAIRS:
            parser.error(f"there is no pair '{name}'")
    return arguments


def main():
    arguments = parse()
    names = arguments.names or [name for name, pair in PAIRS.items() if arguments.all or not pair.is_long]
    for name, (own, peer) in measure(arguments.rounds, names).items():
        print(name)
        peer_name = PAIRS[name].peer_name
        print(f"  {own.seconds:.1f} s, {peer_name} {peer.seconds:.1f} s: {own.seconds / peer.seconds:.2f}")
        print(f"  {own.megabytes:.0f} MB, {peer_name} {peer.megabytes:.0f} MB: {own.megabytes / peer.megabytes:.2f}")


if __name__ == "__main__":
    main()
