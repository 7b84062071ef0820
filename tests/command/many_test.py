# SPDX-License-Identifier: BSL-1.0
"""`lcm call --count`: many requests with one command, each with a call and a report of its own."""

import fcntl
import json
import struct
import subprocess
import termios
import time
import unittest

from servers import WebSocketServer, nobody
from support import IS_WINE, LCM, PATIENCE, CommandTest, Simulator, call_arguments, run_until_interrupted


def answer_to(request, success=True):
    return json.dumps({
        "channel": "LCM",
        "topic": "WebService",
        "subtopic": request["subtopic"] + "Result",
        "message": {"callid": request["data"]["callid"], "response": {"success": success}},
    })


class Many(CommandTest):
    def test_of_requests_without_a_call_is_wrong_usage(self):
        result = self.run_lcm("call", "SendAgentState", "--url", "ws://127.0.0.1:1/", "--agentID", "1",
                              "--agentState", "READY", "--count", "2")
        self.assert_wrong_usage(result, "--count: the requests name no call, so all would set the same; use lcm batch")

    def test_send_the_same_request_for_each_call(self):
        with WebSocketServer(lambda request: [answer_to(request)]) as ours:
            result = self.call(ours.url, "--count", "100")
        reports = self.assert_many_ended(result, 100)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(list(reports[0]), ["ending", "operation", "callid", "elapsed_ms", "response"])
        requests = [json.loads(text) for text in ours.requests]
        self.assertEqual(sorted(request["data"].pop("callid") for request in requests),
                         sorted(f"12345-{number}" for number in range(1, 101)))
        self.assertEqual([request for request in requests if request != requests[0]], [])
        self.assertEqual(len(ours.headers), 1, "one connection for all")

    def test_end_each_in_its_own_way(self):
        def answer(request):
            number = request["data"]["callid"].rpartition("-")[2]
            return {"1": [answer_to(request)], "2": [answer_to(request, success=False)]}.get(number, [])

        with WebSocketServer(answer) as ours:
            result = self.call(ours.url, "--count", "3", "--deadline", "500ms")
        reports = self.assert_many_ended(result, 3)
        self.assertEqual({report["callid"]: report["ending"] for report in reports},
                         {"12345-1": "accepted", "12345-2": "refused", "12345-3": "unknown"})
        self.assertEqual(result.returncode, 5)
        with WebSocketServer(answer) as ours:
            result = self.call(ours.url, "--count", "2")
        self.assert_many_ended(result, 2)
        self.assertEqual(result.returncode, 3)

    def test_are_as_many_at_once_as_allowed(self):
        waiting = []

        def answer_every_third(request):
            waiting.append(request)
            if len(waiting) < 3:
                return []
            answers = [answer_to(each) for each in waiting]
            waiting.clear()
            return answers

        with WebSocketServer(answer_every_third) as ours:
            result = self.call(ours.url, "--count", "30", "--concurrency", "3")
        self.assert_many_ended(result, 30)
        self.assertEqual(result.returncode, 0)

    def test_are_not_more_at_once_than_allowed(self):
        # Nobody answers: each request holds its place for all of its time.
        with Simulator("--fault", "no-answer") as sim:
            result = self.call(sim.url, "--count", "6", "--concurrency", "2", "--deadline", "200ms")
        self.assert_many_ended(result, 6)
        self.assertGreaterEqual(int(result.stderr.splitlines()[-1].split(" requests in ")[1].split()[0]), 600)

    def test_wait_for_a_server_that_is_not_there(self):
        with nobody() as url:
            result = self.call(url, "--count", "3", "--deadline", "1")
        reports = self.assert_many_ended(result, 3)
        self.assertEqual(result.returncode, 4)
        for report in reports:
            self.assertEqual((report["ending"], report["error"]["code"]), ("not_sent", "timed_out"))
            self.assertGreaterEqual(report["elapsed_ms"], 1000)
            self.assertIn("there was no link", report["error"]["detail"])
        self.assertRegex(result.stderr, r"(?m)^lcm: link waiting, attempt 2 in \d+ ms: connect_failed; .+$")

    def test_leave_without_a_call_to_the_library(self):
        with nobody() as url:
            result = self.call(url, "--count", "2", callid=None)
        self.assertEqual(result.returncode, 4)
        for line in result.stdout.splitlines():
            error = json.loads(line)["error"]
            self.assertEqual(error["code"], "invalid_argument")
            self.assertIn("callid", error["detail"])

    def test_stop_when_their_endings_cannot_be_told(self):
        with Simulator() as sim, open("/dev/full", "w", encoding="utf-8") as full:
            for flags in ((), ("--count", "1000")):
                with self.subTest(flags):
                    result = subprocess.run([LCM, *call_arguments(sim.url, *flags)], stdout=full,
                                            stderr=subprocess.PIPE, encoding="utf-8", timeout=PATIENCE)
                    self.assertEqual(result.returncode, 1)
                    self.assertIn("standard output", result.stderr)

    def test_have_an_ending_each_when_they_are_interrupted(self):
        ledger = self.file("ledger")
        with Simulator("--fault", "no-answer", "--ledger", str(ledger)) as sim:
            arguments = call_arguments(sim.url, "--count", "100", "--concurrency", "4")
            result = run_until_interrupted(arguments, lambda _: sim.wait_for("[no-answer]", 4))
        reports = self.assert_interrupted(result)
        self.assertEqual(len(reports), 4)
        for report in reports:
            self.assertEqual((report["ending"], report["error"]["code"]), ("unknown", "cancelled"))
        self.assert_ledger_agrees(ledger, reports)

    @unittest.skipIf(IS_WINE, "its pipes have another size")
    def test_are_told_to_a_slow_reader_when_they_are_interrupted(self):
        def wait_until_nothing_more_fits(process):
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
            waiting = struct.pack("i", 0)
            while struct.unpack("i", fcntl.ioctl(process.stdout, termios.FIONREAD, waiting))[0] < 3900:
                time.sleep(0.01)

        with WebSocketServer(lambda request: [answer_to(request)]) as ours:
            arguments = call_arguments(ours.url, "--count", "1000", "--concurrency", "8")
            result = run_until_interrupted(arguments, wait_until_nothing_more_fits)
        reports = self.assert_interrupted(result)
        self.assertLess(len(reports), 1000)
        arrived = {json.loads(text)["data"]["callid"] for text in ours.requests}
        self.assertLessEqual(arrived, {report["callid"] for report in reports if report["ending"] != "not_sent"})
        self.assertGreaterEqual(arrived, {report["callid"] for report in reports if report["ending"] == "accepted"})

    def test_wrong_usage(self):
        for count in ("0", "-1", "many", "1.5", "10000001", ""):
            with self.subTest(count):
                self.assert_wrong_usage(self.call("ws://127.0.0.1:1/", "--count", count), "--count")
        for concurrency in ("0", "-1", "few", "10001"):
            with self.subTest(concurrency):
                result = self.call("ws://127.0.0.1:1/", "--count", "1", "--concurrency", concurrency)
                self.assert_wrong_usage(result, "--concurrency")
        self.assert_wrong_usage(self.call("ws://127.0.0.1:1/", "--concurrency", "2"), "--count")


if __name__ == "__main__":
    unittest.main()
