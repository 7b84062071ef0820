# SPDX-License-Identifier: BSL-1.0
"""The micro-benchmarks: nanoseconds by Google Benchmark, repetitions in random order."""

import json
import subprocess

import processes


def measure(programs, repetitions):
    """For each benchmark its nanoseconds, one for each repetition."""
    command = [
        programs.path("micro"),
        f"--benchmark_repetitions={repetitions}",
        "--benchmark_enable_random_interleaving=true",
        "--benchmark_min_time=0.1",
        "--benchmark_format=json",
    ]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        preexec_fn=processes.pin_to(processes.CLIENT_CORE),
    )
    nanoseconds = {"ns": 1, "us": 1e3, "ms": 1e6}
    found = {}
    for run in json.loads(done.stdout)["benchmarks"]:
        if run.get("run_type") != "iteration":
            continue
        if run.get("error_occurred"):
            raise RuntimeError(f"{run['name']}: {run['error_message']}")
        times = found.setdefault(run["run_name"].split("/iterations")[0], [])
        times.append(run["cpu_time"] * nanoseconds[run["time_unit"]])
    return found


