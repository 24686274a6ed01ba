"""What-ifs as short lists of edits on a programme: programme to programme, the base untouched, never a copy on disk.

A file of edits is TOML: ``id``, ``title`` and ``[[edit]]`` tables. Each edit names what it changes (a clause, an
agreement, rows of a table, the weights, the rules of the programme) and how (set, add, scale, suspend, cancel, keep).
What comes out is validated as if it had been read from a folder.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import CallError, Fault, InputError
from engine.programme.clauses import ID_RULE, LATEST, is_id
from engine.programme.cross_checks import check_clause_references
from engine.programme.dated_values import is_dated
from engine.programme.edits_told import Made, what_was_touched
from engine.programme.programme import Agreement, Programme, RawToml
from engine.programme.row_edits.edit import edit_rows, leaves_rows
from engine.programme.row_edits.kind import Refuse
from engine.programme.table import Table
from engine.programme.toml_files import load_toml, read_agreement, read_settings, report_overlaps
from engine.words import message

PROGRAMME = "programme.toml"
_NAMES = ("agreement", "clause", "source", "note")
_CHANGES = ("set", "add", "scale", "suspend", "new_clause")
_TARGETS = ("clause", "agreement", "table", "weights", "programme", "new_agreement", "new_clause")


@dataclass(frozen=True, slots=True)
class Edits:
    """A named list of edits; ``file`` is where it was read from, for messages."""

    id: str
    title: str
    entries: tuple[RawToml, ...]
    file: str = "edits"

    def sha256(self) -> str:
        """What the edits are, whatever they are called."""
        return hashlib.sha256(json.dumps(self.entries, sort_keys=True, default=str).encode()).hexdigest()


def read_edits(path: Path) -> Edits:
    """Read a file of edits. Raises `CallError` where there is none and `InputError` for what is wrong with its form."""
    if not path.is_file():
        raise CallError(
            message("There are no edits {path}.", path=path),
            message("Name a TOML file with [[edit]] tables, or one of the library."),
        )
    faults: list[Fault] = []
    content = load_toml(path, path.name, faults.append)
    if content is None:
        raise InputError(faults)
    edits = edits_from(content, path.stem, path.name, faults.append)
    if faults:
        raise InputError(faults)
    return edits


def edits_from(content: RawToml, default_id: str, file: str, report: Callable[[Fault], None]) -> Edits:
    """The edits in the content of a TOML file."""

    def refuse(column: str, value: Any, problem: str, expected: str) -> None:
        report(Fault(file, 0, column, "" if value is None else str(value), problem, expected, "edit"))

    identifier, entries = content.get("id", default_id), content.get("edit", [])
    if not isinstance(identifier, str) or not is_id(identifier):
        refuse("id", identifier, message("is not the name of a what-if"), ID_RULE)
    for key in sorted(set(content) - {"id", "title", "edit", "vary"}):
        refuse(key, content[key], message("is no key of a what-if"), message("id, title, [[edit]] and [[vary]]"))
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        refuse("edit", entries, message("is not a list of edits"), message("[[edit]] tables"))
        entries = []
    for number, entry in enumerate(entries, 1):
        if not any(target in entry for target in _TARGETS):
            refuse(
                f"edit {number}",
                ", ".join(entry),
                message("changes nothing known"),
                message("one of {names}", names=tuple(_TARGETS)),
            )
    return Edits(str(identifier), str(content.get("title", "")), tuple(entries), file)


def edited(programme: Programme, edits: Edits) -> Programme:
    """The programme with the edits made, in their order.

    Raises `InputError` with every edit that names what isn't there or gives what may not be.
    """
    faults: list[Fault] = []
    texts, tables, made = dict(programme.texts), dict(programme.tables), []
    for number, entry in enumerate(edits.entries, 1):

        def refuse(column: str, value: Any, problem: str, expected: str, number: int = number) -> None:
            place = f"edit {number}: {column}" if column else f"edit {number}"
            faults.append(Fault(edits.file, 0, place, "" if value is None else str(value), problem, expected, "edit"))

        before, held = dict(texts), tables
        tables = _apply(entry, texts, tables, refuse)
        made.append(Made(number, entry, before, dict(texts), held))
    if faults:
        raise InputError(faults)
    digest = hashlib.sha256(f"{programme.sha256} {edits.sha256()}".encode()).hexdigest()
    read = _read_again(replace(programme, sha256=digest), texts, tables, edits)
    touched = (what_was_touched(one, programme, read) for one in made)
    return replace(read, notices=(*programme.notices, *touched))


def leaves_as_it_is(programme: Programme, entry: RawToml) -> bool:
    """Whether an edit changes nothing: it scales by 1, adds 0, keeps all, copies none, or sets what is there already.

    Of an edit of rows only the numbers are looked at, not what they are set to.
    """
    if "table" in entry:
        return leaves_rows(entry)
    faults: list[str] = []
    texts = dict(programme.texts)
    _apply(entry, texts, dict(programme.tables), lambda *fault: faults.append(fault[0]))
    return not faults and texts == programme.texts


def _apply(entry: RawToml, texts: dict[str, RawToml], tables: dict[str, Table], refuse: Refuse) -> dict[str, Table]:
    """Make one edit in ``texts``, or in the tables that are returned; a text that is changed is copied first."""
    if "table" in entry:
        return edit_rows(entry, tables, refuse)
    if "weights" in entry or "programme" in entry:
        _only(entry, ("weights", "programme", "source", "note"), refuse)
        own = _own(texts, PROGRAMME)
        own.setdefault("objective", {}).update(_table(entry.get("weights", {}), "weights", refuse))
        own.update(_table(entry.get("programme", {}), "programme", refuse))
    elif "new_agreement" in entry:
        _only(entry, ("new_agreement", "source", "note"), refuse)
        content = _table(entry["new_agreement"], "new_agreement", refuse)
        file = f"agreements/{content.get('id', 'new')}.toml"
        if file in texts:
            refuse(
                "new_agreement",
                content.get("id"),
                message("is there already"),
                message("an id of its own, or an edit of that one"),
            )
        texts[file] = content
    elif "clause" in entry or "new_clause" in entry:
        _edit_clause(entry, texts, refuse)
    else:
        _edit_agreement(entry, texts, refuse)
    return tables


def _own(texts: dict[str, RawToml], file: str) -> RawToml:
    """The text of a file, copied so that it may be changed: other texts may hold the same one."""
    texts[file] = copy.deepcopy(texts[file])
    return texts[file]


def _table(value: Any, name: str, refuse: Refuse) -> RawToml:
    if isinstance(value, dict):
        return dict(value)
    refuse(name, value, message("is not a table"), message("{name} = {{ key = value }}", name=name))
    return {}


def _only(entry: RawToml, known: tuple[str, ...], refuse: Refuse) -> None:
    for key in sorted(set(entry) - set(known)):
        refuse(key, entry[key], message("does not belong in this edit"), message("one of {names}", names=tuple(known)))


def _file_of(entry: RawToml, texts: Mapping[str, RawToml], refuse: Refuse) -> str | None:
    """The file that holds the agreement which an edit names; the programme's own where it names none."""
    if "agreement" not in entry:
        return PROGRAMME
    ids = {str(content.get("id")): file for file, content in texts.items() if file != PROGRAMME}
    if entry["agreement"] in ids:
        return ids[entry["agreement"]]
    refuse(
        "agreement",
        entry["agreement"],
        message("is no agreement of the programme"),
        message("one of {names}", names=tuple(sorted(ids))),
    )
    return None


