"""Explanations are true: what is said to suffice does, one unit less does not, and every clash is irreducible."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from adversarial_programmes import draft
from typer.testing import CliRunner

from engine.audit.lasting_rules import LASTING_RULES
from engine.audit.pairs import LASTING
from engine.clauses.kinds.cap import Cap
from engine.cli import app
from engine.errors import CallError, ClashError
from engine.planning.commands import register
from engine.planning.explain import explanation
from engine.planning.explain.clash_set import explain_commitments, keepable, with_clauses
from engine.planning.explain.clause import explain_clause
from engine.planning.explain.demand import explain_demand, most_places
from engine.planning.explain.order import explain_order
from engine.planning.explain.placement import explain_placement
from engine.planning.explain.price_trial import price_trial
from engine.planning.explain.reading import read_reading
from engine.planning.explain.trial import Trial, make_trial
from engine.planning.explain.worker import explain_worker
from engine.problem.values import SCALE
from engine.programme import read_programme
from engine.run import Options, match_to_folder
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.words.wording import worded_all

SEEDS = range(int(os.environ.get("VAIVEN_EXPLAINED_PROGRAMMES", "2")))
# Each question costs exact runs: `make proof` asks them of everybody and of every clause.
ASKED = slice(None if "VAIVEN_EXPLAINED_PROGRAMMES" in os.environ else 4)
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
register(app)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, trials are made to the end."""
    monkeypatch.setattr("engine.planning.explain.trial.SECONDS", inf)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme with its plan."""
    place = tmp_path_factory.mktemp("explain")
    draft(7, 40).programme(place / "p")
    match_to_folder(place / "p", place / "plan", Options(gap=0.0))
    return place


def _unplaced(place: Path) -> Iterator[tuple[str, tuple[dict, ...], Trial]]:  # type: ignore[type-arg]  # plain JSON
    """Every unplaced worker of some small programmes, with the changes that are said to suffice."""
    for seed in SEEDS:
        programme = draft(seed, 30).programme(place / f"p{seed}")
        try:
            match_to_folder(place / f"p{seed}", place / f"plan{seed}", Options(gap=0.0))
        except ClashError:
            continue
        reading, trial = read_reading(programme, place / f"plan{seed}"), make_trial(programme)
        assert trial is not None
        for row in np.setdiff1d(np.arange(programme.workers.size), reading.worker)[ASKED]:
            worker = str(programme.workers.id_text("worker_id")[row])
            changes = explain_worker(reading, worker).changes
            yield worker, changes or (), trial


def _one_less(change: dict) -> dict | None:  # type: ignore[type-arg]  # plain JSON
    """The same edit with one unit less; None where that is no change at all."""
    edit, amount = change["edit"], change["amount"]
    if change["kind"] == "language":
        name = edit["grant"]["languages"].partition(":")[0]
        return None if amount == 1 else edit | {"grant": {"languages": f"{name}:{LEVELS[amount - 2]}"}}
    if change["kind"] == "experience":
        name, _, months = edit["grant"]["occupations"].partition(":")
        return None if amount == 1 else edit | {"grant": {"occupations": f"{name}:{int(months) - 1}"}}
    if "add" not in edit or amount == 1:
        return None
    return edit | {"add": {key: value + (1 if value < 0 else -1) for key, value in edit["add"].items()}}


def test_the_change_said_to_suffice_does_and_one_unit_less_does_not(tmp_path: Path) -> None:
    """By runs over the edited programmes."""
    asked = tried = 0
    for worker, changes, trial in _unplaced(tmp_path):
        asked += 1
        assert trial.would_place(worker) == (bool(changes) and changes[0]["kind"] == "tied")
        for change in changes:
            if change["kind"] == "tied":
                continue
            after = trial.edited(change["edit"])
            assert after is not None and after.would_place(worker), (worker, change)
            less = _one_less(change)
            before = trial.edited(less) if less is not None else trial
            assert before is None or not before.would_place(worker), (worker, change)
            tried += 1
    print(f"{asked} workers, {tried} changes tried")
    assert tried >= 4


def test_the_price_of_a_quota_lies_between_its_gains(tmp_path: Path) -> None:
    """By exact runs: one more gives at most what the bound and the price say."""
    checked = 0
    for seed in range(2):
        programme = draft(seed, 30).programme(tmp_path / f"p{seed}")
        try:
            match_to_folder(tmp_path / f"p{seed}", tmp_path / f"plan{seed}", Options(gap=0.0))
        except ClashError:
            continue
        certificate = json.loads((tmp_path / f"plan{seed}" / "certificate.json").read_text())
        plain = [one for one in programme.all_clauses() if _is_plain_cap(one) and not getattr(one.rule, "per", "")]
        for clause in plain[ASKED]:
            found = explanation(tmp_path / f"p{seed}", tmp_path / f"plan{seed}", None, None, clause.name, False)
            gains, price = found.gains, sum(row["price"] for row in found.limits)  # type: ignore[union-attr]  # a clause's
            if gains is None or not found.limits:  # type: ignore[union-attr]  # a clause's
                continue
            slack = certificate["price_bound"] - certificate["objective"]
            over = {step: gain - slack - step * price for step, gain in gains.items() if step > 0}
            assert max(over.values()) <= 1e-5, (seed, clause, found)
            checked += 1
    assert checked >= 1


def test_every_clash_is_irreducible(tmp_path: Path) -> None:
    """The set clashes; without any one of its clauses the commitments can be kept."""
    found = 0
    for seed in range(3):
        made = draft(seed, 20)
        programme = made.programme(tmp_path / f"p{seed}")
        try:
            result = match(make_trial(programme).problem, "optimal", 0.0, Budget(inf))  # type: ignore[union-attr]  # small
        except ClashError:
            continue
        del result
        clauses = [replace(c, rule=replace(c.rule, count=0)) if _is_plain_cap(c) else c for c in programme.clauses]
        tight = replace(
            programme,
            clauses=tuple(clauses),
            agreements=tuple(
                replace(
                    a,
                    clauses=tuple(
                        replace(c, rule=replace(c.rule, count=0)) if _is_plain_cap(c) else c for c in a.clauses
                    ),
                )
                for a in programme.agreements
            ),
        )
        explained = explain_commitments(tight)
        if not explained.clash or not explained.clauses:
            continue
        found += 1
        core = [clause for clause in tight.all_clauses() if clause.name in explained.clauses]
        assert not keepable(with_clauses(tight, core))
        for clause in core:
            assert keepable(with_clauses(tight, [other for other in core if other is not clause]))
    assert found >= 1


def test_a_demand_that_cannot_be_met_names_an_irreducible_set(tmp_path: Path) -> None:
    """No more than said can be filled with the set; without any one of it one place more can."""
    found = 0
    for seed in range(3):
        programme = draft(seed, 20).programme(tmp_path / f"p{seed}")
        for order in programme.orders.id_text("order_id")[:4].tolist():
            try:
                explained = explain_demand(programme, order)
            except ClashError:
                break
            core = [clause for clause in programme.all_clauses() if clause.name in (explained.clauses or ())]
            if not core:
                assert explained.clauses is None or explained.most == explained.headcount
                continue
            found += 1
            assert most_places(with_clauses(programme, core), order) == explained.most < explained.headcount
            for clause in core:
                fewer = [other for other in core if other is not clause]
                assert most_places(with_clauses(programme, fewer), order) > explained.most
    assert found >= 3


def test_what_a_large_programme_is_told_holds_exactly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program is too large to try, what is told are bounds: an exact run lies between them."""
    reading = read_reading(read_programme(folder / "p"), folder / "plan")
    exact = make_trial(reading.programme)
    assert exact is not None
    objective, seen = exact.best().objective / SCALE, set()
    monkeypatch.setattr("engine.planning.explain.trial.MOST_COLUMNS", 0)
    for row in np.setdiff1d(np.arange(reading.programme.workers.size), reading.worker)[::2]:
        worker = str(reading.programme.workers.id_text("worker_id")[row])
        explained = explain_worker(reading, worker)
        assert not explained.exact and any("weighed at the plan's prices" in line for line in explained.lines)
        for change in explained.changes or ():
            after = exact if change["edit"] is None else exact.edited(change["edit"])
            assert after is not None
            placing = after.placing(worker)
            least, most = change["gain_at_least"], change["gain_at_most"]
            seen.add((change["kind"], least is not None))
            if placing is None:
                assert least is None
                continue
            assert most is not None, (worker, change)
            assert placing / SCALE - objective <= most + 1e-5, (worker, change)
            assert least is None or placing / SCALE - objective >= least - 1e-5, (worker, change)
    assert ("as_is", True) in seen and len(seen) >= 3, seen


