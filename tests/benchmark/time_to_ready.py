# SPDX-License-Identifier: BSL-1.0
"""Measures how long it takes until a connection is ready, and what reconnects cost the server. time_to_ready.sh builds,
and calls this."""

import argparse
import contextlib
import dataclasses
import os
import pathlib
import random
import socket
import statistics
import subprocess
import tempfile
import time

import goals
import processes
from counts import at_least_one

GOAL = 1.1  # over raw Beast
RECONNECTS = 2_000
USER = "desk:secret"
NAME = "ready.office"


@dataclasses.dataclass(frozen=True)
class Way:
    """One way to a server."""

    name: str
    is_tls: bool = False
    resumes: bool = False
    proxy: str | None = None  # "" without a password
    first_is_silent: bool = False
    connections: int = 200

    def arguments(self, server, proxies):
        """The client's, and what its environment has."""
        arguments = [*server.client_arguments, "--connections", self.connections, "--resumes", int(self.resumes)]
        if self.proxy is not None:
            arguments += ["--proxy", f"127.0.0.1:{proxies[self.proxy]}"]
        if self.proxy:
            arguments += ["--user", self.proxy]
        if self.first_is_silent:
            arguments += ["--host", NAME, "--warm-up", 0]
        return arguments


WAYS = [
    Way("plain"),
    Way("TLS", is_tls=True),
    Way("TLS, resumed", is_tls=True, resumes=True),
    Way("proxy", proxy=""),
    Way("proxy with password", proxy=USER),
    Way("proxy, TLS", is_tls=True, proxy="", connections=40),
]
SILENT = Way("first address silent", first_is_silent=True, connections=1)


@contextlib.contextmanager
def silent(port):
    """A listener that lets nobody in, since its queue is full. Yields its address."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.61", int(port)))
        listener.listen(0)
        for _ in range(4):
            knock = sockets.enter_context(socket.socket())
            knock.setblocking(False)
            knock.connect_ex(listener.getsockname())
        yield "127.0.0.61"


@contextlib.contextmanager
def tinyproxy(user):
    """The proxy of that name, on loopback; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    password = f"BasicAuth {user.replace(':', ' ')}\n" if user else ""
    with tempfile.TemporaryDirectory() as folder:
        configuration = pathlib.Path(folder) / "tinyproxy.conf"
        configuration.write_text(f"Port {port}\nListen 127.0.0.1\nMaxClients 50\nTimeout 600\n{password}", "utf-8")
        process = subprocess.Popen(["tinyproxy", "-d", "-c", str(configuration)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, preexec_fn=processes.pin_to(processes.SERVER_CORE))
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def wait_for(port):
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise RuntimeError("the proxy did not start")


@contextlib.contextmanager
def rsa_identity():
    """A file with an RSA key of 2048 bits and its certificate, as most companies' servers have; those that the server
    makes for itself are elliptic."""
    with tempfile.TemporaryDirectory() as folder:
        key, certificate, both = (pathlib.Path(folder) / name for name in ("key.pem", "certificate.pem", "both.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ready",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        both.write_text(certificate.read_text("utf-8") + key.read_text("utf-8"), "utf-8")
        yield both


class Ready:
    def __init__(self, programs, proxies):
        self._programs = programs
        self._proxies = proxies

    def run(self, way, program, *server_arguments):
        """The time that one connection of ten did not exceed, in microseconds, and the processor's time of the server."""
        with processes.serving(self._programs, *server_arguments, is_tls=way.is_tls) as server, contextlib.ExitStack() as stack:
            names = {}
            if way.first_is_silent:
                address = stack.enter_context(silent(server.port))
                names = {"LD_PRELOAD": str(self._programs.build / "tests" / "office" / "liboffice_names.so"),
                         "OFFICE_NAMES": f"{NAME}={address},127.0.0.1"}
            command = [self._programs.path(f"ready_{program}"), *way.arguments(server, self._proxies)]
            result, _ = processes.run(command, **names)
            return result["fast_us"], server.cpu_seconds()

    def compare(self, way, repetitions):
        """A row of the table."""
        times = {"ours": [], "beast": []}
        for _ in range(repetitions):
            order = list(times)
            random.shuffle(order)
            for program in order:
                times[program].append(self.run(way, program)[0])
        ratio = statistics.median(ours / beast for ours, beast in zip(times["ours"], times["beast"]))
        ours, beast = (statistics.median(times[program]) for program in ("ours", "beast"))
        return [way.name, f"{ours:.0f}", f"{beast:.0f}", f"{ratio:.2f}", "yes" if ratio <= GOAL else "NO"]

    def reconnects(self, repetitions):
        """Rows with the server's time for many reconnects."""
        with rsa_identity() as rsa:
            arguments = {"P-256": [], "RSA-2048": ["--identity", rsa]}
            ways = [Way("", is_tls=True, resumes=resumes, connections=RECONNECTS) for resumes in (False, True)]
            times = {(way.resumes, key): [] for way in ways for key in arguments}
            for _ in range(repetitions):
                for way in ways:
                    for key, of_server in arguments.items():
                        times[way.resumes, key].append(self.run(way, "ours", *of_server)[1])
            for way in ways:
                medians = [statistics.median(times[way.resumes, key]) for key in arguments]
                yield ["resumed" if way.resumes else "full handshakes", *(f"{each:.2f}" for each in medians)]


def main():
    parser = argparse.ArgumentParser(prog="time_to_ready.sh", description=__doc__)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--repetitions", type=at_least_one, default=15,
                        help="of each way, ours and raw Beast's in turn (15)")
    arguments = parser.parse_args()
    programs = processes.Programs(arguments.build)
    with tinyproxy("") as free, tinyproxy(USER) as asking:
        ready = Ready(programs, {"": free, USER: asking})
        rows = [ready.compare(way, arguments.repetitions) for way in WAYS]
        alone = [ready.run(SILENT, "ours")[0] for _ in range(arguments.repetitions)]
        rows.append([SILENT.name, f"{statistics.median(alone):.0f}", "-", "-", "-"])
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {arguments.repetitions} repetitions\n")
        print(goals.table(rows, ["time to ready", "ours, us", "raw Beast, us", "ratio", f"at most {GOAL}"]), end="\n\n")
        header = [f"{RECONNECTS} reconnects over TLS", "server's CPU, P-256, s", "RSA-2048, s"]
        # The processor's time hardly differs from one run to the next.
        print(goals.table(list(ready.reconnects(min(arguments.repetitions, 3))), header))


if __name__ == "__main__":
    main()
