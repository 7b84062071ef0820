# SPDX-License-Identifier: BSL-1.0
"""`lcm call --outbox` and `lcm outbox`: what is kept on disk, how it leaves, and who decides about what is unknown."""

import contextlib
import json
import os
import signal
import subprocess
import unittest

from support import (ACCOUNT, COMMENT, FIELDS, IS_WINE, LCM, OPERATION, PATIENCE, CommandTest, Simulator, call_arguments,
                     read_ledger)

KEY = "00112233445566778899aabbccddeeff" * 2
PLAIN = "--outbox-plain-text"
KEPT = 6
NOBODY = "ws://127.0.0.1:9/"  # no server has the port of the service `discard`


class Outbox(CommandTest):
    def setUp(self):
        self.outbox = self.file("outbox.sqlite")
        os.environ["LCM_TEST_KEY"] = KEY
        os.environ["LCM_TEST_OTHER_KEY"] = KEY[::-1]
        os.environ["LCM_TEST_SHORT_KEY"] = KEY[:-1]

    def keep(self, url, *flags, how=(PLAIN,), deadline="10", **changes):
        return self.call(url, "--outbox", str(self.outbox), *how, "--deadline", deadline, *flags, **changes)

    def look(self, command, *flags):
        return self.run_lcm("outbox", command, str(self.outbox), *flags)

    def lines(self, result):
        return [json.loads(line) for line in result.stdout.splitlines()]

    def list(self, *flags):
        result = self.look("list", *flags)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.lines(result)

    def assert_line(self, line, **expected):
        self.assertEqual({name: line.get(name) for name in expected}, expected, line)

    def test_an_accepted_request_leaves_nothing(self):
        ledger = self.file("ledger")
        with Simulator("--ledger", str(ledger)) as server:
            result = self.keep(server.url)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_line(self.lines(result)[0], ending="accepted", entry=1, by="reply", operation=OPERATION,
                         callid="12345", was_resent=False)
        self.assertEqual(read_ledger(ledger)["12345"], 1)
        self.assertEqual(self.list(), [])

    def test_a_request_without_a_server_waits_and_is_sent_later(self):
        result = self.keep(NOBODY, deadline="200ms")
        self.assertEqual(result.returncode, KEPT, result.stderr)
        self.assert_line(self.lines(result)[0], entry=1, state="waiting", operation=OPERATION, callid="12345")
        self.assertIn("lcm outbox send", result.stderr)
        self.assert_line(self.list()[0], entry=1, state="waiting", stands_behind=False, marks_do_not_call=False)
        ledger = self.file("ledger")
        with Simulator("--ledger", str(ledger)) as server:
            sent = self.look("send", "--url", server.url)
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assert_line(self.lines(sent)[0], ending="accepted", entry=1)
        self.assertIn("1 entries ended: 1 accepted, 0 refused, 0 not_sent, 0 unknown; 0 are left", sent.stderr)
        self.assertEqual(read_ledger(ledger)["12345"], 1)
        self.assertEqual(self.list(), [])

    def test_what_never_gets_a_server_is_left_when_the_time_is_over(self):
        self.keep(NOBODY, deadline="1ms")
        sent = self.look("send", "--url", NOBODY, "--for", "200ms")
        self.assertEqual(sent.returncode, KEPT, sent.stderr)
        self.assert_line(self.lines(sent)[0], entry=1, state="waiting")
        self.assertEqual(len(self.list()), 1)

    def test_a_refused_request_is_told_and_forgotten(self):
        with Simulator("--fault", "success-false") as server:
            result = self.keep(server.url)
        self.assertEqual(result.returncode, 3, result.stderr)
        line = self.lines(result)[0]
        self.assert_line(line, ending="refused", by="reply")
        self.assertEqual(line["error"]["code"], "server_error")
        self.assertEqual(self.list(), [])

    def test_an_unknown_request_stays_and_holds_back_what_shares_its_call(self):
        with Simulator("--fault", "no-answer") as server:
            first = self.keep(server.url, deadline="2")
            self.assertEqual(first.returncode, 5, first.stderr)
            self.assert_line(self.lines(first)[0], entry=1, state="unknown")
            second = self.keep(server.url, deadline="2")
            self.assertEqual(second.returncode, KEPT, second.stderr)
        self.assertEqual([(line["entry"], line["state"], line["stands_behind"]) for line in self.list()],
                         [(1, "unknown", False), (2, "waiting", True)])
        with Simulator() as server:  # which leaves them as they are, since nobody has decided
            asked = self.look("send", "--url", server.url)
            self.assertEqual(asked.returncode, KEPT, asked.stderr)
            self.assertEqual([line["state"] for line in self.lines(asked)], ["unknown", "waiting"])
            dropped = self.look("drop", "1")
            self.assertEqual(dropped.returncode, 0, dropped.stderr)
            self.assert_line(self.lines(dropped)[0], ending="unknown", entry=1, by="drop")
            sent = self.look("send", "--url", server.url)
        self.assertEqual(sent.returncode, 5, "it tells of the one that was dropped, and sends the one behind it")
        self.assertEqual({(line["entry"], line["ending"]) for line in self.lines(sent)},
                         {(1, "unknown"), (2, "accepted")})
        self.assertEqual(self.list(), [])

    def test_what_is_unknown_is_sent_again_only_by_the_rule(self):
        ledger = self.file("ledger")
        with Simulator("--fault", "no-answer", "--ledger", str(ledger)) as server:
            self.keep(server.url, deadline="2")
        with Simulator("--ledger", str(ledger)) as server:
            sent = self.look("send", "--url", server.url, "--on-doubt", "resend", "--settle-time", "0")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assert_line(self.lines(sent)[0], ending="accepted", entry=1, was_resent=True)
        self.assertEqual(read_ledger(ledger)["12345"], 2, "both times, as the rule has allowed")

    def test_what_is_unknown_ends_by_the_rule(self):
        with Simulator("--fault", "no-answer") as server:
            self.keep(server.url, deadline="2")
            sent = self.look("send", "--url", server.url, "--on-doubt", "drop", "--settle-time", "0")
        self.assertEqual(sent.returncode, 5, sent.stderr)
        self.assert_line(self.lines(sent)[0], ending="unknown", entry=1, by="drop", was_resent=False)

    def test_what_is_dropped_unsent_never_leaves(self):
        ledger = self.file("ledger")
        self.keep(NOBODY, deadline="1ms")
        dropped = self.look("drop", "1")
        self.assert_line(self.lines(dropped)[0], ending="not_sent", entry=1, by="drop", operation=OPERATION)
        self.assert_line(self.list()[0], ending="not_sent", entry=1)
        with Simulator("--ledger", str(ledger)) as server:
            sent = self.look("send", "--url", server.url)
        self.assertEqual(sent.returncode, 4, sent.stderr)
        self.assert_line(self.lines(sent)[0], ending="not_sent", entry=1, by="drop")
        self.assertEqual(ledger.read_text(encoding="utf-8") if ledger.exists() else "", "")
        again = self.look("drop", "1", "17")
        self.assertEqual(again.returncode, 1)
        self.assertEqual(again.stderr, "lcm: there is no entry 1\nlcm: there is no entry 17\n")

    def test_a_sealed_file_shows_nothing_without_its_key(self):
        sealed = ("--outbox-key-env", "LCM_TEST_KEY")
        self.keep(NOBODY, how=sealed, deadline="1ms")
        for path in self.outbox.parent.iterdir():
            content = path.read_bytes()
            for secret in (ACCOUNT, COMMENT, OPERATION, "12345"):
                self.assertNotIn(secret.encode(), content, path)
        if not IS_WINE:  # where it has the rights of its folder
            self.assertEqual(self.outbox.stat().st_mode & 0o777, 0o600)
        for flags in ((), ("--key-env", "LCM_TEST_OTHER_KEY")):
            shown = self.look("list", *flags)
            self.assertEqual(list(self.lines(shown)[0]), ["entry", "state", "expires", "stands_behind", "was_resent"])
            self.assertIn("the entries are sealed", shown.stderr)
            exported = self.look("export", *flags)
            self.assert_wrong_usage(exported, "--key-env: the entries are sealed")
            sent = self.look("send", "--url", NOBODY, *flags)
            self.assertEqual((sent.returncode, sent.stdout), (1, ""), sent.stderr)
            self.assertIn("cannot be opened with this user's key", sent.stderr)
        self.assert_line(self.list("--key-env", "LCM_TEST_KEY")[0], operation=OPERATION, callid="12345")
        with Simulator() as server:
            sent = self.look("send", "--url", server.url, "--key-env", "LCM_TEST_KEY")
        self.assertEqual(sent.returncode, 0, sent.stderr)

    def test_what_is_exported_can_be_sent_as_a_batch(self):
        self.keep(NOBODY, deadline="1ms")
        # Its output holds all that is personal, on purpose.
        exported = subprocess.run([LCM, "outbox", "export", str(self.outbox)], capture_output=True, encoding="utf-8",
                                  timeout=PATIENCE, check=True)
        line = json.loads(exported.stdout)
        self.assertEqual(line["operation"], OPERATION)
        self.assertEqual({name: str(value) for name, value in line["data"].items()}, FIELDS)
        requests = self.file("requests")
        requests.write_text(exported.stdout, encoding="utf-8")
        with Simulator() as server:
            batch = self.run_lcm("batch", str(requests), "--url", server.url)
        self.assertEqual(batch.returncode, 0, batch.stderr)

    def test_a_file_that_is_in_use_is_not_touched(self):
        with Simulator("--fault", "no-answer") as server:
            arguments = call_arguments(server.url, "--outbox", str(self.outbox), PLAIN, "--deadline", "30")
            with subprocess.Popen([LCM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                  encoding="utf-8") as holder:
                with contextlib.closing(holder.stderr):
                    self.assertIn("link connecting", holder.stderr.readline())
                    self.assertIn("link ready", holder.stderr.readline())
                    for command, flags in (("list", ()), ("export", ()), ("drop", ("1",)), ("send", ("--url", NOBODY))):
                        result = self.look(command, *flags)
                        self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
                        self.assertIn("is in use", result.stderr)
                    holder.kill()
        self.assertIn(self.list()[0]["state"], ("waiting", "unknown"))

    def test_an_interrupt_says_of_what_has_left_that_nobody_knows(self):
        with Simulator("--fault", "no-answer") as server:
            arguments = call_arguments(server.url, "--outbox", str(self.outbox), PLAIN, "--deadline", "30")
            with subprocess.Popen([LCM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  encoding="utf-8") as call:
                server.tell("", f"{OPERATION} call 12345: accepted [no-answer]\n")
                call.send_signal(signal.SIGINT)
                output, errors = call.communicate(timeout=PATIENCE)
        self.assertEqual(call.returncode, 5, output + errors)
        self.assert_line(json.loads(output), entry=1, state="handed_over")
        self.assertIn("nobody knows whether it was carried out", errors)
        self.assert_line(self.list()[0], entry=1, state="unknown")

    def test_wrong_usage_names_the_flag(self):
        for how, words in (((), "--outbox: give --outbox-key-env, or --outbox-plain-text"),
                           (("--outbox-key-env", "LCM_TEST_NONE"), "there is no environment variable LCM_TEST_NONE"),
                           (("--outbox-key-env", "LCM_TEST_SHORT_KEY"), "64 hexadecimal digits"),
                           ((PLAIN, "--count", "2"), "--outbox: keeps one request")):
            self.assert_wrong_usage(self.keep(NOBODY, how=how), words)
        self.assertFalse(self.outbox.exists())
        for command, flags in (("list", ()), ("export", ()), ("drop", ("1",)), ("send", ("--url", NOBODY))):
            self.assert_wrong_usage(self.look(command, *flags), "FILE: there is no outbox")
        self.assertFalse(self.outbox.exists())
        self.assert_wrong_usage(self.look("drop", "0"), "ENTRY: must be a whole number")
        self.assert_wrong_usage(self.look("send", "--url", NOBODY, "--on-doubt", "guess"),
                                "--on-doubt: must be ask, resend or drop")

    def test_another_program_s_file_stays_as_it_is(self):
        self.outbox.write_bytes(b"no database, but somebody's notes" * 100)
        before = self.outbox.read_bytes()
        for command, flags in (("list", ()), ("drop", ("1",))):
            result = self.look(command, *flags)
            self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
        self.assertEqual(self.outbox.read_bytes(), before)
        self.outbox.write_bytes(b"")
        self.assertIn("it is empty", self.look("list").stderr)

    def test_a_request_that_only_reads_is_not_kept(self):
        result = self.run_lcm("call", "GetStoredData", "--url", NOBODY, "--callid", "1", "--outbox", str(self.outbox))
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)


if __name__ == "__main__":
    unittest.main()
