# SPDX-License-Identifier: BSL-1.0
"""The proof over processes: the server is killed again and again in the middle of 10 000 requests, and what the client
says of each request is what the server's ledger says."""

import subprocess
import threading
import unittest

from support import LCM, CommandTest, Simulator, call_arguments, read_ledger

COUNT = 10_000
KILLS = (1000, 2500, 4000, 5500, 7000)  # so many requests have ended when the server is killed
BUFFER = 1024 * 1024  # bytes: the client shall not have to wait for this test to read
LONGEST = 200  # seconds: only a hang gets there


class Restart(CommandTest):
    def test_every_ending_agrees_with_the_ledger(self):
        ledger = self.file("ledger")
        sim = Simulator("--ledger", str(ledger))
        self.addCleanup(lambda: sim.end())  # the one that runs then
        call = subprocess.Popen(
            [LCM, *call_arguments(sim.url, "--count", str(COUNT), "--concurrency", "64", "--deadline", "30")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", pipesize=BUFFER)
        self.addCleanup(call.kill)
        watchdog = threading.Timer(LONGEST, call.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)

        lines = []
        acted_on = [0]
        for line in call.stdout:
            lines.append(line)
            if len(lines) in KILLS:
                sim.kill()
                acted_on.append(read_ledger(ledger).total())
                sim = Simulator("--ledger", str(ledger), port=sim.port)
        result = subprocess.CompletedProcess(call.args, call.wait(), "".join(lines), call.stderr.read())
        call.stderr.close()
        call.stdout.close()

        reports = self.assert_many_ended(result, COUNT)
        self.assert_ledger_agrees(ledger, reports)
        # Each server had its share, so that each kill came in the middle of the work, and requests were under way.
        acted_on.append(read_ledger(ledger).total())
        shares = [after - before for before, after in zip(acted_on, acted_on[1:])]
        self.assertEqual(len(shares), len(KILLS) + 1)
        self.assertGreater(min(shares), 0, shares)
        self.assertEqual(result.stderr.count("link ready"), len(KILLS) + 1, result.stderr)
        self.assertIn("unknown", {report["ending"] for report in reports})


if __name__ == "__main__":
    unittest.main()
