"""Which columns a role's what-ifs and sweeps may name: those that it is told.

Nothing depends on this for planners, whose runs read the values that they are told (`api.identity.generalisation`): an
edit of a hidden column would change nothing there, and one by a finer value match nobody. It is refused so that nobody
takes such an answer for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.identity.access import PLANNER, Principal
from api.identity.shown_columns import HIDDEN_FROM_PLANNERS, shown_columns
from engine.errors import Fault, InputError
from engine.words import message

_NAMING = ("where", "set", "add", "scale", "grant")


def require_shown_columns(principal: Principal, entries: Iterable[Any], file: str) -> None:
    """Raise `InputError` for every edit of a planner that names a hidden column."""
    if principal.role != PLANNER:
        return
    faults = []
    for number, entry in enumerate(entries, 1):
        table = str(entry.get("table", ""))
        for key in _NAMING:
            named = entry.get(key, {})
            for column in sorted(set(named if isinstance(named, dict) else ()) & set(HIDDEN_FROM_PLANNERS)):
                allowed = message("one of {names}", names=tuple(shown_columns(principal, table)))
                place = f"edit {number}: {key}.{column}"
                faults.append(Fault(file, 0, place, "", message("is not told to planners"), allowed, "edit"))
    if faults:
        raise InputError(faults)
