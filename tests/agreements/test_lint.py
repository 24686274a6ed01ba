"""Lint finds each thing that it looks for, in the clause at fault, and nothing in an agreement that is right."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from agreements.written_agreements import HEAD, clause, text
from command_line import run_command
from hypothesis import given, settings
from hypothesis import strategies as st

import vaiven
from engine.agreements.lint import every_check, lint
from engine.clauses.where import Where

ADULT = clause("adult", "age", min=18)
QUOTA = clause("quota", "cap", count=100)
NEW, RETURNING = {"worker_class": ["new"]}, {"worker_class": ["returning"]}
CASES = [
    ("clashing_clauses", "old", True, [ADULT, clause("old", "age", max=17)]),
    (
        "clashing_clauses",
        "autumn",
        True,
        [
            clause("spring", "season_window", **{"from": "03-01", "to": "05-31"}),
            clause("autumn", "season_window", **{"from": "09-01", "to": "11-30"}),
        ],
    ),
    (
        "clashing_clauses",
        "few",
        True,
        [
            clause("most", "share", min_share=0.6, where={"sex": ["F"]}),
            clause("few", "share", max_share=0.5, where={"sex": ["F"]}),
        ],
    ),
    (
        "clashing_clauses",
        "vines",
        False,
        [
            clause("ontario", "age", min=30, where={"destination_region": ["CA-ON"]}),
            clause("vines", "age", max=25, where={"isco08": ["9211"]}),
        ],
    ),
    ("unmeetable_clauses", "age", True, [clause("age", "age", min=40, max=30)]),
    (
        "clashing_lengths",
        "stay",
        True,
        [clause("stay", "stay_window", max_days=90, window_days=180), clause("long", "contract", min_days=120)],
    ),
    (
        "kept_places",
        "quota",
        True,
        [
            QUOTA,
            clause("again", "set_aside", within="quota", count=60, where=RETURNING),
            clause("first", "set_aside", within="quota", count=50, where=NEW),
        ],
    ),
    (
        "shares_beyond_all",
        "men",
        True,
        [
            clause("women", "share", min_share=0.6, where={"sex": ["F"]}),
            clause("men", "share", min_share=0.5, where={"sex": ["M"]}),
        ],
    ),
    ("never_binding", "large", False, [QUOTA, clause("large", "cap", count=100, where=NEW)]),
    (
        "never_binding",
        "floor",
        False,
        [clause("floor", "wage_floor", hourly=10), clause("high", "wage_floor", hourly=12)],
    ),
    ("never_binding", "stay", False, [clause("stay", "stay_window", max_days=365, window_days=365)]),
    (
        "never_binding",
        "second",
        False,
        [
            clause("first", "transfer", max_gap_days=14, max_transfers=1),
            clause("second", "transfer", max_gap_days=20, max_transfers=2, where=NEW),
        ],
    ),
    (
        "outside_the_agreement",
        "floor",
        True,
        [clause("floor", "wage_floor", hourly=10, where={"destination_region": "US-FL"})],
    ),
    (
        "outside_the_agreement",
        "past",
        True,
        [clause("past", "cap", counts=[4], periods=[[date(2025, 1, 1), date(2025, 6, 30)]])],
    ),
    (
        "undone_protections",
        "harvest",
        False,
        [
            clause("floor", "wage_floor", hourly=15),
            clause("harvest", "wage_floor", hourly=11, where={"isco08": ["9211"]}),
        ],
    ),
    (
        "undone_protections",
        "again",
        True,
        [QUOTA, clause("again", "set_aside", within="quota", count=60, where=NEW, release_on=date(2026, 1, 1))],
    ),
    ("without_source", "bare", False, [{"id": "bare", "kind": "housing", "source_kind": "illustrative"}]),
    ("without_source", "", False, [{"id": "bare", "kind": "housing", "source": "Art. 1"}]),
]


@pytest.mark.parametrize(("check", "where", "error", "clauses"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_each_check_finds_its_fault_and_no_other(check: str, where: str, error: bool, clauses: list[Any]) -> None:
    (found,) = lint([text(*clauses)]).findings
    assert (found.check, found.clause, found.error, found.file) == (check, where, error, "agreements/gt-ca.toml")
    assert found.article == next((str(one.get("source", "")) for one in clauses if one["id"] == where), "")


def test_every_check_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(every_check())


def test_clauses_that_only_look_alike_are_left_alone() -> None:
    """Two ends of a range, stricter exceptions, caps within caps that bind, seasons that overlap."""
    sound = text(
        ADULT,
        clause("young", "age", max=60),
        clause("national", "cap", count=100),
        clause("newcomers", "cap", count=60, where=NEW),
        clause("floor", "wage_floor", hourly=11),
        clause("ontario", "wage_floor", hourly=12, where={"destination_region": ["CA-ON"]}),
        clause("season", "season_window", **{"from": "10-01", "to": "06-30"}),
        clause("year", "season_window", **{"from": "03-01", "to": "12-31"}),
        clause("stay", "stay_window", max_days=120, window_days=365),
        clause("contract", "contract", min_days=120),
        clause("apart", "cool_off", min_days=0),  # one may still be there when the next job begins
        clause("women", "share", min_share=0.5, where={"sex": ["F"]}),
        clause("men", "share", min_share=0.5, where={"sex": ["M"]}),
    )
    assert not lint([sound]).findings


def test_a_cap_of_the_programme_holds_that_of_an_agreement() -> None:
    own = [clause("all", "cap", count=50, where={"destination_country": ["CA"]})]
    (found,) = lint([text(QUOTA, own=own)]).findings
    assert (found.check, found.clause) == ("never_binding", "quota")
    assert not lint([text(clause("quota", "cap", count=49), own=own)]).findings


def test_sources_are_counted_by_how_sure_they_are() -> None:
    told = lint([text(ADULT, {**QUOTA, "source_kind": "illustrative"}, {"id": "h", "kind": "housing", "source": "x"})])
    assert told.sources == {"text of law": 1, "official page": 0, "secondary": 0, "illustrative": 1, "": 1}


def test_the_command_ends_with_1_for_errors_alone(tmp_path: Path) -> None:
    for name, clauses in (("sound", [ADULT]), ("bare", [{"id": "h", "kind": "housing"}]), ("wrong", CASES[0][3])):
        (tmp_path / f"{name}.toml").write_text(tomli_w.dumps({**HEAD, "clause": clauses}), "utf-8")
    assert run_command("agreement", "lint", "sound.toml", "bare.toml", folder=tmp_path).returncode == 0
    done = run_command("agreement", "lint", "wrong.toml", "--json", folder=tmp_path)
    assert done.returncode == 1
    assert [(one["clause"], one["error"]) for one in json.loads(done.stdout)["findings"]] == [("old", True)]


def test_a_source_kind_that_is_none_is_refused() -> None:
    with pytest.raises(vaiven.InputError, match="source_kind"):
        text({**ADULT, "source_kind": "hearsay"})


WORDS = st.fixed_dictionaries(
    {},
    optional={
        "sector": st.lists(st.sampled_from(["A", "A01", "C", "C10"]), min_size=1, max_size=2).map(tuple),
        "destination_region": st.lists(st.sampled_from(["CA-ON", "CA-QC", "US-FL"]), min_size=1, max_size=2).map(tuple),
        "destination_country": st.lists(st.sampled_from(["CA", "US"]), min_size=1, max_size=2).map(tuple),
    },
)
WHERES = st.builds(
    Where,
    words=WORDS,
    worker_class=st.sampled_from([(), ("new",), ("returning",)]),
    recalled=st.sampled_from([None, True, False]),
    start_between=st.sampled_from([None, (date(2026, 1, 1), date(2026, 3, 1)), (date(2026, 2, 1), date(2026, 2, 9))]),
)
PLACEMENTS = [
    (sector, region, returning, recalled, day)
    for sector in ("A01", "A02", "C10")
    for region in ("CA-ON", "CA-QC", "US-FL", "US-GA")
    for returning in (True, False)
    for recalled in (True, False)
    for day in (date(2026, 1, 1), date(2026, 2, 5), date(2026, 6, 1))
]


def _meant(where: Where, placement: tuple[Any, ...]) -> bool:
    """Whether a ``where`` means a placement, read off the format alone."""
    sector, region, returning, recalled, day = placement
    values = {"destination_region": region, "destination_country": region[:2]}
    return (
        all(values[key] in wanted for key, wanted in where.words.items() if key in values)
        and any(sector.startswith(prefix) for prefix in where.words.get("sector", ("",)))
        and (not where.worker_class or where.worker_class == (("returning",) if returning else ("new",)))
        and where.recalled in (None, recalled)
        and (where.start_between is None or where.start_between[0] <= day <= where.start_between[1])
    )


@settings(max_examples=60)
@given(WHERES, WHERES)
def test_where_holds_and_meets_as_placements_show(one: Where, other: Where) -> None:
    """What is said to be held is held by every placement; two that share a placement are said to meet."""
    first, second = ({p for p in PLACEMENTS if _meant(where, p)} for where in (one, other))
    if one.holds(other):
        assert second <= first
    if first & second:
        assert one.meets(other)
