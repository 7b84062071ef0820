# SPDX-License-Identifier: BSL-1.0
"""A source that uses one operation does not pay for the others: their tables are templates that nobody instantiates."""

import os
import pathlib
import resource
import subprocess
import tempfile
import unittest

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"
MOST_SECONDS = 0.5
ROUNDS = 3

USE = """
#include <lcm_client/protocol/encode.hpp>
std::string text() { return lcm::encode(lcm::SetBusinessOutcomeWithCallOutcome{}, "test"); }
"""


def seconds_for(source):
    """The processor's time, which other programs disturb less than the clock's."""
    directories = [str(INCLUDE), *filter(None, os.environ["LCM_INCLUDE_DIRECTORIES"].split(":"))]
    command = [os.environ["LCM_COMPILER"], "-std=c++20", "-fsyntax-only", *(f"-I{each}" for each in directories)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, str(source)], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class CompileTime(unittest.TestCase):
    def test_all_operations_cost_little_more_than_one(self):
        with tempfile.TemporaryDirectory() as directory:
            one = pathlib.Path(directory) / "one.cpp"
            all_of_them = pathlib.Path(directory) / "all.cpp"
            one.write_text("#include <lcm_client/operations/outcomes.hpp>" + USE, encoding="utf-8")
            all_of_them.write_text("#include <lcm_client/operations.hpp>" + USE, encoding="utf-8")
            rounds = [(seconds_for(one), seconds_for(all_of_them)) for _ in range(ROUNDS)]
        least_one = min(each[0] for each in rounds)
        least_all = min(each[1] for each in rounds)
        print(f"one group {least_one:.2f} s, all of them {least_all:.2f} s")
        self.assertLess(least_all - least_one, MOST_SECONDS)


if __name__ == "__main__":
    unittest.main()
