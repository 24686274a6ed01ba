"""Looks through agreements for what can't be right: every check of the folder `checks` over every text."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from engine.agreements import checks
from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding
from engine.clauses.base import SOURCE_KINDS

Check = Callable[[AgreementText], Iterable[Finding]]


@dataclass(frozen=True)
class Lint:
    """What was found, errors first within a file, and how many clauses have sources of each kind.

    ``sources`` counts by the names of `SOURCE_KINDS`, and under the empty text the clauses that don't say.
    """

    findings: tuple[Finding, ...]
    sources: Mapping[str, int]

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return sum(finding.error for finding in self.findings)


@cache
def every_check() -> Mapping[str, Check]:
    """Every check by its name: what is called ``find`` in each file of the folder."""
    names = sorted(found.name for found in pkgutil.iter_modules(checks.__path__))
    return {name: importlib.import_module(f"{checks.__name__}.{name}").find for name in names}


def lint(texts: Sequence[AgreementText]) -> Lint:
    """Look through agreements by every check."""
    findings = sorted(_findings(texts), key=lambda finding: (finding.file, not finding.error))
    said = Counter(clause.source_kind for text in texts for clause in text.clauses)
    return Lint(tuple(findings), {kind: said[kind] for kind in (*SOURCE_KINDS, "")})


def _findings(texts: Sequence[AgreementText]) -> Iterator[Finding]:
    for text in texts:
        for name, check in every_check().items():
            yield from (replace(finding, file=text.file, check=name) for finding in check(text))