def test_where_trials_take_too_long_bounds_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a worker, of a placement and of a quota: nothing is called exact that was not tried to the end."""
    reading = read_reading(read_programme(folder / "p"), folder / "plan")
    ids, orders = (reading.programme.workers.id_text("worker_id"), reading.programme.orders.id_text("order_id"))
    unplaced = ids[np.setdiff1d(np.arange(len(ids)), reading.worker)].astype(str).tolist()
    placed, order = str(ids[reading.worker[0]]), str(orders[reading.order[0]])
    clause = next(one for one in reading.programme.all_clauses() if _is_plain_cap(one)).name
    monkeypatch.setattr("engine.planning.explain.trial.SECONDS", 0.0)
    told = next(said for said in map(partial(explain_worker, reading), unplaced) if not said.exact)
    assert any("take too long" in str(line) for line in told.lines)
    assert explain_placement(reading, placed, order).loss is None and explain_clause(reading, clause).gains is None


def test_at_prices_a_change_of_the_worker_makes_an_order_worth_its_price(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One unit less of what is named is not worth its price."""
    monkeypatch.setattr("engine.planning.explain.trial.MOST_COLUMNS", 0)
    reading = read_reading(read_programme(folder / "p"), folder / "plan")
    named = 0
    for row in np.setdiff1d(np.arange(reading.programme.workers.size), reading.worker):
        worker = str(reading.programme.workers.id_text("worker_id")[row])
        trial = price_trial(reading, worker)
        for change in explain_worker(reading, worker).changes or ():
            if change["edit"] is not None and change["edit"].get("table") == "workers":
                named += 1
                after = trial.edited(change["edit"])
                assert after is not None and after.would_place(worker) and not trial.would_place(worker)
    assert named >= 1


