# SPDX-License-Identifier: BSL-1.0
"""The manifests of package managers say the version that the library has, and depend on the Boost parts that it
includes: `manifests_test.py VERSION`."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANIFESTS = ("vcpkg.json", "cmake/vcpkg/lcm-client/vcpkg.json")
# Parts of Boost that come with another one, or are of the testing part only.
IMPLIED = {"assert": "system", "beast": None, "version": None}


def included_parts():
    parts = set()
    for path in [*ROOT.glob("include/**/*.hpp"), *ROOT.glob("include/**/*.ipp")]:
        parts |= set(re.findall(r"#include <boost/([a-z_]+)", path.read_text(encoding="utf-8")))
    return {IMPLIED.get(part, part) for part in parts} - {None}


def main():
    wrong = []
    needed = {f"boost-{part.replace('_', '-')}" for part in included_parts()}
    for name in MANIFESTS:
        manifest = json.loads((ROOT / name).read_text(encoding="utf-8"))
        if manifest["version-semver"] != sys.argv[1]:
            wrong.append(f"{name}: the version is {manifest['version-semver']}, not {sys.argv[1]}")
        named = {entry if isinstance(entry, str) else entry["name"] for entry in manifest["dependencies"]}
        if {part for part in named if part.startswith("boost-")} != needed:
            wrong.append(f"{name}: the headers include {', '.join(sorted(needed))}")
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
