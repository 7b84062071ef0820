# SPDX-License-Identifier: BSL-1.0
"""Two nodes behind a balancer that keeps each client at its node by a cookie, and of which one dies."""

import re
import unittest

import certificates
import office

NAME = "lcm.office"
HOST = "127.0.0.31"
COOKIE = "4711-sticky"


class NodesTest(office.OfficeTest):
    secrets = (COOKIE,)
    scheme = "ws"
    flags = ["--allow-plaintext"]
    tls = None

    def setUp(self):
        self.nodes = [self.simulator(), self.simulator()]
        self.alive = [True, True]
        self.next = 0
        self.cookies = []  # the node that each request named; None without a cookie
        self.front = self.enter(office.Front(HOST, 0, self.route, self.stick, tls=self.tls))
        self.names = {NAME: [HOST]}
        self.url = f"{self.scheme}://{NAME}:{self.front.port}/"

    def route(self, request):
        named = re.search(rf"^Cookie: .*AWSALB={COOKIE}-(\d)", request, re.MULTILINE)
        self.cookies.append(int(named[1]) if named else None)
        node = int(named[1]) if named else self.next
        if not named:
            self.next = 1 - self.next
        if not self.alive[node]:
            return office.http("502 Bad Gateway")
        self.node = node
        return self.nodes[node].port, request

    def stick(self, header):
        return header.replace("\r\n\r\n", f"\r\nSet-Cookie: AWSALB={COOKIE}-{self.node}; Path=/; Max-Age=86400\r\n\r\n")

    def watch_here(self):
        return self.watch(self.url, *self.flags, names=self.names)

    def cut_when_alive(self):
        """Until a server has given a sign of life its cookie may be that of a dead node, and is not shown again."""
        self.assertTrue(self.front.heard.wait(office.PATIENCE))
        self.front.cut()

    def test_a_client_comes_back_to_the_node_that_it_had(self):
        with self.watch_here() as watch:
            _, lines = watch.wait_for("ready")
            self.cut_when_alive()
            watch.wait_for("ready", lines, within=2)
        self.assertEqual(self.cookies, [None, 0])

    def test_the_cookie_of_a_dead_node_is_not_shown_again(self):
        with self.watch_here() as watch:
            _, lines = watch.wait_for("ready")
            self.alive[0] = False
            self.cut_when_alive()
            watch.wait_for("ready", lines, within=4)
        self.assertEqual(self.cookies[:2], [None, 0])
        self.assertEqual(self.cookies[-1], None)
        self.assertLessEqual(self.cookies.count(0), 1)


class SecureNodesTest(NodesTest):
    scheme = "wss"

    @classmethod
    def setUpClass(cls):
        make = certificates.Certificates(cls.addClassCleanup)
        cls.tls = certificates.server_context(make.server(NAME, issuer=make.root))
        cls.flags = ["--ca-file", str(make.root.certificate)]


if __name__ == "__main__":
    unittest.main()
