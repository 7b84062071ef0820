# SPDX-License-Identifier: BSL-1.0
"""Several servers, of which the first ones are dead in one way or another; and names with addresses of both
families."""

import concurrent.futures
import socket
import unittest

import certificates
import office

FIRST, SECOND, THIRD = "first.office", "second.office", "third.office"
DEAD, GOOD, OTHER = "127.0.0.71", "127.0.0.72", "127.0.0.73"
UNAVAILABLE = office.http("503 Service Unavailable")


def setUpModule():
    global root, tls, wrong
    make = certificates.Certificates(unittest.addModuleCleanup)
    root = make.root
    tls = certificates.server_context(make.server(FIRST, SECOND, THIRD, issuer=root))
    wrong = certificates.server_context(make.server("other.office", issuer=root))


class Way:
    """The same over ws and over wss."""

    def __init__(self, scheme):
        self.scheme = scheme
        self.tls = tls if scheme == "wss" else None
        self.flags = ["--ca-file", str(root.certificate)] if self.tls else ["--allow-plaintext"]


class ServersTest(office.OfficeTest):
    def setUp(self):
        self.server = self.simulator().port
        self.ways = [Way("ws"), Way("wss")]

    def front(self, way, host=GOOD, port=0, **options):
        return self.enter(office.Front(host, port, lambda request: (self.server, request), tls=way.tls, **options))

    def urls(self, way, *servers):
        """The first URL, and the flags for the others, of names and ports."""
        urls = [f"{way.scheme}://{name}:{port}/" for name, port in servers]
        return [urls[0], *(text for url in urls[1:] for text in ("--url", url)), *way.flags]

    def assert_ready(self, arguments, names):
        self.assert_accepted(self.call(*arguments, names=names))
        with self.watch(*arguments, names=names) as watch:
            self.assertLess(watch.wait_for("ready")[0], office.SOON, watch.text)

    def dead_servers(self, way):
        """Each kind of a dead server that is left at once."""
        later = office.http("503 Service Unavailable", "Retry-After: 100")
        yield "refusing", None
        yield "ill", lambda port: office.Ill(DEAD, port, tls=way.tls)
        yield "unavailable", lambda port: office.Ill(DEAD, port, UNAVAILABLE, tls=way.tls)
        yield "unavailable for long", lambda port: office.Ill(DEAD, port, later, tls=way.tls)
        yield "moved", lambda port: office.Ill(DEAD, port, office.http("404 Not Found"), tls=way.tls)
        if way.tls:
            yield "of another name", lambda port: office.Ill(DEAD, port, tls=wrong)

    def test_the_second_server_is_soon_ready_whatever_the_first_is(self):
        for way in self.ways:
            good = self.front(way).port
            for what, make in self.dead_servers(way):
                with self.subTest(what=what, scheme=way.scheme):
                    port = self.enter(make(0)).port if make else office.free_port([DEAD])
                    self.assert_ready(self.urls(way, (FIRST, port), (SECOND, good)), {FIRST: [DEAD], SECOND: [GOOD]})
            with self.subTest("without a name", scheme=way.scheme):
                self.assert_ready(self.urls(way, (FIRST, 1), (SECOND, good)), {FIRST: ["nobody"], SECOND: [GOOD]})

    def test_a_server_that_says_nothing_gives_way(self):
        arguments = []
        for way in self.ways:
            good = self.front(way).port
            for part in (office.Silent, office.Mute):
                arguments.append(self.urls(way, (FIRST, self.enter(part(DEAD, 0)).port), (SECOND, good)))
        names = {FIRST: [DEAD], SECOND: [GOOD]}
        with concurrent.futures.ThreadPoolExecutor(len(arguments)) as pool:
            for result in pool.map(lambda each: self.call(*each, names=names), arguments):
                self.assert_accepted(result, office.MUTE_TIME + office.SOON)

    def test_the_third_server_is_soon_ready_if_both_others_are_dead(self):
        for way in self.ways:
            good = self.front(way).port
            ill = self.enter(office.Ill(DEAD, 0, UNAVAILABLE, tls=way.tls)).port
            arguments = self.urls(way, (FIRST, ill), (SECOND, office.free_port([DEAD])), (THIRD, good))
            self.assert_ready(arguments, {FIRST: [DEAD], SECOND: [DEAD], THIRD: [GOOD]})

    def test_if_all_servers_are_dead_the_last_one_says_why(self):
        way = self.ways[0]
        ill = self.enter(office.Ill(DEAD, 0, UNAVAILABLE)).port
        arguments = self.urls(way, (FIRST, office.free_port([DEAD])), (SECOND, ill))
        result = self.call(*arguments, names={FIRST: [DEAD], SECOND: [DEAD]})
        self.assert_not_sent(result, f"ws://{SECOND}:{ill}", "status 503")

    def test_a_server_is_left_only_when_none_of_its_addresses_serves(self):
        for way in self.ways:
            port = office.free_port([DEAD, GOOD])
            self.enter(office.Ill(DEAD, port, UNAVAILABLE, tls=way.tls))
            self.front(way, port=port)
            other = self.front(way, OTHER)
            arguments = self.urls(way, (FIRST, port), (SECOND, other.port))
            self.assert_ready(arguments, {FIRST: [DEAD, GOOD], SECOND: [OTHER]})
            self.assertEqual(other.count, 0)

    def test_a_service_that_wants_to_be_left_alone_is_not_asked_at_its_other_addresses(self):
        way = self.ways[0]
        port = office.free_port([DEAD, GOOD])
        self.enter(office.Ill(DEAD, port, office.http("503 Service Unavailable", "Retry-After: 2")))
        good = self.front(way, port=port)
        result = self.call(*self.urls(way, (FIRST, port)), names={FIRST: [DEAD, GOOD]})
        self.assert_not_sent(result, "status 503", "Retry-After")
        self.assertEqual(good.count, 0)

    @unittest.skipUnless(socket.has_ipv6, "there is no IPv6")
    def test_a_name_can_have_addresses_of_both_families(self):
        for way in self.ways:
            port = office.free_port([GOOD])
            self.front(way, port=port)
            for addresses in (["::1", GOOD], [GOOD, "::1"], ["::1", DEAD, GOOD]):
                self.assert_ready(self.urls(way, (FIRST, port)), {FIRST: addresses})

    def test_a_node_that_agrees_and_ends_the_connection_gives_way(self):
        for way in self.ways:
            port = office.free_port([DEAD, GOOD])
            self.enter(Leaving(DEAD, port, tls=way.tls))
            good = self.front(way, port=port)
            self.assert_ready(self.urls(way, (FIRST, port)), {FIRST: [DEAD, GOOD]})
            self.assertEqual(good.count, 2)


class Leaving(office.Part):
    """Agrees to the upgrade, and says in the same moment that it goes."""

    def serve(self, connection):
        request = office.read_header(connection).decode("latin-1")
        frame = b"\x88\x02\x03\xf5"  # a close frame with 1013, try again later
        connection.sendall(office.agreement(request) + frame)


if __name__ == "__main__":
    unittest.main()
