# SPDX-License-Identifier: BSL-1.0
"""How often something is to be measured, on the command lines of the benchmarks."""

import argparse


def at_least_one(text):
    """For argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1: each row of the table needs a measurement")
    return number
