"""Files that somebody sends, read before anything is locked."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import Form
from starlette.datastructures import UploadFile

from api.confined import confined
from api.uploads.uploads import Upload, has_own_headings, read_upload, safe_name

MapText = Annotated[str, Form(max_length=20_000, description="map.toml, for a sheet with headings of its own.")]


def read_file(file: UploadFile, table: str, map: str, **_: Any) -> Upload:
    """Write an uploaded file aside under a name of ours and read it."""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        path = Path(place, safe_name(file.filename or ""))
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        if path.suffix == ".csv" and not map and has_own_headings(path, table):
            return read_upload(path, table, map)  # as large as it is, and no larger: it needs no process of its own
        return confined(read_upload, path, table, map)
