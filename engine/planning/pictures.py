"""Branches and sweeps as charts look at them: measures with their units, and the axes with what is as it is."""

from __future__ import annotations

from collections.abc import Sequence

from engine.charts.what_ifs.view import BranchesView, Measure, SweepAxis
from engine.planning.branches import Outcome
from engine.planning.measures import IN_CHARTS, IN_TABLES, IN_WORDS, UNITS
from engine.planning.sweep import Sweep
from engine.programme.programme import Programme


def measures_in(currency: str, only: str | None = None) -> list[Measure]:
    """The measures of pages, money in the programme's currency; charts show a few of them, or the one that is named."""
    drawn = IN_CHARTS if only is None else (only,)
    names = dict.fromkeys([*IN_TABLES[:-1], *drawn, IN_TABLES[-1]])
    return [
        Measure(name, IN_WORDS[name], UNITS.get(name, currency), name in drawn, name in IN_TABLES) for name in names
    ]


def view_of_branches(programme: Programme, base: Outcome, branches: Sequence[Outcome], language: str) -> BranchesView:
    """What-ifs side by side."""
    return BranchesView(base, branches, measures_in(programme.settings.currency), (), language)


def view_of_sweep(
    programme: Programme, sweep: Sweep, base: Outcome, points: Sequence[Outcome], language: str, only: str | None = None
) -> BranchesView:
    """The points of a sweep along its axes, by all measures or by one."""
    as_it_is = sweep.as_it_is(programme)
    axes = [SweepAxis(axis.name, axis.values, place) for axis, place in zip(sweep.axes, as_it_is, strict=True)]
    return BranchesView(base, points, measures_in(programme.settings.currency, only), axes, language)
