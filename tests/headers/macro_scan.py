# SPDX-License-Identifier: BSL-1.0
"""Which names in the headers are those of macros; not looked at is what is compiled for Windows alone, and uses them."""

import pathlib
import re

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"

# Texts and comments, whichever begins first.
NO_CODE = re.compile(
    r'R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|(?<![0-9a-fA-F])\'(?:[^\'\\]|\\.)+\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
INCLUDES = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([<\"].*[>\"])", re.MULTILINE)
NAMES = re.compile(r"[A-Za-z_]\w*\b(\s*\()?")
DEFINITIONS = re.compile(r"^#define ([A-Za-z_]\w*)(\()?", re.MULTILINE)
CONDITIONS = re.compile(r"[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b(.*)")
IS_WINDOWS = re.compile(r"[ \t]*defined\((BOOST_ASIO_WINDOWS|_WIN32)\)")


def macros(text):
    """The names that are defined there, each with whether it takes arguments."""
    return {name: bool(bracket) for name, bracket in DEFINITIONS.findall(text)}


def for_all_systems(text):
    """The text without the branches for Windows; on the same lines."""
    lines, open_ones = [], []  # for each condition that is open, whether its branch is for Windows
    for line in text.split("\n"):
        found = CONDITIONS.match(line)
        word = found.group(1) if found else ""
        if word in ("if", "ifdef", "ifndef"):
            open_ones.append(word == "if" and bool(IS_WINDOWS.match(found.group(2))))
        elif word in ("else", "elif"):
            open_ones[-1] = False
        elif word == "endif":
            open_ones.pop()
        lines.append("" if any(open_ones) else line)
    return "\n".join(lines)


def sources():
    """The headers and bodies, each with its text."""
    found = sorted([*INCLUDE.rglob("*.hpp"), *INCLUDE.rglob("*.ipp")])
    return [(path, for_all_systems(path.read_text(encoding="utf-8"))) for path in found
            if not path.name.startswith("windows_")]


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
    """Each place where a name is one of a macro."""
    prove_that_the_scan_sees()
    return [f"{path.relative_to(INCLUDE)}:{number}: {name}" for path, text in sources()
            for number, name in problems(bare(text), known)]


def prove_that_the_scan_sees():
    known = {"far": False, "max": True, "Status": False}
    for text, expected in (("int far = 1;", ["far"]), ("std::max(1, 2)", ["max"]), ("(std::max)(1, 2)", []),
                           ('"far" // Status', []), ("limits::max ()", ["max"]), ("Status farewell();", ["Status"]),
                           ('"ws://a" + far', ["far"]), ("1'000 + far + 2'000", ["far"]),
                           ("#if defined(_WIN32)\nfar\n#if 1\nfar\n#endif\n#else\nStatus\n#endif", ["Status"])):
        seen = [name for _, name in problems(bare(for_all_systems(text)), known)]
        assert seen == expected, f"{text}: {seen}"
