"""Agreements carry examples: what they say is what happens, and what fails says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from agreements.written_agreements import HEAD, clause, text
from command_line import run_command

import vaiven
from engine.agreements.agreement_text import texts_of
from engine.agreements.trial import try_examples
from scenarios.northern_triangle_agreements import CORRIDORS
from scenarios.schemes import agreement

ADULT = clause("adult", "age", min=18)
SEVENTEEN = {"clause": "adult", "expect": "refused", "worker": {"age": 17}}
EIGHTEEN = {"clause": "adult", "expect": "admitted", "worker": {"age": 18}}


def _different_agreements() -> dict[str, dict[str, Any]]:
    """An agreement of each scheme, and one more for each origin with clauses of its own."""
    found: dict[str, dict[str, Any]] = {}
    for (origin, destination), names in CORRIDORS.items():
        for name in names:
            made = agreement(name, origin, destination, 2026, (date(2026, 1, 1), date(2026, 12, 31)), [])
            found.setdefault(f"{name} {made['clause']}", made)
    return {made["id"]: made for made in found.values()}


AGREEMENTS = _different_agreements()


@pytest.mark.parametrize("content", AGREEMENTS.values(), ids=list(AGREEMENTS))
def test_every_scheme_keeps_its_examples(content: dict[str, Any]) -> None:
    """On either side of each of its clauses that can refuse somebody."""
    found = try_examples(texts_of({f"agreements/{content['id']}.toml": content}))
    assert [one.in_words for one in found.failed] == []
    assert [one.in_words for one in found.untried] == []
    assert len(found.tried) >= 2 * len({one for tried in found.tried for one in tried.clauses})


def failure(*clauses: dict[str, Any], **example: Any) -> str:
    (tried,) = try_examples([text(*clauses, examples=[example])]).tried
    return tried.failure


def test_examples_that_go_as_they_say_have_no_failure() -> None:
    found = try_examples([text(ADULT, examples=[EIGHTEEN, SEVENTEEN])])
    assert not found.failed and not found.untried


@pytest.mark.parametrize(
    ("example", "told"),
    [
        ({**SEVENTEEN, "worker": {"age": 18}}, "is admitted"),
        ({**EIGHTEEN, "worker": {"age": 17}}, "at least 18 years old"),
        ({**SEVENTEEN, "worker": {"age": 17, "occupations": "6111:9"}}, "occupation"),
        ({**SEVENTEEN, "clause": ["adult", "houses"]}, "is refused by adult"),
        ({"clause": "ontario", "expect": "admitted"}, "not looked at"),
    ],
)
def test_an_example_that_fails_says_what_happens_instead(example: dict[str, Any], told: str) -> None:
    ontario = clause("ontario", "wage_floor", hourly=12, where={"destination_region": ["CA-ON"]})
    assert told in failure(ADULT, clause("houses", "housing"), ontario, **example)


def test_clauses_without_examples_are_named() -> None:
    found = try_examples(
        [text(ADULT, clause("houses", "housing"), clause("quota", "cap", count=3), examples=[SEVENTEEN])]
    )
    told = {one.article: (one.clauses, one.admitted, one.refused) for one in found.untried}
    assert told == {"Art. adult": (("adult",), False, True), "Art. houses": (("houses",), False, False)}


def test_neutral_columns_are_those_that_no_clause_refuses() -> None:
    """An agreement for returning workers of 40 to 50 without school, of autumns and half years."""
    odd = [
        clause("age", "age", min=40, max=50),
        clause("again", "worker_class", allow=["returning"]),
        clause("school", "education", max=1),
        clause("autumn", "season_window", **{"from": "08-15", "to": "02-28"}),
        clause("contract", "contract", min_days=140, max_days=160),
        clause("french", "language", language="fr", level="C1"),
    ]
    assert failure(*odd, clause="contract", expect="admitted") == ""
    assert failure(*odd, clause="contract", expect="refused", order={"days": 139}) == ""
    assert failure(*odd, clause="french", expect="refused", worker={"languages": "fr:B2"}) == ""


def test_a_corridor_of_an_example_is_its_own() -> None:
    lead = clause("lead", "lead_time")
    slow = {"clause": "lead", "expect": "refused", "days_ahead": 20, "corridor": {"lead_time_days": 30}}
    quick = {"clause": "lead", "expect": "admitted", "days_ahead": 20, "corridor": {"lead_time_days": 10}}
    assert not try_examples([text(lead, examples=[slow, quick])]).failed


@pytest.mark.parametrize(
    ("example", "place"),
    [
        ({**SEVENTEEN, "clause": "adlut"}, "examples 1: clause"),
        ({**SEVENTEEN, "expect": "perhaps"}, "examples 1: expect"),
        ({"clause": "adult", "worker": {"age": 17}}, "examples 1: expect"),
        ({**SEVENTEEN, "worker": {"shoe_size": 40}}, "examples 1: worker.shoe_size"),
        ({**SEVENTEEN, "worker": {"age": "young"}}, "examples 1: worker.age"),
        ({**SEVENTEEN, "worker": {"sex": "Q"}}, "examples 1: sex"),
        ({**SEVENTEEN, "history": {"days": 3}}, "examples 1: history"),
    ],
)
def test_what_is_wrong_with_an_example_is_named(example: dict[str, Any], place: str) -> None:
    with pytest.raises(vaiven.InputError) as caught:
        try_examples([text(ADULT, examples=[example])])
    assert place in {fault.column for fault in caught.value.faults}


def test_the_command_ends_with_1_where_an_example_fails(tmp_path: Path) -> None:
    for name, examples in (("kept", [SEVENTEEN]), ("broken", [{**SEVENTEEN, "expect": "admitted"}])):
        content = {**HEAD, "clause": [ADULT], "examples": examples}
        (tmp_path / f"{name}.toml").write_text(tomli_w.dumps(content), "utf-8")
    assert run_command("agreement", "test", "kept.toml", folder=tmp_path).returncode == 0
    assert run_command("agreement", "test", "kept.toml", "broken.toml", folder=tmp_path).returncode == 1
