# SPDX-License-Identifier: BSL-1.0
"""Certificates of a company, made with the command openssl when they are needed."""

import dataclasses
import os
import pathlib
import ssl
import subprocess
import tempfile


@dataclasses.dataclass
class Identity:
    """A certificate and its key, in files."""

    certificate: pathlib.Path
    key: pathlib.Path

    @property
    def pem(self):
        return self.certificate.read_text(encoding="ascii")


class Certificates:
    """Makes identities, and has that of the company's own authority, `root`. Their files are gone when what is given to
    `add_cleanup` is called, a function of unittest's."""

    def __init__(self, add_cleanup):
        folder = tempfile.TemporaryDirectory()
        add_cleanup(folder.cleanup)
        self._folder = pathlib.Path(folder.name)
        self._count = 0
        self.root = self.authority("Office Root CA")

    def authority(self, name, issuer=None):
        return self._make(name, ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign,cRLSign"], issuer, 30)

    def server(self, *hosts, issuer, days=30):
        """For names and addresses. With no `days` it expires in the second in which it is made: OpenSSL 3.5 makes none that
        has expired before."""
        kinds = ["IP:" + host if host[0].isdigit() or ":" in host else "DNS:" + host for host in hosts]
        return self._make("server", ["subjectAltName=" + ",".join(kinds)], issuer, days)

    def client(self, name, issuer, password=None):
        identity = self._make(name, ["extendedKeyUsage=clientAuth"], issuer, 30)
        if password:
            locked = identity.key.with_suffix(".locked")
            openssl("pkey", "-in", identity.key, "-aes256", "-passout", "pass:" + password, "-out", locked)
            identity.key = locked
        return identity

    def file(self, text):
        """A file with that text, as bytes or not."""
        self._count += 1
        path = self._folder / f"{self._count}.pem"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("ascii"))
        return path

    def _make(self, name, extensions, issuer, days):
        self._count += 1
        path = self._folder / str(self._count)
        request, key, certificate = (path.with_suffix(suffix) for suffix in (".request", ".key", ".pem"))
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                "-subj", f"/O=The Office/CN={name}", "-out", request)
        path.with_suffix(".extensions").write_text("\n".join(extensions) + "\n", encoding="ascii")
        signed_by = ["-CA", issuer.certificate, "-CAkey", issuer.key] if issuer else ["-signkey", key]
        openssl("x509", "-req", "-in", request, *signed_by, "-set_serial", str(self._count + 1), "-days", str(days),
                "-extfile", path.with_suffix(".extensions"), "-out", certificate)
        return Identity(certificate, key)


def openssl(*arguments):
    subprocess.run([os.environ["OPENSSL"], *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE, timeout=60)


def server_context(identity, *intermediates, client_authority=None, version=None):
    """TLS of a server with that certificate, which sends those of `intermediates` with it. With `client_authority` it
    demands a certificate of that one's from each client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = identity.certificate
    if intermediates:
        chain = chain.with_suffix(".chain")
        chain.write_text(identity.pem + "".join(each.pem for each in intermediates), encoding="ascii")
    context.load_cert_chain(chain, identity.key)
    if version:
        context.minimum_version = context.maximum_version = version
    if client_authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_authority.certificate)
    return context
