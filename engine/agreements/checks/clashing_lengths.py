"""A clause that asks for longer placements than another allows: a contract of nine months, a stay of six."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.clauses.vocabulary import days
from engine.words import message


def find(text: AgreementText) -> Iterator[Finding]:
    """An error where one of them looks at all that the other does, a remark where they meet in some placements."""
    telling = [clause for clause in text.clauses if clause.rule.days_of_a_placement() != (None, None)]
    for short, long in permutations(telling, 2):
        most, least = short.rule.days_of_a_placement()[1], long.rule.days_of_a_placement()[0]
        one, other = text.meant(short), text.meant(long)
        if most is None or least is None or most >= least or not one.meets(other):
            continue
        problem = message(
            "{other} asks for {least} or more, and this clause for {most} or less.",
            other=long.id,
            least=days(least),
            most=days(most),
        )
        right = message("Shorten the one or lengthen the other.")
        yield found_in(short, problem, right, one.holds(other) or other.holds(one))
