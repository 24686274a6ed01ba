"""The catalogue: every sentence of the source is said in every language, and no file says what nothing asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.words.catalogue import FOLDER
from engine.words.extraction import faults, read_language, template, updated


@pytest.fixture(scope="module")
def keys() -> Any:
    """What the source asks for."""
    return template()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.po")), ids=lambda file: file.stem)
def test_a_language_says_everything(file: Path, keys: Any) -> None:
    """No key is missing, stale, unsaid, or has other values or forms of plurals; run ``python -m engine.words``."""
    assert not faults(file, keys)
    assert file.read_text("utf-8") == updated(read_language(file), keys)
