"""How much of a request's body is read, and how deep it may be: known before any of it is read.

Invariants: nobody's body is read before the credentials that came with it are found good, but for logging in, which
reads little; an upload's limit is for uploads alone.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException

from api.settings import settings
from engine.words import message

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
LIMIT = "vaiven.body_limit"
SMALL_BODY = 16 * 1024  # of those who aren't known yet: an address and a password, or a token
DEEPEST = 32
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)  # one without an end goes to the end
_DEEPER, _LESS_DEEP = frozenset(b"[{"), frozenset(b"]}")


class BodyLimit:
    """Counts what comes in of a body, and refuses what is beyond ``most`` bytes."""

    def __init__(self, told: bytes, receive: Receive) -> None:
        self.most, self._receive, self._read = SMALL_BODY, receive, 0
        self._told = int(told) if told.isdigit() and len(told) < 20 else 0

    async def receive(self) -> MutableMapping[str, Any]:
        """The next part of the body. Raises 413 where it is too large by what was told, or by what came."""
        if max(self._told, self._read) > self.most:
            raise self._too_large()
        received = await self._receive()
        self._read += len(received.get("body", b""))
        if self._read > self.most:
            raise self._too_large()
        return received

    def _too_large(self) -> HTTPException:
        return HTTPException(413, message("At most {most:,} bytes are read.", most=self.most), {"Connection": "close"})


def allow_body(scope: MutableMapping[str, Any], upload: bool) -> None:
    """Let a request whose sender is known send as much as its operation reads."""
    asked = settings()
    scope[LIMIT].most = asked.largest_upload_mb * 2**20 if upload else asked.largest_body_kb * 1024


def require_shallow(body: bytes) -> None:
    """Raise 400 for JSON whose arrays and objects lie deeper within each other than any that is read here."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for byte in _STRINGS.sub(b"", body):
        depth += (byte in _DEEPER) - (byte in _LESS_DEEP)
        if depth > DEEPEST:
            raise HTTPException(400, message("It is nested deeper than {most} levels.", most=DEEPEST))
