"""The one error family: every error has a code, a message and a hint, and knows its exit status.

Messages, hints, and what a fault says are best made by `engine.words`; then ``told(language)`` says them in a language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.words import joined, message, plural

SHOWN_PER_FILE = 200


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with an input: where it stands, what stands there and what would be right.

    ``row`` counts as a spreadsheet does: the header is row 1, the first record row 2; 0 means the whole file.
    """

    file: str
    row: int
    column: str
    value: str
    problem: str
    expected: str
    code: str = "value"

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """The fault in one sentence (a message)."""
        shown = f" {_shortened(self.value)!r}" if self.value else ""
        return message(
            "{place}:{shown} {problem}; expected {expected}.",
            place=self._place,
            shown=shown,
            problem=self.problem,
            expected=self.expected,
        )

    @property
    def _place(self) -> str:
        if self.row and self.column:
            return message("{file}, row {row}, column {column}", file=self.file, row=str(self.row), column=self.column)
        if self.row:
            return message("{file}, row {row}", file=self.file, row=str(self.row))
        if self.column:
            return message("{file}, column {column}", file=self.file, column=self.column)
        return self.file

    def told(self, language: str) -> Fault:
        """The fault with what it says in a language."""
        from engine.words.wording import worded

        return replace(self, problem=worded(self.problem, language), expected=worded(self.expected, language))


def _shortened(value: str, longest: int = 80) -> str:
    return value if len(value) <= longest else value[: longest - 1] + "…"


class VaivenError(Exception):
    """The base of all errors that a user may meet; ``status`` is the exit status of the command."""

    code = "error"
    status = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.told("en")

    @property
    def in_words(self) -> str:
        """What ``str()`` of the error says, as a message that can be worded in any language."""
        return joined(*filter(None, (self.message, self.hint)))

    def told(self, language: str) -> str:
        """What ``str()`` of the error says, in a language."""
        from engine.words.wording import worded

        return worded(self.in_words, language)


class CallError(VaivenError):
    """The command was called wrongly: an unknown name, a missing folder, a target that is not empty."""

    code = "call"


class InputError(VaivenError):
    """The input has faults; ``faults`` holds every one of them, of all files."""

    code = "input"

    def __init__(self, faults: Sequence[Fault], hint: str = "") -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(joined(*_listing(self.faults), by="\n"), hint)

    @property
    def in_words(self) -> str:
        """See `VaivenError`: how many faults, then one a line."""
        head = plural("{n} fault in the input:", "{n} faults in the input:", n=len(self.faults))
        return joined(*filter(None, (head, self.message, self.hint)), by="\n")


class ClashError(VaivenError):
    """What must hold cannot hold together: the commitments clash with the rules named in ``rules``."""

    code = "clash"
    status = 1

    def __init__(self, message: str, rules: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint)
        self.rules = tuple(rules)

    @property
    def in_words(self) -> str:
        """See `VaivenError`: what clashes, a line for each, then the hint on its own."""
        return joined(*filter(None, (self.message, self.hint)), by="\n")


class ExtensionError(VaivenError):
    """Something that a package adds to Vaivén can't be used; the message names the package."""

    code = "extension"


class SolverError(VaivenError):
    """A solver process failed or gave an answer that its caller could not verify."""

    code = "solver"


class AuditError(VaivenError):
    """The engine's own plan failed the independent audit; nothing was written."""

    code = "audit"


def _listing(faults: Sequence[Fault]) -> list[str]:
    lines: list[str] = []
    shown: dict[str, int] = {}
    for fault in faults:
        shown[fault.file] = shown.get(fault.file, 0) + 1
        if shown[fault.file] <= SHOWN_PER_FILE:
            lines.append(joined("  ", fault.sentence, by=""))
    for file, count in shown.items():
        if count > SHOWN_PER_FILE:
            more = plural(
                "{file}: and {n} more fault (all of them with --json).",
                "{file}: and {n} more faults (all of them with --json).",
                n=count - SHOWN_PER_FILE,
                file=file,
            )
            lines.append(joined("  ", more, by=""))
    return lines
