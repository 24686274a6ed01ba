"""What isn't judged again after edits is what a whole audit would find to hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audit.again import still_legal
from engine.audit.audit import audit
from engine.audit.placement_table import PlacementTable
from engine.errors import InputError
from engine.planning.branches import Base, make_base
from engine.programme import read_programme
from engine.programme.edits import Edits, edited
from scenarios.presets import northern_triangle


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """A season with crews, groups, ledgers, shares and several placements a worker, and a plan for it."""
    place = tmp_path_factory.mktemp("again") / "p"
    northern_triangle.build(80, 2).write(place)
    return make_base(read_programme(place), 0.1, 60.0, 0)


def _plan(base: Base) -> tuple[Any, Any]:
    return base.rows[0][base.warm.worker], base.rows[1][base.warm.order]


@settings(max_examples=25)
@given(data=st.data())
def test_a_clause_that_was_edited_is_judged_as_a_whole_audit_judges_it(base: Base, data: st.DataObject) -> None:
    """Of any agreement and any clause with a number in it, made harder or easier."""
    numbers = [
        (content["id"], clause["id"], key)
        for file, content in sorted(base.programme.texts.items())
        for clause in content.get("clause", ())
        for key, value in clause.items()
        if file != "programme.toml" and isinstance(value, int) and not isinstance(value, bool)
    ]
    agreement, clause, key = data.draw(st.sampled_from(numbers))
    value = data.draw(st.integers(0, 400))
    try:
        programme = edited(base.programme, Edits("x", "", ({"agreement": agreement, "clause": clause, key: value},)))
    except InputError:
        return
    placements = PlacementTable(programme, *_plan(base))
    assert still_legal(base.programme, placements) in (audit(programme, *_plan(base)).legal, None)


def test_edits_make_legal_plans_illegal(base: Base) -> None:
    """A count of nobody is broken by everybody, and told."""
    broken = 0
    for agreement in base.programme.agreements:
        for clause in agreement.clauses:
            try:
                entry = {"agreement": agreement.id, "clause": clause.id, "count": 0}
                programme = edited(base.programme, Edits("x", "", (entry,)))
            except InputError:
                continue
            broken += still_legal(base.programme, PlacementTable(programme, *_plan(base))) is False
    assert broken


@pytest.mark.parametrize(
    "entry",
    [
        {"table": "workers", "add": {"available_from": 1}},
        {"programme": {"max_placements_per_worker": 1}},
        {"weights": {"fill": 2}},
    ],
)
def test_only_a_whole_audit_tells_of_other_edits(base: Base, entry: dict[str, Any]) -> None:
    """Tables and settings speak to every rule."""
    programme = edited(base.programme, Edits("x", "", (entry,)))
    assert still_legal(base.programme, PlacementTable(programme, *_plan(base))) is None


def test_nothing_is_judged_twice_where_nothing_differs(base: Base) -> None:
    """The same plan in the same programme holds."""
    assert still_legal(base.programme, PlacementTable(base.programme, *_plan(base)))
