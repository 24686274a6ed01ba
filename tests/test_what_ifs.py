"""What-ifs: edits do what a folder written with them would, branches compare fairly, and none takes the others down."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import engine.planning.pool as pool
from engine.cli import app
from engine.errors import InputError
from engine.planning.branches import Base, make_base, run_branch
from engine.planning.commands import register
from engine.planning.pool import run_branches
from engine.planning.sweep import read_sweep
from engine.problem import compile_problem
from engine.problem.recompile import recompiled, same_column
from engine.programme import Programme, read_programme
from engine.programme.edits import Edits, edited, leaves_as_it_is, read_edits
from engine.programme.reorder import drawn_alike, drawn_order
from engine.programme.row_edits import kinds
from engine.programme.row_edits.edit import row_edits
from engine.run import Options, match_read
from engine.solve.primal.warm import kept_columns
from scenarios.presets import nation, northern_triangle

WHAT_IFS = Path(__file__).parents[1] / "scenarios" / "what_ifs"
register(app)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A nation of a few hundred."""
    place = tmp_path_factory.mktemp("what_ifs") / "p"
    nation.build(300, 3).write(place)
    return place


@pytest.fixture(scope="module")
def programme(folder: Path) -> Programme:
    """The nation, read."""
    return read_programme(folder)


@pytest.fixture(scope="module")
def base(programme: Programme) -> Base:
    """The nation with its best plan."""
    return make_base(programme, 0.0, 60.0, 0)


def _edits(*entries: dict[str, Any]) -> Edits:
    return Edits("x", "", entries)


def _quota(programme: Programme) -> str:
    return next(a.id for a in programme.agreements if any(c.id == "quota" for c in a.clauses))


def _edits_of_all_kinds(programme: Programme) -> list[Edits]:
    own = {"agreement": _quota(programme), "clause": "quota"}
    us = {"destination_country": "US"}
    return [
        _edits(own | {"count": 3}),
        _edits(own | {"add": {"count": -1}}),
        _edits(own | {"scale": {"count": Decimal("0.5")}}),
        _edits(own | {"suspend": True}),
        _edits({"agreement": own["agreement"], "suspend": True}),
        _edits({"agreement": own["agreement"], "new_clause": {"id": "old", "kind": "age", "min": 30}}),
        _edits({"table": "orders", "where": us, "cancel": True}),
        _edits({"table": "orders", "keep": Decimal("0.5")}),
        _edits({"table": "orders", "where": us, "add": {"start_date": 7, "end_date": 7}}),
        _edits({"table": "orders", "scale": {"headcount": Decimal("1.5")}}),
        _edits({"table": "workers", "keep": Decimal("0.5")}),
        _edits({"table": "workers", "copies": Decimal("0.2")}),
        _edits({"table": "workers", "add": {"available_from": -30}}),
        _edits({"table": "corridors", "scale": {"travel_cost_to_worker": 2}}),
        _edits({"weights": {"fill": 2}}),
        _edits({"programme": {"max_placements_per_worker": 2}}),
    ]


@pytest.mark.parametrize("number", range(16))
def test_a_branch_is_worth_what_matching_the_edited_programme_is(number: int, base: Base) -> None:
    """Whatever the edit touches, and wherever the branch began."""
    edits = _edits_of_all_kinds(base.programme)[number]
    outcome = run_branch(base, edits)
    cold = match_read(edited(base.programme, edits), Options(gap=0.0))
    assert outcome.failure == ""
    assert outcome.totals["objective"] == pytest.approx(cold.files.certificate["objective"], abs=1e-6)
    assert outcome.status == "optimal"


@pytest.mark.parametrize("number", range(16))
def test_what_is_recompiled_is_what_compiling_gives(number: int, base: Base) -> None:
    """Where only counts change, columns are kept and nothing else."""
    drawn, _, _ = drawn_order(edited(base.programme, _edits_of_all_kinds(base.programme)[number]), base.seed)
    again, fresh = recompiled(base.problem, drawn), compile_problem(drawn)
    assert np.array_equal(again.offers.value, fresh.offers.value)
    assert np.array_equal(again.offers.cell, fresh.offers.cell)
    assert np.array_equal(again.limits.capacity, fresh.limits.capacity)
    assert again.limits.names == fresh.limits.names


@pytest.mark.parametrize("number", range(16))
def test_what_is_drawn_from_a_base_is_what_drawing_gives(number: int, base: Base) -> None:
    """Columns that the base has are shared, and every other is in the same order."""
    branch = edited(base.programme, _edits_of_all_kinds(base.programme)[number])
    known, fresh = drawn_alike(base.drawn, branch, base.seed), drawn_order(branch, base.seed)
    assert np.array_equal(known.workers, fresh[1])
    assert np.array_equal(known.orders, fresh[2])
    for name, table in fresh[0].tables.items():
        pairs = [(table.columns[key], known.drawn[name].columns[key]) for key in table.columns]
        assert all(same_column(one, other) for one, other in pairs), name


