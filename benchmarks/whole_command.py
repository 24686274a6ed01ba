"""The command ``vaiven match`` from files to files, its plan audited and its certificate read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rival_runs import Limits, Run, Runner
from benchmarks.scoring import CLAIM, Judged, Moment
from engine.audit.audit import audit
from engine.plan.plan_files import read_placements
from engine.programme import read_programme

NAME = "vaiven match"


@dataclass(frozen=True)
class Matched:
    """What the command took, what it reached, and its solve stage's seconds."""

    run: Run
    judged: Judged
    solve: float | None
    pairs: int


def run_match(runner: Runner, folder: Path, out: Path, gap: float, limits: Limits) -> Matched:
    """Match the programme in ``folder`` by the command, and audit the plan that it wrote."""
    plan = out / "plan"
    arguments = ["match", str(folder), str(plan), "--gap", str(gap), "--time-limit", str(limits.seconds)]
    run = runner("benchmarks.match_process", [*arguments, "--quiet", "--json"], out, limits)
    path = plan / "certificate.json"
    if run.returncode or not path.is_file():
        return Matched(run, Judged((), 0, ()), None, 0)
    certificate = json.loads(path.read_text())
    programme = read_programme(folder)
    verdict = audit(programme, *read_placements(programme, plan))
    troubles = () if verdict.legal else ("infeasible plan",)
    if abs(verdict.objective - certificate["objective"]) > CLAIM * max(1.0, abs(verdict.objective)):
        troubles = (*troubles, "false claim")
    moment = Moment(run.wall, verdict.objective if verdict.legal else None, certificate["bound"])
    judged = Judged((moment,), certificate["placements"], troubles)
    return Matched(run, judged, certificate["seconds"]["solve"], certificate["eligible_pairs"])
