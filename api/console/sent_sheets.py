"""Sheets that a form sends: taken where they have our headings, else kept until the sender says what is which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import Response
from starlette.datastructures import UploadFile

from api.answers.problems import Contradiction, ServiceError, content_fault
from api.console.forms import Answered, Fields
from api.console.rendering import gone_to
from api.requests.context import Context
from api.uploads.files import read_file
from api.uploads.kept import keep_sheet
from api.uploads.uploads import Upload
from engine.errors import CallError, InputError
from engine.words import message

Sent = Upload | CallError | InputError
Done = TypeVar("Done")
ABOUT_HEADINGS = ("map", "column")


def read_sent(fields: Fields, table: str) -> Sent:
    """The sheet of a form, read before anything is locked, or what is wrong with it."""
    try:
        file = fields.files.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise content_fault("file", "", message("is missing"), message("a CSV file or a spreadsheet"))
        return read_file(file, table, fields.get("map", ""))
    except (CallError, InputError) as error:
        return error


def taken_or_asked(
    context: Context,
    fields: Fields,
    table: str,
    prepared: Sent,
    take: Callable[[Upload], Done],
    again: Callable[[CallError | InputError, str], Response],
) -> Done:
    """What ``take`` does with a sheet of our headings.

    Raises `Answered`: with the page on which headings are said, for a sheet of other headings, and with the form
    ``again`` (given the error, and the id under which the sheet is kept, '' where it can't be read) for a faulty one.
    """
    if isinstance(prepared, Upload) and not prepared.unsure:
        try:
            with context.connection.begin_nested():
                return take(prepared)
        except ServiceError as error:
            if error.http_status != 409:
                raise
            answer = again(Contradiction(error.message, (), error.hint), "")
            answer.status_code = error.http_status
            raise Answered(answer) from error
        except InputError as error:
            kept = keep_sheet(context.connection, context.principal, context.programme.id, table, fields.files["file"])
            raise Answered(again(error, kept), keeps=True) from error
    faults = prepared.faults if isinstance(prepared, InputError) else ()
    asked = isinstance(prepared, Upload) or any(fault.code in ABOUT_HEADINGS for fault in faults)
    if not isinstance(prepared, Upload) and (not asked or fields.get("map")):
        raise Answered(again(prepared, "")) from prepared
    kept = keep_sheet(context.connection, context.principal, context.programme.id, table, fields.files["file"])
    raise Answered(gone_to(f"/programmes/{context.programme.id}/sheets/{kept}"), keeps=True)
