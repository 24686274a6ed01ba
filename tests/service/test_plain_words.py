"""What pages say of rules and limits: by agreement and what is asked, never by ids; amounts to cents."""

from __future__ import annotations

from datetime import date

import pytest

from api.runs.plain_words import plainly
from api.runs.plan_words import Agreements
from engine.plan.reason import reason
from engine.words import message

QUOTA = {"id": "quota", "kind": "cap", "count": 50, "source": "art. 3"}
KNOWN = Agreements(
    {
        "GT-CA": {
            "id": "GT-CA",
            "version": "2026",
            "title": "Farm work in Canada",
            "origins": ["GT"],
            "destination": "CA",
            "sectors": ["A"],
            "effective_from": date(2025, 1, 1),
            "effective_to": date(2027, 12, 31),
            "clause": [QUOTA],
        }
    }
)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("GT-CA|quota", "quota of Farm work in Canada"),
        ("GT-CA|quota (art. 3)", "quota of Farm work in Canada"),
        ("GT-CA|quota|2026-01-01..2026-06-30", "quota of Farm work in Canada · 2026-01-01 to 2026-06-30"),
        ("headcount|E1~O1", "the places of order E1~O1"),
        ("beds|S1|2026-05-01", "the beds of S1"),
        ("min_crew|E1~O1", "the crew of order E1~O1"),
    ],
)
def test_names_of_files_are_told_in_words(name: str, told: str) -> None:
    """Alone, and within a sentence."""
    assert str(plainly(name, KNOWN)) == told
    within = plainly(message("One more place under {limit}: at most {gain:.4f}", limit=name, gain=1234.56789), KNOWN)
    assert str(within) == f"One more place under {told}: at most 1,234.57"


def test_what_a_clause_asks_stands_beside_it_where_asked() -> None:
    """Of reasons, which name the clause alone; ids of workers and orders stay as they are."""
    refused = reason(
        "not_admitted.rule",
        rule=message("{clause} ({article})", clause="GT-CA|quota", article="art. 3"),
        count=3,
        looked_at=5,
    ).sentence
    told = str(plainly(refused, KNOWN, asks=True))
    assert told.startswith("quota of Farm work in Canada (“") and told.endswith(" refuses 3 of 5 orders looked at")
    assert "50" in told
    left = [{"id": "W1", "rule": "occupation"}, ("E1~O1", 0.5)]
    assert plainly(left, KNOWN) == [{"id": "W1", "rule": "occupation"}, ["E1~O1", 0.5]]


def test_no_six_decimals_are_left() -> None:
    """Of amounts that files tell exactly; shares and counts are told as before."""
    told = str(plainly(reason("outpriced.worker", order="E1~O1", value=26.142857, cost=1000.5).sentence, KNOWN))
    assert told == "E1~O1 is worth 26.14, its places cost 1,000.50"
    assert str(plainly(message("{gap:.4%} of {n:,}", gap=0.00123, n=5), KNOWN)) == "0.1230% of 5"
