# SPDX-License-Identifier: BSL-1.0
"""No name in the headers is one that a platform defines as a macro; and they all compile behind such macros, with the
libraries included before: what those bear is not this library's to mend."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include"
MACROS = HERE / "platform_macros.hpp"

# Texts and comments, whichever begins first.
NO_CODE = re.compile(
    r'R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|(?<![0-9a-fA-F])\'(?:[^\'\\]|\\.)+\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
INCLUDES = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([<\"].*[>\"])", re.MULTILINE)
NAMES = re.compile(r"[A-Za-z_]\w*\b(\s*\()?")


def macros():
    """The names, each with whether it takes arguments."""
    text = MACROS.read_text(encoding="utf-8")
    found = re.findall(r"^#define ([A-Za-z_]\w*)(\()?", text, re.MULTILINE)
    return {name: bool(bracket) for name, bracket in found if not name.startswith("LCM_CLIENT_")}


def bare(text):
    """The code without its texts, its comments and the names of what it includes; on the same lines."""
    return NO_CODE.sub(lambda found: " 0 " + "\n" * found.group(0).count("\n"), INCLUDES.sub("", text))


def problems(text, known):
    for number, line in enumerate(text.split("\n"), 1):
        for found in NAMES.finditer(line):
            name = found.group(0).rstrip("( \t")
            if name in known and (found.group(1) or not known[name]):
                yield number, name


def scan(known):
    found = []
    for path in sorted([*INCLUDE.rglob("*.hpp"), *INCLUDE.rglob("*.ipp")]):
        text = bare(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(INCLUDE)}:{number}: {name}" for number, name in problems(text, known)]
    return found


def prove_that_the_scan_sees():
    known = {"far": False, "max": True, "Status": False}
    for text, expected in (("int far = 1;", ["far"]), ("std::max(1, 2)", ["max"]), ("(std::max)(1, 2)", []),
                           ('"far" // Status', []), ("limits::max ()", ["max"]), ("Status farewell();", ["Status"]),
                           ('"ws://a" + far', ["far"]), ("1'000 + far + 2'000", ["far"])):
        seen = [name for _, name in problems(bare(text), known)]
        assert seen == expected, f"{text}: {seen}"


def source():
    """All libraries that the headers include, then the macros, then all headers and bodies; but not those for Qt."""
    own = [path.relative_to(INCLUDE).as_posix() for path in sorted(INCLUDE.rglob("*.hpp"))
           if "qt" not in path.relative_to(INCLUDE).parts]
    headers = [name for name in own if "/impl/" not in name and name != "lcm_client/src.hpp"]
    texts = [path.read_text(encoding="utf-8") for path in [*INCLUDE.rglob("*.hpp"), *INCLUDE.rglob("*.ipp")]
             if "qt" not in path.relative_to(INCLUDE).parts]
    libraries = {name for text in texts for name in INCLUDES.findall(text) if not name.startswith("<lcm_client")}
    lines = [f"#include {name}" for name in sorted(libraries)]
    lines.append(f'#include "{MACROS}"')
    lines += [f"#include <{name}>" for name in [*headers, "lcm_client/src.hpp"]]
    return "\n".join(lines) + "\n"


def main():
    prove_that_the_scan_sees()
    if found := scan(macros()):
        sys.exit("\n".join(found))
    compiler, *directories = sys.argv[1:]
    command = [compiler, "-std=c++20", "-fsyntax-only", "-DLCM_CLIENT_SEPARATE_COMPILATION", f"-I{INCLUDE}",
               *(f"-I{each}" for each in directories if each), "-x", "c++", "-"]
    made = subprocess.run(command, input=source(), capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit("\n".join(line for line in made.stderr.splitlines() if "error" in line)[:4000])


if __name__ == "__main__":
    main()
