"""A programme in memory: settings, agreements with their clauses, and typed tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from engine.clauses.base import Clause, Rule
from engine.errors import CallError
from engine.programme.table import Table
from engine.words import message

if TYPE_CHECKING:
    import pandas as pd

Family = TypeVar("Family", bound=Rule)
RawToml = dict[str, Any]
OBJECTIVE_TERMS = ("fill", "skill", "income", "recall", "choice", "score")


@dataclass(frozen=True, slots=True)
class Agreement:
    """One bilateral agreement: whom it covers, when it is in force, and its clauses in file order."""

    id: str
    version: str
    title: str
    origins: tuple[str, ...]
    destination: str
    sectors: tuple[str, ...]
    effective_from: date
    effective_to: date
    clauses: tuple[Clause, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``programme.toml`` says apart from its clauses; ``weights`` has every objective term, ``tiers`` the terms of
    each tier, best first, where the objective is lexicographic.
    """

    id: str
    title: str
    as_of: date
    horizon_start: date
    horizon_end: date
    currency: str
    max_placements_per_worker: int
    reference_weekly_income: Decimal
    weights: Mapping[str, Decimal]
    tiers: tuple[tuple[str, ...], ...] = ()


class InForce(NamedTuple, Generic[Family]):
    """A clause with its rule, and the number of its agreement (None for the programme's own)."""

    clause: Clause
    rule: Family
    agreement: int | None


@dataclass(frozen=True, slots=True)
class Programme:
    """A validated programme; ``tables`` holds every table, the absent ones empty.

    ``sha256`` is that of the sorted lines ``file name, space, sha256 of the file``; ``notices`` are remarks on what
    was not read; ``texts`` are the contents of programme.toml and of each agreement by file, for edits.
    """

    settings: Settings
    agreements: tuple[Agreement, ...]
    clauses: tuple[Clause, ...]
    tables: Mapping[str, Table]
    sha256: str = ""
    notices: tuple[str, ...] = ()
    texts: Mapping[str, RawToml] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    @staticmethod
    def from_frames(
        settings: Mapping[str, Any], agreements: Sequence[Mapping[str, Any]], **tables: pd.DataFrame
    ) -> Programme:
        """Make a programme of dicts and DataFrames, without a folder; validated as a folder is.

        ``settings`` is what programme.toml says, each of ``agreements`` what its file says, each table a DataFrame with
        the format's columns: dates as datetime64 or ISO text, lists as text (``9211:24;6111:12``) and empty cells as
        NaN, NaT or the empty text. A table that is left out is empty.

        Raises `CallError` for an unknown table and `InputError` with every fault, by table, row and column.
        """
        from engine.programme.frames import programme_from_frames

        return programme_from_frames(settings, agreements, tables)

    def frame(self, table: str) -> pd.DataFrame:
        """A table as a DataFrame with the format's columns, as `from_frames` takes it. Raises `CallError` for a table
        that isn't known.
        """
        from engine.programme.frames import frame_of

        return frame_of(self, table)

    def _repr_html_(self) -> str:
        """What a notebook shows: how large each table is."""
        from engine.programme.frames import as_html

        return as_html(self)

    @property
    def workers(self) -> Table:
        """The register of workers."""
        return self.tables["workers"]

    @property
    def orders(self) -> Table:
        """The job orders."""
        return self.tables["orders"]

    def in_force(self, family: type[Family]) -> Iterator[InForce[Family]]:
        """Every clause of a family with its agreement: the agreements' in file order, then the programme's own."""
        for number, agreement in enumerate(self.agreements):
            for clause in agreement.clauses:
                if isinstance(clause.rule, family):
                    yield InForce(clause, clause.rule, number)
        for clause in self.clauses:
            if isinstance(clause.rule, family):
                yield InForce(clause, clause.rule, None)

    def all_clauses(self) -> tuple[Clause, ...]:
        """Every clause, the agreements' in file order, then the programme's own."""
        return tuple(c for agreement in self.agreements for c in agreement.clauses) + self.clauses

    def require_weights(self, what: str) -> None:
        """Raise `CallError` where the objective has tiers, for ``what`` looks at a weighted sum."""
        if self.settings.tiers:
            raise CallError(
                message("{what} needs a weighted sum, and the objective has tiers.", what=what),
                message("Take out tiers in [objective]."),
            )

    def siblings(self, clause: Clause) -> dict[str, Clause]:
        """The clauses of the same file, by id."""
        for agreement in self.agreements:
            if agreement.id == clause.agreement_id:
                return {other.id: other for other in agreement.clauses}
        return {other.id: other for other in self.clauses}
