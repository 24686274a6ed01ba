"""Taking columns one after another wherever every row still holds, as a person with a list would."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.program import Program
from engine.clauses.views import Array
from engine.kernel import kernel

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
PASSES = 50


def fill(program: Program, ranking: npt.NDArray[Any]) -> Longs:
    """Take columns in the order of ``ranking`` wherever they fit; the chosen ones, crews included.

    Parties that are promised a placement come first. Whoever a share keeps out is asked again in the next pass. A crew
    that can't be had stays closed, and the list is gone through again without it.
    """
    promised = np.zeros(len(program.row_lower), bool)
    promised[: program.party_count] = program.row_lower[: program.party_count] > 0
    columns = ranking[ranking < program.first_crew].astype(np.int64)
    first = promised[program.row[program.offsets[columns]]]
    columns = np.concatenate([columns[first], columns[~first]])
    capacity = program.row_upper.copy()
    crew_rows = program.first_crew_row + np.arange(len(program.crew_most))
    capacity[crew_rows] = program.crew_most
    while True:
        taken, use = _filled(program, columns, capacity)
        broken = _broken_crews(program, use)
        if not broken.any():
            return program.with_crews(np.flatnonzero(taken))
        capacity[crew_rows[broken]] = 0.0


def _filled(program: Program, ranking: Longs, capacity: npt.NDArray[np.float64]) -> tuple[Bools, Array]:
    taken = np.zeros(program.column_count, np.bool_)
    served = np.zeros(int(program.party.max(initial=-1)) + 1, np.bool_)
    use = np.zeros(len(capacity))
    for _ in range(PASSES):
        matrix = (program.offsets, program.row, program.coefficient)
        added = _pass(ranking, program.party, *matrix, capacity + 1e-9, use, served, taken)
        if not added:
            break
    return taken, use


def _broken_crews(program: Program, use: Array) -> Bools:
    """Which crews have people, but too few: ``n - least b >= 0`` fails for b = 1."""
    count = len(program.crew_most)
    placed = use[program.first_crew_row : program.first_crew_row + count]
    least_rows = slice(program.first_crew_row + count, program.first_crew_row + 2 * count)
    least = -np.asarray(program.by_row[least_rows, program.first_crew :].diagonal())
    return (placed > 0) & (placed < least - 1e-9)


@kernel
def _pass(
    ranking: Array,
    party: Array,
    offsets: Array,
    row: Array,
    coefficient: Array,
    capacity: Array,
    use: Array,
    served: Array,
    taken: Array,
) -> int:
    added = 0
    for i in range(len(ranking)):
        j = ranking[i]
        if served[party[j]]:
            continue
        fits = True
        for k in range(offsets[j], offsets[j + 1]):
            if coefficient[k] > 0 and use[row[k]] + coefficient[k] > capacity[row[k]]:
                fits = False
                break
        if fits:
            for k in range(offsets[j], offsets[j + 1]):
                use[row[k]] += coefficient[k]
            served[party[j]] = True
            taken[j] = True
            added += 1
    return added
