"""Places of a cap kept for classes that share nobody: together more than the cap has."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.clauses.base import Clause, Count, Reserve
from engine.words import message


def find(text: AgreementText) -> Iterator[Finding]:
    """An error for each cap of which more is kept than there is."""
    by_id = {clause.id: clause for clause in text.clauses}
    kept_in: dict[str, list[tuple[Clause, int]]] = {}
    for clause in text.clauses:
        kept = clause.rule.kept() if isinstance(clause.rule, Reserve) else 0
        if isinstance(clause.rule, Reserve) and kept:
            own = kept_in.setdefault(clause.rule.within, [])
            if not any(clause.where.meets(other.where) for other, _ in own):
                own.append((clause, kept))
    for name, reserves in kept_in.items():
        cap, kept = by_id[name], sum(count for _, count in reserves)
        places = cap.rule.places() if isinstance(cap.rule, Count) else None
        if places is not None and kept > places:
            problem = message(
                "{clauses} keep {kept:,} places for classes that share nobody, and this cap has {places:,}.",
                clauses=tuple(clause.id for clause, _ in reserves),
                kept=kept,
                places=places,
            )
            yield found_in(cap, problem, message("Keep at most as many places as the cap has."), True)
