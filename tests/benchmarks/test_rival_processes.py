"""A rival can't hang the run, can't hide its end, and isn't believed: its process is killed, its plans are scored."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from small_programs import question_of, run_of

from benchmarks.program import Question
from benchmarks.registry import specs
from benchmarks.reports import Event, Reporter
from benchmarks.rival_runs import Limits, Run, forking, in_new_process, run_rival
from benchmarks.scoring import best_known_bound, is_false_bound, judge, seconds_to
from benchmarks.whole_command import run_match

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> Question:
    """A small nation."""
    folder = tmp_path_factory.mktemp("nation") / "programme"
    specs()["nation"].build(100, folder)
    return question_of(folder)


def _run(module: str, question: Question, place: Path, monkeypatch: pytest.MonkeyPatch, seconds: float) -> Run:
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    question.program.save(place / "program.npz")
    limits = Limits(seconds, 1, 0.0)
    return run_rival(in_new_process, module, place / "program.npz", place, place / "out", limits)


def test_a_hanging_rival_is_killed_and_its_report_kept(
    question: Question, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit the process and its child are gone, and what it had reached is scored."""
    run = _run("hanging_rival", question, tmp_path, monkeypatch, 0.5)
    assert run.killed
    judged = judge(question.program, run)
    assert judged.objective == 0.0
    assert judged.bound == pytest.approx(float(question.program.worth.sum()))
    child = int((tmp_path / "child").read_text())
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.is_file() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_failing_rival_says_why(question: Question, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line of its complaint is kept, and it has no plan."""
    run = _run("failing_rival", question, tmp_path, monkeypatch, 30.0)
    assert run.returncode == 1 and not run.killed
    assert run.complaint == "ValueError: no licence"
    assert judge(question.program, run).objective is None


def test_a_process_is_measured(question: Question, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rival's own process has a wall time, a peak of memory, a plan, and an end."""
    run = _run("benchmarks.rivals.highs_mip", question, tmp_path, monkeypatch, 30.0)
    assert (run.returncode, run.complaint) == (0, "")
    assert run.wall > 0 and run.peak_mb > 1
    assert judge(question.program, run).troubles == ()
    assert run.events[-1] == Event(run.events[-1].seconds, None, None, None)


def test_the_whole_command_is_audited(question: Question, tmp_path: Path) -> None:
    """Its plan is audited, and its seconds of solving are those of its certificate."""
    matched = run_match(in_new_process, question.folder, tmp_path / "out", 0.001, Limits(60.0, 1, 0.0))
    assert matched.run.returncode == 0
    assert matched.judged.troubles == ()
    assert matched.judged.placements > 0
    assert matched.solve is not None and matched.solve <= matched.run.wall


def test_forked_methods_are_watched_too(
    question: Question, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """The quick check's runner gives plans, kills what hangs, and tells of what fails."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    question.program.save(tmp_path / "program.npz")
    ends = {}
    with forking() as runner:
        for module in ("hanging_rival", "failing_rival", "benchmarks.rivals.highs_mip"):
            limits = Limits(0.5 if module == "hanging_rival" else 30.0, 1, 0.0)
            out = tmp_path / module
            run = run_rival(runner, module, tmp_path / "program.npz", tmp_path, out, limits)
            ends[module] = run.killed, run.complaint, judge(question.program, run).objective
    assert ends["hanging_rival"] == (True, "", 0.0)
    assert ends["failing_rival"] == (False, "ValueError: no licence", None)
    assert ends["benchmarks.rivals.highs_mip"][2] is not None


def _reported(out: Path, *reports: tuple[float | None, float | None, np.ndarray | None]) -> Run:
    out.mkdir()
    reporter = Reporter(out)
    for report in reports:
        reporter(*report)
    return run_of(out)


def test_an_infeasible_plan_is_called_out(question: Question, tmp_path: Path) -> None:
    """A plan that takes everything breaks rows; it doesn't count, and the legal one before it does."""
    program = question.program
    everything, nothing = np.ones(program.column_count), np.zeros(program.column_count)
    run = _reported(tmp_path / "out", (0.0, None, nothing), (float(program.worth.sum()), None, everything))
    judged = judge(program, run)
    assert judged.troubles == ("infeasible plan",)
    assert judged.objective == 0.0


def test_a_plan_of_another_program_is_called_out(question: Question, tmp_path: Path) -> None:
    """A point that is longer than the program is no plan."""
    point = np.zeros(question.program.column_count + 5)
    point[-1] = 1.0
    judged = judge(question.program, _reported(tmp_path / "out", (1.0, None, point)))
    assert judged.troubles == ("infeasible plan",)
    assert judged.objective is None


def test_a_false_claim_is_called_out(question: Question, tmp_path: Path) -> None:
    """A plan is worth what its columns are worth, whatever the solver says."""
    program = question.program
    point = np.zeros(program.column_count)
    point[0] = 1.0
    judged = judge(program, _reported(tmp_path / "out", (1e6, None, point)))
    assert judged.troubles == ("false claim",)
    assert judged.objective == pytest.approx(program.worth[0])


def test_a_claim_without_a_plan_counts_only_if_a_plan_bears_it_out(question: Question, tmp_path: Path) -> None:
    """Of two claims on the way, the one above the final plan is nothing."""
    program = question.program
    point = np.zeros(program.column_count)
    point[0] = 1.0
    worth = float(program.worth[0])
    reports = ((worth, None, None), (10 * worth, None, None), (worth, None, point))
    judged = judge(program, _reported(tmp_path / "out", *reports))
    assert [moment.objective for moment in judged.moments] == pytest.approx([worth] * 3)
    bare = judge(program, _reported(tmp_path / "bare", (worth, None, None)))
    assert bare.objective is None


def test_a_false_bound_is_no_bound(question: Question, tmp_path: Path) -> None:
    """A bound below somebody's legal plan is called out and is not the best known."""
    program = question.program
    point = np.zeros(program.column_count)
    point[0] = 1.0
    worth = float(program.worth[0])
    honest = judge(program, _reported(tmp_path / "honest", (worth, 2 * worth, point)))
    liar = judge(program, _reported(tmp_path / "liar", (None, worth / 2, None)))
    assert is_false_bound(liar, (honest, liar)) and not is_false_bound(honest, (honest, liar))
    assert best_known_bound((honest, liar)) == 2 * worth
    assert seconds_to(honest, 2 * worth, 0.5) == honest.moments[0].seconds
    assert seconds_to(honest, 2 * worth, 0.1) is None
