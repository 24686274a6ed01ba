"""Whatever a process of the service says on standard error: one line of JSON each, ours and everybody else's.

Invariant: an error that nobody foresaw is told by its kind and where it came up, never by what it says or in several
lines: it may say what somebody sent.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

from api.logs.fault_log import told_frames

Event = MutableMapping[str, Any]
log = structlog.get_logger("vaiven.process")


def set_up_logs() -> None:
    """Let all that this process logs, warns of or dies of be lines of JSON on standard error."""
    steps: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_traceback,
    ]
    last = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*steps, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    cleaned = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*steps, structlog.stdlib.add_logger_name], processors=[cleaned, last]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def _without_traceback(_logger: Any, _method: str, event: Event) -> Event:
    """Tell an error by its kind and place; also of a library that logs it."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event.update(told_frames(error))
    return event


def _uncaught(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    """An error that ended a thread, or the process."""
    told = kind() if error is None else error
    log.critical("uncaught", **told_frames(told.with_traceback(traceback)))
