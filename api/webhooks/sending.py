"""One attempt to send an event: to a checked address, without a redirect, a proxy or patience."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from api.webhooks.addresses import Target, Unsent, addresses_of

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
MOST_READ = 4096  # bytes of an answer, which nobody keeps


def send(target: Target, headers: Mapping[str, str], body: bytes) -> int:
    """The status of the answer. Raises `Unsent`."""
    connection = _connected(target, addresses_of(target))
    try:
        with _cut_after(connection.sock, ANSWER_SECONDS):
            return _asked(connection, target, headers, body)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise Unsent("no_answer") from error
    finally:
        connection.close()


def _asked(connection: HTTPConnection, target: Target, headers: Mapping[str, str], body: bytes) -> int:
    told = {"Host": target.named, "Content-Type": "application/json", "User-Agent": "Vaiven", **headers}
    connection.request("POST", target.path, body, told, preload_content=False, decode_content=False)
    response = connection.getresponse()
    with suppress(HTTPError, HTTPException, OSError):  # the status is all that counts
        response.read(MOST_READ)
    return response.status


def _connected(target: Target, addresses: list[str]) -> HTTPConnection:
    """A connection to the first address that takes one. Raises `Unsent`."""
    for address in addresses:
        connection = _connection(target, address)
        try:
            connection.connect()
        except (NewConnectionError, ConnectTimeoutError):
            connection.close()
        except (HTTPError, OSError, ValueError) as error:
            connection.close()
            raise Unsent("no_trust") from error
        else:
            connection.timeout = ANSWER_SECONDS
            return connection
    raise Unsent("no_connection")


def _connection(target: Target, address: str) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=CONNECT_SECONDS)
    return HTTPSConnection(address, target.port, timeout=CONNECT_SECONDS, server_hostname=target.host)


@contextmanager
def _cut_after(connected: socket.socket, seconds: float) -> Iterator[None]:
    """Break a connection off after so many seconds, however little by little the other end answers."""
    timer = threading.Timer(seconds, _cut, (connected,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(connected: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)  # TLS has nothing to say any more
