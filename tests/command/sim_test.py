# SPDX-License-Identifier: BSL-1.0
"""`lcm sim`: the faults, TLS, what it prints; with `lcm call` at the other end."""

import pathlib
import socket
import tempfile
import unittest

from support import ACCOUNT, COMMENT, CommandTest, Simulator


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


class Tls(CommandTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.authority = str(pathlib.Path(folder.name) / "authority.pem")

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

    def test_needs_the_file_that_is_named(self):
        self.assert_wrong_usage(self.call("wss://127.0.0.1:1/", "--ca-file", self.authority), "ca_file")


if __name__ == "__main__":
    unittest.main()
