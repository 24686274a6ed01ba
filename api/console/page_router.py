"""The router of pages: handlers as those of the interface, opened by the cookie of a browser's session.

A page's handler has a ``context`` by `viewed` (or none, where nobody has to be known), a form's handler `FormFields` as
well; it returns what `api.console.rendering` makes. What the interface's router does for every handler holds here too:
who, what and whether are found out before anything else, and one transaction is committed before the answer leaves.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Depends, Request, Response

from api.console.forms import FormFields, require_own_origin
from api.requests.context import Manner, Takes
from api.requests.opening import READING, Opening, opening_of
from api.requests.router import Route, Router


def viewed(action: str, heavy: bool = False, upload: bool = False, takes: Takes = "programme") -> Any:
    """The dependency of a page's ``context``: as `allowed`, for who has signed in with a browser."""

    manner = Manner(action, heavy or upload, upload, takes, page=True)

    async def opening(request: Request) -> Opening:
        return opening_of(manner, request)

    opening.manner = manner  # type: ignore[attr-defined]  # its own attribute
    return Depends(opening)


class PageRoute(Route):
    """A route of pages: what changes something comes from a form of our own."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with the look at the origin in front of it."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if request.method not in READING:
                require_own_origin(request)
            return await handle(request)

        return guarded


class PageRouter(Router):
    """A router for pages and their forms; none of them stands in the description of the interface."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(route_class=PageRoute, include_in_schema=False, **kwargs)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        """Add a page. Raises `TypeError` for a form whose token nobody would read."""
        told = inspect.get_annotations(endpoint, eval_str=True).values()
        if not set(kwargs.get("methods") or ("GET",)) <= set(READING) and FormFields not in told:
            raise TypeError(f"{endpoint.__name__} takes no FormFields")
        super().add_api_route(path, endpoint, **{**kwargs, "response_model": None})
