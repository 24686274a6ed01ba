"""A column of JSON whose sentences stay sentences: worded when they are told, not when they are written."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.words.kept import kept, sentences_of


class SpokenJSON(sa.types.TypeDecorator[Any]):
    """JSON in which messages of the catalogue are kept with their values (`engine.words.kept`)."""

    impl, cache_ok = sa.JSON, True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """What is written."""
        return kept(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        """What is read."""
        return sentences_of(value)
