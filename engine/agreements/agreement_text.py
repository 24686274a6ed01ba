"""Agreements by themselves, without the tables of a programme: read from files, folders or a programme in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from engine.clauses.base import Clause
from engine.clauses.where import EVERYTHING, Where
from engine.errors import CallError, Fault, InputError
from engine.programme.clauses import read_clauses
from engine.programme.edits import PROGRAMME
from engine.programme.programme import Agreement, RawToml
from engine.programme.toml_files import load_toml, read_agreement
from engine.words import message


@dataclass(frozen=True)
class AgreementText:
    """An agreement with what its file says, or the clauses of a programme itself (``agreement`` is None).

    ``above`` are the programme's own clauses, which bind the placements under the agreement too.
    """

    file: str
    content: RawToml
    clauses: tuple[Clause, ...]
    agreement: Agreement | None = None
    above: tuple[Clause, ...] = ()

    @property
    def scope(self) -> Where:
        """Which placements stand under the agreement."""
        return EVERYTHING if self.agreement is None else scope_of(self.agreement)

    def meant(self, clause: Clause) -> Where:
        """Which placements a clause looks at, by its ``where`` and by the agreement; of a class, the class alone."""
        return clause.where if clause.rule.where_is_a_class else clause.where.within(self.scope)

    def pairs(self) -> Iterator[tuple[Clause, Clause]]:
        """Each two clauses of one kind, in the order of the file."""
        return ((one, other) for one, other in combinations(self.clauses, 2) if type(one.rule) is type(other.rule))


def scope_of(agreement: Agreement) -> Where:
    """Which placements stand under an agreement."""
    words = {
        "origin_country": agreement.origins,
        "destination_country": (agreement.destination,),
        "sector": agreement.sectors,
    }
    days = agreement.effective_from, agreement.effective_to
    return Where({key: values for key, values in words.items() if values}, start_between=days)


def read_texts(places: Sequence[Path]) -> list[AgreementText]:
    """The agreements in files, in folders, and in programmes with the clauses of the programme itself.

    Raises `CallError` for a place that holds none and `InputError` with every fault of every file.
    """
    contents: dict[str, RawToml] = {}
    faults: list[Fault] = []
    for place in places:
        for file in _files(place):
            content = load_toml(file, str(file), faults.append)
            if content is not None:
                contents[str(file)] = content
    return _read(contents, faults)


def single(texts: Sequence[AgreementText], place: str) -> AgreementText:
    """The one agreement among the texts of a place. Raises `CallError` where there are several, or none."""
    found = [text for text in texts if text.agreement is not None]
    if len(found) != 1:
        raise CallError(
            message("{place} is no single agreement.", place=place), message("Name the file of one agreement.")
        )
    return found[0]


def texts_of(contents: Mapping[str, RawToml]) -> list[AgreementText]:
    """The agreements in the ``texts`` of a programme. Raises `InputError` with every fault."""
    return _read(contents, [])


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    whole = place / PROGRAMME
    found = sorted((place / "agreements" if whole.is_file() else place).glob("*.toml"))
    if not found:
        raise CallError(
            message("There are no agreements in {place}.", place=str(place)),
            message("Name a file of an agreement, a folder of such files, or a programme."),
        )
    return [*([whole] if whole.is_file() else []), *found]


def _read(contents: Mapping[str, RawToml], faults: list[Fault]) -> list[AgreementText]:
    """Every content as a text; those of one folder stand under the clauses of the programme that the folder is in."""
    texts, above = [], {}
    for file, content in contents.items():
        if Path(file).name == PROGRAMME:
            own = read_clauses(content.get("clause", []), file, "", faults.append)
            above[Path(file).parent / "agreements"] = own
            texts.append(AgreementText(file, content, own))
    for file, content in contents.items():
        if Path(file).name != PROGRAMME:
            agreement = read_agreement(content, file, faults.append, lambda _: None)
            if agreement is not None:
                binding = above.get(Path(file).parent, ())
                texts.append(AgreementText(file, content, agreement.clauses, agreement, binding))
    if faults:
        raise InputError(faults)
    return texts
