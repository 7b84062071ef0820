# SPDX-License-Identifier: BSL-1.0
"""A name with several addresses, of which some are silent, refuse, say nothing, or are ill."""

import concurrent.futures
import itertools
import unittest

import office

HOSTS = {"silent": "127.0.0.21", "refusing": "127.0.0.22", "mute": "127.0.0.23", "ill": "127.0.0.24",
         "other_ill": "127.0.0.25", "good": "127.0.0.26", "other_good": "127.0.0.27"}
NAME = "lcm.office"
PLAIN = "--allow-plaintext"


class AddressesTest(office.OfficeTest):
    def setUp(self):
        port = office.free_port(HOSTS.values())
        server = self.simulator().port
        self.parts = {
            "silent": office.Silent(HOSTS["silent"], port),
            "mute": office.Mute(HOSTS["mute"], port),
            "ill": office.Ill(HOSTS["ill"], port),
            "other_ill": office.Ill(HOSTS["other_ill"], port, office.http("503 Service Unavailable")),
            "good": office.Front(HOSTS["good"], port, lambda request: (server, request)),
            "other_good": office.Front(HOSTS["other_good"], port, lambda request: (server, request)),
        }
        for part in self.parts.values():
            self.enter(part)
        self.url = f"ws://{NAME}:{port}/"

    def call_at(self, roles, *flags):
        return self.call(self.url, PLAIN, *flags, names={NAME: [HOSTS[role] for role in roles]})

    def watch_at(self, roles):
        """How long it takes until the link is ready."""
        with self.watch(self.url, PLAIN, names={NAME: [HOSTS[role] for role in roles]}) as watch:
            return watch.wait_for("ready")[0]

    def check_each(self, orders, test, check):
        """Four at a time, which wait most of the time."""
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for roles, outcome in zip(orders, pool.map(test, orders)):
                with self.subTest(roles=roles):
                    check(outcome)

    def test_a_call_gets_through_whatever_else_the_name_has_in_whatever_order(self):
        orders = list(itertools.permutations(("silent", "refusing", "ill", "good")))
        self.check_each(orders, self.call_at, self.assert_accepted)

    def test_a_watch_gets_through_whatever_else_the_name_has_in_whatever_order(self):
        orders = list(itertools.permutations(("silent", "refusing", "other_ill", "good")))
        self.check_each(orders, self.watch_at, lambda seconds: self.assertLess(seconds, office.SOON))

    def test_a_node_that_says_nothing_gives_way(self):
        orders = [("mute", "good"), ("mute", "refusing", "good"), ("refusing", "mute", "good"), ("silent", "mute", "good")]
        self.check_each(orders, self.call_at,
                        lambda result: self.assert_accepted(result, office.MUTE_TIME + office.SOON))

    def test_where_no_way_exists_the_cause_is_told_for_each_address(self):
        result = self.call_at(("refusing",))
        self.assert_not_sent(result, "refused", HOSTS["refusing"])
        result = self.call_at(("ill", "refusing"))
        self.assert_not_sent(result, "without a whole answer", HOSTS["refusing"])
        result = self.call_at(("other_ill",))
        self.assert_not_sent(result, "status 503")

    def test_a_link_that_is_lost_goes_to_the_address_that_is_left(self):
        names = {NAME: [HOSTS["good"], HOSTS["other_good"]]}
        with self.watch(self.url, PLAIN, names=names) as watch:
            _, lines = watch.wait_for("ready")
            good, other = self.parts["good"], self.parts["other_good"]
            self.assertEqual((good.count, other.count), (1, 0))
            good.__exit__()
            watch.wait_for("ready", lines, within=3)
            self.assertEqual(other.count, 1)


if __name__ == "__main__":
    unittest.main()
