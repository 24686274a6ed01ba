"""Least and greatest shares of a class among placements (women, newcomers, the regions left behind)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self

import numpy as np

from engine.clauses.base import Clause, Count, Example, LimitBlock, LimitPart, Ratio, Tally
from engine.clauses.parameters import optional
from engine.clauses.parameters import share as share_of_one
from engine.clauses.slots import flags_matching, single_slots
from engine.clauses.views import Bools, CountedPlacements, Season
from engine.clauses.vocabulary import class_of, share_limits, where_in_words
from engine.clauses.where import EVERYTHING, Where, read_where
from engine.words import Message, message, msgid

_MIXED = ({"sex": "F"}, {"sex": "M"})
_BOTH = ((0, 0), (1, 0))


@dataclass(frozen=True)
class Share(Count):
    """Of the placements that match ``of``, the share that also matches ``where`` lies between ``min_share`` and
    ``max_share``: ``min_share * n_of <= n_both <= max_share * n_of``.
    """

    kind: ClassVar = "share"
    may_name_sex: ClassVar = True
    protects: ClassVar = {"min_share": 1}
    asks_more: ClassVar = {"min_share": 1, "max_share": -1}
    ranges: ClassVar = (("min_share", "max_share"),)
    where_is_a_class: ClassVar = True
    of: Where = optional(read_where, EVERYTHING, called=msgid("placements out of which the share is taken"))
    min_share: Decimal | None = optional(share_of_one, called=msgid("least part (0 to 1)"))
    max_share: Decimal | None = optional(share_of_one, called=msgid("greatest part (0 to 1)"))
    examples: ClassVar = (
        Example(True, {"where": {"sex": ["F"]}, "min_share": Decimal("0.5")}, "Half.", _MIXED, placements=_BOTH),
        Example(
            False, {"where": {"sex": ["F"]}, "min_share": Decimal("0.51")}, "Less than asked.", _MIXED, placements=_BOTH
        ),
        Example(
            False,
            {"where": {"sex": ["M"]}, "max_share": Decimal("0.49")},
            "More than allowed.",
            _MIXED,
            placements=_BOTH,
        ),
        Example(
            True,
            {"where": {"sex": ["F"]}, "of": {"sector": ["C"]}, "min_share": Decimal("0.9")},
            "Nobody in that sector: it holds.",
            _MIXED,
            placements=_BOTH,
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        return self.sentences_under(EVERYTHING)

    def sentences_under(self, where: Where) -> Iterator[Message]:
        """See `Rule`: the ``where`` of a share is the class whose share it is."""
        inside, total = class_of(where), where_in_words(self.of)
        if total:
            yield message(
                "Of the placements of this class ({total:each}), {share} must be of this one: {inside:each}.",
                total=total,
                share=share_limits(self.min_share, self.max_share),
                inside=inside,
            )
        else:
            yield message(
                "Of all placements, {share} must be of this class: {inside:each}.",
                share=share_limits(self.min_share, self.max_share),
                inside=inside,
            )

    def goes_with(self, other: Self) -> bool:
        """See `Rule`: shares of one and the same whole."""
        return self.of != other.of or super().goes_with(other)

    def asks_nothing(self) -> bool:
        """See `Rule`."""
        return self.min_share in (None, 0) and self.max_share in (None, 1)

    def problems(self, where: Where) -> list[tuple[str, str]]:
        """See `Rule`."""
        if self.min_share is None and self.max_share is None:
            return [("min_share", message("min_share, max_share or both"))]
        if self.min_share is not None and self.max_share is not None and self.min_share > self.max_share:
            return [("max_share", message("a share not below min_share"))]
        if self.of.worker_class and where.worker_class and self.of.returning_years != where.returning_years:
            return [("of", message("the same returning_years as in where"))]
        return []

    def share_asked(self) -> tuple[Where, Decimal] | None:
        """See `Count`."""
        return None if self.min_share is None else (self.of, self.min_share)

    def limits(self, season: Season, where: Where, siblings: Mapping[str, Clause]) -> list[LimitBlock]:
        """See `Count`: ``min * n_of - n_both <= 0`` and ``n_both - max * n_of <= 0``."""
        blocks = []
        if self.min_share is not None:
            parts = (
                _part(season, self.of, EVERYTHING, float(self.min_share)),
                _part(season, self.of, where, -1.0),
            )
            blocks.append(LimitBlock(np.zeros(1), ("min_share",), ("",), parts))
        if self.max_share is not None:
            parts = (
                _part(season, self.of, where, 1.0),
                _part(season, self.of, EVERYTHING, -float(self.max_share)),
            )
            blocks.append(LimitBlock(np.zeros(1), ("max_share",), ("",), parts))
        return blocks

    def tallies(
        self, placements: CountedPlacements, where: Where, siblings: Mapping[str, Clause]
    ) -> list[Tally | Ratio]:
        """See `Count`."""
        total = placements.matches(self.of)
        return [Ratio(total & placements.matches(where), total, self.min_share, self.max_share)]


def _part(season: Season, one: Where, other: Where, coefficient: float) -> LimitPart:
    orders = season.orders_matching(one) & season.orders_matching(other)
    workers = season.workers_matching(one) & season.workers_matching(other)
    flags: Bools = flags_matching(one) & flags_matching(other)
    table = np.where(np.stack([flags, np.zeros(4, bool)]), 0, -1).astype(np.int32)
    return LimitPart(np.where(workers, 0, 1).astype(np.int32), table, *single_slots(orders), coefficient=coefficient)
