# SPDX-License-Identifier: BSL-1.0
"""The desktop's day of the examples: each line is printed when its step has been answered."""

import os
import subprocess
import unittest

DAY = """\
The agent is ready; the server knows of 1 call(s)
Of 3 outcomes, the agent chooses Payment Done
The campaign has these modes: Home Office Mobile
A callback is booked for 03/06/2030, 09:00
09:00 is taken
A callback is booked for 03/06/2030, 10:00
The server's last record of the call is SetBusinessOutcomeWithCallOutcome
The other desktop was told of it
"""


class DesktopDay(unittest.TestCase):
    def test_goes_from_the_agents_state_to_what_others_are_told(self):
        done = subprocess.run([os.environ["DESKTOP_DAY"]], capture_output=True, encoding="utf-8", timeout=60)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", DAY))


if __name__ == "__main__":
    unittest.main()