def test_counts_alone_keep_the_columns(base: Base, programme: Programme) -> None:
    """Compiling pairs again would cost more than matching."""
    edits = _edits({"agreement": _quota(programme), "clause": "quota", "count": 3})
    drawn, _, _ = drawn_order(edited(programme, edits), base.seed)
    again, fresh = recompiled(base.problem, drawn), compile_problem(drawn)
    assert again.offers is base.problem.offers
    for one, other in zip(again.limits.blocks, fresh.limits.blocks, strict=True):
        assert np.array_equal(one.block.capacity, other.block.capacity)
        assert (one.clause, one.first_row) == (other.clause, other.first_row)


def test_an_agreement_that_no_edit_names_is_not_read_again(programme: Programme) -> None:
    """A branch shares what it leaves as it is with its base."""
    quota = _quota(programme)
    after = edited(programme, _edits({"agreement": quota, "clause": "quota", "count": 3}))
    shared = {one.id: one is other for one, other in zip(programme.agreements, after.agreements, strict=True)}
    assert shared == {one.id: one.id != quota for one in programme.agreements}


def test_edits_of_one_agreement_add_up(programme: Programme) -> None:
    """The second begins from what the first left, and each tells its own change."""
    one = {"agreement": _quota(programme), "clause": "quota"}
    after = edited(programme, _edits({**one, "count": 3}, {**one, "add": {"count": 2}}))
    quotas = [c.rule.count for a in after.agreements if a.id == _quota(programme) for c in a.clauses if c.id == "quota"]
    assert quotas == [5]
    assert "places 3 instead" in str(after.notices[-2])
    assert "places 5 instead of 3" in str(after.notices[-1])


@pytest.mark.parametrize("change", [{"count": 3}, {"add": {"count": 2}}])
def test_what_a_base_knows_holds_in_a_branch(change: dict[str, Any], base: Base, programme: Programme) -> None:
    """Its columns and what its prices prove, where counts alone differ: as they are found from nothing."""
    edits = _edits({"agreement": _quota(programme), "clause": "quota", **change})
    branch = recompiled(base.problem, drawn_alike(base.drawn, edited(programme, edits), base.seed).drawn)
    plain = replace(base.warm, columns=None, bound=None)
    known, found = base.warm.first_bound(branch), plain.first_bound(branch)
    assert known.value == found.value
    assert np.array_equal(known.chosen, found.chosen)
    nobody, value = np.empty(0, np.int64), branch.offers.value
    kept = [kept_columns(branch, warm, nobody, lambda: value) for warm in (base.warm, plain)]
    assert np.array_equal(kept[0], kept[1])
    assert known.value != base.warm.first_bound(base.problem).value


def test_edits_leave_the_base_alone(programme: Programme) -> None:
    """Also where the edit changes a list within a clause."""
    before = repr(programme.texts), programme.orders.values("headcount").copy()
    for edits in _edits_of_all_kinds(programme):
        assert edited(programme, edits).sha256 != programme.sha256
    assert repr(programme.texts) == before[0]
    assert np.array_equal(programme.orders.values("headcount"), before[1])


def test_every_wrong_edit_is_named(programme: Programme) -> None:
    """All at once, with what would be right."""
    edits = _edits(
        {"agreement": "XX", "clause": "quota", "count": 3},
        {"agreement": _quota(programme), "clause": "quotta", "count": 3},
        {"agreement": _quota(programme), "clause": "quota", "add": {"cuont": 3}},
        {"table": "orders", "where": {"sektor": "A01"}, "cancel": True},
        {"table": "orders", "scale": {"headcount": "x"}},
        {"table": "sites", "keep": Decimal("0.5")},
        {"table": "orders", "keep": 7},
        {"new_agreement": {"id": _quota(programme)}},
    )
    with pytest.raises(InputError) as caught:
        edited(programme, edits)
    text = str(caught.value)
    for word in (
        "'XX'",
        "'quotta'",
        "add.cuont",
        "where.sektor",
        "scale.headcount",
        "sites",
        "edit 7: keep",
        "is there already",
    ):
        assert word in text
    with pytest.raises(InputError, match="count"):
        edited(programme, _edits({"agreement": _quota(programme), "clause": "quota", "count": -1}))


def test_a_failed_branch_does_not_take_the_others_down(base: Base) -> None:
    """It says why."""
    wrong = Edits("wrong", "", ({"agreement": "XX", "suspend": True},))
    right = Edits("right", "", ({"weights": {"fill": 2}},))
    outcomes = run_branches(base, [wrong, right], lambda _: ProcessPoolExecutor(1))
    assert "'XX'" in outcomes[0].failure
    assert outcomes[1].totals["placements"] > 0


