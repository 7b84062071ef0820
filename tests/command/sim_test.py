# SPDX-License-Identifier: BSL-1.0
"""`lcm sim`: the faults, TLS, the ledger, what it prints; with `lcm call` at the other end."""

import concurrent.futures
import json
import os
import pathlib
import socket
import subprocess
import unittest
import unittest.mock

from support import (ACCOUNT, COMMENT, END_SIGNAL, IS_WINE, LCM, OPERATION, PATIENCE, CommandTest, Simulator,
                     read_ledger)

CLIENT = str(pathlib.Path(__file__).with_name("client_identity.pem"))


class Sim(CommandTest):
    def list_faults(self):
        """(name, whether it needs TLS) of each fault."""
        result = self.run_lcm("sim", "--list-faults")
        self.assertEqual(result.returncode, 0)
        return [(line.split()[0], line.endswith("(with --tls)")) for line in result.stdout.splitlines()]

    def test_takes_every_fault_that_it_lists(self):
        faults = self.list_faults()
        self.assertGreater(len(faults), 20)
        for name, needs_tls in faults:
            with self.subTest(name):
                with Simulator("--fault", name, *(["--tls"] if needs_tls else [])) as sim:
                    pass
                self.assertEqual(sim.status, 0, sim.log)

    def test_misbehaves_as_told(self):
        expectations = {
            "success-false": ("refused", "server_error"),
            "missing-success": ("unknown", "bad_reply"),
            "huge-message": ("unknown", "connection_lost"),
            "oversized-answer": ("unknown", "connection_lost"),
            "drop-before-answer": ("unknown", "connection_lost"),
            "close-going-away": ("unknown", "connection_lost"),
            "unauthorized": ("not_sent", "unauthorized"),
            "service-unavailable": ("not_sent", "upgrade_rejected"),
        }
        for name, (ending, code) in expectations.items():
            with self.subTest(name), Simulator("--fault", name) as sim:
                self.assert_ended(self.call(sim.url), ending, code)

    def test_misbehaves_within_what_is_understood(self):
        for name in ("none", "answer-twice", "wrong-case", "other-subscriber", "fragments"):
            with self.subTest(name), Simulator("--fault", name) as sim:
                self.assert_accepted(self.call(sim.url))

    def test_refuses_unknown_calls(self):
        with Simulator() as sim:
            error = self.assert_ended(self.call(sim.url, callid="unknown-7"), "refused", "invalid_call_id")
        self.assertEqual(error["server"]["actual"], "Invalid Call ID:unknown-7")

    def test_prints_each_request_but_nothing_personal(self):
        with Simulator() as sim:
            self.assert_accepted(self.call(sim.url))
        self.assertIn("12345", sim.log)
        self.assertIn("accepted", sim.log)
        self.assertNotIn(ACCOUNT, sim.log)
        self.assertNotIn(COMMENT, sim.log)

    def test_ends_by_itself(self):
        result = self.run_lcm("sim", "--for", "10ms")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"\Aws://127\.0\.0\.1:\d+/\n\Z")

    def test_says_that_the_port_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            result = self.run_lcm("sim", "--port", str(listener.getsockname()[1]))
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"\Alcm: .+\n\Z")

    def test_wrong_usage(self):
        self.assert_wrong_usage(self.run_lcm("sim", "--fault", "no-such-fault"), "--list-faults")
        self.assert_wrong_usage(self.run_lcm("sim", "--fault", "expired"), "--tls")
        self.assert_wrong_usage(self.run_lcm("sim", "--ca-out", "ca.pem"), "--tls")
        self.assert_wrong_usage(self.run_lcm("sim", "--port", "70000"), "--port")


