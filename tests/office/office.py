# SPDX-License-Identifier: BSL-1.0
"""The office: a company's network on loopback, made of parts that a test puts together, each at an address and a port
of the test's choice. Names have the addresses that the test gives them."""

import base64
import contextlib
import hashlib
import os
import pathlib
import re
import select
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "command"))

from support import LCM, PATIENCE, Simulator, call_arguments  # noqa: E402

NAMES_LIBRARY = os.environ["OFFICE_NAMES_LIBRARY"]
SOON = 1.0  # seconds: a way that exists is found by then, and a cause is told
MUTE_TIME = 3.0  # after which a node that says nothing gives way


def free_port(hosts):
    """A port that is free at each of the hosts."""
    for _ in range(100):
        with contextlib.ExitStack() as sockets, contextlib.suppress(OSError):
            port = 0
            for host in hosts:
                probe = sockets.enter_context(socket.socket())
                probe.bind((host, port))
                port = probe.getsockname()[1]
            return port
    raise RuntimeError("no port is free at all hosts")


class Part:
    """Something that listens, for a `with` block. What it does with a connection is up to `serve` of its class."""

    backlog = 64

    def __init__(self, host, port, tls=None):
        self._tls = tls
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((host, port))
        self._listener.listen(self.backlog)
        self.port = self._listener.getsockname()[1]
        self._connections = []
        self._lock = threading.Lock()
        self.count = 0  # of connections

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self):
        """Breaks all connections."""
        with self._lock:
            connections, self._connections = self._connections, []
        for connection in connections:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # TLS's own would say farewell

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with self._lock:
                    self.count += 1
                    self._connections.append(connection)
                threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with contextlib.suppress(OSError, ValueError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                return self.serve(connection)
            with self._tls.wrap_socket(connection, server_side=True) as secure:
                with self._lock:
                    self._connections.append(secure)  # in place of the other one, which is empty now
                self.serve(secure)


class Silent(Part):
    """Lets nobody in: its queue is full, so the system drops whatever knocks, as a dead route does."""

    backlog = 0

    def __enter__(self):
        self._fill = []
        for _ in range(4):
            knock = socket.socket()
            knock.setblocking(False)
            knock.connect_ex(self._listener.getsockname())
            self._fill.append(knock)
        return self

    def __exit__(self, *_):
        for knock in self._fill:
            knock.close()
        self._listener.close()


class Mute(Part):
    """Accepts, and never says a word."""

    def serve(self, connection):
        while connection.recv(4096):
            pass


class Breaking(Part):
    """Accepts, and resets the connection at once."""

    def serve(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Ill(Part):
    """Hears the request for the upgrade, and breaks off; or gives the answer that it was made with."""

    def __init__(self, host, port, answer=b"", tls=None):
        super().__init__(host, port, tls)
        self._answer = answer

    def serve(self, connection):
        read_header(connection)
        connection.sendall(self._answer)


class Front(Part):
    """Stands before a server: passes on to the port that `route(request)` gives, with the request that it gives; or
    answers itself, if that is bytes. `answer(header)` can change the header of the server's answer. With `idle`, cuts a
    connection on which nothing has gone either way for so many seconds."""

    def __init__(self, host, port, route, answer=lambda header: header, tls=None, idle=None):
        super().__init__(host, port, tls)
        self._route = route
        self._answer = answer
        self._idle = idle
        self.requests = []
        self.heard = threading.Event()  # a frame of the server's has been passed on: it has shown to be alive

    def serve(self, connection):
        request = read_header(connection)
        self.requests.append(request.decode("latin-1"))
        way = self._route(request.decode("latin-1"))
        if isinstance(way, bytes):
            return connection.sendall(way)
        port, request = way
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.sendall(request.encode("latin-1"))
            header = read_header(server)
            connection.sendall(self._answer(header.decode("latin-1")).encode("latin-1"))
            relay(connection, server, self._idle, self.heard)


def read_header(connection):
    """What comes up to the blank line. Byte by byte, since what follows is for others. What is not HTTP is answered as
    HTTP's servers do."""
    header = b""
    while not header.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            raise OSError("it went")
        if not header and not byte.isalpha():
            connection.sendall(http("400 Bad Request"))
            raise ValueError("this is no HTTP")
        header += byte
    return header


def relay(client, server, idle, heard):
    while True:
        pending = isinstance(client, ssl.SSLSocket) and client.pending()
        ready = [client] if pending else select.select([client, server], [], [], idle)[0]
        if not ready:
            return
        for source in ready:
            data = source.recv(65536)
            if not data:
                return
            (server if source is client else client).sendall(data)
            if source is server:
                heard.set()


def http(status, *headers):
    """An answer without a body."""
    lines = [f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


def agreement(request):
    """The answer of a server that agrees to the upgrade."""
    key = re.search(r"^Sec-WebSocket-Key: *(\S+)", request, re.MULTILINE | re.IGNORECASE)[1]
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
             f"Sec-WebSocket-Accept: {accept}", "", ""]
    return "\r\n".join(lines).encode()


class Watch:
    """`lcm watch`, for a `with` block: what it says of the link, line by line."""

    def __init__(self, arguments, environment):
        self._started = time.monotonic()
        self._process = subprocess.Popen([LCM, "watch", "--for", str(PATIENCE), *arguments], stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE, encoding="utf-8", env=environment)
        self.lines = []  # each with the seconds after the start
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE)
        self._reader.join()
        self._process.stderr.close()

    @property
    def text(self):
        with self._changed:
            return "".join(line for _, line in self.lines)

    def wait_for(self, pattern, after=0, within=PATIENCE):
        """Waits for a line that `pattern` is found in, behind the first `after` lines. Returns when it came, in seconds
        after the start, and how many lines there are up to it."""
        end = time.monotonic() + within
        with self._changed:
            while True:
                for number, (seconds, line) in enumerate(self.lines[after:], after + 1):
                    if re.search(pattern, line):
                        return seconds, number
                if not self._changed.wait(end - time.monotonic()):
                    break
        raise AssertionError(f"no line has '{pattern}' within {within} s:\n{self.text}")

    def _read(self):
        for line in self._process.stderr:
            with self._changed:
                self.lines.append((time.monotonic() - self._started, line))
                self._changed.notify_all()


class OfficeTest(unittest.TestCase):
    """Runs the command in the office; `names` are those that there are: a name, and its addresses."""

    secrets = ()  # that no output may show

    def enter(self, part):
        """Makes a part that is gone after the test."""
        part.__enter__()
        self.addCleanup(part.__exit__, None, None, None)
        return part

    def simulator(self, *flags):
        return self.enter(Simulator(*flags))

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def environment(self, names, **variables):
        entries = ";".join(f"{name}={','.join(addresses)}" for name, addresses in names.items())
        clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        return {**clean, "LD_PRELOAD": NAMES_LIBRARY, "OFFICE_NAMES": entries, **variables}

    def call(self, url, *flags, names, **variables):
        """`lcm call` with the sample; the result has the seconds that it took."""
        started = time.monotonic()
        result = subprocess.run([LCM, *call_arguments(url, *flags)], capture_output=True, encoding="utf-8",
                                env=self.environment(names, **variables), timeout=PATIENCE)
        result.seconds = time.monotonic() - started
        self.assert_keeps_secrets(result.stdout + result.stderr)
        return result

    @contextlib.contextmanager
    def watch(self, url, *flags, names, **variables):
        with Watch(["--url", url, "--source", "tests", *flags], self.environment(names, **variables)) as watch:
            yield watch
        self.assert_keeps_secrets(watch.text)

    def assert_keeps_secrets(self, text):
        for secret in self.secrets:
            self.assertNotIn(secret, text)

    def assert_accepted(self, result, within=SOON):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertLess(result.seconds, within, result.stdout)

    def assert_not_sent(self, result, *causes, within=SOON):
        """Checks that the call ended soon and unsent, and that what is said of it matches each of `causes`."""
        self.assertEqual(result.returncode, 4, result.stdout + result.stderr)
        for cause in causes:
            self.assertRegex(result.stderr, cause)
        self.assertLess(result.seconds, within, result.stderr)
