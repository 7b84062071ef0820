# SPDX-License-Identifier: BSL-1.0
"""lcm.exe under Wine and the Linux lcm set outcomes at each other's simulators, over ws and wss, and the simulator's
ledger has each of them once.
Usage: both_ways_test.py LCM_EXE LCM. Wine is $LCM_WINE, its folder $WINEPREFIX."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

WINE = [os.environ["LCM_WINE"]]
COMMANDS = {"Windows": [*WINE, sys.argv[1]], "Linux": [sys.argv[2]]}
CALLS = ["101", "102", "103"]


def read_url(simulator):
    """Its first line, which Windows ends with CR LF."""
    url = simulator.stdout.readline().strip()
    if not url:
        sys.exit(f"the simulator did not start: {simulator.communicate()[1]}")
    return url


def send(command, url, call, authority):
    """How a request for the call ended, as the command tells."""
    fields = {"callid": call, "AccountNumber": "5|3|1", "OutcomeId": 101, "UserID": "7", "AgentComments": "Grüße"}
    arguments = ["call", "SetBusinessOutcomeWithComments", "--url", url, "--data", json.dumps(fields)]
    arguments += ["--ca-file", authority] if authority else []
    sent = subprocess.run([*command, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=60)
    return json.loads(sent.stdout)["ending"] if sent.stdout else sent.stderr


def play(server, client, tls, folder):
    """What differs from how it should be; an empty text if nothing does."""
    ledger, authority = folder / "ledger", folder / "authority.pem"
    arguments = ["sim", "--port", "0", "--for", "60", "--ledger", ledger.name]
    arguments += ["--tls", "--ca-out", authority.name] if tls else []
    with subprocess.Popen([*COMMANDS[server], *arguments], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as simulator:
        try:
            url = read_url(simulator)
            endings = [send(COMMANDS[client], url, call, str(authority) if tls else None) for call in CALLS]
        finally:
            simulator.communicate("quit\n")  # a line that it obeys; Wine's processes do not hear of signals
    acted = [json.loads(line)["callid"] for line in ledger.read_text(encoding="utf-8").splitlines()]
    if endings != ["accepted"] * len(CALLS):
        return f"ended as {endings}"
    return "" if acted == CALLS else f"the ledger has the calls {acted}"


def main():
    failed = 0
    for server, client, tls in [(s, c, t) for s in COMMANDS for c in COMMANDS for t in (False, True)]:
        if server == client == "Linux":
            continue
        with tempfile.TemporaryDirectory() as folder:
            problem = play(server, client, tls, pathlib.Path(folder))
        print(f"{'wss' if tls else 'ws'}: {client} at the simulator of {server}: {problem or 'as it should be'}")
        failed += bool(problem)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
