# SPDX-License-Identifier: BSL-1.0
"""Sources that disagree on where the bodies are compiled, or on the library's version, do not link, and the linker names
what each of them was compiled as. Sources that agree link."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"
VERSION = INCLUDE / "lcm_client" / "version.hpp"

CALLED = "#include <lcm_client/result.hpp>\nvoid show(const lcm::Error&) {}\n"
CALLER = "#include <lcm_client/result.hpp>\nvoid show(const lcm::Error&);\nint main() { show(lcm::Error{}); }\n"
SEPARATE = ("-DLCM_CLIENT_SEPARATE_COMPILATION",)


class Workshop:
    def __init__(self, compiler, include_directories, folder):
        self.folder = folder
        self.command = [compiler, "-std=c++20"]
        self.others = [f"-I{directory}" for directory in include_directories if directory != str(INCLUDE)]

    def version(self, minor):
        """A folder with the headers as if they were of another minor version."""
        include = self.folder / f"minor_{minor}"
        shutil.copytree(INCLUDE, include)
        text = re.sub(r"(#define LCM_CLIENT_VERSION_MINOR) \d+", rf"\1 {minor}", VERSION.read_text(encoding="utf-8"))
        (include / "lcm_client" / "version.hpp").write_text(text, encoding="utf-8")
        return include

    def compile(self, name, source, *flags, include=INCLUDE):
        text = self.folder / f"{name}.cpp"
        text.write_text(source, encoding="utf-8")
        target = text.with_suffix(".o")
        subprocess.run([*self.command, *flags, f"-I{include}", *self.others, "-c", str(text), "-o", str(target)], check=True)
        return str(target)

    def link(self, *objects):
        """What the linker says; empty if it has nothing to say."""
        command = [*self.command, *objects, "-o", str(self.folder / "program"), "-lcrypto"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stderr if done.returncode else ""


def find_wrong(workshop):
    called = workshop.compile("called", CALLED)
    called_separate = workshop.compile("called_separate", CALLED, *SEPARATE)
    caller = workshop.compile("caller", CALLER)
    caller_separate = workshop.compile("caller_separate", CALLER, *SEPARATE)
    caller_of_next = workshop.compile("caller_of_next", CALLER, include=workshop.version(99))

    if said := workshop.link(called, caller):
        yield f"what agrees does not link: {said}"
    for name, other, objects in [
        ("header-only before compiled", "lcm::compiled_0_", (called, caller_separate)),
        ("compiled before header-only", "lcm::header_only_0_", (called_separate, caller)),
        ("another version", "lcm::header_only_0_99_0::Error", (called, caller_of_next)),
    ]:
        said = workshop.link(*objects)
        if other not in said or "show" not in said:
            yield f"{name}: the linker does not name {other}, but says: {said or 'nothing'}"


def main():
    compiler, *include_directories = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        sys.exit("\n".join(find_wrong(Workshop(compiler, include_directories, pathlib.Path(folder)))) or 0)


if __name__ == "__main__":
    main()