def _edit_agreement(entry: RawToml, texts: dict[str, RawToml], refuse: Refuse) -> None:
    _only(entry, ("agreement", "suspend", "set", "source", "note"), refuse)
    file = _file_of(entry, texts, refuse)
    if file is None:
        return
    if entry.get("suspend") is True:
        del texts[file]
    elif "set" in entry:
        _own(texts, file).update(_table(entry["set"], "set", refuse))
    else:
        refuse(
            "agreement", entry["agreement"], message("is not changed"), message("suspend = true, or set = {{ ... }}")
        )


def _edit_clause(entry: RawToml, texts: dict[str, RawToml], refuse: Refuse) -> None:
    """Change, suspend or add one clause; parameters may stand in the edit itself, as ``count = 5200``."""
    file = _file_of(entry, texts, refuse)
    if file is None:
        return
    clauses = _own(texts, file).setdefault("clause", [])
    if "new_clause" in entry:
        _only(entry, ("agreement", "new_clause", "source", "note"), refuse)
        clauses.append(_table(entry["new_clause"], "new_clause", refuse))
        return
    found = [clause for clause in clauses if clause.get("id") == entry["clause"]]
    if not found:
        known = ", ".join(str(clause.get("id")) for clause in clauses) or message("none")
        refuse(
            "clause",
            entry["clause"],
            message("is no clause of {file}", file=file),
            message("one of {known}", known=known),
        )
    elif entry.get("suspend") is True:
        clauses.remove(found[0])
    else:
        _change_clause(found[0], entry, refuse)


