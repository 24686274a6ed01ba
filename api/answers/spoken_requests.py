"""In which language a request is answered: the one that was chosen in this browser, else of those spoken the one that
its ``Accept-Language`` likes best.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.words.catalogue import preferred_language
from engine.words.wording import say, speaking

# A field of an answer that holds a sentence: a message of the catalogue is worded as the answer is made.
Sentence = Annotated[str, BeforeValidator(say)]


LANGUAGE_COOKIE = "vaiven_language"


def has_chosen(request: Request) -> bool:
    """Whether a language was chosen in this browser."""
    return bool(request.cookies.get(LANGUAGE_COOKIE))


class SpokenRequests:
    """Speak the language that a request asks for while it is answered, and say which in ``Content-Language``, unless
    the answer says so itself.

    Threads that work for the request speak it too, since each begins with a copy of the request's context.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        chosen = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE, "")
        language = preferred_language(",".join(wish for wish in (chosen, headers.get("accept-language", "")) if wish))

        async def send_spoken(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Language", language.replace("_", "-"))
                headers.add_vary_header("Accept-Language")
            await send(message)

        with speaking(language):
            await self.app(scope, receive, send_spoken)
