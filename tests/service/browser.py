"""A browser without a screen for tests of pages: keeps cookies, sends forms as a page of ours does, reads HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from world import World

from api.identity.browser_sessions import COOKIE, begin_browser_session, form_token
from api.storage.database import transaction

ORIGIN = "http://testserver"


@dataclass
class Browser:
    """Somebody of a world who looks at pages; nobody without ``who``."""

    world: World
    who: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.who is not None:
            with transaction(self.world.engine) as connection:
                self.cookies[COOKIE] = begin_browser_session(connection, self.world.accounts[self.who], "", "a test")

    def get(self, path: str, **headers: str) -> Any:
        """Open a page; {p} in the path is the programme. Redirects aren't followed."""
        return self._sent("GET", path, headers)

    def post(self, path: str, typed: dict[str, Any] | None = None, files: Any = None, **headers: str) -> Any:
        """Send a form with the session's token."""
        cookie = self.cookies.get(COOKIE, "")
        content = {"form_token": form_token(cookie) if cookie else "", **(typed or {})}
        return self._sent("POST", path, {"Origin": ORIGIN, **headers}, data=content, files=files)

    def _sent(self, method: str, path: str, headers: dict[str, str], **content: Any) -> Any:
        told = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept": "text/html", **({"Cookie": told} if told else {}), **headers}
        client = self.world.client
        client.cookies.clear()
        answer = client.request(
            method, path.replace("{p}", self.world.programme), headers=headers, follow_redirects=False, **content
        )
        self.cookies |= dict(answer.cookies)
        return answer


def text_of(answer: Any) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.text)))
