"""The algorithm's card of a programme: what it is for, what it reads and weighs, who decides, its checks and limits.

Each entry names what it answers: questions of Canada's Algorithmic Impact Assessment (AIA), and Articles 11 to 14 with
Annexes III and IV of Regulation (EU) 2024/1689 (the AI Act). Facts are the programme's own, as whoever asks sees them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.agreements.agreements import newest_agreements
from api.identity.access import Principal
from api.identity.visibility import agreements_seen, runs_seen
from api.programmes.season import season_figures
from api.settings import settings
from api.storage.records import ProgrammeRecord
from api.storage.tables import agreements, runs
from engine.audit.lasting_rules import LASTING_RULES
from engine.kernel import software_version
from engine.plan.statuses import status_in_words
from engine.programme.schema import TABLES
from engine.words import Message, message, msgid, plural

# What each weight counts, by its name in programme.toml.
WEIGHTS = {
    "fill": msgid("each week of work that is filled"),
    "income": msgid("what the worker earns in it after deductions and costs"),
    "skill": msgid("skills that the employer would like"),
    "recall": msgid("that an employer asks somebody back"),
    "choice": msgid("what the worker prefers"),
    "score": msgid("scores that a ministry has given"),
}
PERSONAL = ("workers", "history", "preferences", "recalls", "scores")


@dataclass(frozen=True)
class Entry:
    """A question that is answered: its ``title``, the answer in sentences, and where each law asks it."""

    title: str
    sentences: Sequence[str]
    aia: str = ""
    eu: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the card."""

    title: str
    entries: Sequence[Entry]


def algorithm_card(connection: sa.Connection, principal: Principal, programme: ProgrammeRecord) -> list[Part]:
    """The card of a programme."""
    content = tomllib.loads(programme.settings)
    return [
        Part(message("Purpose"), _purpose(connection, principal, programme)),
        Part(message("Who decides"), _decisions()),
        Part(message("Data"), _data(connection, principal, programme)),
        Part(message("How it weighs"), _weighing(content)),
        Part(message("Rules"), _rules(connection, principal, programme.id, content)),
        Part(message("Checks"), _checks(connection, principal, programme.id)),
        Part(message("Known limits"), _limits()),
    ]


def _purpose(connection: sa.Connection, principal: Principal, programme: ProgrammeRecord) -> list[Entry]:
    figures = dict(season_figures(connection, principal, programme.id))
    told = [
        message("{n:,} people are registered.", n=figures["workers"]) if "workers" in figures else None,
        message("{n:,} places are asked for.", n=figures["places"]) if "places" in figures else None,
    ]
    return [
        Entry(
            message("What it is for"),
            (
                message(
                    "It proposes who goes to which job in “{title}”, so that every rule of the agreements is kept and "
                    "the whole is worth as much as can be.",
                    title=programme.title,
                ),
            ),
            message("Project: reasons for automation"),
            "Art. 11, Annex IV 1(a); Art. 13(3)(b)(i)",
        ),
        Entry(
            message("Whom it concerns"),
            tuple(one for one in told if one is not None)
            or (message("The people registered and the employers who ask for them."),),
            message("Impact: individuals and communities"),
            "Annex IV 1(a), 3",
        ),
        Entry(
            message("Where the law places it"),
            (
                message(
                    "It helps to select people for employment (Annex III, point 4(a)). It learns nothing from data: it "
                    "searches and proves. Whether an act applies is for the ministry's counsel to say."
                ),
            ),
            message("Project: area of the decision"),
            "Art. 6, Annex III 4(a)",
        ),
    ]


def _decisions() -> list[Entry]:
    return [
        Entry(
            message("What a person decides"),
            (
                message("A plan binds nobody: an officer reads it, may change it by hand, and publishes it."),
                message("The ministry of destination certifies orders; the ministry of origin keeps the register."),
                message("Each worker accepts or declines what is offered."),
            ),
            message("Decision: role of the system"),
            "Art. 14; Annex IV 2(e)",
        ),
        Entry(
            message("How somebody objects"),
            (
                message("A plan says of everybody without a job why, in plain words; records can be completed."),
                message("A step that was recorded by mistake is taken back, with its reason."),
            ),
            message("Mitigation: procedural fairness, recourse"),
            "Art. 13(3)(d); Art. 86",
        ),
    ]


def _data(connection: sa.Connection, principal: Principal, programme: ProgrammeRecord) -> list[Entry]:
    named = [name for name in PERSONAL if name in TABLES]
    columns = tuple(f"{name}: {', '.join(TABLES[name].column_names)}" for name in named)
    sexed = _clauses_that_read(connection, principal, programme.id, "sex")
    sex = (
        message("Rules that look at a worker's sex: {rules}.", rules=tuple(sexed))
        if sexed
        else message("No rule that you see looks at a worker's sex.")
    )
    return [
        Entry(
            message("What it reads of people"),
            (
                message("Pseudonyms alone: names, contacts and register numbers are kept apart and never read."),
                *columns,
                sex,
            ),
            message("Data: personal information; source of data"),
            "Art. 10; Annex IV 2(d)",
        ),
        Entry(
            message("Who learns what"),
            (
                message(
                    "Each ministry sees its own people, planners see values that stand for many, and employers "
                    "learn who comes once it is accepted."
                ),
            ),
            message("Mitigation: privacy"),
            "Annex IV 2(d)",
        ),
    ]


