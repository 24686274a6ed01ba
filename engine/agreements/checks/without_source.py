"""Clauses without an article, agreements without a text, and clauses that don't say how sure their source is."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.clauses.base import SOURCE_KINDS
from engine.words import message, plural


def find(text: AgreementText) -> Iterator[Finding]:
    """A remark for each clause without an article, and one for all that don't say what their source is."""
    if text.agreement is not None and not text.content.get("source"):
        yield Finding(
            message("The agreement names no text that says so."),
            message("Give the title of the published text as source."),
        )
    for clause in text.clauses:
        if not clause.source:
            yield found_in(
                clause, message("This clause names no article."), message("Give the article that says so as source.")
            )
    unsaid = sum(not clause.source_kind for clause in text.clauses)
    if unsaid:
        problem = plural(
            "{n} clause doesn't say how sure its source is.",
            "{n} clauses don't say how sure their source is.",
            n=unsaid,
        )
        yield Finding(problem, message("Give source_kind: one of {names}.", names=tuple(SOURCE_KINDS)))
