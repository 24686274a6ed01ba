"""The verb that holds a plan against what protects workers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.atomic import written_aside
from engine.face.plan import Plan
from engine.plan.read_plan import read_plan
from engine.planning.rights_files import lines_table, marked_table, write_rights
from engine.rights.report import Rights
from engine.rights.report import rights as rights_of


@dataclass(frozen=True)
class RightsReport:
    """What each placement of a plan keeps and breaks of what protects workers, line by line."""

    found: Rights

    @property
    def clean(self) -> bool:
        """Whether no placement is marked as a breach."""
        return self.found.clean

    @property
    def table(self) -> pd.DataFrame:
        """A row a line: line, title, asks, counted, breach, remark, edge (placements), principles, clauses, articles,
        figure, unknown.
        """
        return lines_table(self.found).to_pandas()

    @property
    def marked(self) -> pd.DataFrame:
        """A row for each placement that a line marks, once a reason: line, worker_id, order_id, mark, rule, article,
        figure, reason.
        """
        return marked_table(self.found).to_pandas()

    def to_folder(self, folder: Path | str, language: str = "en") -> Path:
        """Write lines.csv, marked.csv, rights.json and rights.html to a new folder, whole or not at all; its path.

        Raises `CallError` where the folder is not empty or what pages are made with is missing.
        """
        with written_aside(Path(folder)) as target:
            write_rights(target, self.found, language)
        return Path(folder)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.table.to_html()


def rights(plan: Plan) -> RightsReport:
    """Hold every placement of a plan against what protects workers, and cite IRIS, the ILO and the agreement.

    A repaired plan is held against the programme as its events left it.
    """
    if plan.files.events is None:
        return RightsReport(rights_of(plan.programme, plan.worker, plan.order))
    with plan.in_folder() as folder:
        read = read_plan(plan.programme, folder)
    return RightsReport(rights_of(read.programme, read.worker, read.order))
