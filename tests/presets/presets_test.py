# SPDX-License-Identifier: BSL-1.0
"""The preset `dev` configures and builds with ccache where the PATH has one, and without it where it has none."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

CMAKE, SOURCE = sys.argv[1:3]

# What is built: one small header, alone.
OBJECT = "tests/headers/CMakeFiles/test_headers.dir/lcm_client_errc_hpp.cpp.o"
OTHER_OBJECT = "tests/headers/CMakeFiles/test_headers.dir/lcm_client_version_hpp.cpp.o"


def programs():
    """All programs of the PATH but ccache and what it stands in for, by name; the first of each counts."""
    found = {}
    for folder in map(pathlib.Path, os.environ["PATH"].split(os.pathsep)):
        for program in folder.iterdir() if folder.is_dir() else ():
            if program.resolve().name != "ccache" and os.access(program, os.X_OK):
                found.setdefault(program.name, program)
    return found


class Presets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name, "bin")
        self.build = pathlib.Path(folder.name, "build")
        self.path.mkdir()
        for name, program in programs().items():
            (self.path / name).symlink_to(program)

    def run_cmake(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CMAKE_")}
        result = subprocess.run([CMAKE, *arguments], cwd=SOURCE, env=dict(environment, PATH=str(self.path)),
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        self.assertEqual(result.returncode, 0, result.stdout)

    def build_with_preset(self, target):
        self.run_cmake("--preset", "dev", "-B", str(self.build), "-Wno-dev", "--log-level=WARNING")
        self.run_cmake("--build", str(self.build), "--target", target)

    def test_build_without_ccache(self):
        self.build_with_preset(OBJECT)

    def test_build_with_ccache_and_after_it_has_gone(self):
        used = self.path.with_name("used")
        ccache = self.path / "ccache"
        ccache.write_text(f'#!/bin/sh\ntouch {used}\nexec "$@"\n', encoding="utf-8")
        ccache.chmod(0o755)
        self.build_with_preset(OBJECT)
        self.assertTrue(used.exists())
        ccache.unlink()
        self.build_with_preset(OTHER_OBJECT)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
