"""No rule refuses a placement without showing the fact beside the demand: every kind of gate, every lasting rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from base_programme import ORDER, WORKERS, base
from example_programme import build

from engine.audit.facts import facts_against, shows_facts
from engine.audit.pairs import LASTING, pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Gate
from engine.clauses.kinds import kinds
from engine.programme import read_programme
from engine.words import Message
from engine.words.catalogue import languages
from engine.words.wording import worded

REFUSALS = [
    pytest.param(kind, example, id=f"{kind}-{number}")
    for kind, rule in kinds().items()
    if issubclass(rule, Gate)
    for number, example in enumerate(rule.examples)
    if not example.holds
]
# What a worker and an order need for each lasting rule to refuse them, and what the fact then says.
LASTING_CASES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "occupation": ({"occupations": "9211:3"}, {"min_experience_months": "12"}, "3 months of experience, 12 needed"),
    "skills": ({"skills": "dig"}, {"required_skills": "dig;picking"}, "without picking, which the order asks for"),
    "language": ({"languages": "en:A2"}, {"languages": "en:B1;fr:A1"}, "English A2, B1 asked; no French, A1 asked"),
    "availability": ({"available_to": "2026-05-01"}, {}, "available until 2026-05-01, needed until 2026-05-31"),
    "horizon": ({}, {"end_date": "2027-02-01"}, "the programme runs from 2026-01-01 to 2026-12-31"),
    "excluded": ({}, {}, "this worker and this order stand among the exclusions"),
    "refused": ({"refuses": "ES"}, {}, "the worker refuses ES, where the order is"),
    "reservation": ({"reservation_weekly_income": "500"}, {}, "a net weekly income of 400.00, 500.00 asked for"),
    "debarred": ({}, {}, "work from 2026-03-01 to 2026-05-31, the employer is debarred from 2026-04-01"),
    "no agreement": (
        {"origin_country": "HN"},
        {},
        "no agreement from Honduras to Spain is in force for sector Crop and animal production (A01)",
    ),
}


def _values(told: Any) -> list[Any]:
    """The values of a message, and those of the messages among them."""
    found: list[Any] = []
    for value in told.values.values():
        entries = value if isinstance(value, tuple) and not hasattr(value, "_fields") else (value,)
        for entry in entries:
            found += _values(entry) if isinstance(entry, Message) else [entry]
    return found


def _told(rule: str | Clause, pairs: PlacementTable, broken: Any) -> list[Message]:
    refused = pairs.subset(np.flatnonzero(broken))
    facts = list(facts_against(rule, refused))
    assert len(facts) == refused.size
    for fact in facts:
        assert all(worded(fact, language) for language in languages())
    return facts


@pytest.mark.parametrize(("kind", "example"), REFUSALS)
def test_a_gate_shows_the_fact_beside_the_demand(kind: str, example: Any, tmp_path: Path) -> None:
    """For each example that a kind refuses: one fact a placement, with what there is and what is asked."""
    programme = build(tmp_path, kind, example)
    pairs = PlacementTable(programme, *np.array(example.placements, np.int64).T)
    refused = [(r, b) for r, _, b in pair_breaches(pairs) if isinstance(r, Clause) and r.rule.kind == kind and b.any()]
    assert refused
    for rule, broken in refused:
        assert shows_facts(rule)
        for fact in _told(rule, pairs, broken):
            assert len(_values(fact)) > 1 or fact.startswith("no "), fact


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_rule_shows_the_fact_beside_the_demand(name: str, tmp_path: Path) -> None:
    """Each rule that every programme has."""
    worker, order, said = LASTING_CASES[name]
    tables: dict[str, Any] = {}
    if name == "excluded":
        tables["exclusions"] = [{"worker_id": "W00", "order_id": "O00"}]
    if name == "debarred":
        tables["employers"] = [{"employer_id": "E01", "country": "ES", "debarred_from": "2026-04-01"}]
    base([WORKERS[0] | worker], [ORDER | order], **tables).programme(tmp_path)
    pairs = PlacementTable(read_programme(tmp_path), np.array([0]), np.array([0]))
    broken = next(found for rule, _, found in pair_breaches(pairs) if rule == name)
    assert broken.all()
    assert said in _told(name, pairs, broken)[0]