def _change_clause(clause: RawToml, entry: RawToml, refuse: Refuse) -> None:
    plain = {key: value for key, value in entry.items() if key not in (*_NAMES, *_CHANGES)}
    clause.update(plain | _table(entry.get("set", {}), "set", refuse))
    for change in ("add", "scale"):
        for key, amount in _table(entry.get(change, {}), change, refuse).items():
            if key not in clause:
                refuse(
                    f"{change}.{key}",
                    amount,
                    message("has nothing to change"),
                    message("a parameter that {id} has", id=clause["id"]),
                )
                continue
            try:
                clause[key] = _changed(clause[key], amount, change)
            except (TypeError, ArithmeticError):
                refuse(
                    f"{change}.{key}",
                    amount,
                    message("can't change {clause}", clause=clause[key]),
                    message("a number, for a number"),
                )
    if not plain and not any(key in entry for key in _CHANGES):
        refuse(
            "clause",
            entry["clause"],
            message("is not changed"),
            message("a parameter, set, add, scale or suspend = true"),
        )


def _changed(value: Any, amount: Any, change: str) -> Any:
    """A number, or each of a list or of dated values, raised by or multiplied by ``amount``; whole ones stay whole."""
    if is_dated(value):
        return {"values": [{**one, "value": _changed(one["value"], amount, change)} for one in value["values"]]}
    if isinstance(value, list):
        return [_changed(one, amount, change) for one in value]
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not isinstance(amount, int | Decimal):
        raise TypeError
    changed = value + amount if change == "add" else value * Decimal(amount)
    return int(changed) if isinstance(value, int) else changed


def _read_again(programme: Programme, texts: dict[str, RawToml], tables: dict[str, Table], edits: Edits) -> Programme:
    """The edited texts read and held against the tables, as a folder's are; what no edit touched was read before."""
    faults: list[Fault] = []

    def report(fault: Fault) -> None:
        faults.append(replace(fault, file=f"{edits.file} ({fault.file})"))

    settings, clauses = read_settings(texts[PROGRAMME], PROGRAMME, report, lambda _: None)
    day = LATEST if settings is None else settings.as_of
    untouched = _read_before(programme, texts) if day == programme.settings.as_of else {}
    agreements = []
    for file, content in sorted(texts.items()):
        if file != PROGRAMME:
            agreement = untouched.get(file) or read_agreement(content, file, report, lambda _: None, day)
            if agreement is not None:
                agreements.append((file, agreement))
    same_tables = all(tables[name] is programme.tables[name] for name in tables)
    for file, owned in [(PROGRAMME, clauses), *((file, a.clauses) for file, a in agreements)]:
        if file not in untouched or not same_tables:
            check_clause_references(owned, tables, file, report)
    report_overlaps(agreements, report)
    if faults or settings is None:
        raise InputError(faults)
    ordered = tuple(sorted((agreement for _, agreement in agreements), key=lambda agreement: agreement.id))
    return replace(programme, settings=settings, agreements=ordered, clauses=clauses, tables=tables, texts=texts)


def _read_before(programme: Programme, texts: Mapping[str, RawToml]) -> dict[str, Agreement]:
    """The agreements of the texts that no edit touched, by file, as they were read for the programme."""
    known = {agreement.id: agreement for agreement in programme.agreements}
    kept = {file: content for file, content in texts.items() if content is programme.texts.get(file)}
    return {file: known[content["id"]] for file, content in kept.items() if content.get("id") in known}
