"""What lines of the accounts look at: the placements of a plan, the rates, and the lines that they build on."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from engine.accounts import lines
from engine.accounts.amounts import Cents, Shares
from engine.accounts.rates import Rates
from engine.audit.placement_table import PlacementTable
from engine.words import Message


class Unit(StrEnum):
    """What a line counts: money is added up over placements, days are averaged."""

    MONEY = "money"
    DAYS = "days"


class LineKind(Protocol):
    """What a file of the folder ``lines`` holds; lines are told in the order of ``POSITION``."""

    POSITION: int
    TITLE: Message
    FORMULA: Message
    UNIT: Unit
    RATES: tuple[str, ...]

    @staticmethod
    def amounts(ledger: Ledger) -> Cents:
        """The line by placement: hundredths of its unit, low, middle and high, shape (3, placements)."""
        ...


@dataclass(frozen=True)
class Ledger:
    """The placements with their rates; a line is worked out once, when it is first asked for."""

    placements: PlacementTable
    rates: Rates
    _lines: dict[str, Cents] = field(default_factory=dict, repr=False, compare=False)

    def line(self, name: str) -> Cents:
        """A line by placement, by the name of its file."""
        if name not in self._lines:
            self._lines[name] = every_line()[name].amounts(self)
        return self._lines[name]

    def rate(self, name: str) -> Shares:
        """A rate by placement, shape (3, placements)."""
        return self.rates.of(name, self.placements)

    def rate_abroad(self, name: str) -> Shares:
        """A rate by placement, and 0 for a return placement."""
        found = np.zeros((3, self.placements.size))
        found[:, self.abroad] = self.rates.of(name, self.placements.subset(self.abroad))
        return found

    @property
    def abroad(self) -> npt.NDArray[np.bool_]:
        """Which placements aren't in the worker's own country."""
        return ~self.placements.at_home()

    @property
    def weeks(self) -> npt.NDArray[np.float64]:
        """Weeks of each placement."""
        return self.placements.days / 7


@cache
def every_line() -> Mapping[str, LineKind]:
    """Every line by its name: each file of the folder, in the order in which they are told."""
    found = {
        one.name: cast(Any, importlib.import_module(f"{lines.__name__}.{one.name}"))
        for one in pkgutil.iter_modules(lines.__path__)
    }
    return dict(sorted(found.items(), key=lambda one: (one[1].POSITION, one[0])))
