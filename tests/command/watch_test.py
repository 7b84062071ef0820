# SPDX-License-Identifier: BSL-1.0
"""`lcm watch`: what the server sends on its own, as lines of JSON, through breaks of the link."""

import contextlib
import json
import re
import subprocess
import threading
import unittest

import websockets

from servers import LoopbackServer
from support import END_SIGNAL, END_SIGNALS, LCM, PATIENCE, CommandTest, Simulator


class Announcer(LoopbackServer):
    """Sends `messages` to each that connects, then closes the connection of the first ones."""

    def __init__(self, messages, closes=0):
        super().__init__()
        self._messages = messages
        self._closes = closes

    async def _talk(self, connection, _path=None):  # websockets before 10.1 passes the path
        for message in self._messages:
            await connection.send(message if isinstance(message, str) else json.dumps(message))
        if self._closes > 0:
            self._closes -= 1
            await (await connection.ping())  # a close frame together with the upgrade would be a failed attempt
            return
        with contextlib.suppress(websockets.ConnectionClosed):
            await connection.wait_closed()


class Watcher:
    """`lcm watch`, for a `with` block; it is ended by a signal."""

    def __init__(self, url, *flags):
        self.process = subprocess.Popen([LCM, "watch", "--url", url, *flags], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, encoding="utf-8")
        self._watchdog = threading.Timer(PATIENCE, self.process.kill)
        self._watchdog.start()
        self.errors = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def read(self, count):
        return [json.loads(self.process.stdout.readline()) for _ in range(count)]

    def end(self, number=END_SIGNAL):
        if self.errors is not None:
            return
        self.process.send_signal(number)
        _, self.errors = self.process.communicate()
        self._watchdog.cancel()


OUTCOME = {"channel": "LCM", "topic": "WebService", "subtopic": "OutcomeSetForCall", "message": "90|1|2|0|0"}
CHANGE = {"channel": "LCM", "topic": "WebService", "subtopic": "OutboundCallStateChange",
          "data": {"call": {"id": "7", "event": "Ringing", "CallVariables": {"City": "Paris"}, "New": 1}}}
ERROR = {"channel": "Amazon", "topic": "Error", "subtopic": "ApiError",
         "data": {"errorType": "E", "errorMessage": "actual", "msg": "text"}}
OTHER = {"channel": "LCM", "topic": "News", "subtopic": "Weather", "message": {"sun": True}}


class Watch(CommandTest):
    def test_prints_known_events_with_their_fields_and_others_as_they_are(self):
        with Announcer([OUTCOME, CHANGE, ERROR, OTHER]) as server, Watcher(server.url) as watcher:
            events = watcher.read(4)
        self.assertEqual(events[0], {"event": "OutcomeSetForCall", "AccountNumber": "90|1|2|0|0"})
        self.assertEqual(events[1]["event"], "OutBoundCallStateChange")
        call = events[1]["call"]
        self.assertEqual((call["id"], call["event"], call["CallVariables"], call["others"]),
                         ("7", "Ringing", {"City": "Paris"}, {"New": 1}))
        self.assertEqual(events[2], {"event": "Error", "channel": "Amazon", "subtopic": "ApiError",
                                     "server": {"type": "E", "actual": "actual", "message": "text"}})
        self.assertEqual(events[3], {"event": "other", "message": OTHER})

    def test_connects_again(self):
        with Announcer([OUTCOME], closes=2) as server, Watcher(server.url) as watcher:
            self.assertEqual([event["event"] for event in watcher.read(3)], ["OutcomeSetForCall"] * 3)
        self.assertEqual(watcher.errors.count("lcm: link ready"), 3, watcher.errors)
        self.assertIn("lcm: link waiting", watcher.errors)

    def test_goes_to_another_server_when_the_first_one_dies(self):
        with Announcer([OUTCOME]) as second:
            with Simulator() as first, Watcher(first.url, "--url", second.url) as watcher:
                for line in ("link connecting", f"link ready, {first.url.rstrip('/')}"):
                    self.assertEqual(watcher.process.stderr.readline(), f"lcm: {line}\n")
                first.end()
                watcher.read(1)
            # What broke follows: a farewell or an end of stream in words, a reset as the system's cause alone.
            self.assertRegex(watcher.errors, f"connection_lost; {re.escape(first.url.rstrip('/'))}[:;] ")
            self.assertIn(f"lcm: link ready, {second.url.rstrip('/')}\n", watcher.errors)

    def test_gives_a_silent_server_up(self):
        with Simulator("--fault", "stop-reading") as server, Watcher(server.url, "--idle-timeout", "200ms") as watcher:
            watcher.process.stderr.readline()
            self.assertIn("link ready", watcher.process.stderr.readline())
            self.assertIn("idle_timeout", watcher.process.stderr.readline())

    def test_sees_what_others_set(self):
        with Simulator() as sim, Watcher(sim.url) as watcher:
            self.assertEqual(watcher.process.stderr.readline(), "lcm: link connecting\n")
            self.assertEqual(watcher.process.stderr.readline(), f"lcm: link ready, {sim.url.rstrip('/')}\n")
            self.assert_accepted(self.call(sim.url))
            self.assertEqual(watcher.read(1)[0]["event"], "OutcomeSetForCall")

    def test_ends_at_a_signal(self):
        for number in END_SIGNALS:
            with self.subTest(number), Announcer([OUTCOME]) as server, Watcher(server.url) as watcher:
                watcher.read(1)
                watcher.end(number)
                self.assertEqual(watcher.process.returncode, 0)

    def test_ends_after_its_time(self):
        with Announcer([]) as server:
            result = self.run_lcm("watch", "--url", server.url, "--for", "200ms")
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertIn(f"lcm: link ready, {server.url.rstrip('/')}\n", result.stderr)

    def test_stops_when_an_event_cannot_be_told(self):
        with Announcer([OUTCOME]) as server, open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run([LCM, "watch", "--url", server.url], stdout=full, stderr=subprocess.PIPE,
                                    encoding="utf-8", timeout=PATIENCE)
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output", result.stderr)

    def test_wrong_usage(self):
        self.assert_wrong_usage(self.run_lcm("watch"), "--url")
        self.assert_wrong_usage(self.run_lcm("watch", "--url", "ws://127.0.0.1:1/", "--for", "soon"), "--for")
        self.assert_wrong_usage(self.run_lcm("watch", "--url", "ws://127.0.0.1:1/", "--idle-timeout", "0"),
                                "--idle-timeout")
        self.assert_wrong_usage(self.run_lcm("watch", "--url", "ws://127.0.0.1:1/", "--url", "ws://"), "urls[1]")


if __name__ == "__main__":
    unittest.main()
