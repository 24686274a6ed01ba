"""The whole integer program of a programme as plain arrays, so that a rival need not compile anything."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix, csr_matrix

    from engine.problem import MatchingProblem

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
SCALE = 10**9
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Program:
    """Maximise ``worth @ x`` over x in {0, 1} with ``row_lower <= A x <= row_upper``.

    The first columns are whole itineraries of a party (a worker or a travel group); the last ``len(crew_most)`` open
    one crew each. ``value`` is in billionths; ``party`` is -1 for crews; ``placements`` counts by column; ``arrival``
    is the party's place in the queue. A is given by column. The first ``party_count`` rows hold one party each; from
    row ``first_crew_row`` on stand ``n - most b <= 0`` of every crew, then ``n - least b >= 0``.
    """

    value: Longs
    party: Ints
    placements: Ints
    arrival: Longs
    offsets: Longs
    row: Ints
    coefficient: Floats
    row_lower: Floats
    row_upper: Floats
    crew_most: Floats
    crew_open: Floats
    party_count: int
    first_crew_row: int
    workers: int
    pairs: int

    @property
    def column_count(self) -> int:
        """How many columns there are, crews included."""
        return len(self.value)

    @property
    def first_crew(self) -> int:
        """The first column that opens a crew."""
        return self.column_count - len(self.crew_most)

    @property
    def worth(self) -> Floats:
        """The value of each column in value terms."""
        return self.value / SCALE

    @property
    def lower(self) -> Floats:
        """The least of each column: 1 where a crew is promised."""
        return np.append(np.zeros(self.first_crew), self.crew_open)

    @cached_property
    def matrix(self) -> csc_matrix:
        """A by column."""
        from scipy.sparse import csc_matrix

        shape = (len(self.row_upper), self.column_count)
        return csc_matrix((self.coefficient, self.row, self.offsets), shape=shape)

    @cached_property
    def by_row(self) -> csr_matrix:
        """A by row."""
        return self.matrix.tocsr()

    def worth_of(self, chosen: npt.NDArray[Any]) -> float:
        """What the chosen columns are worth, summed in whole billionths."""
        return float(int(self.value[chosen].sum())) / SCALE

    def point(self, chosen: npt.NDArray[Any]) -> Floats:
        """The chosen columns as x."""
        point = np.zeros(self.column_count)
        point[chosen] = 1.0
        return point

    def with_crews(self, chosen: npt.NDArray[Any]) -> Longs:
        """The chosen itineraries, and the crews that they open."""
        point, crews = self.point(chosen), len(self.crew_most)
        point[self.first_crew :] = 0.0
        placed = (self.matrix @ point)[self.first_crew_row : self.first_crew_row + crews]
        point[self.first_crew :] = (placed > 0) | (self.crew_open > 0)
        return np.flatnonzero(point > 0)

    def faults(self, chosen: npt.NDArray[Any]) -> int:
        """How many rows the chosen columns break, each row looked at."""
        point = self.point(chosen)
        use = self.matrix @ point
        broken = (use > self.row_upper + TOLERANCE) | (use < self.row_lower - TOLERANCE) | np.isnan(use)
        return int(broken.sum()) + int((point < self.lower).sum())

    def save(self, path: Path) -> None:
        """Write the arrays as one npz file."""
        with path.open("wb") as file:
            np.savez(file, **{field.name: getattr(self, field.name) for field in fields(self)})


def load(path: Path) -> Program:
    """Read what `Program.save` wrote."""
    with np.load(path) as read:
        arrays: dict[str, Any] = {name: read[name] if read[name].ndim else int(read[name]) for name in read.files}
    return Program(**arrays)


@dataclass(frozen=True)
class Question:
    """What a rival is asked: the program, the folder of its programme, and the same limits for everybody.

    ``gap`` is the relative gap at which a method that proves one may stop; ``begun`` is when its clock began.
    """

    program: Program
    folder: Path
    seconds: float
    threads: int
    gap: float
    begun: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until the limit, a little more than none once it is past."""
        return max(0.01, self.seconds - (time.monotonic() - self.begun))


def program_of(problem: MatchingProblem) -> Program:
    """The integer program over every column of a problem.

    Raises ValueError where its pairs are too many to list, or its columns more than the engine would export.
    """
    from engine.problem.export import MOST_COLUMNS
    from engine.solve.exact.restricted_master import restricted_program
    from engine.solve.exact.rounding import crews_for

    if problem.dense is not None:
        raise ValueError(f"{problem.eligible_pairs:,} pairs are priced where they lie and have no columns")
    offers, capacity = problem.offers, problem.limits.capacity
    if offers.count > MOST_COLUMNS:
        raise ValueError(f"{offers.count:,} columns are more than the {MOST_COLUMNS:,} that are exported")
    columns = np.arange(offers.count)
    crews = crews_for(problem, np.zeros(len(capacity)), columns)
    restricted = restricted_program(problem, columns, capacity, crews, integral=True)
    program, none = restricted.program, np.zeros(len(crews.order), np.int64)
    return Program(
        np.append(offers.value, none),
        np.append(offers.party_of_each(), none - 1).astype(np.int32),
        np.append(offers.lengths(columns), none).astype(np.int32),
        np.append(_queue(problem)[offers.party_of_each()], none),
        program.offsets,
        program.row,
        program.coefficient,
        program.row_lower,
        program.row_upper,
        crews.most,
        crews.open_.astype(np.float64),
        len(restricted.parties),
        restricted.first_crew_row,
        problem.register.worker_count,
        problem.eligible_pairs,
    )


def _queue(problem: MatchingProblem) -> Longs:
    """Each party's place in the queue: by the day its first member was registered, then by its row in the table."""
    registered = problem.programme.workers.values("registered_at")[problem.lead]
    place = np.empty(len(registered), np.int64)
    place[np.lexsort((problem.lead, registered))] = np.arange(len(registered))
    return place
