# SPDX-License-Identifier: BSL-1.0
"""The only way out is an HTTP proxy, a real one: without a password and with one, and others that are dead, silent,
mute or ill."""

import unittest

import certificates
import office
from servers import Tinyproxy

NAME = "lcm.office"
HOST = "127.0.0.61"
PROXY = "proxy.office"
USER = "agent-4711"
PASSWORD = "proxy-canary-8216"
PLAIN = "--allow-plaintext"


def setUpModule():
    global make, root, tls
    make = certificates.Certificates(unittest.addModuleCleanup)
    root = make.root
    tls = certificates.server_context(make.server(NAME, issuer=root))


class ProxyTest(office.OfficeTest):
    secrets = (USER, PASSWORD, PASSWORD[:6])

    def setUp(self):
        server = self.simulator().port
        self.plain = self.enter(office.Front(HOST, 0, lambda request: (server, request)))
        self.secure = self.enter(office.Front(HOST, 0, lambda request: (server, request), tls=tls))
        self.ways = ([f"ws://{NAME}:{self.plain.port}/", PLAIN],
                     [f"wss://{NAME}:{self.secure.port}/", "--ca-file", str(root.certificate)])
        self.names = {NAME: [HOST], PROXY: ["127.0.0.1"]}

    def proxy(self, *arguments, **options):
        """A real one, whose names are those of the office."""
        return self.enter(Tinyproxy(*arguments, environment=self.environment({NAME: [HOST]}), **options))

    def call_through(self, proxy, way, *flags, **variables):
        return self.call(*way, "--proxy", proxy, *flags, names=self.names, **variables)

    def assert_blocked(self, way, proxy, *causes):
        """Checks that a call and a watch tell the causes soon, and that somebody has to see to the proxy."""
        self.assert_not_sent(self.call_through(proxy, way), "the proxy proxy.office:", *causes)
        with self.watch(*way, "--proxy", proxy, names=self.names) as watch:
            self.assertLess(watch.wait_for("blocked, see to its proxy")[0], office.SOON)
            for cause in causes:
                self.assertRegex(watch.text, cause)

    def test_it_leads_to_servers_with_tls_and_without(self):
        proxy = self.proxy()
        for way in self.ways:
            with self.subTest(way):
                self.assert_accepted(self.call_through(f"http://{PROXY}:{proxy.port}", way))

    def test_the_server_has_no_name_but_for_the_proxy(self):
        proxy = self.proxy()
        self.names = {PROXY: ["127.0.0.1"]}
        self.assert_accepted(self.call_through(f"http://{PROXY}:{proxy.port}", self.ways[1]))

    def test_it_wants_a_password(self):
        proxy = self.proxy(USER, PASSWORD)
        for way in self.ways:
            with self.subTest(way):
                self.assert_accepted(self.call_through(f"http://{USER}:{PASSWORD}@{PROXY}:{proxy.port}", way))
                self.assert_blocked(way, f"http://{PROXY}:{proxy.port}", "status 407", "wants credentials")
                self.assert_blocked(way, f"http://{USER}:{PASSWORD}x@{PROXY}:{proxy.port}",
                                    "does not accept the credentials")

    def test_it_allows_other_ports_only(self):
        proxy = self.proxy(connect_ports=[1])
        for way in self.ways:
            self.assert_blocked(way, f"http://{PROXY}:{proxy.port}", "status 403",
                                "does not allow the server's host or port")

    def test_it_does_not_reach_the_server(self):
        proxy = self.proxy()
        dead = f"ws://{NAME}:{office.free_port([HOST])}/"
        result = self.call_through(f"http://{PROXY}:{proxy.port}", [dead, PLAIN])
        self.assert_not_sent(result, "the proxy proxy.office:", "status 50[0-9]")

    def test_it_is_not_there(self):
        port = office.free_port(["127.0.0.62"])
        self.names[PROXY] = ["127.0.0.62"]
        for way in self.ways:
            result = self.call_through(f"http://{USER}:{PASSWORD}@{PROXY}:{port}", way)
            self.assert_not_sent(result, "the proxy proxy.office:", "refused")

    def test_it_can_be_reached_over_tls_by_the_authority_of_the_company(self):
        behind = self.proxy(USER, PASSWORD)
        context = certificates.server_context(make.server(PROXY, issuer=root))
        front = self.enter(office.Front("127.0.0.1", 0, lambda request: (behind.port, request), tls=context))
        proxy = f"https://{USER}:{PASSWORD}@{PROXY}:{front.port}"
        for way in self.ways:
            with self.subTest(way):
                self.assert_accepted(self.call_through(proxy, [way[0], PLAIN, "--ca-file", str(root.certificate)]))
        result = self.call_through(proxy, [self.ways[1][0]])
        self.assert_not_sent(result, "the proxy proxy.office:",
                             'the proxy\'s certificate.*unknown issuer "Office Root CA"')

    def test_what_is_wrong_behind_it_is_not_its_fault(self):
        proxy = f"http://{PROXY}:{self.proxy().port}"
        other = make.authority("Inspector CA")
        result = self.call_through(proxy, [self.ways[1][0], "--ca-file", str(other.certificate)])
        self.assert_not_sent(result, 'the server\'s certificate.*unknown issuer "Office Root CA"', "inspects TLS")
        ill = self.enter(office.Ill(HOST, 0, office.http("503 Service Unavailable")))
        result = self.call_through(proxy, [f"ws://{NAME}:{ill.port}/", PLAIN])
        self.assert_not_sent(result, "the server answered the upgrade with status 503")

    def test_it_has_no_address(self):
        self.names[PROXY] = ["nobody"]
        result = self.call_through(f"http://{USER}:{PASSWORD}@{PROXY}:3128", self.ways[1])
        self.assert_not_sent(result, "resolve_failed", "the proxy proxy.office:")

    def test_it_is_no_proxy(self):
        """What answers there is the server itself, with TLS and without."""
        proxies = [(f"http://{PROXY}:{self.plain.port}", "status|no HTTP proxy|closed the connection"),
                   (f"http://{PROXY}:{self.secure.port}", "no HTTP proxy|closed the connection|broke"),
                   (f"https://{PROXY}:{self.plain.port}", "does not speak TLS")]
        self.names[PROXY] = [HOST]
        for proxy, cause in proxies:
            with self.subTest(proxy):
                self.assert_not_sent(self.call_through(proxy, self.ways[1]), "the proxy proxy.office:", cause)

    def test_of_several_addresses_a_good_one_is_found_whatever_the_others_are(self):
        ports = "127.0.0.1", "127.0.0.63", "127.0.0.64", "127.0.0.65", "127.0.0.66"
        proxy = self.proxy()
        self.enter(office.Silent(ports[1], proxy.port))
        self.enter(office.Ill(ports[3], proxy.port))
        self.enter(office.Ill(ports[4], proxy.port, office.http("503 Service Unavailable")))
        good, silent, refusing, breaking, ill = ports
        orders = ([silent, good], [refusing, good], [breaking, good], [ill, good],
                  [silent, refusing, breaking, ill, good])
        for addresses in orders:
            for way in self.ways:
                with self.subTest(addresses):
                    self.names[PROXY] = addresses
                    self.assert_accepted(self.call_through(f"http://{PROXY}:{proxy.port}", way))
        self.names[PROXY] = [ill, refusing]
        result = self.call_through(f"http://{USER}:{PASSWORD}@{PROXY}:{proxy.port}", self.ways[1])
        self.assert_not_sent(result, "the proxy proxy.office:", "status 503", refusing)

    def test_a_mute_one_gives_way(self):
        proxy = self.proxy()
        self.enter(office.Mute("127.0.0.67", proxy.port))
        self.names[PROXY] = ["127.0.0.67", "127.0.0.1"]
        result = self.call_through(f"http://{PROXY}:{proxy.port}", self.ways[1])
        self.assert_accepted(result, office.MUTE_TIME + office.SOON)

    def test_a_reason_that_repeats_the_password_is_not_shown(self):
        ill = self.enter(office.Ill("127.0.0.1", 0, office.http(f"403 No way for {USER} with {PASSWORD}")))
        result = self.call_through(f"http://{USER}:{PASSWORD}@{PROXY}:{ill.port}", self.ways[1])
        self.assert_not_sent(result, "the proxy proxy.office:", "status 403")

    def test_the_environment_names_it(self):
        proxy = self.proxy(USER, PASSWORD)
        url = f"http://{USER}:{PASSWORD}@{PROXY}:{proxy.port}"
        self.names = {PROXY: ["127.0.0.1"]}  # so that nothing goes past it
        for way, variable in zip(self.ways, ("http_proxy", "HTTPS_PROXY")):
            with self.subTest(variable):
                self.assert_accepted(self.call_through("env", way, **{variable: url}))
                direct = self.call_through("env", way, **{variable: url, "NO_PROXY": "other.example, .office"})
                self.assert_not_sent(direct, "resolve_failed", NAME, within=office.PATIENCE)

    def test_that_of_the_environment_is_never_for_this_computer(self):
        dead = f"http://127.0.0.1:{office.free_port(['127.0.0.1'])}"
        for host in ("127.0.0.1", "localhost"):
            server = self.simulator().port
            result = self.call(f"ws://{host}:{server}/", "--proxy", "env", names={}, http_proxy=dead, HTTP_PROXY=dead)
            self.assert_accepted(result)


if __name__ == "__main__":
    unittest.main()
