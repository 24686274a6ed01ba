"""Whether a programme could be matched as it stands: every fault between its tables and agreements."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from api.answers.problems import problem_of
from api.identity.access import Principal
from api.identity.visibility import agreements_seen
from api.programmes.schemas import ClashOut, SoundnessOut
from api.snapshots.fitting import Unfit
from api.snapshots.scope import scope_of, told_to
from api.snapshots.snapshot import write_snapshot
from api.storage.records import ProgrammeRecord
from api.storage.tables import agreements
from engine.errors import InputError
from engine.programme import read_programme
from engine.words import message


def soundness_of(connection: sa.Connection, principal: Principal, programme: ProgrammeRecord) -> SoundnessOut:
    """Whether a programme can be matched as it stands, as a role may read it."""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        folder = Path(place, "programme")
        unfit = write_snapshot(connection, programme, scope_of(principal.role, principal.country), folder)
        clashes = _clashes(connection, principal, programme.id, unfit)
        try:
            read = read_programme(folder)
        except InputError as error:
            told = problem_of(told_to(principal.role, error))
            faults = {"faults": told.faults, "faults_left_out": told.faults_left_out}
            return SoundnessOut(sound=False, kept=not clashes, clashes=clashes, tables={}, **faults)
    sizes = {name: table.size for name, table in read.tables.items()}
    return SoundnessOut(sound=True, kept=not clashes, clashes=clashes, tables=sizes, faults=[], faults_left_out=0)


def _clashes(
    connection: sa.Connection, principal: Principal, programme_id: str, unfit: Sequence[Unfit]
) -> list[ClashOut]:
    """How many placements can't stand by which rule; a clause of an agreement that one doesn't see isn't named."""
    mine = sa.select(agreements.c.agreement_id).where(
        agreements.c.programme_id == programme_id, agreements_seen(principal)
    )
    seen = set(connection.scalars(mine))
    told = [
        (one.rule, one.sentence)
        if "|" not in one.rule or one.rule.partition("|")[0] in seen
        else ("clause", message("A clause of an agreement between others."))
        for one in unfit
    ]
    return [
        ClashOut(rule=rule, sentence=sentence, placements=count)
        for (rule, sentence), count in sorted(Counter(told).items())
    ]