class Scope(CommandTest):
    def test_confines_a_fault_to_an_operation(self):
        with Simulator("--fault", "success-false", "--operation", OPERATION.lower()) as sim:
            self.assert_ended(self.call(sim.url), "refused", "server_error")
        with Simulator("--fault", "success-false", "--operation", "SetDNC") as sim:
            self.assert_accepted(self.call(sim.url))

    def test_confines_a_fault_to_a_call(self):
        with Simulator("--fault", "success-false", "--callid", "7") as sim:
            self.assert_accepted(self.call(sim.url, callid="8"))
            self.assert_ended(self.call(sim.url, callid="7"), "refused", "server_error")

    def test_confines_a_fault_to_one_request(self):
        with Simulator("--fault", "success-false", "--nth", "2") as sim:
            self.assert_accepted(self.call(sim.url))
            self.assert_ended(self.call(sim.url), "refused", "server_error")
            self.assert_accepted(self.call(sim.url))

    def test_wrong_usage(self):
        for flags, reason in (
                (("--fault", "garbage", "--operation", "SetDMC"), "unknown operation 'SetDMC'; did you mean SetDNC?"),
                (("--fault", "garbage", "--nth", "0"), "--nth: must be a whole number from 1"),
                (("--fault", "unauthorized", "--nth", "1"), "a whole connection has this one"),
                (("--fault", "no-anwser"), "unknown fault 'no-anwser'; did you mean no-answer?"),
                (("--nth", "1"), "--fault"), (("--callid", "7"), "--fault"), (("--operation", "SetDNC"), "--fault")):
            with self.subTest(flags):
                self.assert_wrong_usage(self.run_lcm("sim", *flags), reason)


class Lines(CommandTest):
    """What is written to the standard input of the simulator while it runs."""

    def test_switch_the_fault(self):
        with Simulator() as sim:
            self.assert_accepted(self.call(sim.url))
            sim.tell("fault success-false", "fault: success-false\n")
            self.assert_ended(self.call(sim.url), "refused", "server_error")
            sim.tell(f"fault success-false --operation {OPERATION.lower()} --callid 7 --nth 2",
                     f"fault: success-false, for operation {OPERATION}, call 7, request 2\n")
            self.assert_accepted(self.call(sim.url, callid="7"))
            self.assert_accepted(self.call(sim.url, callid="8"))
            self.assert_ended(self.call(sim.url, callid="7"), "refused", "server_error")
            sim.tell("fault success-false", "fault: success-false\n")
            sim.tell("fault none", "fault: none\n")
            self.assert_accepted(self.call(sim.url, callid="7"))
        self.assertEqual(sim.status, 0, sim.log)

    def test_set_how_late_an_answer_is(self):
        with Simulator("--fault", "late-answer") as sim:
            sim.tell("late 10ms", "late-answer and late-action hold back for 10 ms\n")
            self.assert_accepted(self.call(sim.url))

    def test_drop_the_connections(self):
        with Simulator("--fault", "no-answer") as sim:
            with concurrent.futures.ThreadPoolExecutor(1) as other:
                result = other.submit(self.call, sim.url)
                sim.tell("", f"{OPERATION} call 12345: accepted [no-answer]\n")
                sim.tell("drop", "dropping all connections\n")
                self.assert_ended(result.result(PATIENCE), "unknown", "connection_lost")

    def test_end_it(self):
        with Simulator() as sim:
            sim.tell("quit", "ending\n")
            sim.wait()
            self.assertEqual(sim.status, 0)

    def test_that_are_not_understood_change_nothing_and_say_why(self):
        with Simulator("--fault", "success-false") as sim:
            for line, reason in (
                    ("falt none", "unknown command 'falt'; did you mean fault? See lcm sim --help\n"),
                    ("fault", "NAME is required; see lcm sim --help\n"),
                    ("fault no-anwser", "unknown fault 'no-anwser'; did you mean no-answer?"),
                    ("fault expired", "fault expired: this one needs --tls\n"),
                    ("fault unauthorized --nth 1", "fault unauthorized: a whole connection has this one;"),
                    ("fault garbage --operation SetDMC", "unknown operation 'SetDMC'; did you mean SetDNC?"),
                    ("fault garbage --nht 1", "unknown flag --nht; did you mean --nth?"),
                    ("fault garbage --nth 0", "--nth: must be a whole number from 1"),
                    ("fault none 5", "an argument that belongs to no flag"),
                    ("late", "SECONDS is required"),
                    ("late soon", "late: must be seconds"),
                    ("x" * 100_000, "unknown command 'xxx"),
                    ("\x07\x1b[31m", "unknown command '??[31m'")):
                with self.subTest(line[:40]):
                    sim.tell(line, "not understood: " + reason)
            self.assert_ended(self.call(sim.url), "refused", "server_error")
        self.assertEqual(sim.status, 0, sim.log)

    def test_may_end_or_never_be(self):
        with Simulator() as sim:
            sim.tell("fault success-false", "fault: success-false\n")
            sim.close_input()
            self.assert_ended(self.call(sim.url), "refused", "server_error")
        self.assertEqual(sim.status, 0, sim.log)
        with Simulator(stdin=subprocess.DEVNULL) as sim:
            self.assert_accepted(self.call(sim.url))
        self.assertEqual(sim.status, 0, sim.log)

    def test_may_be_closed_from_the_start(self):
        result = subprocess.run(["sh", "-c", f"exec '{LCM}' sim --for 200ms <&-"], capture_output=True,
                                encoding="utf-8", timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"\Aws://127\.0\.0\.1:\d+/\n\Z")

    @unittest.skipIf(IS_WINE, "Windows has no jobs of a terminal")
    def test_are_not_taken_from_a_terminal_that_is_another_commands(self):
        # The shell puts the simulator into the background of a terminal of its own.
        leader, terminal = os.openpty()
        try:
            os.write(leader, b"fault garbage\n")
            script = f"set -m; '{LCM}' sim --for 300ms & wait $!"
            result = subprocess.run(["setsid", "--ctty", "bash", "-c", script], stdin=terminal, capture_output=True,
                                    encoding="utf-8", timeout=PATIENCE)
        finally:
            os.close(leader)
            os.close(terminal)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"\Aws://127\.0\.0\.1:\d+/\n\Z")