def _is_plain_cap(clause: object) -> bool:
    rule = getattr(clause, "rule", None)
    return isinstance(rule, Cap) and rule.count is not None and rule.periods is None


def test_a_promised_placement_is_explained_as_any_other(tmp_path: Path) -> None:
    """Without it nothing is promised any more: the loss is what the best plan then lacks."""
    made = draft(7, 40)
    made.tables["commitments"] = made.tables["commitments"].iloc[:0]
    made.programme(tmp_path / "free")
    match_to_folder(tmp_path / "free", tmp_path / "plan", Options(gap=0.0))
    first = pd.read_csv(tmp_path / "plan" / "placements.csv", dtype=str).iloc[0]
    row = {"worker_id": first.worker_id, "order_id": first.order_id, "agreed_on": ""}
    made.tables["commitments"] = pd.DataFrame([row])
    made.programme(tmp_path / "bound")
    (tmp_path / "plan" / "certificate.json").unlink()  # a plan with one is refused with another programme
    found = [
        explanation(tmp_path / name, tmp_path / "plan", first.worker_id, first.order_id, None, False)
        for name in ("free", "bound")
    ]
    assert found[0].loss == pytest.approx(found[1].loss, abs=1e-6)  # type: ignore[union-attr]  # a placement's


def test_every_rule_on_a_pair_is_in_words() -> None:
    """A rule that always holds has a name and a sentence."""
    assert set(LASTING) <= set(LASTING_RULES)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_nobody_else_is_named(folder: Path, language: str) -> None:
    """An order, a clause and another worker are explained without other people's ids."""
    programme = read_programme(folder / "p")
    workers = [str(w) for w in programme.workers.id_text("worker_id")]
    reading = read_reading(programme, folder / "plan")
    order = str(programme.orders.id_text("order_id")[reading.order[0]])
    placed = workers[reading.worker[0]]
    clause = programme.all_clauses()[0].name
    asked = [
        (None, order, None),
        (None, None, clause),
        (placed, None, None),
        (placed, order, None),
        (workers[0], None, None),
    ]
    for worker, of_order, of_clause in asked:
        found = worded_all(explanation(folder / "p", folder / "plan", worker, of_order, of_clause, False), language)
        text = "\n".join(found.lines) + json.dumps({k: v for k, v in vars(found).items() if k != "lines"}, default=str)
        others = [w for w in workers if w != worker]
        assert found.lines
        assert not any(f'"{w}"' in text or f" {w} " in text for w in others)


def test_the_command_speaks_and_gives_json(folder: Path) -> None:
    """Text by default, JSON when asked; an unknown id is a clear error."""
    programme = read_programme(folder / "p")
    worker = str(programme.workers.id_text("worker_id")[0])
    ran = CliRunner().invoke(app, ["explain", str(folder / "p"), str(folder / "plan"), "--worker", worker, "--json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["worker"] == worker
    with pytest.raises(CallError, match="nobody"):
        explanation(folder / "p", folder / "plan", "nobody", None, None, False)
    with pytest.raises(CallError, match="what to explain"):
        explanation(folder / "p", folder / "plan", None, None, None, False)


def test_an_order_with_open_places_is_told_why(folder: Path) -> None:
    """The plan's own reason stands in the explanation, and a full order has none."""
    reading = read_reading(read_programme(folder / "p"), folder / "plan")
    unfilled = pd.read_csv(folder / "plan" / "unfilled.csv", dtype=str).set_index("order_id")["reason"]
    assert len(unfilled)
    for order in reading.programme.orders.id_text("order_id"):
        told = explain_order(reading, str(order))
        assert told.open_because == unfilled.get(str(order))
        assert any(str(told.open_because) in line for line in told.lines) == (told.placed < told.headcount)


def test_the_loss_of_a_placement_in_a_large_programme_lies_between_its_bounds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each placement of a small plan by bounds, against exact solutions."""
    reading = read_reading(read_programme(folder / "p"), folder / "plan")
    workers, orders = (reading.programme[t].id_text(f"{t[:-1]}_id") for t in ("workers", "orders"))
    placed = list(zip(workers[reading.worker], orders[reading.order], strict=True))
    pairs = [(str(worker), str(order)) for worker, order in placed][:10]
    exact = [explain_placement(reading, *pair).loss for pair in pairs]
    monkeypatch.setattr("engine.planning.explain.trial.MOST_COLUMNS", 0)
    told = [explain_placement(reading, *pair) for pair in pairs]
    assert any(one.loss_at_most is not None for one in told)
    for loss, one in zip(exact, told, strict=True):
        assert one.loss is None and loss is not None
        assert one.loss_at_least - 1e-5 <= loss
        assert one.loss_at_most is None or loss <= one.loss_at_most + 1e-5
