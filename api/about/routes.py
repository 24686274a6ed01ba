"""What this is: a small page or JSON for whoever comes upon the service, and what is kept of persons. No login."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from api.requests.shapes import example
from api.settings import settings
from engine.kernel import software_version

router = APIRouter(tags=["operation of the service"])
SUMMARY = "Matches seasonal workers to job orders under bilateral agreements, provably well, and says why."
LINKS = {
    "documentation": "/docs",
    "description": "/v1/openapi.json",
    "health": "/health/live",
    "readiness": "/health/ready",
    "privacy": "/privacy",
}


class AboutOut(BaseModel):
    """What this service is, and where to go on."""

    model_config = example({"name": "Vaivén", "version": "0.2.0", "summary": SUMMARY, "links": LINKS})
    name: str
    version: str
    summary: str
    links: dict[str, str]


@router.get("/", responses={200: {"content": {"text/html": {"example": "<!doctype html>"}}}}, response_model=AboutOut)
async def read_about(request: Request) -> Response:
    """What this is, its version and where to go on: JSON, or a page for a browser."""
    about = AboutOut(name="Vaivén", version=software_version(), summary=SUMMARY, links=LINKS)
    if "text/html" not in request.headers.get("accept", ""):
        return Response(about.model_dump_json(), media_type="application/json")
    links = "".join(f'<li><a href="{place}">{name}</a></li>' for name, place in LINKS.items())
    return _page(f"<h1>{about.name}</h1><p>{SUMMARY}</p><p>Version {escape(about.version)}</p><ul>{links}</ul>")


@router.get("/privacy", response_class=HTMLResponse)
async def read_privacy() -> Response:
    """What is kept of persons, who is told, and how one asks for it or has it erased."""
    days, notice = settings().days_told_after_return, settings().privacy_notice
    more = f'<p>The notice of who runs it: <a href="{escape(notice)}">{escape(notice)}</a></p>' if notice else ""
    return _page(
        "<h1>Privacy</h1><p>Workers are known by pseudonyms. Names, contacts and register numbers are kept apart, and "
        "no computation reads them. The ministry of one's own state knows who one is; an employer and the ministry of "
        f"destination from the acceptance of a placement to the return and {days} days after it. Whoever reads a "
        "person leaves an entry in a log.</p><p>The ministry of one's own state hands out all that is kept, corrects "
        "it, and erases it on request. No cookies are set, and no page reaches for another host.</p>" + more
    )


def _page(content: str) -> HTMLResponse:
    return HTMLResponse(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Vaivén</title>{content}</html>')
