"""Routers whose handlers think of nothing but their own work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from api.requests.bodies import allow_body, require_shallow
from api.requests.context import Manner
from api.requests.handlers import run_by
from api.requests.lanes import Asker, lanes_of
from api.requests.opening import READING, opening_key, opening_of

MOST_FIELDS, LARGEST_FIELD = 10, 64 * 1024


class Route(APIRoute):
    """A route that knows who asks before it reads a body, and reads no more of one than its operation takes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with the look at who asks in front of it."""
        handle = super().get_route_handler()
        manner: Manner | None = getattr(self.endpoint, "manner", None)

        async def guarded(request: Request) -> Response:
            if manner is None:
                return await handle(request)
            if request.method in READING and not manner.heavy:
                return await handle(request)
            opening = opening_of(manner, request)
            lanes = lanes_of(request)
            who = await lanes.reading.run(Asker(opening_key(request)), opening.looked)
            request.state.account_id = who.account_id
            allow_body(request.scope, manner.upload)
            if not manner.upload:
                if request.method not in READING and not manner.page:
                    require_shallow(await request.body())
                return await handle(request)
            with lanes.uploads.taken(who.account_id):
                await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)
                return await handle(request)

        return guarded


class Router(APIRouter):
    """A router that does for every handler what none of them has to think of.

    - The handler's ``context`` is opened around it: it runs from the first look at who asks to the commit in one go on
      one thread, so that a request which waits for a thread never holds a lock that others wait for on all threads.
    - Every POST, PUT, PATCH and DELETE takes `Idempotency-Key`: the same key and content are done once and answered
      alike. Handlers neither declare the header nor call anything for it.
    - Before a body is read the sender is known and allowed (401, 403, 404), and no more is read than the operation
      takes.
    - What `preparing` names is called with the handler's other arguments before the transaction begins; what it returns
      is the handler's ``prepared``. Whatever reads a content that somebody sent (a file, TOML) belongs there: locks are
      held for the write alone, and what depends on the database is decided in the handler, under them.
    - Handlers run in lanes (`Lane`): reading, writing, heavy; those without a ``context`` sign somebody in.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"route_class": Route, **kwargs})

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        """Add a handler."""
        super().add_api_route(path, run_by(endpoint, kwargs.get("status_code"), kwargs.get("methods")), **kwargs)
