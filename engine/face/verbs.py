"""The verbs on one season: match it, audit a plan, say why, draw a report, make one up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.audit.audit import Audit
from engine.audit.audit import audit as audited
from engine.discovery import discover
from engine.errors import CallError, Fault, InputError
from engine.face.plan import Plan
from engine.plan.read_plan import audited as audited_after_events
from engine.plan.read_plan import read_plan
from engine.programme import Programme
from engine.run import Options, match_read
from engine.solve.result import Listener
from engine.words import message

if TYPE_CHECKING:
    from engine.planning.explain import Explanation


def match(programme: Programme, options: Options | None = None, listener: Listener | None = None) -> Plan:
    """Match workers to orders; the plan has a proved bound and has passed the audit.

    ``listener`` is called with the bound and the plan as they close on each other. Raises `ClashError` where the
    commitments can't all be kept, `SolverError` and `AuditError` for faults of ours.
    """
    found = match_read(programme, options or Options(), listener)
    return Plan(programme, found.files, found.worker, found.order)


def audit(programme: Programme, plan: Plan | pd.DataFrame) -> Audit:
    """Check a plan, whoever made it, against every rule; only worker_id and order_id of a DataFrame are read.

    A repaired plan is held against the programme as its events left it.

    Raises `InputError` for ids that the programme doesn't have.
    """
    if isinstance(plan, Plan):
        if plan.files.events is not None:
            with plan.in_folder() as folder:
                return audited_after_events(read_plan(programme, folder))
        return audited(programme, *_rows(programme, plan.placements))
    return audited(programme, *_rows(programme, plan))


def _rows(programme: Programme, placements: pd.DataFrame) -> list[Any]:
    """The rows of the workers and of the orders that placements name. Raises `InputError` for unknown ids."""
    faults, rows = [], []
    for column, table in (("worker_id", "workers"), ("order_id", "orders")):
        if column not in placements:
            faults.append(
                Fault("plan", 1, column, "", message("is a missing column"), message("a column of this name"), "column")
            )
            continue
        texts = pa.array(placements[column].astype(str), pa.string())
        found = np.asarray(pc.fill_null(pc.index_in(texts, value_set=programme[table].ids(column)), -1))
        for row in np.flatnonzero(found < 0):
            text = texts[int(row)].as_py()
            faults.append(
                Fault(
                    "plan",
                    int(row) + 2,
                    column,
                    text,
                    message("is not in {table}", table=table),
                    message("an id of {table}", table=table),
                )
            )
        rows.append(found.astype(np.int64))
    if faults:
        raise InputError(faults)
    return rows


def explain(
    plan: Plan,
    worker: str | None = None,
    order: str | None = None,
    clause: str | None = None,
    language: str = "en",
    ranked: bool = False,
) -> Explanation:
    """Say why: for a worker, an order, both (that placement) or a clause; ``lines`` of the answer are sentences.

    With ``ranked`` who else fits the order, or what else the worker could do, best first.

    Raises `CallError` where nothing, or too much, or something unknown is named, a language that isn't spoken too.
    """
    from engine.planning.explain import explained
    from engine.words.catalogue import known_language
    from engine.words.wording import worded_all

    known_language(language)
    with plan.in_folder() as folder:
        found: Explanation = explained(plan.programme, folder, worker, order, clause, False, ranked)
    told: Explanation = worded_all(found, language)
    return told


def report(plan: Plan, folder: Path | str, language: str = "en") -> Path:
    """Write the report of a plan: each chart as PNG and SVG and one page that opens without a network; its path.

    Raises `CallError` where the folder is not empty, the language unknown, or a drawing library missing.
    """
    from engine.charts.report import write_report

    return write_report(plan.view(language), Path(folder), language)


def generate(preset: str = "northern-triangle", workers: int = 1000, seed: int = 0) -> Programme:
    """Make up a season of a preset with that many workers; the same seed gives the same season.

    Raises `CallError` for an unknown preset or too few workers.
    """
    presets = discover("preset")
    if preset not in presets:
        raise CallError(
            message("There is no preset {preset}.", preset=repr(preset)),
            message("Use one of {names}.", names=tuple(presets)),
        )
    chosen = presets[preset]
    if workers < chosen.LEAST_WORKERS:
        raise CallError(
            message("{workers} workers are too few.", workers=workers),
            message("{preset} needs {least} or more.", preset=preset, least=chosen.LEAST_WORKERS),
        )
    draft = chosen.build(workers, seed)
    return Programme.from_frames(draft.settings, draft.agreements, **draft.tables)
