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

# Of websocket/: what an application says and hears of a connection, and how that is checked. The rooms within it are
# the folders of its impl/; the rest is the connection itself.
WEBSOCKET_WORDS = {
    *(f"lcm_client/websocket/{name}.hpp" for name in (
        "credentials", "error", "header", "options", "proxy", "sign_on", "tls_options", "upgrade_response", "url")),
    "lcm_client/websocket/impl/check_header.hpp",
    "lcm_client/websocket/impl/token.hpp",
}

# What each room may include beside itself.
LOW = {"ground", "protocol"}
WEBSOCKET_LOW = LOW | {"configuration", "websocket words"}
MAY_INCLUDE = {
    "ground": set(),
    "protocol": {"ground"},
    "configuration": LOW,
    "operations": LOW,
    "session": LOW | {"configuration"},
    "websocket words": LOW | {"configuration"},
    "websocket frames": WEBSOCKET_LOW,
    "websocket addresses": WEBSOCKET_LOW,
    "websocket http": WEBSOCKET_LOW | {"websocket frames"},
    "websocket tls": WEBSOCKET_LOW | {"websocket http"},
    "websocket proxy": WEBSOCKET_LOW | {"websocket addresses", "websocket http"},
    "websocket": WEBSOCKET_LOW | {"websocket addresses", "websocket frames", "websocket http", "websocket proxy",
                                  "websocket tls"},
    "push": LOW | {"configuration", "websocket frames"},
    "client": LOW | {"configuration", "session"},
    "user interface": LOW | {"client", "configuration"},
    "outbox": LOW | {"client", "configuration", "operations", "session", "top"},
    "qt": WEBSOCKET_LOW | {"push", "user interface", "websocket frames", "websocket http"},
    "testing": LOW,
    "testing bodies": WEBSOCKET_LOW | {"operations", "testing", "websocket", "websocket addresses", "websocket tls"},
    "top": {"client", "configuration", "ground", "operations", "protocol", "push", "session", "testing",
            "testing bodies", "user interface", "websocket"},
}


def room_of(name):
    """The room of a header, by its name in an include."""
    parts = name.split("/")
    if parts[1:3] in (["testing", "impl"], ["testing", "src.hpp"]):
        return "testing bodies"
    if name in WEBSOCKET_WORDS:
        return "websocket words"
    if parts[1:3] == ["websocket", "impl"] and len(parts) > 4:
        return f"websocket {parts[3]}"
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
