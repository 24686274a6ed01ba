"""What a chart may look at: a plan beside the programme that it was made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.audit.placement_table import PlacementTable
from engine.errors import CallError
from engine.programme.programme import Programme

if TYPE_CHECKING:
    from engine.run import Matched

Longs = npt.NDArray[np.int64]
LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class PlanView:
    """A plan to be drawn: placement i puts worker row ``worker[i]`` on order row ``order[i]`` (both int64).

    ``prices`` has the columns of prices.csv, ``certificate`` is what certificate.json holds. Raises `CallError` for a
    language other than ``en`` and ``es``.
    """

    programme: Programme
    worker: Longs
    order: Longs
    prices: pa.Table
    certificate: Mapping[str, Any]
    language: str = "en"

    def __post_init__(self) -> None:
        require_language(self.language)

    @classmethod
    def from_matched(cls, matched: Matched, language: str = "en") -> PlanView:
        """See what a run has just made."""
        files = matched.files
        return cls(matched.programme, matched.worker, matched.order, files.prices, files.certificate, language)

    @cached_property
    def placements(self) -> PlacementTable:
        """The placements joined to the rows of the programme."""
        return PlacementTable(self.programme, self.worker, self.order)

    def say(self, english: str, spanish: str) -> str:
        """The text in the language of the view."""
        return spanish if self.language == "es" else english


def require_language(language: str) -> None:
    """Raise `CallError` for a language that the charts don't speak."""
    if language not in LANGUAGES:
        raise CallError(f"{language!r} is no language of the charts.", f"There are: {', '.join(LANGUAGES)}.")
