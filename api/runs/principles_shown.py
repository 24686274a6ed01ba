"""What a comparison of principles says on its page: one table a question, one row a mechanism."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.solve.mechanisms import mechanism_in_words
from engine.words import Message, message, msgid


def _number(value: float) -> Message:
    return message("{n:,.0f}", n=value)


def _share(value: float) -> Message:
    return message("{n:.1%}", n=value)


Form = Callable[[float], Message]
# What each table is about, and its columns: a total, what it is called and how it is told.
QUESTIONS: tuple[tuple[str, str, tuple[tuple[str, str, Form], ...]], ...] = (
    (
        "places",
        msgid("People, places and income"),
        (
            ("workers", msgid("People placed"), _number),
            ("filled_share", msgid("Places filled"), _share),
            ("paid_weeks", msgid("Paid weeks"), _number),
            ("net_income", msgid("Net income"), _number),
            ("recalls_kept", msgid("Recalls kept"), _number),
            ("share_of_bound", msgid("Value, of the most that any plan could have"), _share),
        ),
    ),
    (
        "wishes",
        msgid("What workers wished for, and claims that stay open"),
        (
            ("first_choices", msgid("On a first choice"), _number),
            ("second_choices", msgid("On a second"), _number),
            ("third_choices", msgid("On a third"), _number),
            ("unranked", msgid("On what they didn't rank"), _number),
            ("envy_pairs", msgid("Pairs of justified envy"), _number),
            ("blocking_pairs", msgid("Places that somebody has a claim to"), _number),
        ),
    ),
    (
        "spread",
        msgid("How widely places are spread"),
        (
            ("least_region_share", msgid("Placed of those registered, in the region with least"), _share),
            ("region_spread", msgid("Between the regions with most and least"), _share),
            ("households_placed", msgid("Households with somebody at work"), _share),
            ("quota_use", msgid("Quotas used"), _share),
        ),
    ),
)
HARM = (
    ("worse_off", msgid("People worse off"), _number),
    ("income_lost", msgid("What they lose in all"), _number),
    ("median_loss", msgid("Half of them lose at most"), _number),
    ("better_off", msgid("People better off"), _number),
)


@dataclass(frozen=True)
class Table:
    """One table of the page: ``rows`` have the mechanism in words, then a cell for each of ``headings`` (keys)."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


def principles_shown(told: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a comparison, the rule ``against`` in words, the ``harm`` of others beside it, the currency."""
    against, found = str(told["against"]), told["mechanisms"]
    others = [one for one in found if one["mechanism"] != against]
    return {
        "against": mechanism_in_words(against),
        "currency": told["currency"],
        "tables": [_table(name, title, columns, found) for name, title, columns in QUESTIONS],
        "harm": _table("harm", msgid("Whom each leaves worse off"), HARM, others),
    }


def _table(
    name: str, title: str, columns: Sequence[tuple[str, str, Form]], found: Sequence[Mapping[str, Any]]
) -> Table:
    rows = [
        (mechanism_in_words(one["mechanism"]), [_cell(one.get(total), form) for total, _, form in columns])
        for one in found
    ]
    return Table(name, title, [heading for _, heading, _ in columns], rows)


def _cell(value: float | None, form: Form) -> str:
    return message("not known") if value is None else form(value)
