"""Seasons replayed week by week by each policy, as shares of the bound of hindsight and of what an office reaches that
is forewarned of all but who gives up.

Run as ``python -m benchmarks.season 1000 30``: workers, seasons; ``--demand 1.2`` for demand off the forecast,
``--presets`` and ``--policies`` for some of them. Prints a row a preset and policy, with the half width of the 95 %
interval.
"""

from __future__ import annotations

import argparse
import math
import resource

import pandas as pd

import vaiven
from engine.planning.assumptions import read_assumptions
from engine.planning.pool import process_pool
from engine.planning.season.comparison import (
    FOREWARNED,
    HINDSIGHT,
    SeasonsAsked,
    compare_policies,
    make_desk,
    shares_of,
)
from engine.planning.season.policies import policies

PRESETS = ("northern-triangle", "sawp", "palm")


def main(asked: argparse.Namespace) -> None:
    """Print the table, preset by preset."""
    print(f"{'preset':18} {'policy':16} {'of hindsight':>16} {'of forewarned':>16} {'least':>7}", flush=True)
    for preset in asked.presets:
        rows = _replayed(preset, asked)
        for line in table_lines(preset, rows):
            print(line, flush=True)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{sum(one.ru_utime + one.ru_stime for one in used):,.0f} seconds of processor time")


def _replayed(preset: str, asked: argparse.Namespace) -> pd.DataFrame:
    desk = make_desk(vaiven.generate(preset, asked.workers), read_assumptions())
    wanted = SeasonsAsked(asked.seasons, tuple(asked.policies), asked.demand, forewarned=True)
    return compare_policies(desk, wanted, process_pool)


def table_lines(preset: str, rows: pd.DataFrame) -> list[str]:
    """A line a policy, the best first: its shares of hindsight and of who is forewarned, and its least of the first."""
    of_hindsight, of_forewarned = (shares_of(rows, by).groupby("policy")["share"] for by in (HINDSIGHT, FOREWARNED))
    found = pd.DataFrame({"share": of_hindsight.mean(), "half": _half(of_hindsight), "least": of_hindsight.min()})
    found["other"], found["other_half"] = of_forewarned.mean(), _half(of_forewarned)
    lines = []
    for name, row in found.drop(HINDSIGHT).sort_values("share", ascending=False).iterrows():
        beside = "" if math.isnan(row["other"]) else f"{row['other']:.1%} +- {row['other_half']:.1%}"
        lines.append(
            f"{preset:18} {name!s:16} {row['share']:>8.1%} +- {row['half']:.1%} {beside:>16} {row['least']:>7.1%}"
        )
    return lines


def _half(share: pd.api.typing.SeriesGroupBy) -> pd.Series:  # type: ignore[type-arg]  # grouped series have no parameters at run time
    return (1.96 * share.std(ddof=1) / share.size() ** 0.5).fillna(0.0)


def parser() -> argparse.ArgumentParser:
    """What the benchmark is asked."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.season", description=__doc__)
    made.add_argument("workers", type=int)
    made.add_argument("seasons", type=int)
    made.add_argument("--demand", type=float, default=1.0)
    made.add_argument("--presets", nargs="+", default=list(PRESETS))
    made.add_argument("--policies", nargs="+", default=list(policies()), choices=sorted(policies()))
    return made


if __name__ == "__main__":
    main(parser().parse_args())