def _fault(_base: str, edits: Edits) -> dict[str, object]:
    raise KeyError(edits.id)


def test_a_fault_of_ours_takes_its_branch_down_alone(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told with its kind."""
    monkeypatch.setattr(pool, "run_saved_branch", _fault)
    outcomes = run_branches(base, [_edits({"weights": {"fill": 2}})], lambda _: ProcessPoolExecutor(1))
    assert "KeyError" in outcomes[0].failure


def _die(_base: str, _edits: Edits) -> dict[str, object]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def test_a_process_that_dies_is_replaced(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a branch that kills its process every time is given up."""
    tried: list[int] = []
    real = pool.run_saved_branch

    def make(_branches: int) -> Executor:
        tried.append(1)
        monkeypatch.setattr(pool, "run_saved_branch", _die if len(tried) == 1 else real)
        return ProcessPoolExecutor(1)

    outcomes = run_branches(base, [_edits({"weights": {"fill": 2}})], make)
    assert len(tried) == 2
    assert outcomes[0].totals["placements"] > 0


def test_an_interrupted_sweep_goes_on(base: Base, tmp_path: Path) -> None:
    """Points that are there are not run again; the table is the same."""
    branches = [_edits({"weights": {"fill": weight}}) for weight in (2, 3)]
    first = run_branches(base, branches[:1], lambda _: ProcessPoolExecutor(1), tmp_path)
    told: list[str] = []
    both = run_branches(base, branches, lambda _: ProcessPoolExecutor(1), tmp_path, lambda o: told.append(o.id))
    assert both[0] == first[0]
    assert len(told) == 1


def test_the_library_of_what_ifs_runs(tmp_path: Path) -> None:
    """Every file of it, on the programme that it is for."""
    northern_triangle.build(200, 3).write(tmp_path / "p")
    read = read_programme(tmp_path / "p")
    for path in sorted(WHAT_IFS.glob("*.toml")):
        points = [e for _, e in read_sweep(path).points()] if path.name.startswith("sweep") else [read_edits(path)]
        for edits in points:
            assert edited(read, edits).sha256 != read.sha256


def test_the_commands_write_tables_and_charts(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison with a failed branch ends with 1 and says so; a sweep draws a curve."""
    monkeypatch.setattr(pool, "process_pool", lambda _: ThreadPoolExecutor(1))  # each process takes seconds to start
    (tmp_path / "more.toml").write_text('title = "More"\n[[edit]]\ntable = "orders"\nscale = { headcount = 1.2 }\n')
    (tmp_path / "wrong.toml").write_text('[[edit]]\nagreement = "XX"\nsuspend = true\n')
    files = [str(tmp_path / "more.toml"), str(tmp_path / "wrong.toml")]
    ran = CliRunner().invoke(app, ["whatif", str(folder), *files, str(tmp_path / "out")])
    assert ran.exit_code == 1
    assert "wrong failed" in ran.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"comparison.csv", "groups.csv", "branches.csv", "comparison.json", "comparison.png"} <= names
    (tmp_path / "s.toml").write_text(
        '[[vary]]\nname = "size"\nedit = { table = "orders", scale = { headcount = "VALUE" } }\nvalues = [1, 0.5]\n'
    )
    ran = CliRunner().invoke(app, ["sweep", str(folder), str(tmp_path / "s.toml"), str(tmp_path / "sweep")])
    assert ran.exit_code == 0, ran.output
    assert (tmp_path / "sweep" / "sweep.csv").read_text().count("\n") == 3
    assert (tmp_path / "sweep" / "sweep.svg").read_text().startswith("<svg")


def test_a_kind_of_edit_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programme: Programme) -> None:
    """Found without a list: one file more, and an edit may have its key."""
    lines = (
        "from engine.programme.row_edits.kind import RowEdit",
        "from engine.programme.row_edits.removal import without_orders",
        "def _change(tables, name, rows, value, refuse):",
        "    return without_orders(tables, rows) if value == 'all' else tables",
        "KIND = RowEdit('strike', 80, _change, lambda value: value == 'none')",
    )
    (tmp_path / "strike.py").write_text("\n".join(lines))
    entry = {"table": "orders", "strike": "all"}
    row_edits.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
        struck = edited(programme, Edits("x", "", (entry,)))
        assert not struck.orders.values("headcount").any()
        assert leaves_as_it_is(programme, {"table": "orders", "strike": "none"})
        assert not leaves_as_it_is(programme, entry)
    row_edits.cache_clear()
    with pytest.raises(InputError, match="does not belong"):
        edited(programme, Edits("x", "", (entry,)))


def test_an_edit_keeps_or_copies(programme: Programme) -> None:
    """Both at once would mean rows that are no more where they were."""
    with pytest.raises(InputError, match="an edit of its own"):
        edited(programme, Edits("x", "", ({"table": "workers", "keep": 1, "copies": 0},)))
