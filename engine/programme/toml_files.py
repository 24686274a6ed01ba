"""programme.toml and agreements/*.toml: settings, agreements and clauses, each fault named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.clauses import parameters
from engine.clauses.base import Clause
from engine.errors import Fault
from engine.programme.clauses import LATEST, Report, read_clauses
from engine.programme.programme import OBJECTIVE_TERMS, Agreement, Settings
from engine.programme.toml_text import loads_shallow
from engine.programme.toml_values import (
    a_country,
    a_currency,
    a_horizon,
    a_positive_amount,
    a_table,
    a_text,
    a_weight,
    an_id,
    codes_of,
    exactly_one,
)
from engine.words import message

_SETTING_KEYS = {
    "format",
    "id",
    "title",
    "as_of",
    "horizon",
    "currency",
    "max_placements_per_worker",
    "reference_weekly_income",
    "objective",
    "clause",
}
_AGREEMENT_KEYS = {
    "id",
    "version",
    "title",
    "origins",
    "destination",
    "sectors",
    "effective_from",
    "effective_to",
    "clause",
    "source",
    "examples",
}


class _Toml:
    """One TOML file being read: takes values by key and reports what is wrong with them."""

    def __init__(self, file: str, content: dict[str, Any], report: Report) -> None:
        self.file, self.content, self.report = file, content, report
        self.sound = True

    def fault(self, key: str, value: Any, problem: str, expected: str) -> None:
        self.sound = False
        shown = "" if value is None else str(value)
        self.report(Fault(self.file, 0, key, shown, problem, expected, "setting"))

    def take(self, key: str, reader: Callable[[Any], Any], default: Any = ...) -> Any:
        if key not in self.content:
            if default is ...:
                self.fault(key, None, message("is missing"), message("the key {key}", key=key))
                return None
            return default
        try:
            return reader(self.content[key])
        except ValueError as error:
            self.fault(key, self.content[key], message("is not right"), str(error))
            return None


def load_toml(path: Path, file: str, report: Report) -> dict[str, Any] | None:
    """Parse a TOML file with exact decimals."""
    return parse_toml(path.read_bytes(), file, report)


def parse_toml(raw: bytes, file: str, report: Report) -> dict[str, Any] | None:
    """Parse TOML with exact decimals; ``file`` is what faults call it."""
    try:
        content = loads_shallow(raw.decode("utf-8"))
        _refuse_giants(content)
        return content
    except UnicodeDecodeError:
        report(Fault(file, 0, "", "", message("is not UTF-8"), message("a file saved in UTF-8"), "file"))
    except ValueError as error:
        report(
            Fault(file, 0, "", "", message("is not TOML ({error})", error=str(error)), message("a TOML file"), "file")
        )
    return None


def _refuse_giants(value: Any) -> None:
    """Raise ValueError where a whole number beyond the 64 bits of TOML stands anywhere in ``value``."""
    for entry in value.values() if isinstance(value, dict) else value:
        if isinstance(entry, dict | list):
            _refuse_giants(entry)
        elif isinstance(entry, int) and not -(2**63) <= entry < 2**63:
            raise ValueError(message("a whole number beyond 64 bits"))


def read_settings(
    content: dict[str, Any], file: str, report: Report, notice: Callable[[str], None]
) -> tuple[Settings | None, tuple[Clause, ...]]:
    """Read the content of programme.toml."""
    toml = _Toml(file, content, report)
    for key in sorted(set(content) - _SETTING_KEYS):
        notice(message("{file}: the key {key} is not read.", file=file, key=key))
    toml.take("format", exactly_one)
    horizon = toml.take("horizon", a_horizon)
    settings = {
        "id": toml.take("id", an_id),
        "title": toml.take("title", a_text, ""),
        "as_of": toml.take("as_of", parameters.day),
        "currency": toml.take("currency", a_currency),
        "max_placements_per_worker": toml.take("max_placements_per_worker", parameters.positive_number, 1),
        "reference_weekly_income": toml.take("reference_weekly_income", a_positive_amount),
        "weights": _read_weights(toml),
        "tiers": _read_tiers(toml),
    }
    clauses = read_clauses(content.get("clause", []), file, "", report, settings["as_of"] or LATEST)
    if not toml.sound or horizon is None:
        return None, clauses
    return Settings(horizon_start=horizon[0], horizon_end=horizon[1], **settings), clauses


def _read_weights(toml: _Toml) -> dict[str, Decimal]:
    objective = toml.take("objective", a_table)
    if objective is None:
        return {}
    inner = _Toml(toml.file, objective, toml.report)
    weights = {term: inner.take(term, a_weight, Decimal(0)) for term in OBJECTIVE_TERMS}
    for key in sorted(set(objective) - set(OBJECTIVE_TERMS)):
        if key != "tiers":
            known = message("one of {names}", names=tuple(OBJECTIVE_TERMS))
            inner.fault(f"objective.{key}", objective[key], message("is no objective term"), known)
    toml.sound &= inner.sound
    return weights


def _read_tiers(toml: _Toml) -> tuple[tuple[str, ...], ...]:
    """The terms of each tier: every term that has a weight once, and no other name."""
    objective = toml.content.get("objective")
    tiers = objective.get("tiers", []) if isinstance(objective, dict) else []
    sound = isinstance(tiers, list) and all(isinstance(t, list) and t for t in tiers)
    if not sound or not all(isinstance(term, str) for tier in tiers for term in tier):
        toml.fault(
            "objective.tiers",
            tiers,
            message("is not a list of tiers"),
            message('lists of terms: [["fill"], ["recall"]]'),
        )
        return ()
    assert isinstance(objective, dict) or not tiers
    terms = [term for tier in tiers for term in tier]
    for term in terms:
        if term not in OBJECTIVE_TERMS:
            toml.fault(
                "objective.tiers",
                term,
                message("is no objective term"),
                message("one of {names}", names=tuple(OBJECTIVE_TERMS)),
            )
        elif terms.count(term) > 1:
            toml.fault("objective.tiers", term, message("stands twice"), message("each term in one tier"))
    for term in OBJECTIVE_TERMS if terms else ():
        if term not in terms and objective and objective.get(term, 0):
            toml.fault(
                "objective.tiers",
                term,
                message("has a weight and is in no tier"),
                message("each weighted term in one tier"),
            )
    return tuple(tuple(tier) for tier in tiers)


def read_agreement(
    content: dict[str, Any], file: str, report: Report, notice: Callable[[str], None], day: date = LATEST
) -> Agreement | None:
    """Read the content of one agreement file, with what its clauses ask on ``day``, the latest without one."""
    toml = _Toml(file, content, report)
    for key in sorted(set(content) - _AGREEMENT_KEYS):
        notice(message("{file}: the key {key} is not read.", file=file, key=key))
    values = {
        "id": toml.take("id", an_id),
        "version": toml.take("version", a_text, ""),
        "title": toml.take("title", a_text, ""),
        "origins": toml.take("origins", codes_of("country")),
        "destination": toml.take("destination", a_country),
        "sectors": toml.take("sectors", codes_of("sector prefix"), ()),
        "effective_from": toml.take("effective_from", parameters.day),
        "effective_to": toml.take("effective_to", parameters.day),
    }
    clauses = read_clauses(content.get("clause", []), file, str(values["id"] or ""), report, day)
    if not toml.sound:
        return None
    agreement = Agreement(clauses=clauses, **values)
    if agreement.effective_from > agreement.effective_to:
        toml.fault("effective_to", agreement.effective_to, message("is before effective_from"), message("a later date"))
    if agreement.destination in agreement.origins:
        toml.fault("destination", agreement.destination, message("is one of the origins"), message("another country"))
    return agreement if toml.sound else None


def report_overlaps(agreements: Sequence[tuple[str, Agreement]], report: Report) -> None:
    """Report every two agreements that cover the same origin, destination, sector and day, and ids used twice."""
    for position, (file, one) in enumerate(agreements):
        for other_file, other in agreements[:position]:
            if one.id == other.id:
                report(
                    Fault(
                        file,
                        0,
                        "id",
                        one.id,
                        message("is also the id in {other_file}", other_file=other_file),
                        message("an id of its own"),
                        "duplicate",
                    )
                )
            elif _overlap(one, other):
                days = f"{max(one.effective_from, other.effective_from)}..{min(one.effective_to, other.effective_to)}"
                problem = message(
                    "overlaps {other} ({file}) from {days} for the same origin, destination and sector",
                    other=other.id,
                    file=other_file,
                    days=days,
                )
                report(Fault(file, 0, "", one.id, problem, message("one agreement in force for each"), "overlap"))


def _overlap(one: Agreement, other: Agreement) -> bool:
    sectors = not one.sectors or not other.sectors
    sectors |= any(a.startswith(b) or b.startswith(a) for a in one.sectors for b in other.sectors)
    return (
        one.destination == other.destination
        and bool(set(one.origins) & set(other.origins))
        and one.effective_from <= other.effective_to
        and other.effective_from <= one.effective_to
        and sectors
    )
