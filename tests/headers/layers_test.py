# SPDX-License-Identifier: BSL-1.0
"""Includes point downward: each room of the library includes itself, and what .github/CONTRIBUTING.md lets it."""

import pathlib
import re
import sys

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"
FOLDERS = ("client", "operations", "outbox", "protocol", "qt", "session", "testing", "websocket")

# The headers beside the folders, by room; all others of them are the ground floor. A body in impl/ is in the room of
# its header.
BESIDE = {
    "lcm_client.hpp": "top",
    "lcm_client/client.hpp": "top",
    "lcm_client/src.hpp": "top",
    "lcm_client/operations.hpp": "operations",
    "lcm_client/config.hpp": "configuration",
    "lcm_client/do_not_call.hpp": "configuration",
    "lcm_client/events.hpp": "configuration",
    "lcm_client/outbox.hpp": "outbox",
    "lcm_client/push_connection.hpp": "push",
    "lcm_client/push_inbox.hpp": "push",
    "lcm_client/push_socket.hpp": "push",
    "lcm_client/push_transport.hpp": "push",
    "lcm_client/raw_request.hpp": "configuration",
    "lcm_client/subjects.hpp": "configuration",
    "lcm_client/ui_loop.hpp": "user interface",
}

# What each room may include beside itself.
LOW = {"ground", "protocol"}
MAY_INCLUDE = {
    "ground": set(),
    "protocol": {"ground"},
    "configuration": LOW,
    "operations": LOW,
    "session": LOW | {"configuration"},
    "websocket": LOW | {"configuration"},
    "push": LOW | {"configuration", "websocket"},
    "client": LOW | {"configuration", "session"},
    "user interface": LOW | {"client", "configuration"},
    "outbox": LOW | {"client", "configuration", "operations", "session", "top"},
    "qt": LOW | {"configuration", "push", "user interface", "websocket"},
    "testing": LOW,
    "testing bodies": LOW | {"operations", "testing", "websocket"},
    "top": {"client", "configuration", "ground", "operations", "protocol", "push", "session", "testing",
            "testing bodies", "user interface", "websocket"},
}


def room_of(name):
    """The room of a header, by its name in an include."""
    parts = name.split("/")
    if parts[1:3] in (["testing", "impl"], ["testing", "src.hpp"]):
        return "testing bodies"
    if len(parts) > 2 and parts[1] in FOLDERS:
        return parts[1]
    return BESIDE.get(name.replace("/impl/", "/").replace(".ipp", ".hpp"), "ground")


def is_own_body(name, included):
    """Whether a header includes its own bodies, as the header-only library does."""
    return included == f"{name.rpartition('/')[0]}/impl/{pathlib.Path(name).stem}.ipp"


def main():
    wrong, count = [], 0
    for path in sorted([*INCLUDE.rglob("*.hpp"), *INCLUDE.rglob("*.ipp")]):
        name = path.relative_to(INCLUDE).as_posix()
        room = room_of(name)
        for included in re.findall(r"#include <(lcm_client[^>]*)>", path.read_text(encoding="utf-8")):
            count += 1
            other = room_of(included)
            if other != room and other not in MAY_INCLUDE[room] and not is_own_body(name, included):
                wrong.append(f"{name} ({room}) must not include {included} ({other})")
    if count < 100:
        wrong.append(f"only {count} includes were recognised")
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
