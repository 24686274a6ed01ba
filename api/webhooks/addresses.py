"""Where a webhook leads, and whether anything may be sent there.

Invariant: nothing is sent to this machine, its network or the metadata of its cloud, whatever a name resolves to. A
name is resolved once for each attempt, every address that it has must be one of the public internet, and the connection
goes to such an address itself: a name that means something else a moment later gains nothing (DNS rebinding).
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from api.settings import settings
from engine.words import message

PORTS = {"https": 443, "http": 80}
MOST_TRIED = 3  # addresses of one name
# What Python counts as public, in some of its versions at least: answered by the cloud that a machine stands in (Azure,
# Oracle), relays of 6to4, and what was meant for one site (RFC 3879).
NOT_PUBLIC = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "fec0::/10")))


class Unsent(Exception):
    """Nothing was sent, or no answer came; ``reason`` is one of `api.webhooks.words.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Target:
    """A webhook's address, taken apart once: nobody reads the text a second time."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """The host as the header Host names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Where an address leads. Raises `ValueError` with the reason for one that no webhook may have."""
    try:
        read = parse_url(url)
    except LocationParseError as error:
        raise ValueError(message("is no address")) from error
    if read.scheme not in _schemes():
        raise ValueError(message("doesn't begin with https://"))
    host = (read.host or "").strip("[]").rstrip(".").lower()
    if not host or read.auth is not None or read.fragment is not None or not url.isascii() or not url.isprintable():
        raise ValueError(message("is no address of a host alone, without a user's name or a #"))
    target = Target(read.scheme, host, read.port or PORTS[read.scheme], read.request_uri)
    if not all(_may_be_reached(target, one) for one in _numeric(target)):
        raise ValueError(message("is no address of the public internet"))
    return target


def addresses_of(target: Target) -> list[str]:
    """The addresses of a host, resolved now. Raises `Unsent` unless it has some and all may be reached."""
    try:
        found = _resolved(target)
    except (OSError, UnicodeError) as error:
        raise Unsent("no_address") from error
    if not found:
        raise Unsent("no_address")
    if not all(_may_be_reached(target, one) for one in found):
        raise Unsent("refused_address")
    return found[:MOST_TRIED]


def _numeric(target: Target) -> list[str]:
    """The address that a host writes out in numbers, of whatever form; none of a name, which nobody is asked for."""
    try:
        return _resolved(target, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def _resolved(target: Target, flags: int = 0) -> list[str]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _schemes() -> tuple[str, ...]:
    return ("https", "http") if settings().webhooks_to_loopback else ("https",)


def _may_be_reached(target: Target, address: str) -> bool:
    read = ip_address(address)
    own = settings().webhooks_to_loopback and read.is_loopback
    return own or (target.scheme == "https" and is_public(read))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one host's of the public internet; one that carries an IPv4 address, by that one.

    Invariant: IPv6 addresses that other machines translate to IPv4 (6to4, Teredo, NAT64) aren't.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour is not None or address.teredo is not None:
            return False
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special and not any(address in one for one in NOT_PUBLIC)
