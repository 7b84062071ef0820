# SPDX-License-Identifier: BSL-1.0
"""No name in the headers is one that a platform defines as a macro; and they all compile behind such macros, with the
libraries included before: what those bear is not this library's to mend."""

import pathlib
import subprocess
import sys

import macro_scan

INCLUDE = macro_scan.INCLUDE
MACROS = pathlib.Path(__file__).resolve().parent / "platform_macros.hpp"


def macros():
    found = macro_scan.macros(MACROS.read_text(encoding="utf-8"))
    return {name: takes_arguments for name, takes_arguments in found.items() if not name.startswith("LCM_CLIENT_")}


def source():
    """All libraries that the headers include, then the macros, then all headers and bodies; but not those for Qt."""
    own = [path.relative_to(INCLUDE).as_posix() for path in sorted(INCLUDE.rglob("*.hpp"))
           if "qt" not in path.relative_to(INCLUDE).parts]
    headers = [name for name in own if "/impl/" not in name and name != "lcm_client/src.hpp"]
    texts = [text for path, text in macro_scan.sources() if "qt" not in path.relative_to(INCLUDE).parts]
    libraries = {name for text in texts for name in macro_scan.INCLUDES.findall(text)
                 if not name.startswith("<lcm_client")}
    lines = [f"#include {name}" for name in sorted(libraries)]
    lines.append(f'#include "{MACROS}"')
    lines += [f"#include <{name}>" for name in [*headers, "lcm_client/src.hpp"]]
    return "\n".join(lines) + "\n"


def main():
    if found := macro_scan.scan(macros()):
        sys.exit("\n".join(found))
    compiler, *directories = sys.argv[1:]
    command = [compiler, "-std=c++20", "-fsyntax-only", "-DLCM_CLIENT_SEPARATE_COMPILATION", f"-I{INCLUDE}",
               *(f"-I{each}" for each in directories if each), "-x", "c++", "-"]
    made = subprocess.run(command, input=source(), capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit("\n".join(line for line in made.stderr.splitlines() if "error" in line)[:4000])


if __name__ == "__main__":
    main()
