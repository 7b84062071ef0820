# SPDX-License-Identifier: BSL-1.0
"""`lcm batch`: lines of JSON in, one line of ending out for each, in the order in which they end."""

import collections
import json
import os
import pty
import subprocess
import threading
import tty
import unittest

from servers import WebSocketServer, nobody
from support import (ACCOUNT, COMMENT, END_SIGNALS, IS_WINE, LCM, OPERATION, PATIENCE, STATUSES, CommandTest, Simulator,
                     run_until_interrupted)

DATA = {"callid": "1", "AccountNumber": ACCOUNT, "BusinessOutcome": 101, "CallOutcome": 0, "LeadScore": 0,
        "UserID": "1234", "AgentComments": COMMENT, "TargetAmount": 0}


def line(callid, operation=OPERATION, **changes):
    return json.dumps({"operation": operation, "data": {**DATA, "callid": callid, **changes}})


class Batch(CommandTest):
    def batch(self, url, lines, *flags):
        path = self.file("lines.jsonl")
        path.write_text("\n".join(lines), encoding="utf-8")
        return self.run_lcm("batch", str(path), "--url", url, *flags)

    def reports(self, result, count):
        """By line; checks that there are `count`, the totals and the status."""
        reports = [json.loads(text) for text in result.stdout.splitlines()]
        self.assertEqual(len(reports), count, result.stdout + result.stderr)
        endings = collections.Counter(report["ending"] for report in reports)
        totals = ", ".join(f"{endings[ending]} {ending}" for ending in STATUSES)
        self.assertRegex(result.stderr.splitlines()[-1], rf"\Alcm: {count} lines in \d+ ms: {totals}\Z")
        self.assertEqual(result.returncode, max((STATUSES[ending] for ending in endings), default=0))
        return {report["line"]: report for report in reports}

    def test_sends_each_line(self):
        with Simulator() as sim:
            lines = [line(str(number)) for number in range(1, 301)]
            reports = self.reports(self.batch(sim.url, lines), 300)
        self.assertEqual({number: report["callid"] for number, report in reports.items()},
                         {number: str(number) for number in range(1, 301)})
        self.assertEqual(list(reports[1]), ["ending", "operation", "callid", "elapsed_ms", "response", "line"])

    def test_takes_different_operations_in_any_letter_case(self):
        lines = [line("1"), '{"operation":"statesync"}', "",
                 '{"data":{"agentID":"1","agentState":"READY"},"operation":"SENDAGENTSTATE"}']
        with Simulator() as sim:
            reports = self.reports(self.batch(sim.url, lines), 3)
        self.assertEqual({number: report["operation"] for number, report in reports.items()},
                         {1: OPERATION, 2: "StateSync", 4: "SendAgentState"})

    def test_ends_a_bad_line_as_not_sent_and_goes_on(self):
        bad = {
            2: ("no JSON " + COMMENT, "JSON"),
            3: ("[1]", "JSON object"),
            4: ('{"data":{}}', "operation"),
            5: ('{"operation":"SetNothing"}', "SetNothing"),
            6: ('{"operation":"StateSync","Data":{}}', '"Data"'),
            7: (line("7", BusinessOutcome=COMMENT), "data.BusinessOutcome: must be a number"),
            8: (line("8", Nothing=COMMENT), '"Nothing"'),
            9: (line(""), "callid"),
            10: ("x" * (1024 * 1024 + 1), "1 MiB"),
        }
        lines = [line("1"), *(text for text, _ in bad.values()), line("11")]
        with Simulator() as sim:
            result = self.batch(sim.url, lines, "--concurrency", "2")
        reports = self.reports(result, 11)
        for number, report in reports.items():
            if number not in bad:
                self.assertEqual(report["ending"], "accepted")
                continue
            self.assertEqual((report["ending"], report["error"]["code"]), ("not_sent", "invalid_argument"))
            self.assertIn(bad[number][1], report["error"]["detail"])

    def test_of_nothing(self):
        with Simulator() as sim:
            self.reports(self.batch(sim.url, ["", "  "]), 0)

    def test_has_no_more_under_way_than_allowed(self):
        waiting = []

        def answer_every_third(request):
            waiting.append(request)
            if len(waiting) < 3:
                return []
            answers = [json.dumps({"channel": "LCM", "topic": "WebService", "subtopic": OPERATION + "Result",
                                   "message": {"callid": each["data"]["callid"], "response": {"success": True}}})
                       for each in waiting]
            waiting.clear()
            return answers

        with WebSocketServer(answer_every_third) as ours:
            lines = [line(str(number)) for number in range(30)]
            self.reports(self.batch(ours.url, lines, "--concurrency", "3"), 30)
        with Simulator("--fault", "no-answer") as sim:
            result = self.batch(sim.url, lines[:6], "--concurrency", "2", "--deadline", "200ms")
        self.reports(result, 6)
        self.assertGreaterEqual(int(result.stderr.splitlines()[-1].split(" lines in ")[1].split()[0]), 600)

    def test_answers_a_line_before_the_next_one_is_there(self):
        with Simulator() as sim:
            batch = subprocess.Popen([LCM, "batch", "-", "--url", sim.url], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
            watchdog = threading.Timer(PATIENCE, batch.kill)
            watchdog.start()
            for number in range(1, 4):
                batch.stdin.write(line(str(number)) + "\n")
                batch.stdin.flush()
                self.assertEqual(json.loads(batch.stdout.readline())["line"], number)
            output, errors = batch.communicate()
            watchdog.cancel()
        self.assertEqual((batch.returncode, output), (0, ""), errors)

    def test_waits_for_a_server_that_is_not_there(self):
        with nobody() as url:
            result = self.batch(url, [line("1"), line("2")], "--deadline", "1")
        for report in self.reports(result, 2).values():
            self.assertEqual((report["ending"], report["error"]["code"]), ("not_sent", "timed_out"))
        self.assertIn("lcm: link waiting", result.stderr)

    def test_goes_on_after_the_server_was_gone(self):
        path = self.file("lines.jsonl")
        path.write_text("\n".join(line(str(number)) for number in range(4000)), encoding="utf-8")
        sim = Simulator()
        self.addCleanup(lambda: sim.end())  # the one that runs then
        batch = subprocess.Popen([LCM, "batch", str(path), "--url", sim.url, "--concurrency", "16"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        watchdog = threading.Timer(PATIENCE, batch.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)
        output = []
        for text in batch.stdout:
            output.append(text)
            if len(output) == 100:
                sim.kill()
                sim = Simulator(port=sim.port)
        errors = batch.stderr.read()
        result = subprocess.CompletedProcess(batch.args, batch.wait(), "".join(output), errors)
        batch.stdout.close()
        batch.stderr.close()
        reports = self.reports(result, 4000)
        self.assertGreater(sum(report["ending"] == "accepted" for report in reports.values()), 3900)
        self.assertEqual(errors.count("link ready"), 2)

    def test_has_an_ending_for_each_line_that_was_read_when_it_is_interrupted(self):
        for number in END_SIGNALS:
            path, ledger = self.file("lines.jsonl"), self.file("ledger")
            path.write_text("\n".join(line(str(each)) for each in range(100)), encoding="utf-8")
            with self.subTest(number), Simulator("--fault", "no-answer", "--ledger", str(ledger)) as sim:
                arguments = ("batch", str(path), "--url", sim.url, "--concurrency", "4")
                result = run_until_interrupted(arguments, lambda _: sim.wait_for("[no-answer]", 4), number)
            reports = self.assert_interrupted(result)
            self.assertEqual([report["ending"] for report in reports], 4 * ["unknown"])
            self.assert_ledger_agrees(ledger, reports)

    def test_is_interrupted_while_it_waits_for_a_line(self):
        theirs, ours = os.pipe()  # which stays open: the input does not end
        os.write(ours, (line("1") + "\n").encode())
        with Simulator() as sim:
            result = run_until_interrupted(("batch", "-", "--url", sim.url), lambda _: sim.wait_for("call 1: accepted"),
                                           stdin=theirs)
        os.close(theirs)
        os.close(ours)
        self.assertEqual(len(self.assert_interrupted(result)), 1)

    @unittest.skipIf(IS_WINE, "Windows has no terminal that can be opened by its name")
    def test_says_that_its_input_broke_off_when_what_it_has_read_has_ended(self):
        def read_from(terminal):
            return subprocess.Popen([LCM, "batch", terminal, "--url", sim.url, "--deadline", "2"], encoding="utf-8",
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        # What reads a terminal gets an error when the other side is gone.
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        with Simulator("--fault", "no-answer") as sim, read_from(os.ttyname(theirs)) as batch:
            os.write(ours, (line("1") + "\n").encode())
            sim.wait_for("[no-answer]")
            os.close(theirs)
            os.close(ours)
            output, errors = batch.communicate(timeout=PATIENCE)
        self.assertEqual([json.loads(text)["ending"] for text in output.splitlines()], ["unknown"], errors)
        self.assertEqual(batch.returncode, 1)
        self.assertEqual(errors.splitlines()[-1], "lcm: the input cannot be read to its end")

    @unittest.skipIf(IS_WINE, "Windows opens no folder")
    def test_of_standard_input_that_cannot_be_read_is_no_success(self):
        with Simulator() as sim:
            for redirection, status in (("</", 1), ("<&-", 2)):
                with self.subTest(redirection):
                    result = self.run_lcm("batch", "-", "--url", sim.url,
                                          command=("sh", "-c", f'exec "$0" "$@" {redirection}', LCM))
                    self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)

    def test_stops_when_its_endings_cannot_be_told(self):
        path = self.file("lines.jsonl")
        path.write_text("\n".join(line(str(number)) for number in range(1000)), encoding="utf-8")
        with Simulator() as sim, open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run([LCM, "batch", str(path), "--url", sim.url], stdout=full, stderr=subprocess.PIPE,
                                    encoding="utf-8", timeout=PATIENCE)
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output", result.stderr)

    @unittest.skipIf(IS_WINE, "Wine draws its console letter by letter")
    def test_shows_its_progress_on_a_terminal_only(self):
        path = self.file("lines.jsonl")
        path.write_text("\n".join(line(str(number)) for number in range(20)), encoding="utf-8")
        ours, theirs = pty.openpty()
        with Simulator() as sim:
            result = subprocess.run([LCM, "batch", str(path), "--url", sim.url], stdout=subprocess.PIPE, stderr=theirs,
                                    timeout=PATIENCE)
        os.close(theirs)
        shown = os.read(ours, 1024 * 1024).decode()
        os.close(ours)
        self.assertEqual(result.returncode, 0)
        self.assertIn("[####################] 100 % 20 accepted", shown)
        self.assertNotIn(b"###", result.stdout)
        with Simulator() as sim:
            self.assertNotIn("###", self.run_lcm("batch", str(path), "--url", sim.url).stderr)

    def test_wrong_usage(self):
        self.assert_wrong_usage(self.run_lcm("batch", "--url", "ws://127.0.0.1:1/"), "FILE")
        self.assert_wrong_usage(self.run_lcm("batch", "/no/such/file", "--url", "ws://127.0.0.1:1/"), "/no/such/file")
        self.assert_wrong_usage(self.run_lcm("batch", "-", "--url", "ws://127.0.0.1:1/", "--concurrency", "0"),
                                "--concurrency")
        result = self.run_lcm("batch", "/", "--url", "ws://127.0.0.1:1/")
        # Windows does not even open a folder.
        self.assertEqual((result.returncode, result.stdout), (2 if IS_WINE else 1, ""), result.stderr)


if __name__ == "__main__":
    unittest.main()
