"""What a line of the report says: which placements it counts, and which of them break, fall short or only just keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.clauses.base import Clause
from engine.rights.judged import Bools, Judged, Rows
from engine.words import Message, message

Figures = npt.NDArray[np.float64]


class Mark(StrEnum):
    """How a placement stands: against an article or a rule, against a principle that no article asks, or near it."""

    BREACH = "breach"
    REMARK = "remark"
    EDGE = "edge"


@dataclass(frozen=True)
class Finding:
    """Placements (by number) with a mark for one reason: a rule's code, a clause, or None where nothing asks for it."""

    mark: Mark
    rule: str | Clause | None
    says: Message
    rows: Rows


@dataclass(frozen=True)
class Judgement:
    """What a line found: which placements it counts, what it found, and a figure for each placement (NaN: none)."""

    counted: Bools
    findings: tuple[Finding, ...]
    figure: Figures


def of_clauses(judged: Judged, *kinds: str) -> Iterator[Finding]:
    """The breaches of clauses of these kinds that look at any placement, and the placements at their edge."""
    for one in (asked for asked in judged.of_kinds(*kinds) if len(asked.looked_at)):
        yield Finding(Mark.BREACH, one.clause, one.clause.sentence, one.broken)
        yield Finding(Mark.EDGE, one.clause, message("Kept with next to nothing to spare."), one.edge)


def remark(says: Message, where: Bools) -> Finding:
    """A remark on the placements marked."""
    return Finding(Mark.REMARK, None, says, np.flatnonzero(where))
