"""Full agreement with programmes that an outsider read and solved (left out cleanly where they are not at hand)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from engine.audit.audit import audit
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.problem import compile_problem
from engine.problem.admitted_pairs import list_pairs
from engine.problem.eligibility import admitted_rectangles
from engine.problem.register import Register
from engine.problem.values import SCALE, Values
from engine.programme import Programme, read_programme
from engine.run import Options, match_read

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "conformance"
PROGRAMMES = sorted(FOLDER.glob("programme-*")) or [
    pytest.param(FOLDER, marks=pytest.mark.skip(reason="the conformance programmes are not beside this checkout"))
]


def _rows(programme: Programme, pairs: list[tuple[str, str]]) -> tuple[list[int], list[int]]:
    workers = {name: row for row, name in enumerate(programme.workers.id_text("worker_id"))}
    orders = {name: row for row, name in enumerate(programme.orders.id_text("order_id"))}
    return [workers[w] for w, _ in pairs], [orders[o] for _, o in pairs]


@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda folder: folder.name)
def test_pairs_and_values(folder: Path) -> None:
    """Problem and audit admit the expected pairs and give them the expected values."""
    programme = read_programme(folder)
    with (folder / "expected-pairs.csv").open() as file:
        rows = list(csv.DictReader(file))
    pairs = [(row["worker_id"], row["order_id"]) for row in rows]
    expected = {pair: float(row["value"]) for pair, row in zip(pairs, rows, strict=True) if row["admitted"] == "1"}
    table = PlacementTable(programme, *(np.array(x) for x in _rows(programme, pairs)))
    broken = np.logical_or.reduce([found for _, _, found in pair_breaches(table)])
    values = placement_values(table)
    assert {pair for pair, wrong in zip(pairs, broken, strict=True) if not wrong} == set(expected)
    for pair, value in zip(pairs, values, strict=True):
        assert pair not in expected or value == pytest.approx(expected[pair], abs=1e-6)
    register = Register(programme)
    listed = list_pairs(register, admitted_rectangles(register), Values(register))
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    found = dict(
        zip(zip(workers[listed.workers()], orders[listed.order], strict=True), listed.value / SCALE, strict=True)
    )
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda folder: folder.name)
def test_verdicts(folder: Path) -> None:
    """The audit judges every plan as expected and names at least the expected faults."""
    programme = read_programme(folder)
    for expected in json.loads((folder / "expected.json").read_text())["verdicts"]:
        verdict = audit(programme, *_rows(programme, [tuple(pair) for pair in expected["plan"]]))
        assert verdict.legal == expected["legal"]
        assert set(expected.get("faults", [])) <= {breach.clause_id for breach in verdict.breaches}
        if "objective" in expected:
            assert verdict.objective == pytest.approx(expected["objective"], abs=1e-6)


@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda folder: folder.name)
def test_optima(folder: Path) -> None:
    """The plan is worth the expected optimum, is proved optimal and passes the audit."""
    expected = json.loads((folder / "expected.json").read_text())
    programme = read_programme(folder)
    matched = match_read(programme, Options())
    certificate = matched.files.certificate
    assert certificate["status"] == "optimal"
    assert certificate["objective"] == pytest.approx(expected["optimum"], abs=1e-6)
    assert certificate["bound"] >= expected["optimum"] - 1e-6
    assert certificate["price_bound"] >= certificate["bound"]
    assert certificate["eligible_pairs"] == expected["admitted_pairs"] == compile_problem(programme).eligible_pairs