class Broadcasts(CommandTest):
    def events(self, *flags):
        """What `lcm watch` prints until the simulator ends, when an outcome was set."""
        with Simulator(*flags) as sim:
            watcher = subprocess.Popen([LCM, "watch", "--url", sim.url], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, encoding="utf-8")
            self.assertTrue(any("ready" in line for line in watcher.stderr))
            self.assert_accepted(self.call(sim.url))
            self.assert_accepted(self.call(sim.url))
        watcher.send_signal(END_SIGNAL)
        return watcher.communicate(timeout=PATIENCE)[0].splitlines()

    def test_tell_the_others_of_an_outcome(self):
        self.assertIn("OutcomeSetForCall", "".join(self.events()))

    def test_can_be_left_out(self):
        self.assertEqual(self.events("--no-broadcasts"), [])


class Chaos(CommandTest):
    def test_endings_agree_with_the_ledger(self):
        ledger = self.file("ledger")
        with Simulator("--chaos", "0.1", "--seed", "4", "--ledger", str(ledger)) as sim:
            result = self.call(sim.url, "--count", "200", "--concurrency", "16", "--deadline", "500ms")
        reports = self.assert_many_ended(result, 200)
        self.assert_ledger_agrees(ledger, reports)
        self.assertLessEqual({"accepted", "refused", "unknown"}, {report["ending"] for report in reports})
        faults = {line.rpartition(" [")[2] for line in sim.log.splitlines() if line.endswith("]")}
        self.assertGreater(len(faults), 5, faults)

    def test_is_the_same_for_the_same_seed(self):
        def misbehave(seed):
            with Simulator("--chaos", "0.5", "--seed", seed) as sim:
                for _ in range(8):
                    self.call(sim.url, "--deadline", "1")
            return [line for line in sim.log.splitlines() if " call " in line or line == "dropped the connection"]

        once = misbehave("7")
        self.assertEqual(misbehave("7"), once)
        self.assertNotEqual(misbehave("8"), once)

    def test_may_be_none_or_always(self):
        with Simulator("--chaos", "0") as sim:
            self.assert_accepted(self.call(sim.url))
        self.assertNotIn("[", sim.log)
        with Simulator("--chaos", "1", "--seed", "7") as sim:
            self.call(sim.url, "--deadline", "1")
        self.assertRegex(sim.log, r"\[|dropped the connection")

    def test_wrong_usage(self):
        for rate in ("1.01", "-0.1", "nan", "often", ""):
            with self.subTest(rate):
                self.assert_wrong_usage(self.run_lcm("sim", "--chaos", rate), "--chaos")
        for seed in ("-1", "x", "18446744073709551616"):
            with self.subTest(seed):
                self.assert_wrong_usage(self.run_lcm("sim", "--chaos", "0.1", "--seed", seed), "--seed")
        self.assert_wrong_usage(self.run_lcm("sim", "--seed", "1"), "--chaos")
        self.assert_wrong_usage(self.run_lcm("sim", "--chaos", "0.1", "--fault", "garbage"), "--chaos")


