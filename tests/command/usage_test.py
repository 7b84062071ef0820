# SPDX-License-Identifier: BSL-1.0
"""`lcm demo`, the help, and command lines that are wrong: status 2, a reason, and nothing of the values repeated."""

import subprocess
import unittest

from support import ACCOUNT, COMMENT, FIELDS, LCM, OPERATION, PATIENCE, TOKEN, CommandTest

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


class LostOutput(CommandTest):
    def test_is_no_success(self):
        for arguments in (("demo",), ("list",), ("help", "SetDNC"), ("completion", "bash"), ("--help",), ("--version",),
                          ("call", "SetDNC", "--help"), ("sim", "--list-faults")):
            with self.subTest(arguments), open("/dev/full", "w", encoding="utf-8") as full:
                result = subprocess.run([LCM, *arguments], stdout=full, stderr=subprocess.PIPE, encoding="utf-8",
                                        timeout=PATIENCE)
                self.assertEqual((result.returncode, result.stderr),
                                 (1, "lcm: cannot write to standard output; is the disk full?\n"))


class WrongUsage(CommandTest):
    def test_no_command(self):
        self.assert_wrong_usage(self.run_lcm(), "--help")
        self.assert_wrong_usage(self.run_lcm("call"), "--help")

    def test_unknown_command(self):
        self.assert_wrong_usage(self.run_lcm("cal"), "unknown command 'cal'; did you mean call? See lcm --help")

    def test_unknown_operation(self):
        self.assert_wrong_usage(self.run_lcm("call", "SetNothing", "--url", URL), "SetNothing")

    def test_unknown_flag(self):
        reason = f"unknown flag --AccountNumer; did you mean --AccountNumber? See lcm call {OPERATION} --help"
        self.assert_wrong_usage(self.call(URL, "--AccountNumer=" + ACCOUNT), reason)
        self.assert_wrong_usage(self.call(URL, "--AccountNumer", ACCOUNT), reason)

    def test_names_what_may_have_been_meant(self):
        for arguments, reason in (
                (("call", "SetDMC"), "unknown operation 'SetDMC'; did you mean SetDNC? See lcm call --help"),
                (("call", "setdcn"), "unknown operation 'setdcn'; did you mean SetDNC? See lcm call --help"),
                (("call", "SetCallOutcom"), "unknown operation 'SetCallOutcom'; did you mean "
                 "SetCallOutcomeWithComments, SetCallOutComeOffline or GetCallOutCome? See lcm call --help"),
                (("call", "SetBusinessOutcomeWithComment"), "did you mean SetBusinessOutcomeWithComments?"),
                (("call", "Nothing"), "unknown operation 'Nothing'; see lcm call --help"),
                (("call", "S"), "unknown operation 'S'; see lcm call --help"),
                (("call", "x" * 10_000), "x'; see lcm call --help"),
                (("help", "GetStoredDate"), "unknown operation 'GetStoredDate'; did you mean GetStoredData? See lcm list"),
                (("help", "SetNothing"), "unknown operation 'SetNothing'; see lcm list"),
                (("SetDNC",), "unknown command 'SetDNC', which is an operation; did you mean lcm call SetDNC?"),
                (("simulate",), "unknown command 'simulate'; see lcm --help"),
                (("wacth",), "unknown command 'wacth'; did you mean watch?"),
                (("call", "SetDNC", "--uri", URL), "unknown flag --uri; did you mean --url?"),
                (("call", "SetDNC", "--token", "LCM"), "unknown flag --token; did you mean --token-env?"),
                (("call", "GetStoredData", "--CALLID", "7"), "unknown flag --CALLID; did you mean --callid?"),
                (("call", "SetDNC", "--nothing", "7"), "unknown flag --nothing; see lcm call SetDNC --help"),
                (("call", "SetDNC", "-url", URL), "a flag has two dashes; did you mean --url?"),
                (("sim", "--tsl"), "unknown flag --tsl; did you mean --tls?"),
                (("watch", "--Url", URL), "unknown flag --Url; did you mean --url?")):
            with self.subTest(arguments):
                self.assert_wrong_usage(self.run_lcm(*arguments), reason)

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
        # The token itself, which run_lcm() looks for.
        self.assert_wrong_usage(self.call(URL, "--token-env", TOKEN), "--token-env: there is no such environment variable")
        self.assert_wrong_usage(self.call(URL, "--token-env", "LCM_TEST_TOKEN", "--header", "Authorization: mine"),
                                "more than once")


if __name__ == "__main__":
    unittest.main()
