"""A sheet with its faults marked, over the interface; nothing of it is taken."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Form, Response, UploadFile

from api.answers.problems import ServiceError
from api.confined import confined
from api.requests.context import Context
from api.requests.handlers import allowed, preparing
from api.requests.router import Router
from api.sheets.marked_sheets import NAMED, WORKBOOK, marked_sheet
from api.sheets.taking import faults_of, take_rows
from api.storage.database import allow_computing
from api.uploads.answers import Reading, read_answers
from api.uploads.files import MapText
from api.uploads.uploads import read_upload, safe_name
from api.workers.schemas import Table as Register
from engine.errors import InputError
from engine.words import message

router = Router(prefix="/v1/programmes/{programme_id}", tags=["registers"])
Table = Literal[Register, "orders"]
Prepared = tuple[bytes, str, Reading]


def read_sent(file: UploadFile, table: str, map: str, **_: Any) -> Prepared:
    """The file with its ending, and what it says by the map, or by the one that is proposed."""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        path = Path(place, safe_name(file.filename or ""))
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        reading: Reading = confined(read_answers, path, table, {})
        if map:
            reading = _by_map(path, table, map, reading)
        return path.read_bytes(), path.suffix, reading


def _by_map(path: Path, table: str, map: str, reading: Reading) -> Reading:
    try:
        return replace(reading, map=map, upload=confined(read_upload, path, table, map), faults=())
    except InputError as error:
        return replace(reading, map=map, upload=None, faults=tuple(error.faults))


@router.post("/marked-sheets", response_class=Response, responses={200: {"content": {WORKBOOK: {}}}})
@preparing(read_sent)
def mark_sheet(
    programme_id: str,
    file: UploadFile,
    table: Annotated[Table, Form(description="What the sheet is of: orders, or a register.")],
    map: MapText = "",
    *,
    prepared: Prepared,
    context: Context = allowed("register.write", upload=True, takes="object"),
) -> Response:
    """The sheet back as a workbook, each faulty cell marked and all faults listed, of form and of what stands there.
    Nothing is taken. 409 for a sheet without a fault.
    """
    content, ending, reading = prepared
    faults = reading.faults
    if reading.upload is not None:
        trial = context.connection.begin_nested()
        try:
            take_rows(context.connection, context.principal, context.programme, reading.upload, False)
        except (InputError, ServiceError) as error:
            faults = faults_of(error)
        trial.rollback()
    if not faults:
        raise ServiceError(409, message("This sheet has no fault."), message("Upload it."))
    allow_computing(context.connection)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        path = Path(place, f"upload{ending}")
        path.write_bytes(content)
        return Response(marked_sheet(path, reading, faults), 200, NAMED, WORKBOOK)
