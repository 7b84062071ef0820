# SPDX-License-Identifier: BSL-1.0
"""The README's first program does what the README says."""

import os
import subprocess
import unittest

from servers import nobody
from support import PATIENCE, Simulator


def run(url):
    return subprocess.run([os.environ["FIRST_PROGRAM"], url], capture_output=True, encoding="utf-8", timeout=PATIENCE)


class FirstProgram(unittest.TestCase):
    def test_is_accepted_by_the_simulator(self):
        with Simulator() as simulator:
            result = run(simulator.url)
        self.assertEqual((result.returncode, result.stdout), (0, "accepted\n"))

    def test_says_why_it_was_not_sent(self):
        with nobody() as url:
            result = run(url)
        self.assertRegex(result.stdout, r"\Atimed_out \(not_sent\): .* no connection to the server could be made; .*\n\Z")


if __name__ == "__main__":
    unittest.main()
