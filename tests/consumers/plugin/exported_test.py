# SPDX-License-Identifier: BSL-1.0
"""A plug-in that hides its symbols and links lcm_client::compiled exports next to nothing of it."""

import subprocess
import sys

MOST_EXPORTED = 1500  # its own function, and instances of templates of std and Boost.Asio that declare themselves visible


def main():
    made = subprocess.run(["nm", "-D", "--defined-only", "-C", sys.argv[1]], capture_output=True, text=True, check=True)
    names = [line.split(maxsplit=2)[2] for line in made.stdout.splitlines()]
    print(f"{len(names)} exported")
    if "send_to_nobody" not in names:
        sys.exit("the plug-in does not export its own function")
    if len(names) > MOST_EXPORTED:
        sys.exit(f"more than {MOST_EXPORTED}, such as\n" + "\n".join(names[:: len(names) // 20]))


if __name__ == "__main__":
    main()
