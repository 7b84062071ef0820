# SPDX-License-Identifier: BSL-1.0
"""Nothing waits by what can miss its end. Where libstdc++ has no futexes, as on Windows, a wait for an atomic reads the value
before it takes the lock of its condition, so that a notice in between is lost: with it semaphores, latches, barriers, and
the end of a std::stop_callback."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WAITS = re.compile(r"std::(stop_callback|counting_semaphore|binary_semaphore|latch|barrier|atomic_wait\w*)\b|"
                   r"#include <(semaphore|latch|barrier)>")
CAREFUL = {"include/lcm_client/client/stop_listener.hpp"}  # whose own end it is


def waits_in(path):
    """What such things a file names in its code, by line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = WAITS.search(line.split("//")[0])
        if found:
            yield f"{path.relative_to(ROOT)}:{number}: {found.group()} can miss its end: use a std::condition_variable"


def main():
    paths = [path for folder in ("include", "examples") for path in sorted((ROOT / folder).rglob("*"))
             if path.suffix in {".hpp", ".ipp", ".cpp"}]
    waits = {str(path.relative_to(ROOT)): list(waits_in(path)) for path in paths}
    found = [each for name, all_of_it in waits.items() if name not in CAREFUL for each in all_of_it]
    found += [f"{name}: it names none any more" for name in sorted(CAREFUL) if not waits.get(name)]
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
