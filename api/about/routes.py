"""What this is, for whoever comes upon the service. No login."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from api.requests.shapes import example
from engine.kernel import software_version
from engine.words import message
from engine.words.wording import say

router = APIRouter(tags=["operation of the service"])
SUMMARY = "Matches seasonal workers to job orders under bilateral agreements, provably well, and says why."
LINKS = {
    "pages": "/home",
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


@router.get("/", response_model=AboutOut)
async def read_about(request: Request) -> Response:
    """What this is, its version and where to go on; a browser is sent to the first page."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/home", 303)
    about = AboutOut(name="Vaivén", version=software_version(), summary=say(message(SUMMARY)), links=LINKS)
    return Response(about.model_dump_json(), media_type="application/json")
