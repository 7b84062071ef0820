# SPDX-License-Identifier: BSL-1.0
"""`lcm completion`: the scripts, with a shell that is asked for completions."""

import pathlib
import re
import shutil
import subprocess
import unittest

from support import LCM, PATIENCE, CommandTest

ASK = """
source <("$1" completion bash)
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_lcm
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Bash(CommandTest):
    def complete(self, *words, folder=None):
        """What bash offers for the last of `words`."""
        result = subprocess.run(["bash", "--norc", "-c", ASK, "bash", LCM, "lcm", *words], capture_output=True,
                                encoding="utf-8", cwd=folder, timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout.split()

    def test_is_bound_to_the_command(self):
        result = subprocess.run(["bash", "--norc", "-c", f'source <("{LCM}" completion bash); complete -p lcm'],
                                capture_output=True, encoding="utf-8", timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stdout.strip()), (0, "complete -F _lcm lcm"))

    def test_offers_the_commands(self):
        self.assertEqual(set(self.complete("")) - {"--help", "--version"},
                         {"batch", "call", "completion", "demo", "help", "list", "outbox", "sim", "watch"})
        self.assertEqual(self.complete("ba"), ["batch"])

    def test_offers_the_operations_in_any_letter_case(self):
        for command in ("call", "help"):
            self.assertEqual(self.complete(command, "setd"), ["SetDialerOutcomeForMCDRequest", "SetDNC"])
            operations = [word for word in self.complete(command, "") if not word.startswith("-")]
            self.assertEqual(len(operations), 48)

    def test_offers_the_flags_of_an_operation(self):
        flags = self.complete("call", "sendagentstate", "--")
        self.assertLessEqual({"--agentID", "--agentState", "--data", "--url", "--token-env", "--count"}, set(flags))
        self.assertNotIn("--AccountNumber", flags)
        self.assertIn("--AccountNumber", self.complete("call", "SetDNC", "--url", "ws://127.0.0.1/", "--"))

    def test_offers_values_that_are_known(self):
        self.assertEqual(self.complete("call", "SetDNC", "--isPhoneNoDNC", ""), ["true", "false"])
        self.assertEqual(self.complete("call", "GetContactModes", "--callid", ""), [])
        self.assertIn("no-answer", self.complete("sim", "--fault", "no"))
        self.assertEqual(self.complete("sim", "--operation", "setd"), ["SetDialerOutcomeForMCDRequest", "SetDNC"])
        self.assertEqual(self.complete("completion", "b"), ["bash"])

    def test_offers_files(self):
        path = self.file("lines.jsonl")
        path.touch()
        for words in (("batch", "lin"), ("call", "SetDNC", "--ca-file", "lin"), ("call", "SetDNC", "--data", "@lin"),
                      ("call", "SetDNC", "--data", "@", "lin"), ("sim", "--ledger", "")):
            with self.subTest(words):
                self.assertEqual(self.complete(*words, folder=path.parent), ["lines.jsonl"])


class Zsh(CommandTest):
    def test_has_what_bash_has(self):
        scripts = [self.run_lcm("completion", shell).stdout for shell in ("bash", "zsh")]
        tables = [re.search(r"(?s)_lcm_candidates\(\) \{.*?\n\}\n", script)[0] for script in scripts]
        self.assertEqual(tables[0], tables[1])
        self.assertTrue(scripts[1].startswith("#compdef lcm\n"))

    def test_is_a_script_of_the_shell(self):
        shell = shutil.which("zsh") or "bash"  # what bash cannot read is in no part that both have
        path = pathlib.Path(self.file("_lcm"))
        script = self.run_lcm("completion", "zsh").stdout
        path.write_text(script if shell != "bash" else script.split("\n_lcm() {")[0], encoding="utf-8")
        result = subprocess.run([shell, "-n", str(path)], capture_output=True, encoding="utf-8", timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class Usage(CommandTest):
    def test_of_another_shell(self):
        self.assert_wrong_usage(self.run_lcm("completion", "fish"), "bash or zsh")
        self.assert_wrong_usage(self.run_lcm("completion"), "bash|zsh")


if __name__ == "__main__":
    unittest.main()
