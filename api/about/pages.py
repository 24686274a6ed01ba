"""The page on privacy. No login."""

from __future__ import annotations

from fastapi import Request, Response

from api.console.page_router import PageRouter
from api.console.rendering import rendered
from api.identity.browser_sessions import COOKIE
from api.settings import settings

router = PageRouter()


@router.get("/privacy")
def read_privacy(request: Request) -> Response:
    """What is kept of persons, who is told, and how one asks for it or has it erased."""
    asked = settings()
    return rendered(
        request, "about/privacy.html", days=asked.days_told_after_return, notice=asked.privacy_notice, session=COOKIE
    )
