"""Shares that who is held breaks already: what a run is asked of them.

Invariant: what is held is within every share that a run reads, so that it can stand as it is; nobody new may make a
share worse than it is. Publication judges the same way (`api.snapshots.fitting`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

import tomli_w

from api.snapshots.fitting import Pair, broken_shares
from engine.clauses.base import Clause, Count
from engine.programme import Programme
from engine.programme.dated_values import entry_on

STEP = Decimal("0.000001")


def allow_shares(folder: Path, programme: Programme, held: Iterable[Pair]) -> None:
    """Rewrite the bounds of the shares that placements break, so that they hold."""
    broken = broken_shares(programme, held)
    for clause, _, position in programme.in_force(Count):
        if clause in broken:
            name = "programme" if position is None else f"agreements/{programme.agreements[position].id}"
            _widen(folder / f"{name}.toml", clause, programme.settings.as_of, *broken[clause])


def _widen(path: Path, clause: Clause, day: date, inside: int, total: int) -> None:
    """Rewrite a share with what is in force on a day, so much wider."""
    content = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    content["clause"] = [
        _wider(entry_on(one, day)[0], inside, total) if one["id"] == clause.id else one for one in content["clause"]
    ]
    path.write_text(tomli_w.dumps(content), "utf-8")


def _wider(clause: Mapping[str, Any], inside: int, total: int) -> dict[str, Any]:
    there, wider = Decimal(inside) / total, dict(clause)
    if "min_share" in wider:
        wider["min_share"] = min(Decimal(wider["min_share"]), there.quantize(STEP, ROUND_FLOOR))
    if "max_share" in wider:
        wider["max_share"] = max(Decimal(wider["max_share"]), there.quantize(STEP, ROUND_CEILING))
    return wider
