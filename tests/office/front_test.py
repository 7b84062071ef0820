# SPDX-License-Identifier: BSL-1.0
"""A front that takes headers out, sends elsewhere, and cuts links on which nothing goes."""

import re
import time
import unittest

import office

NAME = "lcm.office"
HOST = "127.0.0.41"
TOKEN = "token-0815"
PLAIN = "--allow-plaintext"


class FrontTest(office.OfficeTest):
    secrets = (TOKEN, "state=4712", "4713")

    def setUp(self):
        self.server = self.simulator().port
        self.names = {NAME: [HOST]}

    def front(self, route, **options):
        front = self.enter(office.Front(HOST, 0, route, **options))
        self.url = f"ws://{NAME}:{front.port}/"
        return front

    def call_here(self, *flags):
        return self.call(self.url, PLAIN, *flags, names=self.names, LCM_TEST_TOKEN=TOKEN)

    def demand_token(self, request):
        if f"Authorization: Bearer {TOKEN}" in request:
            return self.server, request
        return office.http("401 Unauthorized", "WWW-Authenticate: Bearer")

    def test_the_token_is_shown_to_the_front(self):
        self.front(self.demand_token)
        self.assert_accepted(self.call_here("--token-env", "LCM_TEST_TOKEN"))

    def test_a_front_that_takes_the_token_out_is_told_as_a_refusal_of_credentials(self):
        self.front(lambda request: self.demand_token(re.sub("Authorization: .*\r\n", "", request)))
        result = self.call_here("--token-env", "LCM_TEST_TOKEN")
        self.assert_not_sent(result, "status 401")
        with self.watch(self.url, PLAIN, "--token-env", "LCM_TEST_TOKEN", names=self.names,
                        LCM_TEST_TOKEN=TOKEN) as watch:
            watch.wait_for("blocked.*credentials", within=office.SOON)

    def test_a_redirect_to_https_says_which_url_to_give(self):
        self.front(lambda request: office.http("301 Moved Permanently", f"Location: https://{NAME}/?code=4713"))
        self.assert_not_sent(self.call_here(), "status 301", f"https://{NAME}/", "wss://")

    def test_a_redirect_to_a_page_for_signing_in_says_so(self):
        page = "https://login.office/oauth2/authorize?state=4712"
        self.front(lambda request: office.http("302 Found", f"Location: {page}"))
        self.assert_not_sent(self.call_here(), "status 302", "https://login.office/oauth2/authorize", "sign")

    def test_a_localhost_that_is_another_computer_is_told_by_its_address(self):
        result = self.call("ws://localhost:1/", names={"localhost": ["192.0.2.1"]})
        self.assert_not_sent(result, "localhost resolves to 192.0.2.1", "not this machine")

    def test_a_front_that_cuts_idle_links_leaves_one_with_pings(self):
        idle = 1.5  # of the front; the client pings twice as often
        front = self.front(lambda request: (self.server, request), idle=idle)
        with self.watch(self.url, PLAIN, "--idle-timeout", "1.4", names=self.names) as watch:
            watch.wait_for("ready")
            time.sleep(3 * idle)
            self.assertEqual(front.count, 1, watch.text)

    def test_a_front_that_cuts_idle_links_cuts_one_without(self):
        idle = 0.8
        front = self.front(lambda request: (self.server, request), idle=idle)
        with self.watch(self.url, PLAIN, "--idle-timeout", "10", names=self.names) as watch:
            _, lines = watch.wait_for("ready")
            watch.wait_for("ready", lines, within=4)
            self.assertGreater(front.count, 1)


if __name__ == "__main__":
    unittest.main()
