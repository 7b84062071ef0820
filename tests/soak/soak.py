# SPDX-License-Identifier: BSL-1.0
"""A soak: clients under full load against a simulator with random faults. At the end, what each client says of each
request is compared with what the simulator did. `soak.py SECONDS [SEED]`; LCM_COMMAND and LCM_SOAK name the programs."""

import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

CHAOS = "0.004"  # the share of requests with a fault
RSS_GROWTH_ALLOWED = 8 * 1024  # KiB, from the end of the first third on


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def watch_memory(process):
    """The resident memory of a process, twice a second until it ends."""
    samples = []
    while process.poll() is None:
        time.sleep(0.5)
        try:
            samples.append(resident_kib(process.pid))
        except (FileNotFoundError, ProcessLookupError):
            break
    return [sample for sample in samples if sample]


def run(folder, seconds, seed):
    """Returns the memory of the client over time and what it said at the end."""
    with open(folder / "sim.log", "w", encoding="utf-8") as log, subprocess.Popen(
            [os.environ["LCM_COMMAND"], "sim", "--chaos", CHAOS, "--seed", seed, "--ledger", folder / "ledger",
             "--for", str(seconds + 120)], stdout=subprocess.PIPE, stderr=log, encoding="utf-8") as simulator:
        url = simulator.stdout.readline().strip()
        with open(folder / "endings", "w", encoding="utf-8") as endings, subprocess.Popen(
                ["sh", "-c", "exec cat > /dev/null"], stdin=simulator.stdout), subprocess.Popen(
                [os.environ["LCM_SOAK"], url, str(seconds)], stdout=endings, stderr=subprocess.PIPE,
                encoding="utf-8") as client:
            memory = watch_memory(client)
            summary = client.stderr.read().strip()
            simulator.terminate()
    if client.returncode != 0:
        sys.exit(f"the client ended with {client.returncode}: {summary}")
    return memory, summary


def read_ledger(path):
    acted_on = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            acted_on[json.loads(line)["callid"]] += 1
    return acted_on


def read_endings(path):
    """The endings of each request, and the truths that came to light later."""
    endings, settled = {}, collections.defaultdict(list)
    problems = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if words[1] == "settled":
                settled[words[0]].append(words[2])
            elif words[0] in endings:
                problems.append(f"{words[0]} ended twice")
            else:
                endings[words[0]] = words[1]
    return endings, settled, problems


def find_problems(acted_on, endings, settled):
    for callid, ending in endings.items():
        count = acted_on[callid]
        if count > 1:
            yield f"{callid} was done {count} times"
        if ending == "accepted" and count == 0:
            yield f"{callid} is accepted, but was not done"
        if ending in ("refused", "not_sent") and count != 0:
            yield f"{callid} is {ending}, but was done"
    for callid, truths in settled.items():
        if endings.get(callid) != "unknown" or len(truths) != 1:
            yield f"{callid} ended as {endings.get(callid)} and was settled as {truths}"
        if (truths[0] == "accepted") != (acted_on[callid] == 1):
            yield f"{callid} was settled as {truths[0]}, but was done {acted_on[callid]} times"
    for callid in acted_on.keys() - endings.keys():
        yield f"{callid} was done, but has no ending"


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seed = sys.argv[2] if len(sys.argv) > 2 else str(random.randrange(2**32))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        memory, summary = run(folder, seconds, seed)
        acted_on = read_ledger(folder / "ledger")
        endings, settled, problems = read_endings(folder / "endings")
    problems += find_problems(acted_on, endings, settled)

    counts = collections.Counter(endings.values())
    print(f"{len(endings)} requests in {seconds} s, {len(endings) // seconds} each second: "
          + ", ".join(f"{count} {ending}" for ending, count in counts.most_common()) + f"; {summary}; seed {seed}")
    print(f"memory of the client: {memory[len(memory) // 3]} KiB after a third, {memory[-1]} KiB at the end")
    if max(memory[len(memory) // 3:]) - memory[len(memory) // 3] > RSS_GROWTH_ALLOWED:
        problems.append("the client's memory grows")
    if len(endings) < 100 * seconds or not {"accepted", "refused", "unknown"} <= counts.keys():
        problems.append("this was no soak: too few requests, or too few kinds of endings")
    for problem in problems[:20]:
        print("WRONG:", problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
