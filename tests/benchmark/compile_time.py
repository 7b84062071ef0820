# SPDX-License-Identifier: BSL-1.0
"""What an application's source costs to compile, over the same client written with Beast and nlohmann_json.

In the processor's seconds, the best of several rounds, which other programs disturb least. The two that are compared
are compiled at the same time, so that what disturbs one disturbs the other. Never through a compiler cache.
"""

import argparse
import os
import subprocess

import processes

INCLUDE = processes.HERE.parents[1] / "include"
SOURCES = processes.HERE / "compile"
BEAST = "raw_beast.cpp"
# name: the flags of both, and those of our source alone
PAIRS = {
    "linked, -O0": (["-O0"], ["-DLCM_CLIENT_SEPARATE_COMPILATION"]),
    "header-only, -O2": (["-O2"], []),
}


def start(source, flags):
    command = ["g++", "-std=c++20", f"-I{INCLUDE}", *flags, "-c", str(SOURCES / source), "-o", "/dev/null"]
    return subprocess.Popen(command)


def finish(compiler):
    """The seconds that it took."""
    _, status, usage = os.wait4(compiler.pid, 0)
    compiler.returncode = os.waitstatus_to_exitcode(status)
    if compiler.returncode != 0:
        raise RuntimeError("a source does not compile")
    return usage.ru_utime + usage.ru_stime


def measure(rounds):
    """For each pair the seconds of our source and those of raw Beast's."""
    found = {name: (float("inf"), float("inf")) for name in PAIRS}
    for _ in range(rounds):
        for name, (both, ours) in PAIRS.items():
            compilers = [start("one_call.cpp", both + ours), start(BEAST, both)]
            found[name] = tuple(min(*pair) for pair in zip(found[name], map(finish, compilers)))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    for name, (ours, beast) in measure(parser.parse_args().rounds).items():
        print(f"{name:18} {ours:6.1f} s, raw Beast and nlohmann {beast:6.1f} s: {ours / beast:.2f}")


if __name__ == "__main__":
    main()
