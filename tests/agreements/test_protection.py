"""In which direction a parameter protects workers, and in which it refuses more, is what its kind says of it."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from agreements.written_agreements import clause, text
from example_programme import build

from engine.agreements.comparing import compare
from engine.audit.audit import audit
from engine.clauses.base import Clause, Example, Rule
from engine.clauses.kinds import kinds
from engine.clauses.protection import Protection, protection_of

MORE, LESS, SAME, UNCLEAR = Protection.MORE, Protection.LESS, Protection.SAME, Protection.UNCLEAR
WOMEN, ONTARIO = {"sex": ["F"]}, {"destination_region": ["CA-ON"]}
# What a change does to the protection of workers, as one reads it off the agreements: kind, before, after, effect.
CHANGES: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None, Protection]] = [
    ("age", {"min": 18}, {"min": 16}, LESS),
    ("age", {"min": 18}, {"min": 18, "max": 50}, SAME),
    ("age", {"max": 50}, None, SAME),
    ("age", {"min": 18}, None, LESS),
    ("wage_floor", {"hourly": 12}, {"hourly": 12.5}, MORE),
    ("wage_floor", {"hourly": 12}, {"hourly": 12, "where": ONTARIO}, LESS),
    ("wage_floor", {"hourly": 12}, {"hourly": 13, "where": ONTARIO}, UNCLEAR),
    ("guarantee", {"min_weekly_hours": 30}, {"min_weekly_hours": 26}, LESS),
    ("guarantee", {"min_total_hours": 240}, {"min_weekly_hours": 26}, UNCLEAR),
    ("worker_cost", {"max": 0}, {"max": 100}, LESS),
    ("deductions", {"max_share": 0.1}, {"max_share": 0.05}, MORE),
    ("net_income", {"min_weekly": 300}, {"min_weekly": 200}, LESS),
    ("contract", {"min_days": 60}, {"min_days": 30}, LESS),
    ("contract", {"max_days": 60}, {"max_days": 30}, SAME),
    ("housing", {}, None, LESS),
    ("accreditation", None, {}, MORE),
    ("share", {"min_share": 0.3, "where": WOMEN}, {"min_share": 0.2, "where": WOMEN}, LESS),
    ("share", {"max_share": 0.3, "where": WOMEN}, None, SAME),
    ("transfer", {"max_gap_days": 10, "max_transfers": 1}, {"max_gap_days": 20, "max_transfers": 1}, MORE),
    ("stay_window", {"max_days": 240, "window_days": 365}, {"max_days": 270, "window_days": 365}, SAME),
    ("experience", {"min_months": 12}, None, SAME),
    ("cap", {"count": 5}, {"count": 50}, SAME),
]


def read(kind: str, parameters: dict[str, Any] | None) -> Clause | None:
    return None if parameters is None else text(clause("tested", kind, **parameters)).clauses[0]


@pytest.mark.parametrize(("kind", "before", "after", "effect"), CHANGES)
def test_a_change_does_to_workers_what_it_says(kind: str, before: Any, after: Any, effect: Protection) -> None:
    opposite = {MORE: LESS, LESS: MORE}.get(effect, effect)
    assert protection_of(read(kind, before), read(kind, after)) is effect
    assert protection_of(read(kind, after), read(kind, before)) is opposite
    assert protection_of(read(kind, before), read(kind, before)) is SAME


@pytest.mark.parametrize("rule", kinds().values(), ids=list(kinds()))
def test_directions_name_parameters_of_the_kind(rule: type[Rule]) -> None:
    own = {field.name for field in fields(rule)}
    assert {*(rule.protects or {}), *rule.asks_more, *(name for pair in rule.ranges for name in pair)} <= own
    assert {*(rule.protects or {}).values(), *rule.asks_more.values()} <= {1, -1}


def _cases() -> list[Any]:
    """One accepted and one refused example for each parameter that says in which direction it refuses more."""
    found = {}
    for kind, rule in kinds().items():
        for name, direction in rule.asks_more.items():
            for example in rule.examples:
                value = example.parameters.get(name.rstrip("_"))
                if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                    case = pytest.param(kind, name, direction, example, id=f"{kind}-{name}-{example.holds}")
                    found.setdefault((kind, name, example.holds), case)
    return list(found.values())


@pytest.mark.parametrize(("kind", "name", "direction", "example"), _cases())
def test_asking_more_refuses_what_was_refused(
    kind: str, name: str, direction: int, example: Example, tmp_path: Path
) -> None:
    """By the audit, which knows nothing of directions: what is refused stays so, what is accepted stays so by less."""
    step = direction * (-1 if example.holds else 1)
    step = Decimal("0.01") * step if isinstance(example.parameters[name], float | Decimal) else step
    changed = {**example.parameters, name: max(Decimal(str(example.parameters[name])) + step, Decimal(0))}
    if not isinstance(example.parameters[name], float | Decimal):
        changed[name] = int(changed[name])
    other = Example(**{**{f.name: getattr(example, f.name) for f in fields(Example)}, "parameters": changed})
    programme = build(tmp_path / "p", kind, other)
    verdict = audit(programme, [w for w, _ in example.placements], [o for _, o in example.placements])
    assert verdict.legal == example.holds


def test_two_agreements_are_compared_clause_by_clause() -> None:
    one = text(
        clause("adult", "age", min=18),
        clause("floor", "wage_floor", hourly=12),
        clause("houses", "housing"),
        clause("stay", "stay_window", max_days=240, window_days=365),
    )
    other = text(
        clause("adult", "age", min=18),
        clause("wage", "wage_floor", hourly=14),
        clause("stay", "stay_window", max_days=270, window_days=365),
        clause("fees", "worker_cost", max=0),
        id="HN-CA",
        origins=["HN"],
    )
    found = compare(one, other)
    told = {line.clause: line for line in found.clauses}
    assert {name: line.protection for name, line in told.items()} == {
        "adult": SAME,
        "floor": MORE,
        "houses": LESS,
        "stay": SAME,
        "fees": MORE,
    }
    assert told["adult"].same and not told["stay"].same
    assert "(hourly)" in told["floor"].in_words and "The second protects workers more" in told["floor"].in_words
    assert (told["houses"].after, told["fees"].before) == ("", "")
    assert [(term.term, term.before, term.after) for term in found.terms] == [("origins", ("GT",), ("HN",))]
    assert (found.count(MORE), found.count(LESS)) == (2, 1)
