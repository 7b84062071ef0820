# SPDX-License-Identifier: BSL-1.0
"""What the tests of the command lcm share: running it, and reading what it prints."""

import json
import os
import re
import subprocess
import unittest

LCM = os.environ["LCM_COMMAND"]
OPERATION = "SetBusinessOutcomeWithCallOutcome"
PATIENCE = 60  # seconds, for what takes milliseconds: only a hang gets there

# The specification's sample. The account and the comment are personal.
ACCOUNT = "5|3|1|0|0|44|1"
COMMENT = "Test comment"
TOKEN = "token-4711"
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


class CommandTest(unittest.TestCase):
    def run_lcm(self, *arguments):
        """Runs the command to its end, and checks that it shows nothing that is personal or secret."""
        environment = dict(os.environ, LCM_TEST_TOKEN=TOKEN)
        result = subprocess.run([LCM, *arguments], capture_output=True, encoding="utf-8", env=environment,
                                timeout=PATIENCE)
        for secret in (ACCOUNT, COMMENT, TOKEN):
            self.assertNotIn(secret, result.stdout + result.stderr)
        return result

    def call(self, url, *flags, **changes):
        """Runs `lcm call` with the sample, in which `changes` replace fields; None leaves one out."""
        fields = {**FIELDS, **changes}
        values = [text for name, value in fields.items() if value is not None for text in ("--" + name, value)]
        return self.run_lcm("call", OPERATION, "--url", url, "--source", "tests", *flags, *values)

    def assert_accepted(self, result):
        report = self._read_report(result, "accepted", 0)
        self.assertEqual(list(report), ["ending", "operation", "callid", "elapsed_ms", "response"])
        self.assertEqual(report["response"], {"success": True})
        self.assertEqual(result.stderr, "")

    def assert_ended(self, result, ending, code):
        """Checks a call that was not accepted; returns the error in its report."""
        status = {"refused": 3, "not_sent": 4, "unknown": 5}[ending]
        report = self._read_report(result, ending, status)
        self.assertEqual(list(report), ["ending", "operation", "callid", "elapsed_ms", "error"])
        self.assertEqual(report["error"]["code"], code)
        self.assertGreater(len(report["error"]["message"]), 10)
        self.assertRegex(result.stderr, r"\Alcm: .*\n\Z")
        return report["error"]

    def assert_wrong_usage(self, result, explanation):
        """Checks that nothing was called, and that standard error holds `explanation`."""
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertIn(explanation, result.stderr)

    def _read_report(self, result, ending, status):
        self.assertRegex(result.stdout, r"\A\{.*\}\n\Z", "one line on standard output, one JSON object")
        report = json.loads(result.stdout)
        self.assertEqual((report["ending"], result.returncode), (ending, status), result.stdout + result.stderr)
        self.assertEqual(report["operation"], OPERATION)
        self.assertIsInstance(report["callid"], str)
        self.assertGreaterEqual(report["elapsed_ms"], 0)
        return report


class Simulator:
    """`lcm sim` on a free port, for a `with` block; it ends by itself if nobody ends it."""

    def __init__(self, *flags):
        self._process = subprocess.Popen([LCM, "sim", "--port", "0", "--for", str(PATIENCE), *flags],
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        self.url = self._process.stdout.readline().strip()
        self.log = ""  # what it printed after the URL, once it has ended
        self.status = None
        if re.fullmatch(r"wss?://127\.0\.0\.1:\d+/", self.url):
            return
        self.end()
        raise RuntimeError(f"lcm sim {' '.join(flags)} printed no URL but '{self.url}{self.log}'")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self._process.terminate()
        try:
            output, errors = self._process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, errors = self._process.communicate()
        self.log = output + errors
        self.status = self._process.returncode
