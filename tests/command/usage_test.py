# SPDX-License-Identifier: BSL-1.0
"""`lcm demo`, the help, and command lines that are wrong: status 2, a reason, and nothing of the values repeated."""

import subprocess
import unittest

from support import ACCOUNT, COMMENT, FIELDS, LCM, OPERATION, PATIENCE, CommandTest

URL = "ws://127.0.0.1:1/"  # never called


class Demo(CommandTest):
    def test_shows_the_sample_accepted(self):
        # Not with run_lcm(): the demo shows the specification's sample, which is nobody's.
        result = subprocess.run([LCM, "demo"], capture_output=True, encoding="utf-8", timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for part in ("ws://127.0.0.1:", OPERATION, OPERATION + "Result", ACCOUNT, COMMENT, "accepted"):
            self.assertIn(part, result.stdout)


class Help(CommandTest):
    def test_names_every_field_and_status(self):
        result = self.run_lcm("call", OPERATION, "--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for name in FIELDS:
            self.assertIn("--" + name, result.stdout)
        self.assertIn("3 refused, 4 not sent, 5 unknown, 2 wrong usage", result.stdout)

    def test_names_the_commands(self):
        result = self.run_lcm("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for command in ("demo", "call", "sim"):
            self.assertIn(command, result.stdout)


class WrongUsage(CommandTest):
    def test_no_command(self):
        self.assert_wrong_usage(self.run_lcm(), "--help")
        self.assert_wrong_usage(self.run_lcm("call"), "--help")

    def test_unknown_command(self):
        self.assert_wrong_usage(self.run_lcm("cal"), "unknown command or operation cal")

    def test_unknown_operation(self):
        self.assert_wrong_usage(self.run_lcm("call", "SetNothing", "--url", URL), "SetNothing")

    def test_unknown_flag(self):
        self.assert_wrong_usage(self.call(URL, "--AccountNumer=" + ACCOUNT), "unknown flag --AccountNumer;")
        self.assert_wrong_usage(self.call(URL, "--AccountNumer", ACCOUNT), "unknown flag --AccountNumer;")

    def test_text_without_quotes(self):
        self.assert_wrong_usage(self.call(URL, *("--AgentComments " + COMMENT).split(), AgentComments=None), "quotes")

    def test_url(self):
        self.assert_wrong_usage(self.run_lcm("call", OPERATION), "--url")
        for url in ("", "127.0.0.1", "http://127.0.0.1/", "ws://", "ws://127.0.0.1:99999/", "ws://[::1/"):
            with self.subTest(url):
                self.assert_wrong_usage(self.call(url), "url")

    def test_plain_text_to_another_host(self):
        self.assert_wrong_usage(self.call("ws://192.0.2.1/"), "--allow-plaintext")

    def test_deadline(self):
        for deadline in ("0", "-1", "soon", "1h", "nan", "1e9"):
            with self.subTest(deadline):
                self.assert_wrong_usage(self.call(URL, "--deadline", deadline), "--deadline")

    def test_number(self):
        self.assert_wrong_usage(self.call(URL, BusinessOutcome="many"), "--BusinessOutcome")

    def test_header(self):
        self.assert_wrong_usage(self.call(URL, "--header", "X-Tenant"), "--header")
        self.assert_wrong_usage(self.call(URL, "--header", "Host: another"), "Host")

    def test_token(self):
        self.assert_wrong_usage(self.call(URL, "--token-env", "LCM_TEST_NO_SUCH"), "LCM_TEST_NO_SUCH")
        self.assert_wrong_usage(self.call(URL, "--token-env", "LCM_TEST_TOKEN", "--header", "Authorization: mine"),
                                "more than once")


if __name__ == "__main__":
    unittest.main()
