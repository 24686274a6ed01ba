"""Health, readiness and metrics, for those who run the service."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.answers.problems import ServiceError
from api.logs.metrics import measured
from api.requests.lanes import Asker, lanes_of
from api.requests.shapes import example
from api.storage.database import database, require_current_schema
from engine.errors import CallError
from engine.words import message

router = APIRouter(tags=["operation of the service"])


class HealthOut(BaseModel):
    """Whether it works."""

    model_config = example({"status": "ok"})
    status: str


@router.get("/health/live")
async def is_live() -> HealthOut:
    """Whether the process answers."""
    return HealthOut(status="ok")


@router.get("/health/ready")
async def is_ready(request: Request) -> HealthOut:
    """Whether the database answers and has the schema of this version (else 503)."""
    try:
        await lanes_of(request).health.run(Asker(), lambda: require_current_schema(database()))
    except (sa.exc.SQLAlchemyError, CallError) as error:
        raise ServiceError(503, message("The database isn't ready.")) from error
    return HealthOut(status="ok")


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"example": "# HELP"}}}})
async def read_metrics(request: Request) -> Response:
    """Metrics in the text format of Prometheus; counts and times alone, of nobody in particular."""
    return Response(await lanes_of(request).health.run(Asker(), measured), media_type=CONTENT_TYPE_LATEST)
