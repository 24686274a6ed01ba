"""Output that appears whole or not at all: written aside, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import CallError
from engine.words import message


@contextmanager
def written_aside(folder: Path) -> Iterator[Path]:
    """Give a new folder beside ``folder`` to write into, and rename it to ``folder`` when all went well.

    Raises `CallError` where ``folder`` exists and is not empty, or its parent can't be written.
    """
    refuse_occupied(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise CallError(
            message("{folder} can't be written ({strerror}).", folder=folder, strerror=error.strerror)
        ) from error
    try:
        yield aside
        aside.chmod(0o777 & ~_umask())
        if folder.is_dir():
            folder.rmdir()
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole, in place of one that was there. Raises `CallError` where it can't be written."""
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise CallError(
            message("{folder} can't be written ({strerror}).", folder=path, strerror=error.strerror)
        ) from error


def refuse_occupied(folder: Path) -> None:
    """Raise `CallError` where ``folder`` exists and is anything but an empty folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CallError(
            message("{folder} exists and is not empty.", folder=folder),
            message("Name a new folder, or empty this one."),
        )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
