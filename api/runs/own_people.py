"""Runs that draw what may happen read a programme of their own people alone: no figure depends on another's."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import copytree

from api.identity.access import ORIGIN
from api.runs.kind import Kind, Source
from api.snapshots.held_pairs import held_in, leave_out
from api.snapshots.snapshot import write_snapshot
from api.snapshots.used_up import leave_what_is_left
from engine.errors import InputError
from engine.programme import read_programme


class OwnPeopleKind(Kind):
    """A kind whose input holds nobody of another state: whoever is under way there on the same orders is left out with
    the place that he or she holds.
    """

    def is_long(self, asked: object) -> bool:
        """Always: it is many matches."""
        return True

    def write_input(self, source: Source, folder: Path) -> None:
        """The programme as the role reads it, without people of others where it is a ministry of origin."""
        write_snapshot(source.connection, source.programme, source.scope, folder / "programme")
        if source.run.role == ORIGIN:
            _leave_others_out(folder / "programme", source.run.country)


def _leave_others_out(folder: Path, country: str) -> None:
    try:
        programme = read_programme(folder)
    except InputError:
        return  # the run says what is wrong when it reads it
    names, countries = programme.workers.id_text("worker_id"), programme.workers.labels("origin_country").text()
    others = {str(name) for name, home in zip(names, countries, strict=True) if home != country}
    if others:
        with tempfile.TemporaryDirectory(prefix="vaiven-counted-") as place:
            counted = copytree(folder, Path(place, "programme"))
            held = held_in(programme)
            leave_out(folder, programme, held, others)
            leave_what_is_left(folder, counted, [pair for pair in held if pair[0] in others])
