"""The algorithm's card as a page to read, to print and to take along as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import SAFE_HEADERS, page
from api.programmes.algorithm_card import algorithm_card
from api.requests.context import Context
from engine.words.wording import spoken_language, worded_all

router = PageRouter(prefix="/programmes/{programme_id}/algorithm-card")


@router.get("")
def show_algorithm_card(programme_id: str, context: Context = viewed("programme.read")) -> Response:
    """The card; with ``form=json`` as a file."""
    parts = algorithm_card(context.connection, context.principal, context.programme)
    if context.request.query_params.get("form") == "json":
        told = worded_all([asdict(part) for part in parts], spoken_language())
        content = json.dumps({"programme": context.programme.title, "parts": told}, ensure_ascii=False, indent=1)
        named = {**SAFE_HEADERS, "Content-Disposition": 'attachment; filename="algorithm-card.json"'}
        return Response(content, media_type="application/json", headers=named)
    return page(context, "programmes/algorithm_card.html", parts=parts)
