"""Where webhooks may lead: nothing is sent to this machine, its network or its cloud, whatever a name means when."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from webhook_receiver import Receiver

from api.settings import settings
from api.storage.database import now
from api.webhooks import sending
from api.webhooks.addresses import Unsent, addresses_of, target_of
from api.webhooks.sending import MOST_READ, send

NAME = "hooks.ministry.example"
# Each as a host is written, and as a name's only address is found.
HOSTILE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "::1",
    "::",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "100::1",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
]
NO_ADDRESS = [
    "http://ministry.example/",
    "ftp://ministry.example/",
    "file:///etc/passwd",
    "gopher://ministry.example/",
    "//ministry.example/",
    "ministry.example",
    "https://",
    "https:///path",
    "https://user:word@ministry.example/",
    "https://user@ministry.example/",
    "https://ministry.example/#part",
    "https://ministry.example:70000/",
    "https://[::1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://127.1/",
    "https://0/",
    "https://127.0.0.1.:443/",
    "javascript:alert(1)",
    "https://ministry.exämple/",
]


def _answers(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let the test's name mean these addresses, one list each time it is asked for; who asked for it, in order."""
    asked, left, real = [], list(answers), socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != NAME:
            return real(host, port, *args, **kwargs)
        if kwargs.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror
        asked.append(host)
        return [(0, 0, 0, "", (one, port)) for one in (left.pop(0) if len(left) > 1 else left[0])]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_nothing_is_sent_where_it_could_do_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Written out or as what a name means, alone or among good ones; and what isn't an address at all is refused."""
    for address in HOSTILE:
        host = f"[{address}]" if ":" in address else address
        with pytest.raises(ValueError):
            target_of(f"https://{host}/")
        for found in ([address], ["8.8.8.8", address]):
            with monkeypatch.context() as patch:
                _answers(patch, found)
                with pytest.raises(Unsent) as refused:
                    addresses_of(target_of(f"https://{NAME}/"))
                assert refused.value.reason == "refused_address", address
    for url in NO_ADDRESS:
        with pytest.raises(ValueError):
            target_of(url)
    for address in PUBLIC:
        _answers(monkeypatch, [address])
        assert addresses_of(target_of(f"https://{NAME}/vaiven?of=gt")) == [address]
    _answers(monkeypatch, ["1.1.1.1"] * 9 + ["8.8.8.8"])
    assert addresses_of(target_of(f"https://{NAME.upper()}./")) == ["1.1.1.1", "8.8.8.8"]
    assert target_of("https://ministry.example:8443/a?b=c").named == "ministry.example:8443"
    _answers(monkeypatch, [])
    with pytest.raises(Unsent, match="no_address"):
        addresses_of(target_of(f"https://{NAME}/"))


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server on this machine, where webhooks may lead."""
    monkeypatch.setenv("VAIVEN_WEBHOOKS_TO_LOOPBACK", "true")
    settings.cache_clear()
    opened = Receiver()
    yield opened
    opened.close()
    settings.cache_clear()


def _certificate(place: Path) -> str:
    """A certificate of the test's name, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = (
        built.serial_number(1).not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=9))
    )
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), False)
    built = built.add_extension(x509.BasicConstraints(True, None), True)
    told = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + told)
    return str(place)


def test_a_connection_goes_to_the_address_that_was_checked(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is asked for once; what it means a moment later gains nothing. It is named in TLS and as the host, its
    certificate is held against it, and no proxy is asked.
    """
    file, named = _certificate(tmp_path / "both.pem"), []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    target = target_of(f"https://{NAME}:{receiver.port}/in?a=b")
    with monkeypatch.context() as patch:
        asked = _answers(patch, ["127.0.0.1"], ["169.254.169.254"])
        with pytest.raises(Unsent, match="no_trust"):  # nobody has vouched for this certificate
            send(target, {}, b"{}")
        assert (asked, receiver.seen) == ([NAME], [])
    monkeypatch.setenv("SSL_CERT_FILE", file)
    asked = _answers(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    assert send(target, {"webhook-id": "1"}, b"{}") == 204
    (came,) = receiver.seen
    assert asked == [NAME] and named == [NAME, NAME]
    assert (came.path, came.headers["host"], came.body) == ("/in?a=b", f"{NAME}:{receiver.port}", b"{}")
    with pytest.raises(Unsent, match="refused_address"):
        send(target, {}, b"{}")
    monkeypatch.setenv("VAIVEN_WEBHOOKS_TO_LOOPBACK", "false")
    settings.cache_clear()
    _answers(monkeypatch, ["127.0.0.1"])
    with pytest.raises(Unsent, match="refused_address"):
        send(target, {}, b"{}")


def _without_end(head: bytes, more: bytes, pause: float = 0.0) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answers with more and more, as long as somebody takes it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with suppress(OSError):
            handler.wfile.write(head)
            while True:
                handler.wfile.write(more)
                Event().wait(pause)

    return answer


def test_an_answer_is_its_status_and_takes_neither_memory_nor_time(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body without end isn't read, an answer that drips is cut off, and a redirect is followed by nobody."""
    target = target_of(receiver.address + "/in")
    receiver.statuses = [302]
    assert send(target, {}, b"{}") == 302 and [one.path for one in receiver.seen] == ["/in"]
    receiver.answer = _without_end(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536)
    assert send(target, {}, b"{}") == 200 and MOST_READ <= 8192
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.5)
    receiver.answer = _without_end(b"HTTP/1.1 ", b"2", 0.05)
    with pytest.raises(Unsent, match="no_answer"):
        send(target, {}, b"{}")
    receiver.close()
    with pytest.raises(Unsent, match="no_connection"):
        send(target, {}, b"{}")
