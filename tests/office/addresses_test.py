# SPDX-License-Identifier: BSL-1.0
"""A name with several addresses, of which some are silent, refuse, say nothing, or are ill."""

import concurrent.futures
import itertools
import unittest

import certificates
import office

HOSTS = {"silent": "127.0.0.21", "refusing": "127.0.0.22", "mute": "127.0.0.23", "ill": "127.0.0.24",
         "other_ill": "127.0.0.25", "good": "127.0.0.26", "other_good": "127.0.0.27", "breaking": "127.0.0.28",
         "wrong": "127.0.0.29"}
NAME = "lcm.office"


class AddressesTest(office.OfficeTest):
    scheme = "ws"
    flags = ["--allow-plaintext"]
    tls = wrong_tls = None
    roles_for_calls = "silent", "refusing", "ill", "good"
    roles_for_watches = "silent", "refusing", "other_ill", "good"

    def setUp(self):
        port = office.free_port(HOSTS.values())
        server = self.simulator().port
        self.parts = {
            "silent": office.Silent(HOSTS["silent"], port),
            "mute": office.Mute(HOSTS["mute"], port),
            "ill": office.Ill(HOSTS["ill"], port, tls=self.tls),
            "other_ill": office.Ill(HOSTS["other_ill"], port, office.http("503 Service Unavailable"), self.tls),
            "good": office.Front(HOSTS["good"], port, lambda request: (server, request), tls=self.tls),
            "other_good": office.Front(HOSTS["other_good"], port, lambda request: (server, request), tls=self.tls),
            "breaking": office.Breaking(HOSTS["breaking"], port),
            "wrong": office.Ill(HOSTS["wrong"], port, office.http("404 Not Found"), tls=self.wrong_tls),
        }
        for part in self.parts.values():
            self.enter(part)
        self.url = f"{self.scheme}://{NAME}:{port}/"

    def call_at(self, roles, *flags):
        return self.call(self.url, *self.flags, *flags, names={NAME: [HOSTS[role] for role in roles]})

    def watch_at(self, roles):
        """How long it takes until the link is ready."""
        with self.watch(self.url, *self.flags, names={NAME: [HOSTS[role] for role in roles]}) as watch:
            return watch.wait_for("ready")[0]

    def check_each(self, orders, test, check):
        """Six at a time, which wait most of the time."""
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for roles, outcome in zip(orders, pool.map(test, orders)):
                with self.subTest(roles=roles):
                    check(outcome)

    def test_a_call_gets_through_whatever_else_the_name_has_in_whatever_order(self):
        orders = list(itertools.permutations(self.roles_for_calls))
        self.check_each(orders, self.call_at, self.assert_accepted)

    def test_a_watch_gets_through_whatever_else_the_name_has_in_whatever_order(self):
        orders = list(itertools.permutations(self.roles_for_watches))
        self.check_each(orders, self.watch_at, lambda seconds: self.assertLess(seconds, office.SOON))

    def test_a_node_that_says_nothing_gives_way(self):
        orders = [("mute", "good"), ("mute", "refusing", "good"), ("refusing", "mute", "good"),
                  ("silent", "mute", "good")]
        self.check_each(orders, self.call_at,
                        lambda result: self.assert_accepted(result, office.MUTE_TIME + office.SOON))

    def test_where_no_way_exists_the_cause_is_told_for_each_address(self):
        result = self.call_at(("refusing",))
        self.assert_not_sent(result, "refused", HOSTS["refusing"])
        result = self.call_at(("ill", "refusing"))
        self.assert_not_sent(result, "without a whole answer", HOSTS["refusing"])
        result = self.call_at(("other_ill",))
        self.assert_not_sent(result, "status 503")
        result = self.call_at(("breaking", "other_ill", "refusing"))
        self.assert_not_sent(result, "status 503", HOSTS["breaking"], HOSTS["refusing"])

    def test_a_refusal_for_good_counts_only_if_it_is_that_of_each_address(self):
        names = {NAME: [HOSTS["other_ill"], HOSTS["wrong"]]}
        with self.watch(self.url, *self.flags, names=names) as watch:
            self.assertLess(watch.wait_for("waiting")[0], office.SOON)
            self.assertNotIn("blocked", watch.text)
        with self.watch(self.url, *self.flags, names={NAME: [HOSTS["wrong"]]}) as watch:
            self.assertLess(watch.wait_for("blocked")[0], office.SOON)

    def test_a_link_that_is_lost_goes_to_the_address_that_is_left(self):
        names = {NAME: [HOSTS["good"], HOSTS["other_good"]]}
        with self.watch(self.url, *self.flags, names=names) as watch:
            _, lines = watch.wait_for("ready")
            good, other = self.parts["good"], self.parts["other_good"]
            self.assertEqual((good.count, other.count), (1, 0))
            good.__exit__()
            watch.wait_for("ready", lines, within=3)
            self.assertEqual(other.count, 1)


class SecureAddressesTest(AddressesTest):
    scheme = "wss"
    roles_for_calls = "silent", "wrong", "breaking", "good"
    roles_for_watches = "refusing", "wrong", "other_ill", "good"

    @classmethod
    def setUpClass(cls):
        make = certificates.Certificates(cls.addClassCleanup)
        cls.tls = certificates.server_context(make.server(NAME, issuer=make.root))
        cls.wrong_tls = certificates.server_context(make.server("other.office", issuer=make.root))
        cls.flags = ["--ca-file", str(make.root.certificate)]


if __name__ == "__main__":
    unittest.main()
