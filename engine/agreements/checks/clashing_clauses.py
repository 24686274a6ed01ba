"""Two clauses of one kind that no placement can keep both of: a least age above a greatest, seasons without a day."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.words import message


def find(text: AgreementText) -> Iterator[Finding]:
    """An error where one of them looks at all that the other does, a remark where they meet in some placements."""
    for one, other in text.pairs():
        if one.rule.goes_with(other.rule):
            continue
        first, second = text.meant(one), text.meant(other)
        right = message("Change one of them, or let their where mean different placements.")
        if first.holds(second) or second.holds(first):
            yield found_in(
                other, message("No placement can keep both this clause and {other}.", other=one.id), right, True
            )
        elif first.meets(second) and not one.rule.where_is_a_class:
            problem = message("Placements that both this clause and {other} look at can't keep both.", other=one.id)
            yield found_in(other, problem, right)
