# SPDX-License-Identifier: BSL-1.0
"""lcm.exe under Wine and the Linux lcm set outcomes at each other's simulators, over ws and wss and in chaos, and the
simulator's ledger agrees with what each of them says."""

import itertools
import os
import unittest

import support

COMMANDS = {"Windows": (os.environ["LCM_WINE"], os.environ["LCM_EXE"]), "Linux": (support.LCM,)}
CALLS = ["101", "102", "Grüße-日本"]  # of which no code page of Windows has all letters

MANY = 500


class BothWaysTest(support.CommandTest):
    def test_each_request_is_accepted_and_acted_on_once(self):
        for server, client, tls in itertools.product(COMMANDS, COMMANDS, (False, True)):
            with self.subTest(server=server, client=client, tls=tls):
                self.play(COMMANDS[server], COMMANDS[client], tls)

    def play(self, server, client, tls):
        ledger, authority = self.file("ledger-ł"), self.file("authority-ł.pem")
        sim_flags = ["--tls", "--ca-out", str(authority)] if tls else []
        flags = ["--ca-file", str(authority)] if tls else []
        with support.Simulator("--ledger", str(ledger), *sim_flags, command=server) as simulator:
            for call in CALLS:
                arguments = support.call_arguments(simulator.url, *flags, callid=call)
                self.assert_accepted(self.run_lcm(*arguments, command=client))
            simulator.tell("quit", "ending")
            simulator.wait()  # Wine's processes do not end in order by a signal
        self.assertEqual(support.read_ledger(ledger), dict.fromkeys(CALLS, 1))
        self.assertEqual(simulator.status, 0)

    def test_what_the_client_says_agrees_with_the_ledger_of_a_server_in_chaos(self):
        for server, client in itertools.product(COMMANDS, COMMANDS):
            with self.subTest(server=server, client=client):
                ledger = self.file("ledger")
                flags = ("--count", str(MANY), "--concurrency", "64", "--deadline", "10")
                with support.Simulator("--ledger", str(ledger), "--chaos", "0.05", command=COMMANDS[server]) as simulator:
                    result = self.run_lcm(*support.call_arguments(simulator.url, *flags), command=COMMANDS[client])
                self.assert_ledger_agrees(ledger, self.assert_many_ended(result, MANY))


if __name__ == "__main__":
    unittest.main()
