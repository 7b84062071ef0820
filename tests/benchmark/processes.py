# SPDX-License-Identifier: BSL-1.0
"""Starts the fast server and the clients, each on a core of its own."""

import contextlib
import json
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
SERVER_CORE, CLIENT_CORE = 0, 1
MOST_SECONDS = 120


def pin_to(core):
    """What a new process does first, so that server and client do not share a core."""
    cores = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cores[core % len(cores)]})


class Programs:
    """What was built, in the build folder."""

    def __init__(self, build):
        self.build = pathlib.Path(build)
        self.folder = self.build / "tests" / "benchmark"
        self.ca_file = self.build / "authority.pem"
        self.heap_count = self.folder / "libbench_heap_count.so"

    def path(self, name):
        return str(self.folder / f"bench_{name}")


class Server:
    """A server that runs; `lines()` is what it has printed since, once it has ended."""

    def __init__(self, programs, arguments, is_tls):
        tls = ["--ca-file", str(programs.ca_file)] if is_tls else []
        self._process = subprocess.Popen(
            [programs.path("server"), *map(str, arguments), *tls],
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=pin_to(SERVER_CORE),
        )
        word, self.port = self._process.stdout.readline().split()
        assert word == "port"
        self.client_arguments = ["--port", self.port, *tls]

    def cpu_seconds(self):
        """What the server's process has used up so far."""
        fields = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self._process.kill()
        printed = self._process.stdout.read()
        self._process.wait()
        return printed


@contextlib.contextmanager
def serving(programs, *arguments, is_tls=False):
    server = Server(programs, arguments, is_tls)
    try:
        yield server
    finally:
        server.stop()


def run(command, counts_heap=None, **variables):
    """What the program says of itself in its last line, and what it wrote to the standard error."""
    environment = dict(os.environ, **variables)
    if counts_heap is not None:
        environment["LD_PRELOAD"] = str(counts_heap)
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        preexec_fn=pin_to(CLIENT_CORE),
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: ended with {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1]), done.stderr
