# SPDX-License-Identifier: BSL-1.0
"""What the tests of the command lcm share: running it, and reading what it prints."""

import collections
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import unittest

LCM = os.environ["LCM_COMMAND"]
OPERATION = "SetBusinessOutcomeWithCallOutcome"
PATIENCE = 60  # seconds, for what takes milliseconds: only a hang gets there

# Wine passes SIGINT on to the program as Ctrl-C; by any other signal the program is gone.
IS_WINE = "LCM_WINE" in os.environ
END_SIGNALS = (signal.SIGINT,) if IS_WINE else (signal.SIGTERM, signal.SIGINT)
END_SIGNAL = END_SIGNALS[0]

# The specification's sample. The account and the comment are personal.
ACCOUNT = "5|3|1|0|0|44|1"
COMMENT = "Test comment"
TOKEN = "token-4711"
KEY_PASSWORD = "canary-4711"  # of client_identity.pem
FIELDS = {
    "callid": "12345",
    "AccountNumber": ACCOUNT,
    "BusinessOutcome": "101",
    "CallOutcome": "0",
    "LeadScore": "0",
    "UserID": "1234",
    "AgentComments": COMMENT,
    "TargetAmount": "0",
}

STATUSES = {"accepted": 0, "refused": 3, "not_sent": 4, "unknown": 5}


def call_arguments(url, *flags, **changes):
    """The arguments of `lcm call` with the sample, in which `changes` replace fields; None leaves one out."""
    fields = {**FIELDS, **changes}
    values = [text for name, value in fields.items() if value is not None for text in ("--" + name, value)]
    return ("call", OPERATION, "--url", url, "--source", "tests", *flags, *values)


def read_ledger(path):
    """How often the simulator acted on each call. A line that a kill has broken off is no JSON: the request was not
    answered."""
    acted_on = collections.Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            entry = json.loads(line)
            assert entry.keys() == {"operation", "callid"} and entry["operation"] == OPERATION, line
            acted_on[entry["callid"]] += 1
    return acted_on


