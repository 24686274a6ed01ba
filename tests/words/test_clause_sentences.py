"""The sentence of every kind of clause, with every combination of what is given and absent, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from plain_words import sector_words, unmarked_words, wrong_in

from engine.clauses.base import Clause, Rule
from engine.clauses.kinds import kinds
from engine.clauses.where import EVERYTHING, Where, read_where
from engine.words.catalogue import languages
from engine.words.wording import worded

ABSENT = object()
NUMBERS = (0, 1, 2, 1500)
PERIODS = [[date(2026, 1, 1), date(2026, 6, 30)], [date(2026, 7, 1), date(2026, 12, 31)]]
SAMPLES: dict[str, tuple[Any, ...]] = {
    "_whole_numbers": ([1, 2],),
    "_periods": (PERIODS,),
    "_day": (date(2026, 5, 1),),
    "_flag": (True, False),
    "_share": (Decimal(0), Decimal("0.333"), 1),
    "_amount": (0, Decimal("0.50"), Decimal("1234.5"), 15),
    "_read_where": ({"sector": ["A01"]}, {"sex": ["F"], "origin_region": ["GT-13"]}),
    "_word": ("national",),
    "_month_day": ("02-29", "12-31"),
}
WHERES = (
    {},
    {"destination_country": ["ES", "FR"]},
    {"destination_region": "ES-H", "origin_country": "GT", "origin_region": "GT-13"},
    {"sector": ["A01"], "isco08": "9211", "employer_id": "E1", "site_id": "S1"},
    {"sex": ["F"]},
    {"sex": ["F", "M", "X"]},
    {"worker_class": "returning"},
    {"worker_class": "new", "returning_years": 1},
    {"worker_class": ["new", "returning"]},
    {"recalled": True},
    {"recalled": False},
    {"start_between": [date(2026, 3, 1), date(2026, 5, 1)]},
)
# What stands in the sentences and is no word of ours: names from codes, and the codes themselves.
NAMES = frozenset(
    (
        "Spain",
        "France",
        "Canada",
        "Huelva",
        "Guatemala",
        "Huehuetenango",
        "English",
        "Spanish",
        "national",
        "quota",
        "other",
    )
)
SECTORS = sector_words(("A01", "C"))
MONTHS = frozenset(date(2026, month, 1).strftime("%B") for month in range(1, 13))


def _values(rule: type[Rule], field: Any) -> list[Any]:
    """Values that the reader of a parameter takes: those of the examples, and edges of its kind."""
    reader = field.metadata["reader"]
    name = field.name.rstrip("_")
    tried = [example.parameters[name] for example in rule.examples if name in example.parameters]
    tried += SAMPLES.get(f"_{reader.__name__.lstrip('_')}", ())
    tried += [word for word in ("starts", "present", "workers", *_ALL_KEYS) if reader.__name__ == "read"]
    tried += NUMBERS
    taken: list[Any] = []
    for value in tried:
        try:
            read = reader(value)
        except ValueError:
            continue
        if read not in taken:
            taken.append(read)
    return taken + ([] if field.default is MISSING else [ABSENT])


_ALL_KEYS = (
    *("destination_country", "destination_region", "sector", "isco08", "employer_id", "site_id", "origin_country"),
    *("origin_region", "household_id", "worker_class", "en", "A1", "B2", ["new", "returning"], ["overstay"]),
    ["completed", "early_return", "transferred", "overstay"],
)


def clauses_of(rule: type[Rule]) -> Iterator[Clause]:
    """A clause for each combination of the kind's parameters that means something, under each `where`."""
    own = fields(rule)
    wheres = [read_where(where) if where else EVERYTHING for where in WHERES]
    for number, chosen in enumerate(product(*(_values(rule, field) for field in own))):
        made = rule(**{f.name: value for f, value in zip(own, chosen, strict=True) if value is not ABSENT})
        looked_at = wheres if number == 0 or rule.kind in ("share", "set_aside") else wheres[: 1 + number % 2]
        yield from (Clause("c", made, "", where) for where in looked_at if not made.problems(where))


@pytest.mark.parametrize("rule", kinds().values(), ids=list(kinds()))
@pytest.mark.parametrize("language", languages())
def test_every_combination_of_parameters_is_said_well(rule: type[Rule], language: str) -> None:
    """Values are words, nothing is doubled, a clause says nothing of what it lacks, and all is in the catalogue."""
    said = {clause.sentence for clause in clauses_of(rule)}
    assert said
    for sentence in said:
        told = worded(sentence, language)
        assert not wrong_in(told, language), told
        assert told[0].isupper() and told.endswith("."), told
        assert language == "en" or told != sentence
        if language == "en":  # whether every word is in the catalogue is no matter of the language
            assert not unmarked_words(sentence, NAMES | MONTHS | SECTORS), worded(sentence, "en-XA")


def test_a_cap_says_what_it_has_and_no_more() -> None:
    """It once said "At most no limit (or no limit of those registered), counted by starts, per no limit"."""
    rule: Any = kinds()["cap"]
    assert Clause("c", rule(count=3)).sentence == "At most 3 placements."
    shared = Clause("c", rule(share_of_registered=Decimal("0.125"), per="origin_region")).sentence
    assert shared == "Placements: at most 12.5% of the workers registered. Each region of origin is counted by itself."


def test_a_share_and_a_set_aside_say_whose_they_are() -> None:
    """Their `where` is the class that they are about, not what they apply to."""
    women = Where({"sex": ("F",)})
    share: Any = kinds()["share"]
    kept: Any = kinds()["set_aside"]
    said = Clause("c", share(min_share=Decimal("0.4")), "", women).sentence
    assert said == "Of all placements, at least 40% must be of this class: women."
    said = Clause("c", kept(within="national", count=5), "", women).sentence
    assert said == "Of the places of national, 5 are kept for this class: women."
