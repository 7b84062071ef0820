# SPDX-License-Identifier: BSL-1.0
"""Servers that are not ours, on free ports of 127.0.0.1, each for a `with` block."""

import asyncio
import contextlib
import http.server
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time

import websockets

from support import PATIENCE


class LoopbackServer:
    """Python's `websockets`. What it says to a connection is up to `_talk` of the class that is made of it."""

    def __init__(self):
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.url = None

    def __enter__(self):
        self._thread.start()
        if not self._started.wait(PATIENCE):
            raise RuntimeError("the server did not start")
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)

    async def _serve(self):
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with websockets.serve(self._talk, "127.0.0.1", 0) as server:
            self.url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
            self._started.set()
            await self._stop.wait()


class WebSocketServer(LoopbackServer):
    """Sends the texts that `answer(request)` gives for each request, then, if `close_code` is given, closes. Keeps the
    requests as texts, and the headers of each connection."""

    def __init__(self, answer, close_code=None):
        super().__init__()
        self._answer = answer
        self._close_code = close_code
        self.requests = []
        self.headers = []

    async def _talk(self, connection, _path=None):  # websockets before 10.1 passes the path
        # websockets 14 has moved the headers.
        request = getattr(connection, "request", None)
        self.headers.append(request.headers if request else connection.request_headers)
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in connection:
                self.requests.append(text)
                for reply in self._answer(json.loads(text)):
                    await connection.send(reply)
                if self._close_code:
                    await connection.close(self._close_code)


class UnauthorizedServer:
    """Python's `http.server`, which answers 401 to each request for a WebSocket."""

    class _Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Bearer")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    def __enter__(self):
        self._server = http.server.HTTPServer(("127.0.0.1", 0), self._Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = "ws://127.0.0.1:%d/" % self._server.server_port
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join(PATIENCE)
        self._server.server_close()


class Tinyproxy:
    """An HTTP proxy of the system's package; it ends by itself if nobody ends it. Opens tunnels to any port, or to those
    of `connect_ports`. With `user` and `password` it wants them. `environment` is that of its process."""

    def __init__(self, user=None, password=None, connect_ports=(), environment=None):
        self._lines = ["Listen 127.0.0.1", "Timeout 60", "MaxClients 20", "LogLevel Critical"]
        self._lines += [f"ConnectPort {port}" for port in connect_ports]
        if user:
            self._lines.append(f"BasicAuth {user} {password}")
        self._folder = tempfile.TemporaryDirectory()
        self._environment = environment
        self._process = None
        self.port = None

    def __enter__(self):
        for _ in range(5):  # another program may take the port before it does
            if self._start():
                return self
            self._end()
        raise RuntimeError("tinyproxy did not start")

    def __exit__(self, *_):
        self._end()
        self._folder.cleanup()

    def url(self, user=""):
        return f"http://{user}127.0.0.1:{self.port}"

    def _start(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        configuration = pathlib.Path(self._folder.name) / "tinyproxy.conf"
        configuration.write_text("\n".join([f"Port {self.port}", *self._lines, ""]), encoding="utf-8")
        self._process = subprocess.Popen(["timeout", str(PATIENCE), os.environ["TINYPROXY"], "-d", "-c", configuration],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self._environment)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return True
            time.sleep(0.01)
        return False

    def _end(self):
        self._process.terminate()  # which `timeout` passes on
        self._process.wait(PATIENCE)


@contextlib.contextmanager
def silent_server():
    """The URL of a port that takes connections, and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield "ws://127.0.0.1:%d/" % listener.getsockname()[1]


@contextlib.contextmanager
def nobody():
    """The URL of a port that is taken, but not listened on: it refuses connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield "ws://127.0.0.1:%d/" % taken.getsockname()[1]
