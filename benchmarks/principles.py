"""What each principle gives on real orders: those of one state in the H-2A file of a year, with a drawn register.

Run as ``python -m benchmarks.principles WORKBOOK US-FL 25000 OUT``. OUT is a new folder for ``mechanisms.csv`` and the
picture; seconds and memory are printed.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from engine.atomic import written_aside
from engine.planning.principle_files import write_principles
from engine.planning.principles import compare_principles
from engine.programme import Programme
from engine.run import Options
from scenarios.h2a import import_h2a

GAP, SECONDS = 0.001, 120.0


def main(workbook: Path, region: str, workers: int, out: Path) -> None:
    """Compare all mechanisms, write what they give and print what it took."""
    programme = orders_of(workbook, region, workers)
    found = compare_principles(programme, Options(gap=GAP, time_limit=SECONDS))
    with written_aside(out) as folder:
        write_principles(folder, found)
    for one in found.found:
        print(f"{one.mechanism}: {one.totals['seconds']:.1f} s, {one.totals['workers']:,.0f} people")
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(one.ru_utime + one.ru_stime for one in spent)
    orders, places = programme.orders.size, int(programme.orders.values("headcount").sum())
    print(f"{orders:,} orders of {region} for {places:,} people, {workers:,} workers drawn")
    print(f"{processor:.0f} s of the processor, {spent[0].ru_maxrss / 2**20:.1f} GB")


def orders_of(workbook: Path, region: str, workers: int) -> Programme:
    """The orders of a workbook with work in one region, and what of the register's tables is about them."""
    draft, _ = import_h2a(workbook, workers, 0)
    orders = draft.tables["orders"]
    orders = orders[orders["destination_region"] == region]
    tables = {**draft.tables, "orders": orders}
    for name in ("preferences", "recalls"):
        if "order_id" in tables.get(name, ()):
            named = tables[name]["order_id"]
            tables[name] = tables[name][named.isin(orders["order_id"]) | named.isna() | (named == "")]
    return Programme.from_frames(draft.settings, draft.agreements, **tables)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
