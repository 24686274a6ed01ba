"""The slip of somebody without a placement: a one-time code by which he or she reads why, and nothing else.

Invariant: as of slips that offer something (`api.placements.slips`), a code is kept as its hash alone, a new one takes
the place of the old, and it ends after some days; it leads to one person's reason in one published plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError, not_found, refused
from api.identity.access import ORIGIN, Principal
from api.identity.passwords import hash_secret
from api.identity.visibility import workers_seen
from api.placements.letters import language_of_worker
from api.placements.slips import drawn_code, plain_code
from api.runs.plain_words import plainly
from api.runs.plan_shown import seen_agreements
from api.runs.plan_words import code_of, reason_in_words
from api.runs.reason_words import kept_words
from api.runs.result_files import table_of
from api.settings import settings
from api.storage.database import inserting, now
from api.storage.operation_states import OPEN
from api.storage.tables import operations, reason_slips, registers, runs
from engine.words import message, msgid

# What somebody is told, by the code of the reason: what it means, and what can be done.
TOLD = {
    "not_admitted": msgid("No job of this season may take you: something in your record, or a rule, is in the way."),
    "limit_full": msgid("There is work that you may do, but all the places that the rules allow are taken."),
    "outpriced": msgid("There is work that you may do, and others were placed there, for whom the rules count more."),
    "tied": msgid("Others had exactly the same claim, and a draw decided between you."),
    "left_within_gap": msgid("No job was found for you in this plan; another search may find one."),
    "dropped_out": msgid("You declined or left, and were not placed again."),
}
# What of a record rules ask for, and may be empty.
ASKED = {
    "occupations": msgid("your occupations, with how long you have worked in each"),
    "languages": msgid("the languages that you speak, with their levels"),
    "birth_date": msgid("your date of birth"),
    "passport_expires": msgid("until when your passport is valid"),
    "medical_valid_until": msgid("until when your medical examination is valid"),
    "available_from": msgid("from when on you can go"),
    "available_to": msgid("until when you can stay"),
}


@dataclass(frozen=True)
class Told:
    """What a slip tells: in general, and more exactly where it is the worker's own record ('' else), with what is
    ``missing`` in it (keys of the catalogue), in the ``language`` (a tag) that the worker knows best.
    """

    worker_id: str
    sentence: str
    exactly: str
    missing: tuple[str, ...]
    has_offer: bool
    language: str


def make_reason_slip(connection: sa.Connection, principal: Principal, run: sa.Row[Any], worker_id: str) -> str:
    """A new code for somebody without a placement in a published plan, in groups of four; it is told once.

    Raises 403 for another than a ministry of origin, 409 for a plan that isn't published, 404 for whom it doesn't have.
    """
    if principal.role != ORIGIN:
        raise refused(message("Slips are made by the ministry of the worker's own state."))
    if run.published_at is None:
        raise ServiceError(409, message("The plan isn't published."), message("Publish it first."))
    workers = registers["workers"].c
    mine = sa.and_(workers.programme_id == run.programme_id, workers.worker_id == worker_id, workers_seen(principal))
    if connection.scalar(sa.select(workers.worker_id).where(mine)) is None or not _reason(
        connection, run.id, worker_id
    ):
        raise not_found()
    code = drawn_code()
    ends = now() + timedelta(days=settings().slip_days)
    values = {"code_hash": hash_secret(plain_code(code)), "account_id": principal.account_id, "expires_at": ends}
    written = inserting(connection, reason_slips).values(run_id=run.id, worker_id=worker_id, **values)
    connection.execute(written.on_conflict_do_update(index_elements=["run_id", "worker_id"], set_=values))
    return code


def told_by(connection: sa.Connection, code: str) -> Told:
    """What a code tells. Raises 404 for one that isn't good (any more)."""
    good = sa.and_(reason_slips.c.code_hash == hash_secret(plain_code(code)), reason_slips.c.expires_at > now())
    asked = sa.select(reason_slips.c.worker_id, runs.c.id, runs.c.programme_id, runs.c.country).join(runs).where(good)
    found = connection.execute(asked).one_or_none()
    if found is None:
        raise not_found()
    reason = _reason(connection, found.id, found.worker_id)
    same = sa.and_(operations.c.programme_id == found.programme_id, operations.c.worker_id == found.worker_id)
    has_offer = connection.scalar(sa.select(operations.c.id).where(same, operations.c.state.in_(OPEN)).limit(1))
    own = code_of(reason) == "not_admitted"
    exactly = _in_words(connection, found, reason) if own else ""
    missing = _missing(connection, found) if own else ()
    sentence = TOLD.get(code_of(reason), TOLD["left_within_gap"])
    language = language_of_worker(connection, found.programme_id, found.worker_id)
    return Told(found.worker_id, sentence, exactly, missing, has_offer is not None, language)


def _in_words(connection: sa.Connection, found: Any, reason: str) -> str:
    """A reason with what the rule asks, by the agreements of the worker's own state."""
    own = Principal("", ORIGIN, found.country, "")
    known = seen_agreements(connection, own, found.programme_id)
    told: str = plainly(reason_in_words(reason, kept_words(connection, found.id)), known, asks=True)
    return told


def _missing(connection: sa.Connection, found: Any) -> tuple[str, ...]:
    """What of the worker's record that rules ask for is empty, as keys of the catalogue."""
    workers = registers["workers"].c
    mine = sa.and_(workers.programme_id == found.programme_id, workers.worker_id == found.worker_id)
    row = connection.execute(sa.select(*(workers[name] for name in ASKED)).where(mine)).one_or_none()
    return () if row is None else tuple(told for name, told in ASKED.items() if not row._mapping[name])


def _reason(connection: sa.Connection, run_id: str, worker_id: str) -> str:
    """The reason that a plan gives for somebody, '' where it has none."""
    rows = table_of(connection, run_id, "unplaced.csv")
    return next((row["reason"] for row in rows if row["worker_id"] == worker_id), "")
