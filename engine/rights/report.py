"""The report: every line of the folder over a plan, with how many placements each counts and marks."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Protocol, cast

import numpy as np

from engine.clauses.base import Clause
from engine.programme.programme import Programme
from engine.rights import lines
from engine.rights.judged import Judged, Rows, judged
from engine.rights.line import Judgement, Mark
from engine.rights.principles import Principle
from engine.words import Message


class LineKind(Protocol):
    """What a file of the folder ``lines`` holds."""

    TITLE: Message
    ASKS: Message
    FIGURE: Message
    UNKNOWN: Message
    PRINCIPLES: tuple[Principle, ...]

    @staticmethod
    def judge(judged: Judged) -> Judgement:
        """What the line finds in a plan."""
        ...


@dataclass(frozen=True)
class Line:
    """One line of the report: ``name`` is that of its file, ``clauses`` are those that it cites."""

    name: str
    kind: LineKind
    judgement: Judgement

    @cached_property
    def counted(self) -> int:
        """How many placements the line looks at."""
        return int(self.judgement.counted.sum())

    def rows(self, mark: Mark) -> Rows:
        """The numbers of the placements with a mark, each once; the gravest mark of a placement counts."""
        found = self._any(mark)
        for graver in list(Mark)[: list(Mark).index(mark)]:
            found = np.setdiff1d(found, self._any(graver))
        return found

    def _any(self, mark: Mark) -> Rows:
        own = [one.rows for one in self.judgement.findings if one.mark == mark]
        return np.unique(np.concatenate([np.empty(0, np.int64), *own]))

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses that placements are held against; of the agreement as a whole, those that are broken."""
        return tuple({rule: None for one in self.judgement.findings if isinstance(rule := one.rule, Clause)})


@dataclass(frozen=True)
class Rights:
    """The rights report of a plan, in the order of the lines' names."""

    judged: Judged
    lines: tuple[Line, ...]

    @property
    def clean(self) -> bool:
        """Whether no line has a breach."""
        return not any(len(line.rows(Mark.BREACH)) for line in self.lines)


@cache
def every_line() -> Mapping[str, LineKind]:
    """Every line by its name: each file of the folder."""
    names = sorted(found.name for found in pkgutil.iter_modules(lines.__path__))
    return {name: cast(Any, importlib.import_module(f"{lines.__name__}.{name}")) for name in names}


def rights(programme: Programme, worker: Sequence[int] | Any, order: Sequence[int] | Any) -> Rights:
    """Hold the placements of workers (row numbers) on orders (row numbers) against every line."""
    plan = judged(programme, np.asarray(worker, np.int64), np.asarray(order, np.int64))
    return Rights(plan, tuple(Line(name, kind, kind.judge(plan)) for name, kind in every_line().items()))
