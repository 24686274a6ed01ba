"""The verbs on many seasons: what-ifs side by side, sweeps, and the repair of a plan."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from engine.atomic import written_aside
from engine.errors import CallError, Fault, InputError
from engine.face.plan import Plan, read_plan
from engine.planning import CHARGE
from engine.planning.branches import Outcome, make_base
from engine.planning.comparison import groups_table, measures_table, states_table, write_comparison
from engine.planning.library import from_library
from engine.planning.measures import MEASURES
from engine.planning.pool import process_pool, run_branches
from engine.planning.rematch import rematch as repair
from engine.planning.sweep import Sweep, read_sweep
from engine.planning.sweep_files import sweep_table
from engine.programme import Programme
from engine.programme.edits import Edits, edits_from, read_edits
from engine.run import Options
from engine.words import message

WhatIf = str | Path | Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """What-ifs beside the season as it is."""

    programme: Programme
    base: Outcome
    branches: Sequence[Outcome]

    @property
    def measures(self) -> pd.DataFrame:
        """A row for each branch and measure: branch, measure, value, base, difference."""
        return measures_table(self.base, self.branches).to_pandas()

    @property
    def groups(self) -> pd.DataFrame:
        """Who gains and who loses: branch, grouping, name, placements, difference, net_income_difference."""
        return groups_table(self.base, self.branches).to_pandas()

    @property
    def states(self) -> pd.DataFrame:
        """What is certain of each branch: bound, gap, status, seconds, and why it failed if it did."""
        return states_table(self.base, self.branches).to_pandas()

    def to_folder(self, folder: Path | str, language: str = "en") -> Path:
        """Write the comparison's tables, its page and its chart to a new folder; its path."""
        with written_aside(Path(folder)) as target:
            write_comparison(target, self.programme, self.base, self.branches, language)
        return Path(folder)

    def _repr_html_(self) -> str:
        """What a notebook shows: the differences, a column a branch."""
        told = self.measures
        shown = told.pivot_table("difference", "measure", "branch", sort=False)
        return shown.to_html(float_format="{:+,.1f}".format)


def what_if(programme: Programme, *what_ifs: WhatIf, options: Options | None = None) -> Comparison:
    """Match what-ifs and compare them with the programme as it is.

    Each is a file of edits, a name of the library, or the content of such a file as a dict. A branch that fails says so
    in ``states``. Raises what reading edits and matching the base raise.
    """
    asked = options or Options()
    branches = [_edits(one, f"what-if-{number}") for number, one in enumerate(what_ifs, 1)]
    if not branches:
        raise CallError(message("There are no edits."), message("Give one or more what-ifs."))
    base = make_base(programme, asked.gap, asked.time_limit, asked.seed)
    return Comparison(programme, base.outcome, run_branches(base, branches, process_pool))


def _edits(what_if: WhatIf, name: str) -> Edits:
    """A what-if as edits. Raises `CallError` or `InputError`."""
    if not isinstance(what_if, Mapping):
        return read_edits(from_library(Path(what_if)))
    faults: list[Fault] = []
    found = edits_from(dict(what_if), name, name, faults.append)
    if faults:
        raise InputError(faults)
    return found


@dataclass(frozen=True)
class SweepTable:
    """The points of a sweep; ``table`` has a column an axis, one a measure, bound, gap and failure."""

    programme: Programme
    sweep: Sweep
    base: Outcome
    outcomes: Sequence[Outcome]

    @property
    def table(self) -> pd.DataFrame:
        """A row a point."""
        return sweep_table(self.sweep, self.base, self.outcomes).to_pandas()

    def plot(self, measure: str | None = None, language: str = "en") -> Any:
        """Curves over one axis or heat maps over two, as an altair chart: of all measures that the sweep changes, or of
        one. Raises `CallError` for another measure.
        """
        from engine.charts.what_ifs import charts_over
        from engine.planning.pictures import view_of_sweep

        if measure is not None and measure not in MEASURES:
            raise CallError(
                message("There is no measure {measure}.", measure=repr(measure)),
                message("Use one of {names}.", names=tuple(MEASURES)),
            )
        view = view_of_sweep(self.programme, self.sweep, self.base, self.outcomes, language, measure)
        return next(charts_over(len(self.sweep.axes))).draw(view)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.table.to_html()


def sweep(programme: Programme, file: str | Path, options: Options | None = None) -> SweepTable:
    """Match a grid of what-ifs over one or two parameters of a file with ``[[vary]]`` tables, or one of the library.

    Raises what reading the sweep and matching the base raise.
    """
    asked = options or Options()
    read = read_sweep(from_library(Path(file)))
    base = make_base(programme, asked.gap, asked.time_limit, asked.seed)
    outcomes = run_branches(base, [edits for _, edits in read.points()], process_pool)
    return SweepTable(programme, read, base.outcome, outcomes)


def rematch(
    plan: Plan,
    events: pd.DataFrame | Path | str,
    folder: Path | str,
    charge: float = CHARGE,
    options: Options | None = None,
) -> Plan:
    """Repair a plan after events with the least disruption, and write it to a new folder; the repaired plan.

    ``events`` are a file or a frame with the columns event, worker_id, order_id, employer_id, days, reason; those of
    earlier repairs still hold. Each kept placement counts ``charge`` more, in value. The folder tells in changes.csv
    what was altered and in reserves.csv whom to ask next. Raises `InputError` for events with faults, `CallError` where
    the folder is not empty.
    """
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place, plan.in_folder() as before:
        file = Path(place, "events.csv")
        if isinstance(events, pd.DataFrame):
            events.to_csv(file, index=False)
        else:
            file = Path(events)
        repair(plan.programme, before, file, Path(folder), charge, options or Options())
    return read_plan(plan.programme, folder)
