"""What is logged of an error that nobody foresaw: enough to find it, nothing of what was sent."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any


def told_frames(error: BaseException) -> dict[str, Any]:
    """What may be logged of an unforeseen error: its kind and where it came up, not what it says, which may be data."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return {"error": type(error).__name__, "at": [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]}