class CommandTest(unittest.TestCase):
    def run_lcm(self, *arguments, command=(LCM,)):
        """Runs the command to its end, and checks that it shows nothing that is personal or secret."""
        environment = dict(os.environ, LCM_TEST_TOKEN=TOKEN, LCM_TEST_KEY_PASSWORD=KEY_PASSWORD)
        result = subprocess.run([*command, *arguments], capture_output=True, encoding="utf-8", env=environment,
                                timeout=PATIENCE)
        for secret in (ACCOUNT, COMMENT, TOKEN, KEY_PASSWORD):
            self.assertNotIn(secret, result.stdout + result.stderr)
        return result

    def call(self, url, *flags, **changes):
        """Runs `lcm call` with the sample, in which `changes` replace fields; None leaves one out."""
        return self.run_lcm(*call_arguments(url, *flags, **changes))

    def file(self, name):
        """The path of a file that is gone after the test."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name) / name

    def assert_accepted(self, result):
        report = self._read_report(result, "accepted", 0)
        self.assertEqual(list(report), ["ending", "operation", "callid", "elapsed_ms", "response"])
        self.assertEqual(report["response"], {"success": True})
        self.assertEqual(result.stderr, "")

    def assert_ended(self, result, ending, code):
        """Checks a call that was not accepted; returns the error in its report."""
        report = self._read_report(result, ending, STATUSES[ending])
        self.assertEqual(list(report), ["ending", "operation", "callid", "elapsed_ms", "error"])
        self.assertEqual(report["error"]["code"], code)
        self.assertGreater(len(report["error"]["message"]), 10)
        self.assertRegex(result.stderr, r"\Alcm: .*\n\Z")
        return report["error"]

    def assert_wrong_usage(self, result, explanation):
        """Checks that nothing was called, and that standard error holds `explanation`."""
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertIn(explanation, result.stderr)

    def assert_many_ended(self, result, count):
        """Checks a call with `--count`: one report for each request, the totals, the status. Returns the reports."""
        reports = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(collections.Counter(report["callid"] for report in reports),
                         collections.Counter(f"12345-{number}" for number in range(1, count + 1)))
        endings = collections.Counter(report["ending"] for report in reports)
        totals = ", ".join(f"{endings[ending]} {ending}" for ending in STATUSES)
        self.assertRegex(result.stderr.splitlines()[-1], rf"\Alcm: {count} requests in \d+ ms: {totals}\Z")
        self.assertEqual(result.returncode, max(STATUSES[ending] for ending in endings), totals)
        return reports

    def assert_interrupted(self, result):
        """Checks many requests that a signal has ended: the totals, the status. Returns the reports."""
        reports = [json.loads(line) for line in result.stdout.splitlines()]
        totals, last = result.stderr.splitlines()[-2:]
        self.assertRegex(totals, rf"\Alcm: {len(reports)} (requests|lines) in ")
        self.assertEqual(last, "lcm: interrupted; what has no line was not sent")
        statuses = [STATUSES["not_sent"], *(STATUSES[report["ending"]] for report in reports)]
        self.assertEqual(result.returncode, max(statuses))
        return reports

    def assert_ledger_agrees(self, path, reports):
        """Checks that what the simulator did is what the client says of each request."""
        acted_on = read_ledger(path)
        self.assertLessEqual(acted_on.keys(), {report["callid"] for report in reports})
        for report in reports:
            times = acted_on[report["callid"]]
            possible = {"accepted": (1,), "refused": (0,), "not_sent": (0,), "unknown": (0, 1)}
            self.assertIn(times, possible[report["ending"]], report)

    def _read_report(self, result, ending, status):
        self.assertRegex(result.stdout, r"\A\{.*\}\n\Z", "one line on standard output, one JSON object")
        report = json.loads(result.stdout)
        self.assertEqual((report["ending"], result.returncode), (ending, status), result.stdout + result.stderr)
        self.assertEqual(report["operation"], OPERATION)
        self.assertIsInstance(report["callid"], str)
        self.assertGreaterEqual(report["elapsed_ms"], 0)
        return report


def run_until_interrupted(arguments, wait, number=END_SIGNAL, stdin=subprocess.DEVNULL):
    """Runs the command until `wait(process)` returns, sends it the signal then, and returns all that it said."""
    with subprocess.Popen([LCM, *arguments], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8") as process:
        wait(process)
        process.send_signal(number)
        output, errors = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


class Simulator:
    """`lcm sim` on a free port unless one is given, for a `with` block; it ends by itself if nobody ends it."""

    def __init__(self, *flags, port=0, stdin=subprocess.PIPE, command=(LCM,)):
        self._process = subprocess.Popen([*command, "sim", "--port", str(port), "--for", str(PATIENCE), *flags],
                                         stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                         encoding="utf-8")
        self.url = self._process.stdout.readline().strip()
        self.log = ""  # what it printed after the URL, up to now
        self.status = None
        self._printed = threading.Condition()
        # All along: if nobody read what it prints, it would have to wait.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        if re.fullmatch(r"wss?://127\.0\.0\.1:\d+/", self.url):
            return
        self.end()
        raise RuntimeError(f"lcm sim {' '.join(flags)} printed no URL but '{self.url}{self.log}'")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    @property
    def port(self):
        return int(self.url.rstrip("/").rpartition(":")[2])

    def end(self):
        """Ends it as a user does, and it must obey."""
        self._process.send_signal(END_SIGNAL)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._finish()

    def tell(self, line, answer):
        """Gives it a line on standard input, and waits for a line of its log that is, or begins with, `answer`."""
        with self._printed:
            start = len(self.log)
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            if not self._printed.wait_for(lambda: f"\n{answer}" in "\n" + self.log[start:], PATIENCE):
                raise AssertionError(f"no {answer!r} came after {line!r}, but {self.log[start:]!r}")

    def wait_for(self, text, times=1):
        """Waits until its log has `text` so many times."""
        with self._printed:
            if not self._printed.wait_for(lambda: self.log.count(text) >= times, PATIENCE):
                raise AssertionError(f"{text!r} did not come {times} times, but {self.log!r}")

    def close_input(self):
        self._process.stdin.close()

    def kill(self):
        """Ends it with SIGKILL, in the middle of whatever it does."""
        self._process.kill()
        self._finish()

    def wait(self):
        """Waits until it has ended by itself."""
        self._process.wait(PATIENCE)
        self._finish()

    def _read(self):
        for line in self._process.stdout:
            with self._printed:
                self.log += line
                self._printed.notify_all()

    def _finish(self):
        self.status = self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        if self._process.stdin:
            self._process.stdin.close()
