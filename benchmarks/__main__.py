"""Run the benchmarks: ``python -m benchmarks [--smoke | --proof | --table]``; see benchmarks/README.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.charts import draw_charts
from benchmarks.readme_table import write_table
from benchmarks.registry import Spec, rivals, specs
from benchmarks.results import FOLDER, newest_results, write_results
from benchmarks.rival_runs import Limits, Runner, forking, in_new_process
from benchmarks.suite import Case, measure
from benchmarks.whole_command import NAME as WHOLE_COMMAND

SMOKE_SECONDS = 1.0
WIDTHS = {
    "spec": 20, "severity": 9, "workers": 9, "method": 15, "status": 14, "wall_s": 10, "solve_s": 10, "peak_mb": 11,
    "objective": 15, "gap_own": 10, "gap_best": 10, "to_1pct": 10, "to_0.1pct": 11, "to_0.01pct": 12, "placements": 11,
}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("--smoke", action="store_true", help="every spec tiny; nothing is written into the checkout")
    made.add_argument("--proof", action="store_true", help="every spec through the whole command alone, audited")
    made.add_argument("--table", action="store_true", help="make the table and the charts from the newest results")
    made.add_argument("--spec", nargs="+", choices=sorted(specs()), help="these specs alone")
    made.add_argument("--sizes", nargs="+", type=int, help="these numbers of workers instead of the spec's")
    made.add_argument("--severity", nargs="+", type=float, help="these severities instead of the spec's")
    made.add_argument("--rivals", nargs="+", choices=[*sorted(rivals()), WHOLE_COMMAND], help="these methods alone")
    made.add_argument("--seconds", type=float, default=60.0, help="the limit of each method")
    made.add_argument("--threads", type=int, default=1, help="worker threads of each method")
    made.add_argument("--gap", type=float, default=1e-5, help="the relative gap at which a proof may stop")
    made.add_argument("--out", type=Path, help="where the files go instead of benchmarks/results")
    return made


def cases(asked: argparse.Namespace) -> Iterator[Case]:
    """What is to be run."""
    found = specs()
    for spec in (found[name] for name in asked.spec or found):
        for severity in asked.severity or _severities(spec, asked):
            for workers in asked.sizes or _sizes(spec, asked):
                yield Case(spec, workers, severity)


def _severities(spec: Spec, asked: argparse.Namespace) -> Sequence[float]:
    return spec.severities[:1] if asked.smoke or asked.proof else spec.severities


def _sizes(spec: Spec, asked: argparse.Namespace) -> Sequence[int]:
    return (spec.smoke,) if asked.smoke else spec.sizes


def run(asked: argparse.Namespace, runner: Runner, folder: Path | None) -> int:
    """Measure every case and print its rows; files go to ``folder``. 1 where a method failed or said what is false."""
    methods = [WHOLE_COMMAND] if asked.proof else asked.rivals or [*rivals(), WHOLE_COMMAND]
    limits = Limits(SMOKE_SECONDS if asked.smoke else asked.seconds, asked.threads, asked.gap)
    if asked.proof:
        limits = Limits(600.0, asked.threads, asked.gap)
    wrong = 0
    print("".join(f"{name:>{width}}" for name, width in WIDTHS.items()))
    for case in cases(asked):
        try:
            rows, trace = measure(case, methods, runner, limits, lambda text: print(text, file=sys.stderr))
        except FileNotFoundError as missing:
            print(f"{case.spec.name}: left out, {missing} is not at hand")
            continue
        for row in rows:
            print("".join(f"{_text(row[name]):>{width}}" for name, width in WIDTHS.items()), flush=True)
        wrong += sum(row["status"] not in ("proved", "ended", "no plan", "killed") for row in rows)
        if folder is not None:
            write_results(rows, trace, folder)
    return 1 if wrong else 0


def _text(value: Any) -> str:
    if isinstance(value, float) and not value.is_integer():
        return f" {value:,.3f}" if value >= 10 else f" {value:.6f}"
    return " -" if value is None else f" {value:,.0f}" if isinstance(value, int | float) else f" {value}"


def main() -> int:
    """Run what the arguments ask for."""
    asked = parser().parse_args()
    if asked.table:
        draw_charts(newest_results(asked.out or FOLDER))
        write_table(newest_results(asked.out or FOLDER))
        return 0
    with ExitStack() as held:
        if asked.smoke:
            folder = asked.out or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="vaiven-smoke-")))
            status = run(asked, held.enter_context(forking()), folder)
            draw_charts(newest_results(folder), most=1)
            return status
        folder = None if asked.proof else asked.out or FOLDER
        return run(asked, in_new_process, folder)


if __name__ == "__main__":
    sys.exit(main())
