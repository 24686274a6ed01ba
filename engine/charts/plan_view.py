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
from engine.plan.limit_use import Worth
from engine.programme.programme import Programme
from engine.words.catalogue import known_language, tongue
from engine.words.wording import worded

if TYPE_CHECKING:
    from engine.run import Matched

Longs = npt.NDArray[np.int64]
# Pixels: a page on a desk, and a telephone; a chart of less than `NARROW_UP_TO` is drawn as for a telephone.
WIDE, NARROW, NARROW_UP_TO = 860, 300, 560


@dataclass(frozen=True)
class PlanView:
    """A plan to be drawn: placement i puts worker row ``worker[i]`` on order row ``order[i]`` (both int64).

    ``prices`` has the columns of prices.csv, ``certificate`` is what certificate.json holds. A chart is drawn at most
    ``width`` pixels wide. Raises `CallError` for a language without a catalogue.
    """

    programme: Programme
    worker: Longs
    order: Longs
    prices: pa.Table
    certificate: Mapping[str, Any]
    language: str = "en"
    width: int = WIDE

    def __post_init__(self) -> None:
        known_language(self.language)

    @classmethod
    def from_matched(cls, matched: Matched, language: str = "en") -> PlanView:
        """See what a run has just made."""
        files = matched.files
        return cls(matched.programme, matched.worker, matched.order, files.prices, files.certificate, language)

    @cached_property
    def placements(self) -> PlacementTable:
        """The placements joined to the rows of the programme."""
        return PlacementTable(self.programme, self.worker, self.order)

    @cached_property
    def worth(self) -> Worth:
        """What a paid week and a person placed are worth in this plan, on average."""
        return Worth.of_plan(self.placements, float(self.certificate["objective"]))

    @property
    def narrow(self) -> bool:
        """Whether it is drawn for a telephone."""
        return self.width < NARROW_UP_TO

    @property
    def locale(self) -> str:
        """How the language writes numbers, days and names of countries, such as ``es_419``."""
        return str(tongue(self.language).locale)

    def say(self, text: str) -> str:
        """A message in the language of the view; any other text stays as it is."""
        return worded(text, self.language)
