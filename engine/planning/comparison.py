"""Branches compared: one table of measures with paired differences, who gains and who loses, and a chart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.planning.branches import Outcome
from engine.planning.measures import MEASURES
from engine.programme.programme import Programme
from engine.spreadsheet_text import neutral_table
from engine.words import message


def measures_table(base: Outcome, branches: Sequence[Outcome]) -> pa.Table:
    """A row for each branch and measure: its value, the base's and the difference; failed branches have none."""
    rows = [
        {
            "branch": one.id,
            "measure": name,
            "value": one.totals[name],
            "base": base.totals[name],
            "difference": one.totals[name] - base.totals[name],
        }
        for one in (base, *branches)
        if not one.failure
        for name in MEASURES
    ]
    return pa.Table.from_pylist(rows)


def groups_table(base: Outcome, branches: Sequence[Outcome]) -> pa.Table:
    """Who gains and who loses: placements and net income of each origin, sector and destination against the base."""
    rows = []
    for one in branches:
        if one.failure:
            continue
        for grouping, own in one.groups.items():
            theirs = base.groups[grouping]
            for name in sorted(set(own) | set(theirs)):
                placed, income = own.get(name, (0, 0.0))
                before, earned = theirs.get(name, (0, 0.0))
                row = {"branch": one.id, "grouping": grouping, "name": name, "placements": placed}
                rows.append(row | {"difference": placed - before, "net_income_difference": round(income - earned, 2)})
    names = ("branch", "grouping", "name", "placements", "difference", "net_income_difference")
    kinds = (pa.string(), pa.string(), pa.string(), pa.int64(), pa.int64(), pa.float64())
    return pa.Table.from_pylist(rows, schema=pa.schema(list(zip(names, kinds, strict=True))))


def states_table(base: Outcome, branches: Sequence[Outcome]) -> pa.Table:
    """A row for each branch: what is certain of it, or why it failed."""
    return pa.Table.from_pylist(
        [
            {
                "branch": one.id,
                "title": one.title,
                "status": one.status,
                "bound": one.bound,
                "gap": one.gap,
                "seconds": one.seconds,
                "failure": one.failure,
                "touched": " ".join(one.notices),
            }
            for one in (base, *branches)
        ]
    )


def write_comparison(
    folder: Path, programme: Programme, base: Outcome, branches: Sequence[Outcome], language: str
) -> None:
    """Write comparison.csv, groups.csv, branches.csv, comparison.json, and the page with its charts in a language, to a
    folder that is there.
    """
    from engine.charts.what_ifs.page import write_what_ifs
    from engine.planning.pictures import view_of_branches

    options = pa_csv.WriteOptions(quoting_style="needed")
    pa_csv.write_csv(neutral_table(measures_table(base, branches)), folder / "comparison.csv", options)
    pa_csv.write_csv(neutral_table(groups_table(base, branches)), folder / "groups.csv", options)
    pa_csv.write_csv(neutral_table(states_table(base, branches)), folder / "branches.csv", options)
    (folder / "comparison.json").write_text(json.dumps(as_json(base, branches), indent=1), "utf-8")
    view = view_of_branches(programme, base, branches, language)
    write_what_ifs(view, folder, "comparison", message("What-ifs side by side"))


def as_json(base: Outcome, branches: Sequence[Outcome]) -> dict[str, Any]:
    """The base and its branches, groups included."""
    return {"base": asdict(base), "branches": [asdict(one) for one in branches]}
