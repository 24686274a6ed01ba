"""What is left of a cap allows exactly what the whole cap would allow beside the placements that used it up."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st
from world import SETTINGS, agreement

from api.snapshots.fitting import Pair, rows_of_ids
from api.snapshots.used_up import leave_what_is_left
from engine.audit.counts import count_breaches
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.programme import Programme, read_programme
from engine.programme.schema import TABLES

EXAMPLES = int(os.environ.get("VAIVEN_CAPS", "25"))
WORKERS = [f"W{number}" for number in range(6)]
ORDERS = [f"O{number}" for number in range(4)]
STARTS = [date(2026, 3, 1) + timedelta(days) for days in (0, 20, 60, 90)]
ENDS = [date(2026, 4, 10), date(2026, 5, 20), date(2026, 7, 1), date(2026, 6, 30)]
HALVES = [[date(2026, 1, 1), date(2026, 3, 15)], [date(2026, 3, 16), date(2026, 12, 31)]]
PERS = ("origin_region", "worker_class", "employer_id", "site_id", "sector", "operator", "destination_region", None)
WHERES = ({}, {"worker_class": ["new"]}, {"origin_region": ["GT-13"]}, {"employer_id": ["E1"]})
counts = st.integers(0, 6)


@st.composite
def caps(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A cap in any of its forms, with places kept within it where that may be."""
    cap: dict[str, Any] = {"id": "tried", "kind": "cap", "where": draw(st.sampled_from(WHERES))}
    per = draw(st.sampled_from(PERS))
    cap |= {} if per is None else {"per": per}
    cap["basis"] = draw(st.sampled_from(("starts", "present", "workers")))
    form = draw(st.sampled_from(("count", "counts", "share", "reserve")))
    if form == "counts":
        rolls = {"rollover": True} if cap["basis"] == "starts" and draw(st.booleans()) else {}
        return [cap | rolls | {"periods": HALVES, "counts": [draw(counts), draw(counts)]}]
    if form == "share":
        return [cap | {"per": "origin_region", "share_of_registered": draw(st.sampled_from((0.4, 0.7, 1.0)))}]
    cap["count"] = draw(counts)
    if form == "count":
        return [cap | ({"periods": HALVES[:1]} if draw(st.booleans()) else {})]
    kept = {"id": "kept", "kind": "set_aside", "within": "tried", "count": draw(st.integers(0, cap["count"]))}
    cap = {name: value for name, value in cap.items() if name != "per"} | {"basis": "starts", "where": {}}
    return [cap, kept | {"where": {"worker_class": ["returning"]}}]


pairs = st.sets(st.tuples(st.sampled_from(WORKERS), st.sampled_from(ORDERS)), max_size=9)


def _write(folder: Path, clauses: list[dict[str, Any]], held: set[Pair], own: bool) -> Path:
    """A programme of six workers and four orders; the clauses are an agreement's, or the programme's own."""
    folder.joinpath("agreements").mkdir(parents=True)
    texts = {"programme": (SETTINGS, own), "agreements/GT-CA": (agreement("GT-CA", "GT", "CA"), not own)}
    for name, (text, has_them) in texts.items():
        content = tomllib.loads(text)
        content["clause"] = [*content.get("clause", []), *(clauses if has_them else [])]
        folder.joinpath(f"{name}.toml").write_text(tomli_w.dumps(content), "utf-8")
    tables: dict[str, list[dict[str, Any]]] = {
        "workers": [
            {"worker_id": w, "origin_country": "GT", "origin_region": f"GT-{13 + n % 2}", "birth_date": "1990-01-01"}
            for n, w in enumerate(WORKERS)
        ],
        "orders": [
            {"order_id": f"O{n}", "employer_id": f"E{n % 2}", "site_id": f"S{n % 2}", "destination_country": "CA"}
            | {"destination_region": "CA-ON" if n < 2 else "CA-QC", "sector": f"A0{n % 3}", "isco08": "9211"}
            | {"start_date": STARTS[n], "end_date": ENDS[n], "headcount": 6, "weekly_hours": 40}
            for n in range(4)
        ],
        "employers": [{"employer_id": "E0", "operator": "Agency"}, {"employer_id": "E1"}],
        "sites": [{"site_id": f"S{n}", "employer_id": f"E{n}"} for n in range(2)],
        "history": [
            {"worker_id": worker, "destination_country": "CA", "start_date": "2025-03-01", "end_date": "2025-06-30"}
            for worker in WORKERS[::3]
        ],
        "commitments": [{"worker_id": worker, "order_id": order} for worker, order in sorted(held)],
    }
    for name, rows in tables.items():
        with folder.joinpath(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, TABLES[name].column_names, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _breaks(programme: Programme, placed: set[Pair]) -> bool:
    chosen = sorted(placed)
    worker = rows_of_ids(programme.workers.id_text("worker_id"), [worker for worker, _ in chosen])
    order = rows_of_ids(programme.orders.id_text("order_id"), [order for _, order in chosen])
    found = count_breaches(PlacementTable(programme, worker, order))
    return any(excesses for rule, _, excesses in found if isinstance(rule, Clause) and rule.id != "quota")


@settings(max_examples=EXAMPLES)
@given(clauses=caps(), gone=pairs, held=pairs, tried=pairs, own=st.booleans())
def test_what_is_left_allows_what_the_whole_would(
    clauses: list[dict[str, Any]], gone: set[Pair], held: set[Pair], tried: set[Pair], own: bool
) -> None:
    """Beside what is gone and held, a plan breaks the cap where it breaks what is left; what is held never does."""
    others = {worker for worker, _ in gone}
    held, tried = ({pair for pair in some if pair[0] not in others} for some in (held, tried))
    place = tempfile.mkdtemp(prefix="vaiven-left-")
    try:
        counted = _write(Path(place, "counted"), clauses, set(), own)
        folder = _write(Path(place, "folder"), clauses, held, own)
        whole = read_programme(counted)
        leave_what_is_left(folder, counted, gone)
        left = read_programme(folder)
        assert not _breaks(left, held) or _breaks(whole, held)
        if not _breaks(whole, held | gone):
            assert _breaks(left, held | tried) == _breaks(whole, held | tried | gone)
    finally:
        shutil.rmtree(place)
