# SPDX-License-Identifier: BSL-1.0
"""A company that has its own authority, an issuing one below it, and a proxy that inspects TLS."""

import ssl
import unittest

import certificates
import office

NAME = "lcm.office"
HOST = "127.0.0.51"
PASSWORD = "key-canary-1907"
PEM_WITH_MARK = b"\xef\xbb\xbf"


def setUpModule():
    global made
    made = Made()


class Made:
    """The certificates of all tests."""

    def __init__(self):
        self.certificates = certificates.Certificates(unittest.addModuleCleanup)
        make = self.certificates
        self.root = make.root
        self.issuing = make.authority("Office Issuing CA", self.root)
        self.server = make.server(NAME, HOST, issuer=self.issuing)
        self.other_name = make.server("other.office", issuer=self.issuing)
        self.expired = make.server(NAME, issuer=self.issuing, days=0)
        self.inspector = make.authority("Inspector CA")
        self.inspected = make.server(NAME, issuer=self.inspector)
        self.agent = make.client("agent", self.root, PASSWORD)
        self.stranger = make.client("stranger", self.inspector)

    def chain(self, identity=None):
        return certificates.server_context(identity or self.server, self.issuing)


class TrustTest(office.OfficeTest):
    secrets = (PASSWORD,)

    def setUp(self):
        self.server = self.simulator().port
        self.names = {NAME: [HOST]}

    def front(self, tls):
        front = self.enter(office.Front(HOST, 0, lambda request: (self.server, request), tls=tls))
        self.url = f"wss://{NAME}:{front.port}/"

    def call_here(self, *flags, url=None):
        return self.call(url or self.url, *map(str, flags), names=self.names, OFFICE_KEY_PASSWORD=PASSWORD)

    def assert_blocked(self, flags, *causes):
        """Checks that a call and a watch tell the causes soon, and that somebody has to see to a certificate."""
        self.assert_not_sent(self.call_here(*flags), *causes)
        with self.watch(self.url, *map(str, flags), names=self.names, OFFICE_KEY_PASSWORD=PASSWORD) as watch:
            self.assertLess(watch.wait_for("blocked, see to its certificate")[0], office.SOON)
            for cause in causes:
                self.assertRegex(watch.text, cause)

    def test_the_root_is_enough_for_a_server_that_sends_its_whole_chain(self):
        self.front(made.chain())
        self.assert_accepted(self.call_here("--ca-file", made.root.certificate))

    def test_the_issuing_authority_is_enough(self):
        for context in (made.chain(), certificates.server_context(made.server)):
            with self.subTest(context):
                self.front(context)
                self.assert_accepted(self.call_here("--ca-file", made.issuing.certificate))

    def test_a_file_may_be_of_windows(self):
        self.front(made.chain())
        text = made.root.pem.replace("\n", "\r\n").encode("ascii")
        self.assert_accepted(self.call_here("--ca-file", made.certificates.file(PEM_WITH_MARK + text)))

    def test_an_authority_can_be_trusted_beside_those_of_the_system(self):
        self.front(made.chain())
        self.assert_accepted(self.call_here("--add-ca-file", made.root.certificate))
        self.assert_blocked([], '"Office Root CA"')

    def test_a_server_that_leaves_the_issuing_authority_out_is_told_by_its_name(self):
        self.front(certificates.server_context(made.server))
        self.assert_blocked(["--ca-file", made.root.certificate], 'unknown issuer "Office Issuing CA"', "whole chain")

    def test_an_inspecting_proxy_is_asked_about(self):
        self.front(certificates.server_context(made.inspected))
        self.assert_blocked(["--ca-file", made.root.certificate], 'unknown issuer "Inspector CA"',
                            r"is there a proxy between that inspects TLS\?")
        both = made.certificates.file(made.root.pem + made.inspector.pem)
        self.assert_accepted(self.call_here("--ca-file", both))

    def test_a_certificate_that_has_expired_or_is_for_another_name_is_told_so(self):
        trust = ["--ca-file", made.root.certificate]
        self.front(made.chain(made.expired))
        self.assert_blocked(trust, "it has expired")
        self.front(made.chain(made.other_name))
        self.assert_blocked(trust, "host name mismatch")

    def test_an_address_in_the_url_has_to_be_in_the_certificate(self):
        trust = ["--ca-file", made.root.certificate]
        self.front(made.chain())
        by_address = self.url.replace(NAME, HOST)
        self.assert_accepted(self.call_here(*trust, url=by_address))
        self.front(made.chain(made.other_name))
        result = self.call_here(*trust, url=self.url.replace(NAME, HOST))
        self.assert_not_sent(result, "IP address mismatch")

    def test_a_server_can_demand_a_client_certificate(self):
        agent = ["--cert", made.agent.certificate, "--key", made.agent.key, "--key-password-env", "OFFICE_KEY_PASSWORD"]
        stranger = ["--cert", made.stranger.certificate, "--key", made.stranger.key]
        trust = ["--ca-file", made.root.certificate]
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.subTest(version):
                self.front(certificates.server_context(made.server, made.issuing, client_authority=made.root,
                                                       version=version))
                self.assert_accepted(self.call_here(*trust, *agent))
                self.assert_blocked(trust, "demands a client certificate")
                self.assert_blocked([*trust, *stranger], "refused the client certificate")

    def test_a_wrong_password_of_the_key_is_wrong_usage(self):
        result = self.call("wss://localhost:1/", "--cert", str(made.agent.certificate), "--key", str(made.agent.key),
                           "--key-password-env", "OFFICE_KEY_PASSWORD", names={}, OFFICE_KEY_PASSWORD=PASSWORD + "x")
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertRegex(result.stderr, "password")

    def test_a_port_without_tls_and_one_with_are_told_apart(self):
        self.front(None)
        self.assert_not_sent(self.call_here(), "does not speak TLS; check the port")
        self.front(made.chain())
        result = self.call_here("--allow-plaintext", url=self.url.replace("wss:", "ws:"))
        self.assert_not_sent(result, "(speaks|wants) TLS.* use wss://")

    def test_a_front_that_is_new_to_a_name_is_found_behind_one_whose_certificate_is_wrong(self):
        hosts = ["127.0.0.52", "127.0.0.53", "127.0.0.54"]
        port = office.free_port(hosts)
        for host, context in zip(hosts, (made.chain(made.other_name), made.chain(made.expired), made.chain())):
            self.enter(office.Front(host, port, lambda request: (self.server, request), tls=context))
        self.names = {NAME: hosts}
        self.url = f"wss://{NAME}:{port}/"
        trust = ["--ca-file", str(made.root.certificate)]
        self.assert_accepted(self.call_here(*trust))
        with self.watch(self.url, *trust, names=self.names) as watch:
            self.assertLess(watch.wait_for("ready")[0], office.SOON)
            self.assertNotIn("blocked", watch.text)
        self.names = {NAME: hosts[:2]}
        self.assert_blocked(trust, "host name mismatch", "it has expired")


if __name__ == "__main__":
    unittest.main()
