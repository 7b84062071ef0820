# SPDX-License-Identifier: BSL-1.0
"""An application that links the library compiles neither Beast, OpenSSL nor a JSON parser, nor the client's engine."""

import subprocess
import sys

# Parts of paths, and what they belong to.
HEAVY = {
    "/boost/beast/": "Beast",
    "/openssl/": "OpenSSL",
    "/boost/asio/ssl": "TLS",
    "/nlohmann/json.hpp": "nlohmann's parser",
    "/boost/asio/steady_timer.hpp": "timers",
    "/boost/asio/ip/": "sockets",
    "/lcm_client/client/engine.hpp": "the client's engine",
    "/lcm_client/session/multiplexer.hpp": "the session",
}


def included(compiler, folder):
    """The paths of all headers behind lcm_client.hpp."""
    command = [compiler, "-std=c++20", f"-I{folder}", "-DLCM_CLIENT_SEPARATE_COMPILATION", "-M", "-x", "c++", "-"]
    made = subprocess.run(command, input="#include <lcm_client.hpp>\n", capture_output=True, text=True, check=True)
    return made.stdout.replace("\\\n", " ").split()


def main():
    paths = included(*sys.argv[1:])
    if not any(path.endswith("/lcm_client.hpp") for path in paths):
        sys.exit("lcm_client.hpp is not among what the compiler names")
    found = [f"{what}: {path}" for part, what in HEAVY.items() for path in paths if part in path]
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