class Ledger(CommandTest):
    LINE = '{"operation":"%s","callid":"%s"}\n'

    def setUp(self):
        self.ledger = self.file("ledger")

    def test_has_a_line_for_each_request_acted_on_and_no_other(self):
        with Simulator("--ledger", str(self.ledger)) as sim:
            self.assert_accepted(self.call(sim.url, callid="first"))
            self.assertEqual(self.ledger.read_text(), self.LINE % (OPERATION, "first"))
            self.assert_ended(self.call(sim.url, callid="unknown-7"), "refused", "invalid_call_id")
        with Simulator("--ledger", str(self.ledger), "--fault", "success-false") as sim:
            self.assert_ended(self.call(sim.url, callid="second"), "refused", "server_error")
        with Simulator("--ledger", str(self.ledger), "--fault", "drop-before-answer") as sim:
            self.assert_ended(self.call(sim.url, callid="third"), "unknown", "connection_lost")
        self.assertEqual(self.ledger.read_text(), self.LINE % (OPERATION, "first") + self.LINE % (OPERATION, "third"))

    def test_begins_a_new_line_after_a_broken_one(self):
        broken = '{"operation":"SetB'
        self.ledger.write_text(broken)
        with Simulator("--ledger", str(self.ledger)) as sim:
            self.assert_accepted(self.call(sim.url))
        self.assertEqual(self.ledger.read_text(), broken + "\n" + self.LINE % (OPERATION, "12345"))

    def test_must_be_a_file_that_can_be_opened(self):
        path = str(self.ledger / "no-such-folder")
        result = self.run_lcm("sim", "--ledger", path)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"\Alcm: --ledger: .+\n\Z")
        self.assertIn(path, result.stderr)

    def test_ends_the_simulator_before_an_answer_when_the_disk_is_full(self):
        with Simulator("--ledger", "/dev/full") as sim:
            self.assert_ended(self.call(sim.url), "unknown", "connection_lost")
            sim.wait()
        self.assertEqual(sim.status, 1)
        self.assertRegex(sim.log, r"(?m)^lcm: --ledger: cannot write to /dev/full; .+$")


class Tls(CommandTest):
    def setUp(self):
        self.authority = str(self.file("authority.pem"))

    def test_trusts_the_given_authority(self):
        with Simulator("--tls", "--ca-out", self.authority) as sim:
            self.assert_accepted(self.call(sim.url, "--ca-file", self.authority))
            self.assert_accepted(self.call(sim.url.replace("127.0.0.1", "localhost"), "--ca-file", self.authority))

    def test_does_not_trust_another_authority(self):
        with Simulator("--tls") as sim:
            self.assert_ended(self.call(sim.url), "not_sent", "tls_failed")

    def test_refuses_bad_certificates(self):
        for fault in ("wrong-host", "expired", "not-yet-valid", "unknown-authority"):
            with self.subTest(fault), Simulator("--tls", "--fault", fault, "--ca-out", self.authority) as sim:
                self.assert_ended(self.call(sim.url, "--ca-file", self.authority), "not_sent", "tls_failed")

    def test_trusts_an_authority_beside_the_system_s(self):
        other = str(self.file("other.pem"))
        with Simulator("--tls", "--ca-out", other), Simulator("--tls", "--ca-out", self.authority) as sim:
            self.assert_accepted(self.call(sim.url, "--add-ca-file", self.authority))
            self.assert_ended(self.call(sim.url, "--add-ca-file", other), "not_sent", "tls_failed")
            if IS_WINE:
                return  # the stores of Windows, for which tests/socket/windows_trust_test.cpp is
            with unittest.mock.patch.dict(os.environ, SSL_CERT_FILE=self.authority):
                self.assert_accepted(self.call(sim.url, "--add-ca-file", other))
                self.assert_ended(self.call(sim.url, "--ca-file", other), "not_sent", "tls_failed")

    def test_names_the_issuer_that_it_does_not_know(self):
        with Simulator("--tls") as sim:
            error = self.assert_ended(self.call(sim.url), "not_sent", "tls_failed")
            self.assertIn('unknown issuer "lcm_client test authority"', json.dumps(error).replace('\\"', '"'))

    def test_shows_a_client_certificate(self):
        with Simulator("--tls", "--ca-out", self.authority, "--client-ca", CLIENT) as sim:
            trusted = ("--ca-file", self.authority)
            certificate = ("--cert", CLIENT, "--key", CLIENT)
            password = ("--key-password-env", "LCM_TEST_KEY_PASSWORD")
            self.assert_accepted(self.call(sim.url, *trusted, *certificate, *password))
            error = self.assert_ended(self.call(sim.url, *trusted), "not_sent", "tls_failed")
            self.assertIn("demands a client certificate", json.dumps(error))
            self.assert_wrong_usage(self.call(sim.url, *trusted, *certificate), "key_password")
            wrong = ("--key-password-env", "LCM_TEST_TOKEN")
            self.assert_wrong_usage(self.call(sim.url, *trusted, *certificate, *wrong), "key_password")

    def test_takes_certificate_and_key_together(self):
        for flags in (("--cert", CLIENT), ("--key", CLIENT), ("--key-password-env", "LCM_TEST_TOKEN"),
                      ("--ca-file", CLIENT, "--add-ca-file", CLIENT),
                      ("--cert", CLIENT, "--key", CLIENT, "--key-password-env", "LCM_NOT_SET")):
            with self.subTest(flags):
                self.assert_wrong_usage(self.call("wss://127.0.0.1:1/", *flags), flags[-2])
        self.assert_wrong_usage(self.run_lcm("sim", "--client-ca", CLIENT), "--tls")
        self.assert_wrong_usage(self.run_lcm("sim", "--tls", "--client-ca", "/nowhere/at/all"), "--client-ca")

    def test_needs_the_file_that_is_named(self):
        self.assert_wrong_usage(self.call("wss://127.0.0.1:1/", "--ca-file", self.authority), "ca_file")


