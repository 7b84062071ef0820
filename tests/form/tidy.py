# SPDX-License-Identifier: BSL-1.0
"""clang-tidy over all headers and their bodies: the headers together in one source, the bodies of each folder in one
source, since most of the time goes into what they all include. `tidy.py FOLDER`, where FOLDER keeps what was seen without a
finding."""

import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
# The analyser gives up a function after so many steps. With ten times as many, which is its default, it finds nothing
# more here and takes minutes for one source.
STEPS = ["-Xclang", "-analyzer-config", "-Xclang", "max-nodes=20000"]
FLAGS = ["-xc++", "-std=c++20", f"-I{INCLUDE}", "-DLCM_CLIENT_SEPARATE_COMPILATION", *STEPS]


def lean_headers():
    """All headers that applications include, and those behind them; impl/ comes with what it belongs to."""
    names = sorted(str(path.relative_to(INCLUDE)) for path in INCLUDE.rglob("*.hpp")
                   if "qt" not in path.relative_to(INCLUDE).parts)
    return [name for name in names if "/impl/" not in name and not name.endswith("src.hpp")]


BEGIN = "// The bodies of "


def place_of(source, line):
    """The file and the line of the library that a line of a source with bodies is."""
    lines = source.read_text(encoding="utf-8").splitlines()[:line]
    begin = max((number for number, text in enumerate(lines, 1) if text.startswith(BEGIN)), default=0)
    return f"{lines[begin - 1].removeprefix(BEGIN)}:{line - begin}" if begin else f"{source}:{line}"


def bodies_of(path, seen):
    """The text of a file of bodies, after the text of those that it includes, each once. Part of the source itself, since
    the analyser looks at no function of a header."""
    if path in seen:
        return ""
    seen.add(path)
    text = path.read_text(encoding="utf-8")
    before = ""
    for name in re.findall(r"^#include <(.*\.ipp)>$", text, re.MULTILINE):
        if not is_for_windows(INCLUDE / name):
            before += bodies_of(INCLUDE / name, seen)
            text = text.replace(f"#include <{name}>", "")
    return f"{before}{BEGIN}{path}\n{text}"


def is_for_windows(path):
    """What is for Windows alone needs the headers of that system."""
    return path.name.startswith("windows_")


def room_of(path):
    """The folder of the library that a file belongs to; "impl" for those beside the folders."""
    return path.relative_to(INCLUDE).parts[1]


def texts():
    """What is looked at: the name and the text of each source. Those that take longest come first."""
    bodies = sorted(path for path in INCLUDE.rglob("*.ipp") if not is_for_windows(path))
    for room in sorted({room_of(path) for path in bodies}, key=lambda room: (room != "websocket", room)):
        seen = set()
        yield room, "".join(bodies_of(path, seen) for path in bodies if room_of(path) == room)
    yield "lean", "".join(f"#include <{name}>\n" for name in lean_headers())


def sources(folder):
    """Their files, which are written anew only when they change."""
    for name, text in texts():
        source = folder / f"{name}.cpp"
        if not source.exists() or source.read_text(encoding="utf-8") != text:
            source.write_text(text, encoding="utf-8")
        yield source


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout


def key_of(source):
    """A text that changes with whatever can change the findings. Of the system's headers, only their names count."""
    listed = output_of("clang++", *FLAGS, "-M", str(source)).replace("\\\n", " ").split()[1:]
    digest = hashlib.sha256((output_of("clang-tidy", "--version") + " ".join(listed + FLAGS)).encode())
    for path in [ROOT / ".clang-tidy", source, *map(pathlib.Path, listed)]:
        if path.is_relative_to(ROOT):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def check(source, folder):
    """The findings of one source; empty if there are none."""
    stamp = folder / f"{source.stem}.seen"
    key = key_of(source)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == key:
        return ""
    command = ["clang-tidy", f"--config-file={ROOT / '.clang-tidy'}", "--quiet", "--warnings-as-errors=*", str(source)]
    result = subprocess.run([*command, "--", *FLAGS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    if result.returncode != 0:
        found = re.sub(rf"{re.escape(str(source))}:(\d+)", lambda at: place_of(source, int(at[1])), result.stdout)
        return found or f"{source}: clang-tidy fails\n"
    stamp.write_text(key, encoding="utf-8")
    return ""


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda source: check(source, folder), sources(folder)))
    sys.exit("\n".join(filter(None, found)) or 0)


if __name__ == "__main__":
    main()
