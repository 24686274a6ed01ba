"""A plan as an object: its tables as DataFrames, its certificate, pictures, and ways to write it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.errors import CallError
from engine.face.certificate import Certificate
from engine.plan.plan_files import PlanFiles, read_plan_files
from engine.plan.plan_workbook import MOST_ROWS, write_plan_workbook
from engine.plan.read_plan import read_plan as read_plan_of
from engine.programme import Programme
from engine.words import message

if TYPE_CHECKING:
    from engine.charts.plan_view import PlanView

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """A plan beside the programme that it was made for; make one by `match`, `rematch` or `read_plan`."""

    programme: Programme
    files: PlanFiles
    worker: Longs
    order: Longs

    @cached_property
    def placements(self) -> pd.DataFrame:
        """placements.csv: worker_id, order_id, employer_id, agreement_id (text), start_date, end_date (datetime64, both
        inclusive), value; sorted by worker and start.
        """
        table = self.files.placements.to_pandas()
        days = {name: pd.to_datetime(table[name]) for name in ("start_date", "end_date")}
        return table.assign(**days)

    @cached_property
    def unplaced(self) -> pd.DataFrame:
        """unplaced.csv: worker_id, reason."""
        return self.files.unplaced.to_pandas()

    @cached_property
    def unfilled(self) -> pd.DataFrame:
        """unfilled.csv: order_id, open_places (int64), reason."""
        return self.files.unfilled.to_pandas()

    @cached_property
    def prices(self) -> pd.DataFrame:
        """prices.csv: limit, clause_id, scope, used, count (NaN for a share), price (value for each unit), the same in
        weeks and in people of the plan's average worth, and the most that one more unit gains; clauses first.
        """
        return self.files.prices.to_pandas()

    @cached_property
    def certificate(self) -> Certificate:
        """What is proved of the plan."""
        return Certificate.of(self.files.certificate)

    def summary(self) -> pd.Series[Any]:
        """The plan in figures: people and places, income in the programme's currency, what is proved."""
        from engine.plan.metrics import net_income

        workers, places = self.programme.workers.size, self.programme.orders.values("headcount").sum()
        placed = len(np.unique(self.worker))
        return pd.Series(
            {
                "people placed": placed,
                "people registered": workers,
                "places filled": len(self.order),
                "places asked": int(places),
                "net income": round(net_income(self.programme, self.worker, self.order), 2),
                "objective": self.certificate.objective,
                "bound": self.certificate.bound,
                "gap": self.certificate.gap,
                "status": self.certificate.status,
            },
            name=self.programme.settings.id,
            dtype=object,
        )

    def plot(self, chart: str = "season_calendar", language: str = "en") -> Any:
        """One of the charts of a report as an altair chart. Raises `CallError` for a name or a language that isn't
        known, or where the drawing libraries are missing.
        """
        from engine.charts import charts

        known = charts()
        if chart not in known:
            raise CallError(
                message("There is no chart {chart}.", chart=repr(chart)),
                message("Use one of {names}.", names=tuple(known)),
            )
        return known[chart].draw(self.view(language))

    def view(self, language: str = "en") -> PlanView:
        """The plan as a chart looks at it."""
        from engine.charts.plan_view import PlanView

        files = self.files
        return PlanView(self.programme, self.worker, self.order, files.prices, files.certificate, language)

    def to_folder(self, folder: Path | str) -> Path:
        """Write the plan's files to a new folder, which appears whole or not at all; its path."""
        self.files.write(Path(folder), self.programme)
        return Path(folder)

    def to_xlsx(self, path: Path | str) -> Path:
        """Write the plan's tables as one workbook, with the names that the programme has; its path.

        Raises `CallError` where the file is there, or the plan has more rows than a spreadsheet serves.
        """
        target = Path(path)
        if target.exists():
            raise CallError(message("{file} exists.", file=target), message("Name a new file."))
        aside = target.with_name(f".{target.name}.part")
        if not write_plan_workbook(aside, self.programme, self.files.tables):
            raise CallError(
                message("The plan has more than {most} rows.", most=MOST_ROWS),
                message("Write its folder: its tables serve."),
            )
        aside.rename(target)
        return target

    @contextmanager
    def in_folder(self) -> Iterator[Path]:
        """The plan in a folder for a while, for what reads folders."""
        with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
            yield self.to_folder(Path(place, "plan"))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.summary().to_frame().to_html()


def read_plan(programme: Programme, folder: Path | str) -> Plan:
    """Read a plan's folder back, the events of a repaired one too.

    Raises `CallError` where it isn't whole or is of another programme, and `InputError` for what is unknown in it.
    """
    files = read_plan_files(Path(folder))
    read = read_plan_of(programme, Path(folder))
    return Plan(programme, files, read.worker, read.order)