class Store(CommandTest):
    """What GetStoredData shows, which evidence of unknown requests comes from. The values are not personal."""

    SETS = {"AccountNumber": "7|3|1|0|0|44|1", "AgentComments": "another", "CallOutcome": "9", "LeadScore": "3"}

    def stored(self, sim):
        result = self.run_lcm("call", "GetStoredData", "--url", sim.url, "--callid", "12345")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["response"]

    def test_shows_as_many_fields_as_it_is_told(self):
        for shows, others in (("published", None), ("all", {"CallOutcome": 9, "LeadScore": 3})):
            with self.subTest(shows), Simulator("--stored-data", shows) as sim:
                self.assert_accepted(self.call(sim.url, **self.SETS))
                stored = self.stored(sim)
                self.assertEqual((stored["api"], stored["BusinessOutcome"]), (OPERATION, 101))
                self.assertEqual(stored.get("others"), others)
        with Simulator("--stored-data", "none") as sim:
            self.assert_accepted(self.call(sim.url, **self.SETS))
            self.assertEqual(self.stored(sim), {"callid": "12345"})

    def test_keeps_what_it_has_refused_only_as_told(self):
        for flags, is_kept in (((), False), (("--keep-refused",), True)):
            with self.subTest(is_kept=is_kept):
                with Simulator("--fault", "success-false", "--operation", OPERATION, *flags) as sim:
                    self.assert_ended(self.call(sim.url, **self.SETS), "refused", "server_error")
                    self.assertEqual("api" in self.stored(sim), is_kept)

    def test_has_a_store_for_each_node(self):
        with Simulator("--nodes", "2") as sim:  # to which connections come in turn
            self.assert_accepted(self.call(sim.url, **self.SETS))
            self.assertNotIn("api", self.stored(sim))
            self.assertIn("api", self.stored(sim))

    def test_acts_late_on_what_stood_in_a_buffer(self):
        ledger = self.file("ledger")
        with Simulator("--fault", "late-action", "--ledger", str(ledger)) as sim:
            sim.tell("late 1ms", "late-answer and late-action hold back for 1 ms\n")
            self.assert_accepted(self.call(sim.url))
            self.assertEqual(read_ledger(ledger)["12345"], 1)
            sim.tell("late 50", "late-answer and late-action hold back for 50000 ms\n")
            self.assert_ended(self.call(sim.url, "--deadline", "1", callid="2"), "unknown", "timed_out")
            self.assertEqual(read_ledger(ledger)["2"], 0)

    def test_refuses_what_is_no_store(self):
        for flags, words in ((("--stored-data", "some"), "--stored-data: must be published, all or none"),
                             (("--nodes", "0"), "--nodes: must be a whole number from 1 to 64")):
            self.assert_wrong_usage(self.run_lcm("sim", *flags), words)


if __name__ == "__main__":
    unittest.main()
