"""The replay: run again what made a plan, which must give the same bytes in every file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.errors import CallError
from engine.plan.plan_files import EVENTS, PlanFiles, csv_bytes, read_certificate, read_placements
from engine.plan.read_plan import events_of_plan, require_plan_of
from engine.planning.rematch import BEGUN_FROM, repaired
from engine.programme import read_programme
from engine.run import Clock, Options, match_read
from engine.solve.result import Listener
from engine.words import message

TABLES = ("placements", "unplaced", "unfilled", "prices")


def replay(folder: Path, plan: Path, warm: Path | None = None, listener: Listener | None = None) -> list[str]:
    """Run again what ``plan`` was made from and name every file that differs, ``seconds`` apart; none should.

    A repaired plan holds what it began from. Another plan that began from an earlier one needs that one as ``warm``.
    Raises `CallError` without it, and for the plan of another programme.
    """
    certificate = read_certificate(plan)
    if "charge" in certificate:
        if warm is not None:
            raise CallError(
                message("{plan} holds in {begun_from} what it began from.", plan=plan, begun_from=BEGUN_FROM),
                message("Leave --warm out."),
            )
        return _repair_again(folder, plan, certificate, listener)
    if certificate.get("warm", False) != (warm is not None):
        raise CallError(
            message("{plan} began from another plan.", plan=plan)
            if warm is None
            else message("{plan} did not begin from another plan.", plan=plan),
            message("Name that plan by --warm.") if warm is None else message("Leave --warm out."),
        )
    programme = read_programme(folder)
    require_plan_of(programme, plan)
    again = match_read(programme, _options(certificate, warm), listener)
    return _differing(plan, again.files, certificate)


def _repair_again(folder: Path, plan: Path, certificate: dict[str, Any], listener: Listener | None) -> list[str]:
    programme = read_programme(folder)
    require_plan_of(programme, plan)
    events, begun_from = events_of_plan(programme, plan), plan / BEGUN_FROM
    before = read_placements(programme, begun_from)
    earlier, charge = certificate["earlier_events"], certificate["charge"]
    options = _options(certificate, None)
    again = repaired(programme, begun_from, before, events, charge, options, Clock(None), listener, earlier)
    differing = _differing(plan, again.matched.files, certificate)
    return differing + [name for name, content in again.tables().items() if not _same(plan / name, content)]


def _options(certificate: dict[str, Any], warm: Path | None) -> Options:
    cut_short = certificate.get("status") in ("time_limit", "interrupted")
    return Options(
        certificate["mechanism"],
        certificate["gap_asked"],
        float("inf"),
        certificate["seed"],
        warm,
        certificate["steps"] if cut_short else None,
        floor=certificate.get("floor", {}).get("share"),
    )


def _differing(plan: Path, files: PlanFiles, certificate: dict[str, Any]) -> list[str]:
    """The files of a plan that aren't what a run gave."""
    differing = [name for name in TABLES if not _same(plan / f"{name}.csv", csv_bytes(getattr(files, name)))]
    made = dict(files.certificate)
    if certificate.get("status") in ("time_limit", "interrupted"):
        made["status"] = certificate["status"]
    if {**made, "seconds": 0} != {**certificate, "seconds": 0}:
        differing.append("certificate")
    if files.events is not None and not _same(plan / EVENTS, files.events):
        differing.append("events")
    return differing


def _same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
