"""What a kind of edit of rows is: a key of an edit with what it changes in the rows that the edit chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.programme.schema import TABLES
from engine.programme.table import Table
from engine.words import message

Rows = npt.NDArray[np.bool_]
Refuse = Callable[[str, Any, str, str], None]
Tables = dict[str, Table]


def never(_value: Any) -> bool:
    """Of a kind that always changes something."""
    return False


@dataclass(frozen=True)
class RowEdit:
    """A kind of edit of rows, under the ``key`` of an edit that asks for it.

    ``change(tables, name, rows, value, refuse)`` gives the tables with ``value`` done to the chosen ``rows`` (bool) of
    the table ``name``; what may not be it tells ``refuse`` and leaves. Kinds in one edit follow each other by their
    ``turn``. ``leaves`` says whether a value changes nothing; ``renumbers`` marks a kind that takes rows out of the
    table or puts some in, of which an edit may have one.
    """

    key: str
    turn: int
    change: Callable[[Tables, str, Rows, Any, Refuse], Tables]
    leaves: Callable[[Any], bool] = never
    renumbers: bool = False


def share_of(key: str, value: Any, refuse: Refuse) -> float:
    """A share from 0 to 1; what is none is refused and counts as 1."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 1:
        refuse(key, value, message("is not a share"), message("a number from 0 to 1"))
        return 1.0
    return float(value)


def drawn(tables: Mapping[str, Table], name: str, share: float) -> Rows:
    """A share of the rows, drawn by a hash of their ids: the same ones whatever else changes, and a larger share holds
    a smaller one.
    """
    keyed = pd.util.hash_array(tables[name].id_text(TABLES[name].columns[0].name), hash_key="what-if of a row")
    return keyed < share * 2.0**64
