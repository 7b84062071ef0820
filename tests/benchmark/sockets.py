# SPDX-License-Identifier: BSL-1.0
"""The clients over a socket: the same closed loop with each, in random order, several times."""

import dataclasses
import pathlib
import random
import shutil

import processes


@dataclasses.dataclass(frozen=True)
class Client:
    """One program in one mode, and the server's options for it."""

    program: str
    mode: str
    depth: int
    is_tls: bool = False
    requests: int = 0  # so that it takes about half a second

    @property
    def name(self):
        scheme = "tcp" if self.program == "tcp_floor" else "wss" if self.is_tls else "ws"
        return f"{self.program} {self.mode}".strip() + f", {scheme}, depth {self.depth}"


CLIENTS = [
    Client("tcp_floor", "", 1, requests=20_000),
    Client("tcp_floor", "epoll", 1, requests=20_000),
    Client("limit", "", 1, requests=20_000),
    Client("beast", "hand", 1, requests=20_000),
    Client("beast", "nlohmann", 1, requests=20_000),
    Client("beast", "future", 1, requests=20_000),
    Client("ours", "callback", 1, requests=20_000),
    Client("ours", "future", 1, requests=20_000),
    Client("limit", "", 1, True, requests=20_000),
    Client("beast", "hand", 1, True, requests=20_000),
    Client("ours", "callback", 1, True, requests=20_000),
    Client("tcp_floor", "", 256, requests=1_024_000),
    Client("limit", "", 256, requests=512_000),
    Client("beast", "hand", 256, requests=64_000),
    Client("beast", "nlohmann", 256, requests=32_000),
    Client("node_ws", "", 256, requests=51_200),
    Client("websocketpp", "", 256, requests=64_000),
    Client("ours", "callback", 256, requests=102_400),
    Client("limit", "", 256, True, requests=204_800),
    Client("beast", "hand", 256, True, requests=51_200),
    Client("ours", "callback", 256, True, requests=102_400),
]
WARM_UP = {1: 500, 256: 12_800}
LINK_LOST_PENDING = 100_000


class Sockets:
    """Runs them. `node_modules` is a folder with the package ws, or nothing if there is none."""

    def __init__(self, programs, node_modules):
        self._programs = programs
        self._node_modules = node_modules
        self._has_node = node_modules is not None and shutil.which("node") is not None

    def clients(self):
        return [client for client in CLIENTS if self._has(client.program)]

    def missing(self):
        return sorted({client.program for client in CLIENTS if not self._has(client.program)})

    def _has(self, program):
        return self._has_node if program == "node_ws" else pathlib.Path(self._programs.path(program)).exists()

    def repeat(self, times, tell):
        """For each repetition what each client said of itself, by the client's name."""
        repetitions = []
        for number in range(times):
            order = self.clients()
            random.shuffle(order)
            repetitions.append({client.name: self.run(client) for client in order})
            tell(f"repetition {number + 1} of {times}")
        return repetitions

    def run(self, client):
        raw = ["--raw", client.depth] if client.program == "tcp_floor" else []
        with processes.serving(self._programs, *raw, is_tls=client.is_tls) as server:
            loop = ["--depth", client.depth, "--requests", client.requests, "--warm-up", WARM_UP[client.depth]]
            result, _ = processes.run([*self._command(client), *loop, *server.client_arguments])
        return {
            "cycle": result["seconds"] / result["requests"],
            "cpu": result["cpu_seconds"] / result["requests"],
        }

    def _command(self, client):
        if client.program == "node_ws":
            return ["node", processes.HERE / "client" / "node_ws.mjs", "--modules", self._node_modules]
        return [self._programs.path(client.program), *(["--mode", client.mode] if client.mode else [])]

    def reconnect(self):
        """How many round trips more than over a live link 256 requests take that waited for a reconnect."""
        with processes.serving(self._programs) as server:
            command = [self._programs.path("ours"), "--mode", "reconnect", "--depth", 256]
            result, _ = processes.run([*command, *server.client_arguments])
        return result["round_trips"]

    def lose_link(self):
        """The milliseconds from the end of the link until all that were pending have ended."""
        server = processes.Server(self._programs, ["--swallow", LINK_LOST_PENDING], is_tls=False)
        try:
            command = [self._programs.path("ours"), "--mode", "link_lost", "--requests", LINK_LOST_PENDING]
            result, _ = processes.run([*command, *server.client_arguments])
        finally:
            printed = server.stop()
        word, ended = printed.split()
        assert word == "ended_ns"
        return (result["all_ended_ns"] - int(ended)) / 1e6
