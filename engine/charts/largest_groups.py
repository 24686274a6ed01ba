"""The largest groups by name, with all the rest as one: a chart leaves nothing out silently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Texts = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Grouped:
    """``group[i]`` is the label of row i; ``labels`` are all labels, the largest first and the rest, if any, last."""

    group: Texts
    labels: list[str]
    rest: str | None


def largest_groups(
    names: Texts, amounts: Floats, most: int, rest: Callable[[int], str], totals: bool = False
) -> Grouped:
    """Keep the ``most`` largest names and call all others what ``rest`` says of how many they are.

    With ``totals`` a label ends with the sum of its amounts. Ties fall by name.
    """
    distinct, position = np.unique(names.astype(str), return_inverse=True)
    sums = np.bincount(position, amounts, len(distinct))
    by_size = np.lexsort((distinct, -sums))
    # One alone that is left over has a name too, and takes no more room than the rest would.
    most = len(distinct) if len(distinct) == most + 1 else most
    kept, others = by_size[:most], by_size[most:]
    label = distinct.astype(object)
    if len(others):
        label[others] = rest(len(others))
    if totals:
        sums[others] = sums[others].sum()
        label = np.array([f"{name}: {total:,.0f}" for name, total in zip(label, sums, strict=True)], dtype=object)
    last = str(label[others[0]]) if len(others) else None
    return Grouped(label[position], [*map(str, label[kept]), *([last] if last else [])], last)
