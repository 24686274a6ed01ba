"""What a check finds in an agreement: an error, by which it can't be right, or a remark."""

from __future__ import annotations

from dataclasses import dataclass

from engine.clauses.base import Clause
from engine.words import Message, message


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a clause, or in the whole agreement (empty ``clause``), with what would be right.

    ``check`` is the name of the check's file; ``article`` is the clause's source.
    """

    problem: Message
    right: Message
    clause: str = ""
    article: str = ""
    error: bool = False
    file: str = ""
    check: str = ""

    @property
    def in_words(self) -> Message:
        """The finding in one line."""
        place = message("{file}", file=self.file)
        if self.clause and self.article:
            place = message("{file}, {clause} ({article})", file=self.file, clause=self.clause, article=self.article)
        elif self.clause:
            place = message("{file}, {clause}", file=self.file, clause=self.clause)
        level = message("error") if self.error else message("remark")
        return message(
            "{place}: {level}: {problem} {right}", place=place, level=level, problem=self.problem, right=self.right
        )


def found_in(clause: Clause, problem: Message, right: Message, error: bool = False) -> Finding:
    """A finding in a clause."""
    return Finding(problem, right, clause.id, clause.source, error)
