# SPDX-License-Identifier: BSL-1.0
"""clang-tidy over all headers and their bodies: the headers together in one source, each file of bodies as a source of
its own. `tidy.py FOLDER`, where FOLDER keeps what was seen without a finding."""

import concurrent.futures
import hashlib
import os
import pathlib
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


def sources(folder):
    """The sources that are looked at. Those that include most, and so take longest, come first."""
    lean = folder / "lean.cpp"
    text = "".join(f"#include <{name}>\n" for name in lean_headers())
    if not lean.exists() or lean.read_text(encoding="utf-8") != text:
        lean.write_text(text, encoding="utf-8")
    # What is for Windows alone needs the headers of that system.
    bodies = sorted(path for path in INCLUDE.rglob("*.ipp") if not path.name.startswith("windows_"))
    return sorted([lean, *bodies], key=lambda path: -path.read_text(encoding="utf-8").count("#include"))


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
    stamp = folder / ("_".join(source.relative_to(ROOT).parts) + ".seen")
    key = key_of(source)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == key:
        return ""
    command = ["clang-tidy", f"--config-file={ROOT / '.clang-tidy'}", "--quiet", "--warnings-as-errors=*", str(source)]
    result = subprocess.run([*command, "--", *FLAGS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    if result.returncode != 0:
        return result.stdout or f"{source}: clang-tidy fails\n"
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
