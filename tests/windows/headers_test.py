# SPDX-License-Identifier: BSL-1.0
"""The headers beside windows.h, in whichever order and with whatever macros an application has it; and no name of theirs
is a macro of Windows.
Usage: headers_test.py COMPILER PREFIX, the prefix having the headers of the libraries."""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "headers"))
import macro_scan  # noqa: E402

# What desktop applications include, and Asio.
SYSTEM = ["winsock2.h", "windows.h", "ws2tcpip.h", "mswsock.h", "wincrypt.h", "shellapi.h", "shlobj.h", "objbase.h",
          "ole2.h", "commctrl.h", "commdlg.h", "mmsystem.h", "wininet.h", "rpc.h", "winspool.h", "wtsapi32.h"]
# Macros that are meant where they stand: of sockets and errors on every system; and a type of OpenSSL's, whose headers undo
# the macro.
MEANT = {"AF_UNSPEC", "SOL_SOCKET", "SO_LINGER", "errno", "EACCES", "EEXIST", "EINVAL", "ENOENT", "ENOSPC", "EPERM",
         "EROFS", "X509_NAME"}
WINDOWS, OURS = "#include <windows.h>", "#include <lcm_client.hpp>\n#include <lcm_client/ui_loop.hpp>"
# Each is what a source of an application begins with.
ORDERS = {
    "windows.h before": [WINDOWS, OURS],
    "windows.h after": [OURS, WINDOWS],
    "windows.h before, without its min and max": ["#define NOMINMAX", WINDOWS, OURS],
    "windows.h before, without what is rarely used": ["#define WIN32_LEAN_AND_MEAN", WINDOWS, OURS],
    "Winsock 2 before": ["#include <winsock2.h>", WINDOWS, OURS],
    "all of the system before": [*(f"#include <{name}>" for name in SYSTEM), OURS],
}


def run(*arguments, source):
    command = [sys.argv[1], "-std=c++20", "-x", "c++", *arguments, "-"]
    return subprocess.run(command, input=source, capture_output=True, encoding="utf-8", timeout=600)


def defined(source):
    made = run("-dM", "-E", source=source)
    assert made.returncode == 0, made.stderr
    return macro_scan.macros(made.stdout)


class HeadersTest(unittest.TestCase):
    def test_no_name_is_a_macro_of_windows(self):
        of_compiler = defined("")
        of_system = defined("".join(f"#include <{name}>\n" for name in SYSTEM))
        known = {name: value for name, value in of_system.items()
                 if name not in of_compiler and name not in MEANT and not name.startswith("_")}
        self.assertIn("interface", known)
        self.assertEqual(macro_scan.scan(known), [])

    def test_the_headers_compile_beside_those_of_windows(self):
        flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-DLCM_CLIENT_SEPARATE_COMPILATION",
                 "-DBOOST_SYSTEM_USE_UTF8", "-D_WIN32_WINNT=0x0A00", f"-I{macro_scan.INCLUDE}", "-isystem",
                 f"{sys.argv[2]}/include"]
        for order, lines in ORDERS.items():
            with self.subTest(order):
                made = run(*flags, source="\n".join([*lines, ""]))
                self.assertEqual((made.returncode, made.stderr[:2000]), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
