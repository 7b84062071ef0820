# SPDX-License-Identifier: BSL-1.0
"""Each field is described once: in its row of the table. A member that has a comment as well is found."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include/lcm_client"
STATE = "operations/state.hpp"


def check(directory):
    command = [os.environ["OPERATION_REFERENCE"], str(directory), "--check"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)


class OneText(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.include = pathlib.Path(directory.name)
        shutil.copytree(INCLUDE, self.include / "lcm_client")

    def change(self, header, old, new):
        path = self.include / "lcm_client" / header
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, f"{header} has no single '{old}'")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def assert_found(self, problem):
        result = check(self.include)
        self.assertEqual((result.returncode, result.stderr), (1, problem + "\n"))

    def test_the_headers_are_in_order(self):
        result = check(self.include)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_a_comment_behind_a_member_with_a_row_is_found(self):
        self.change(STATE, "    Text agent_state{};\n", "    Text agent_state{}; ///< the state\n")
        self.assert_found("SendAgentState::agent_state is described beside its row as well")

    def test_a_comment_above_a_member_with_a_row_is_found(self):
        self.change(STATE, "    Text agent_state{};\n", "    /// The state.\n    Text agent_state{};\n")
        self.assert_found("SendAgentState::agent_state is described beside its row as well")

    def test_a_member_of_an_event_is_looked_at_too(self):
        self.change("events.hpp", "    std::string call_state{};\n", "    std::string call_state{}; ///< the state\n")
        self.assert_found("CallResponseFields::call_state is described beside its row as well")

    def test_a_member_with_neither_is_found(self):
        self.change(STATE, "    Text agent_state{};\n", "    Text agent_state{};\n    int spare = 0;\n")
        self.assert_found("SendAgentState::spare has neither a row nor a comment")


if __name__ == "__main__":
    unittest.main()
