"""The same season by every mechanism: what each principle gives, and whom it leaves worse off than first come would.

The comparison with what another rule would have given somebody follows the critique of counterfactual harm in matching
refugees (people who are placed well on average may each be worse off than before).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.audit.placement_table import PlacementTable
from engine.planning.measures import measure
from engine.programme.programme import Programme
from engine.run import Options, match_read
from engine.solve.mechanisms import mechanisms
from engine.spreadsheet_text import neutral_table

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
FORMER_RULE = "first-come"
CENT = 0.01


@dataclass(frozen=True)
class Principle:
    """What a mechanism gives: ``totals`` by the names in `COLUMNS`, and ``income`` after costs of each worker, in the
    currency of the programme, 0 for who has no place.
    """

    mechanism: str
    totals: Mapping[str, float]
    income: Floats


COLUMNS = (
    *("workers", "placements", "filled_share", "paid_weeks", "net_income", "first_choices", "recalls_kept"),
    *("least_region_share", "objective", "share_of_bound", "worse_off", "better_off", "seconds"),
)


def compare_principles(programme: Programme, options: Options, names: Sequence[str] = ()) -> list[Principle]:
    """Match a programme by each of some mechanisms, by all of them without ``names``, and by the rule they are held
    against; each plan has passed the audit. Raises what matching raises.
    """
    wanted = list(dict.fromkeys((*(names or mechanisms()), FORMER_RULE)))
    found = [_principle(programme, replace(options, mechanism=name)) for name in wanted]
    former = next(one for one in found if one.mechanism == FORMER_RULE)
    return [replace(one, totals={**one.totals, **_against(one.income, former.income)}) for one in found]


def _principle(programme: Programme, options: Options) -> Principle:
    begin = perf_counter()
    matched = match_read(programme, options)
    seconds = perf_counter() - begin
    certificate, placements = matched.files.certificate, PlacementTable(programme, matched.worker, matched.order)
    measured = measure(programme, matched.worker, matched.order, float(certificate["objective"])).totals
    income = np.zeros(programme.workers.size)
    np.add.at(income, matched.worker, placements.net_weekly_income() * placements.days / 7)
    places = float(programme.orders.values("headcount").sum())
    totals = {
        **{name: measured[name] for name in COLUMNS if name in measured},
        "filled_share": placements.size / places if places else 0.0,
        "first_choices": float(_first_choices(programme, matched.worker, matched.order)),
        "least_region_share": _least_region_share(programme, matched.worker),
        "share_of_bound": float(certificate["objective"]) / max(float(certificate["bound"]), 1e-9),
        "seconds": seconds,
    }
    return Principle(options.mechanism, totals, income)


def _first_choices(programme: Programme, worker: Longs, order: Longs) -> int:
    """Placements on an order, or with an employer, that the worker ranked first."""
    ranked = programme["preferences"]
    first = ranked.values("rank") == 1
    employer = programme.orders.values("employer_id")
    wanted = {
        (kind, *pair)
        for kind, column in (("order", "order_id"), ("employer", "employer_id"))
        for pair in zip(ranked.values("worker_id")[first].tolist(), ranked.values(column)[first].tolist(), strict=True)
    }
    pairs = zip(worker.tolist(), order.tolist(), employer[order].tolist(), strict=True)
    return sum(("order", one, two) in wanted or ("employer", one, three) in wanted for one, two, three in pairs)


def _least_region_share(programme: Programme, worker: Longs) -> float:
    """The least share of its registered workers that a region of origin has at work."""
    regions = programme.workers.labels("origin_region").codes + 1
    placed = np.zeros(len(regions), bool)
    placed[worker] = True
    registered = np.bincount(regions)
    at_work = np.bincount(regions, placed, minlength=len(registered))
    return float((at_work[registered > 0] / registered[registered > 0]).min()) if len(regions) else 0.0


def _against(income: Floats, former: Floats) -> dict[str, float]:
    """How many workers earn less, and more, than under the former rule."""
    return {
        "worse_off": float(np.count_nonzero(income < former - CENT)),
        "better_off": float(np.count_nonzero(income > former + CENT)),
    }


def write_principles(folder: Path, programme: Programme, found: Sequence[Principle]) -> None:
    """Write ``mechanisms.csv``, a row a mechanism, and ``worse_off.csv``, a row for each worker that a mechanism leaves
    with less than the former rule would.
    """
    table = pa.table(
        {"mechanism": [one.mechanism for one in found]} | {n: [one.totals[n] for one in found] for n in COLUMNS}
    )
    options = pa_csv.WriteOptions(quoting_style="needed")
    pa_csv.write_csv(neutral_table(table), folder / "mechanisms.csv", options)
    former = next(one for one in found if one.mechanism == FORMER_RULE).income
    workers = programme.workers.id_text("worker_id")
    harmed = [(one, np.flatnonzero(one.income < former - CENT)) for one in found]
    columns = {
        "mechanism": [one.mechanism for one, rows in harmed for _ in rows],
        "worker_id": [str(workers[row]) for _, rows in harmed for row in rows],
        "income_by_first_come": np.concatenate([former[rows] for _, rows in harmed]).round(2),
        "income": np.concatenate([one.income[rows] for one, rows in harmed]).round(2),
    }
    pa_csv.write_csv(neutral_table(pa.table(columns)), folder / "worse_off.csv", options)
