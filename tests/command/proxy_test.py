# SPDX-License-Identifier: BSL-1.0
"""`lcm` through a real HTTP proxy: tunnels to ws and wss, passwords, refusals. No secret appears in what it prints."""

import os
import subprocess
import unittest

from servers import Tinyproxy, nobody
from support import LCM, PATIENCE, CommandTest, Simulator, call_arguments

USER = "agent-7"
PASSWORD = "canary-8215"


class Proxy(CommandTest):
    def through(self, proxy, url, *flags):
        """Calls through the proxy of that URL, and checks that no secret is shown."""
        result = self.call(url, "--proxy", proxy, *flags)
        self.assert_shows_no_secret(result)
        return result

    def assert_shows_no_secret(self, result):
        for secret in (USER, PASSWORD, PASSWORD[:6]):
            self.assertNotIn(secret, result.stdout + result.stderr)

    def assert_refused_by(self, proxy, result, code, words):
        error = self.assert_ended(result, "not_sent", code)
        self.assertIn(f"the proxy 127.0.0.1:{proxy.port}: ", error["message"] + error.get("detail", "") + result.stderr)
        self.assertIn(words, result.stdout + result.stderr)

    def test_opens_a_tunnel_to_a_plain_server(self):
        with Simulator() as sim, Tinyproxy() as proxy:
            self.assert_accepted(self.through(proxy.url(), sim.url, "--allow-plaintext"))

    def test_opens_a_tunnel_to_a_server_with_tls(self):
        authority = self.file("authority.pem")
        with Simulator("--tls", "--ca-out", str(authority)) as sim, Tinyproxy() as proxy:
            self.assert_accepted(self.through(proxy.url(), sim.url, "--ca-file", str(authority)))

    def test_wants_plaintext_to_be_allowed(self):
        self.assert_wrong_usage(self.call("ws://127.0.0.1:1/", "--proxy", "http://127.0.0.1:1"), "--allow-plaintext")

    def test_is_told_a_user_and_a_password(self):
        with Simulator() as sim, Tinyproxy(USER, PASSWORD) as proxy:
            known = proxy.url(f"{USER}:{PASSWORD}@")
            self.assert_accepted(self.through(known, sim.url, "--allow-plaintext"))

    def test_refuses_without_a_password_and_with_a_wrong_one(self):
        with Simulator() as sim, Tinyproxy(USER, PASSWORD) as proxy:
            self.assert_refused_by(proxy, self.through(proxy.url(), sim.url, "--allow-plaintext"), "unauthorized",
                                   "status 407 (Proxy Authentication Required); it wants credentials")
            wrong = proxy.url(f"{USER}:{PASSWORD}x@")
            self.assert_refused_by(proxy, self.through(wrong, sim.url, "--allow-plaintext"), "unauthorized",
                                   "does not accept the credentials")

    def test_refuses_a_port(self):
        with Simulator() as sim, Tinyproxy(connect_ports=[443]) as proxy:
            self.assert_refused_by(proxy, self.through(proxy.url(), sim.url, "--allow-plaintext"), "connect_failed",
                                   "status 403 (Access violation)")

    def test_does_not_reach_the_server(self):
        with nobody() as url, Tinyproxy() as proxy:
            self.assert_refused_by(proxy, self.through(proxy.url(), url, "--allow-plaintext"), "connect_failed",
                                   "status 500")
            self.assert_refused_by(proxy, self.through(proxy.url(), "wss://no-such-name.invalid/"), "connect_failed",
                                   "status 500")

    def test_is_not_there(self):
        with nobody() as url:
            proxy = url.replace("ws://", f"http://{USER}:{PASSWORD}@")
            error = self.assert_ended(self.through(proxy, "wss://lcm.example/"), "not_sent", "connect_failed")
            self.assertIn("the proxy 127.0.0.1:", str(error))

    def test_has_a_url(self):
        for url in (PASSWORD, f"socks5://{USER}:{PASSWORD}@127.0.0.1:1", f"http://{USER}:{PASSWORD}@"):
            with self.subTest(url):
                result = self.through(url, "wss://lcm.example/")
                self.assert_wrong_usage(result, "proxy.url")


class Environment(CommandTest):
    def call_in(self, environment, *arguments):
        return subprocess.run([LCM, *call_arguments(*arguments)], capture_output=True, encoding="utf-8",
                              env=dict(os.environ, **environment), timeout=PATIENCE)

    def test_names_the_proxy_if_it_is_asked(self):
        with Tinyproxy(USER, PASSWORD) as proxy:
            environment = {"https_proxy": proxy.url(f"{USER}:{PASSWORD}@")}
            asked = self.call_in(environment, "wss://no-such-name.invalid/", "--proxy", "env")
            self.assertIn(f"the proxy 127.0.0.1:{proxy.port}: ", asked.stdout)
            self.assertIn("status 500", asked.stdout)
            self.assertNotIn(PASSWORD, asked.stdout + asked.stderr)
            for environment in (environment, {**environment, "NO_PROXY": "*"}):
                flags = ["--proxy", "env"] if "NO_PROXY" in environment else []
                direct = self.call_in(environment, "wss://no-such-name.invalid/", *flags)
                self.assertIn("resolve_failed", direct.stdout)

    def test_does_not_matter_for_this_computer(self):
        with Simulator() as sim:
            environment = {"http_proxy": "http://127.0.0.1:1"}
            self.assert_accepted(self.call_in(environment, sim.url, "--proxy", "env"))


if __name__ == "__main__":
    unittest.main()