def _weighing(content: dict[str, Any]) -> list[Entry]:
    weights = {name: value for name, value in content.get("objective", {}).items() if isinstance(value, int | float)}
    told = [
        message("{weight:g}: {what}", weight=float(value), what=Message(WEIGHTS.get(name, name), {}))
        for name, value in weights.items()
        if value
    ]
    tiers = content.get("objective", {}).get("tiers")
    if tiers:
        told.append(message("One after the other: {tiers}.", tiers=tuple(str(one) for one in tiers)))
    return [
        Entry(
            message("What counts how much"),
            tuple(told) or (message("Each week of work counts the same."),),
            message("Algorithm: transparency"),
            "Annex IV 2(b)",
        ),
        Entry(
            message("What decides among equals"),
            (
                message("A draw by a stated number (the seed): the same number gives the same plan again."),
                message("Nobody's place in the files matters."),
            ),
            message("Algorithm: fairness"),
            "Annex IV 2(b)",
        ),
    ]


def _rules(connection: sa.Connection, principal: Principal, programme_id: str, content: dict[str, Any]) -> list[Entry]:
    seen = _agreements(connection, principal, programme_id)
    counted = [
        plural("{title}: {n:,} rule", "{title}: {n:,} rules", n=len(one.get("clause", ())), title=_title(one))
        for one in seen
    ]
    own = len(content.get("clause", ()))
    lasting = plural("{n:,} rule holds in any case.", "{n:,} rules hold in any case.", n=len(LASTING_RULES))
    return [
        Entry(
            message("Rules that no plan breaks"),
            (
                lasting,
                *(one.sentence for one in LASTING_RULES.values()),
                plural("{n:,} rule of the programme.", "{n:,} rules of the programme.", n=own),
                *counted,
            ),
            message("Algorithm: business rules"),
            "Annex IV 2(b)",
        )
    ]


def _checks(connection: sa.Connection, principal: Principal, programme_id: str) -> list[Entry]:
    mine = sa.and_(runs.c.programme_id == programme_id, runs_seen(principal), runs.c.published_at.is_not(None))
    last = connection.execute(sa.select(runs.c.manifest).where(mine).order_by(runs.c.published_at.desc())).first()
    told = [message("No plan that you see has been published yet.")]
    if last is not None:
        certificate = last.manifest["certificate"]
        told = [
            message(
                "The plan published last is worth {worth:,.1f} of {bound:,.1f} that any plan can be worth at most "
                "({status}).",
                worth=certificate["objective"],
                bound=certificate["bound"],
                status=status_in_words(certificate["status"]),
            ),
            message(
                "{checked:,} looks at {rules:,} rules found none broken.",
                checked=sum(one["checked"] for one in certificate["checks"]),
                rules=len(certificate["checks"]),
            ),
        ]
    return [
        Entry(
            message("What is checked of each plan"),
            (
                message(
                    "An audit that shares nothing with the search checks every rule, and again before publication."
                ),
                message("A certificate proves how far from the best a plan can be."),
                *told,
            ),
            message("De-risking: testing and quality"),
            "Art. 15; Annex IV 2(g), 4",
        ),
        Entry(
            message("What is recorded"),
            (
                message("Every change and every look at names stands in a log whose alteration is noticed."),
                message(
                    "What a published plan was made from is kept for {days:,} days, so that it can be computed again.",
                    days=settings().keep_published_inputs_days,
                ),
                message("Computed by {software}.", software=f"vaiven {software_version()}"),
            ),
            message("Mitigation: logging, audit trail"),
            "Art. 12; Annex IV 2(c)",
        ),
    ]


def _limits() -> list[Entry]:
    return [
        Entry(
            message("What it can't do"),
            (
                message("It knows what is registered and nothing else; a wrong record gives a wrong answer."),
                message("What a plan is worth follows from the weights, which people have set."),
                message("A plan within its gap is one of several that are nearly as good; others hold other people."),
                message("It doesn't say how somebody will work, and ranks nobody as a person."),
                message("It doesn't know whether an employer keeps the conditions that are written down."),
            ),
            message("Impact; system: limitations"),
            "Art. 13(3)(b)(ii)-(iii); Annex IV 3",
        )
    ]


def _agreements(connection: sa.Connection, principal: Principal, programme_id: str) -> list[dict[str, Any]]:
    asked = newest_agreements(programme_id).where(agreements_seen(principal)).order_by(agreements.c.agreement_id)
    return [tomllib.loads(row.content) for row in connection.execute(asked)]


def _title(agreement: dict[str, Any]) -> str:
    return str(agreement.get("title") or agreement.get("id", ""))


def _clauses_that_read(connection: sa.Connection, principal: Principal, programme_id: str, word: str) -> list[str]:
    """The rules whose content names a column."""
    return [
        f"{one.get('id', '')}|{clause.get('id', '')}"
        for one in _agreements(connection, principal, programme_id)
        for clause in one.get("clause", ())
        if f"'{word}'" in str(clause)
    ]
