"""One spec at one size and severity: every method on it, and the rows that come of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.program import Program, program_of
from benchmarks.registry import Spec, rivals
from benchmarks.results import provenance
from benchmarks.rival_runs import Limits, Run, Runner, run_rival
from benchmarks.scoring import Judged, Moment, best_known_bound, gap_of, is_false_bound, judge, seconds_to
from benchmarks.whole_command import NAME as WHOLE_COMMAND
from benchmarks.whole_command import run_match

PROVED = 1e-6
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """One method: its process, what it reached, and the seconds of its own clock."""

    method: str
    run: Run
    judged: Judged
    solve: float


@dataclass(frozen=True)
class Case:
    """A spec at a size and a severity."""

    spec: Spec
    workers: int
    severity: float

    def __str__(self) -> str:
        return f"{self.spec.name}, {self.workers:,} workers, severity {self.severity:g}"


def measure(
    case: Case, methods: Sequence[str], runner: Runner, limits: Limits, tell: Tell
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the results and of the trace. Raises FileNotFoundError where the spec's data are not at hand."""
    with tempfile.TemporaryDirectory(prefix="vaiven-bench-") as place:
        folder, exported = Path(place, "programme"), Path(place, "program.npz")
        case.spec.build(case.workers, folder, case.severity)
        program, pairs = _export(folder, exported, tell)
        known = case.spec.rivals if program is not None else ()
        measured = []
        for method in (name for name in (*known, WHOLE_COMMAND) if name in methods):
            out = Path(place, method.replace(" ", "-"))
            if program is None or method == WHOLE_COMMAND:
                measured.append(_measure_command(case, runner, folder, out, limits))
            else:
                measured.append(_measure_rival(method, runner, program, exported, folder, out, limits))
            tell(f"{case}: {_told(measured[-1])}")
    return _rows(case, measured, limits, pairs), _trace(case, measured)


def _export(folder: Path, exported: Path, tell: Tell) -> tuple[Program | None, int]:
    """The whole integer program, saved for the rivals, none where its pairs are too many to list; and the pairs."""
    from engine.problem import compile_problem
    from engine.programme import read_programme

    problem = compile_problem(read_programme(folder))
    try:
        program = program_of(problem)
    except ValueError as error:
        tell(f"No integer program: {error}; the whole command runs alone.")
        return None, problem.eligible_pairs
    program.save(exported)
    return program, problem.eligible_pairs


def _measure_rival(
    method: str, runner: Runner, program: Program, exported: Path, folder: Path, out: Path, limits: Limits
) -> Measured:
    run = run_rival(runner, rivals()[method], exported, folder, out, limits)
    ended = run.events[-1].seconds if run.events and not run.killed else limits.allowed
    return Measured(method, run, judge(program, run), ended)


def _measure_command(case: Case, runner: Runner, folder: Path, out: Path, limits: Limits) -> Measured:
    matched = run_match(runner, folder, out, case.spec.gap, limits)
    return Measured(WHOLE_COMMAND, matched.run, matched.judged, matched.solve or matched.run.wall)


def _rows(case: Case, measured: Sequence[Measured], limits: Limits, pairs: int) -> list[dict[str, Any]]:
    judged = [one.judged for one in measured]
    best = best_known_bound(judged)
    shared = {
        **provenance(),
        "spec": case.spec.name,
        "severity": case.severity,
        "workers": case.workers,
        "pairs": pairs,
        "threads": limits.threads,
        "limit": limits.seconds,
    }
    return [shared | _row(one, best, is_false_bound(one.judged, judged)) for one in measured]


def _row(one: Measured, best: float | None, false_bound: bool) -> dict[str, Any]:
    judged = one.judged
    own = None if false_bound else gap_of(judged.objective, judged.bound)
    return {
        "method": one.method,
        "status": ", ".join([_ending(one, own), *judged.troubles, *(["false bound"] if false_bound else [])]),
        "wall_s": one.run.wall,
        "solve_s": one.solve,
        "peak_mb": one.run.peak_mb,
        "objective": judged.objective,
        "bound": judged.bound,
        "gap_own": own,
        "gap_best": gap_of(judged.objective, best),
        "to_1pct": seconds_to(judged, best, 0.01),
        "to_0.1pct": seconds_to(judged, best, 0.001),
        "to_0.01pct": seconds_to(judged, best, 0.0001),
        "placements": judged.placements,
    }


def _ending(one: Measured, own: float | None) -> str:
    if one.run.killed:
        return "killed"
    if one.run.returncode:
        return f"failed ({one.run.complaint[:60]})"
    if one.judged.objective is None:
        return "no plan"
    return "proved" if own is not None and own <= PROVED else "ended"


def _trace(case: Case, measured: Sequence[Measured]) -> list[dict[str, Any]]:
    best = best_known_bound([one.judged for one in measured])
    key = {"spec": case.spec.name, "severity": case.severity, "workers": case.workers}
    return [
        key
        | {"method": one.method, "seconds": moment.seconds, "objective": moment.objective, "bound": moment.bound}
        | {"gap_best": gap_of(moment.objective, best)}
        for one in measured
        for moment in _changes(one.judged.moments)
    ]


def _changes(moments: Sequence[Moment]) -> list[Moment]:
    """The moments at which something got better, and the last one."""
    kept: list[Moment] = []
    for moment in moments:
        if not kept or (moment.objective, moment.bound) != (kept[-1].objective, kept[-1].bound):
            kept.append(moment)
    return [*kept, moments[-1]] if kept and kept[-1] is not moments[-1] else kept


def _told(one: Measured) -> str:
    objective = "no plan" if one.judged.objective is None else f"{one.judged.objective:,.3f}"
    trouble = "".join(f", {word}" for word in (one.run.complaint, *one.judged.troubles) if word)
    return f"{one.method}: {objective} in {one.solve:.2f} s ({one.run.wall:.1f} s in all){trouble}"
