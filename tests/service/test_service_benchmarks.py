"""The benchmarks of the service in small: load and chaos find nothing lost."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import benchmarks
from benchmarks import service_chaos, service_load, service_publication
from benchmarks.waited_calls import Waited, in_words

CLIENTS = ("Client", "AsyncClient", "urlopen")


@pytest.fixture(autouse=True)
def _usual_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that are killed and flooded give up as soon as outside tests: their clients come again."""
    for name in ("VAIVEN_LOCK_SECONDS", "VAIVEN_STATEMENT_SECONDS"):
        monkeypatch.delenv(name)


def test_nothing_is_lost_under_load(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A few clerks and readers beside matches, on PostgreSQL."""
    monkeypatch.setattr(service_load, "RUNS", 2)
    assert service_load.measure(2, 4, 24, 2, 200) == 0
    assert "24 orders acknowledged, 0 lost" in capsys.readouterr().out


def test_nothing_is_lost_where_processes_are_killed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill at random; what was acknowledged is there, and every run ended once."""
    monkeypatch.setattr(service_chaos, "WORKERS", 200)
    monkeypatch.setattr(service_chaos, "FIRST_ORDERS", 8)
    monkeypatch.setattr(service_chaos, "BETWEEN_SECONDS", (0.5, 1.5))
    assert service_chaos.main(1, 0) == 0
    assert "nothing doubled" in capsys.readouterr().out


def test_a_plan_is_published_beside_others(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """No read and no change of others fails meanwhile."""
    monkeypatch.setattr(service_publication, "QUIET_SECONDS", 0.5)
    assert service_publication.measure(200, 2) == 0
    assert "0 failures" in capsys.readouterr().out


def test_every_client_of_a_benchmark_has_a_time_limit() -> None:
    """A service that hangs is a fault that is told, not a benchmark that never ends."""
    calls = [
        (path.name, node)
        for path in sorted(Path(benchmarks.__path__[0]).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLIENTS
    ]
    limits = {(name, node.lineno): {one.arg: ast.unparse(one.value) for one in node.keywords} for name, node in calls}
    assert len(limits) > 5
    assert {place for place, told in limits.items() if told.get("timeout", "None") == "None"} == set()


def test_a_call_counts_for_what_was_under_way_beside_it() -> None:
    """However little of both was at the same time; and once, however many spans there were."""
    waited = Waited()
    for begun, ended in ((0.0, 1.0), (2.0, 2.5), (2.75, 4.0), (9.0, 9.5)):
        waited.add("read", begun, ended)
    assert waited.during("read", [(0.5, 0.75), (0.25, 0.5), (3.5, 20.0)]) == [1.0, 1.25, 0.5]
    assert waited.during("read", []) == waited.during("write", [(0.0, 9.0)]) == []
    assert "3 calls, median 1000 ms" in in_words([1.0, 1.25, 0.5]) and in_words([]) == "0 calls"
