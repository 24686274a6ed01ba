"""Sweeps on the processes of a Dask cluster: parties live there, only prices and what is chosen travel.

The dual function is a sum over parties, so each process sweeps its own and what they take is added up here, in whole
numbers: the bound and the plan are those of one machine. A process that is lost costs one sweep: its parties are sent
to those that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Ints
from engine.errors import CallError, SolverError
from engine.solve.dual.priced_cells import NO_ROWS, Cells
from engine.solve.dual.sweeps import Part, Spread, Sweeper, costs_of, on_this_machine
from engine.words import message

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ATTEMPTS = 10
WAIT_SECONDS = 60
Piece = tuple[int, int, Any]


@dataclass(frozen=True)
class SpreadSweeper(Sweeper):
    """A sweeper whose parties choose on a cluster; each block of parties is cut evenly among the processes."""

    client: Any = None  # a distributed.Client, which has no types
    pieces: dict[tuple[int, int], list[Piece]] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)

    def _counts(self, prices: Floats, low: int, high: int, chosen: Longs, blur: float) -> Ints:
        for _ in range(ATTEMPTS):
            try:
                return self._gathered(prices, low, high, chosen, blur)
            except _losses():
                self.pieces.clear()
                self.rows.clear()
        raise SolverError(
            message("The cluster lost a process {attempts} times in one sweep.", attempts=ATTEMPTS),
            message("See to its machines."),
        )

    def _gathered(self, prices: Floats, low: int, high: int, chosen: Longs, blur: float) -> Ints:
        if (low, high) not in self.pieces:
            self.pieces[low, high] = self._sent(low, high)
        pieces = self.pieces[low, high]
        futures = [self.client.submit(sweep_part, part, *self.rows, prices, blur, pure=False) for _, _, part in pieces]
        counts = np.zeros(0, np.int32)
        for (begin, end, _), (taken, of_cells) in zip(pieces, self.client.gather(futures), strict=True):
            first = self.part.offers.of_party[begin]
            chosen[begin:end] = np.where(taken >= 0, taken + first, taken)
            counts = of_cells if not len(counts) else counts + of_cells
        return counts

    def _sent(self, low: int, high: int) -> list[Piece]:
        """Parties ``low:high`` cut into as many pieces of like size as there are processes, one sent to each."""
        self.client.wait_for_workers(1, timeout=WAIT_SECONDS)
        # Asked of the scheduler itself: what the client keeps of it lists nobody after each beat of its own.
        names = sorted(self.client.sync(self.client.scheduler.identity, n_workers=-1)["workers"])
        if not names:
            raise ConnectionError(message("All processes have left the cluster."))
        if not self.rows:
            self.rows.append(self.client.scatter(self.cells, broadcast=True, hash=False))
        of_party = self.part.offers.of_party
        cuts = np.searchsorted(of_party[low : high + 1], np.linspace(of_party[low], of_party[high], len(names) + 1))
        cuts[0], cuts[-1] = 0, high - low
        edges = low + np.maximum.accumulate(cuts)
        return [
            (int(a), int(b), self._sent_to(name, self._without_rows(int(a), int(b))))
            for name, a, b in zip(names, edges[:-1], edges[1:], strict=True)
        ]

    def _sent_to(self, name: str, part: Part) -> Any:
        """A part on a process. Raises `ConnectionError` where that has left since processes were counted."""
        try:
            return self.client.scatter(part, workers=[name], hash=False)
        except KeyError as error:  # Dask's scheduler says so of a name that it doesn't know any more
            raise ConnectionError(message("{name} has left the cluster.", name=name)) from error

    def _without_rows(self, low: int, high: int) -> Part:
        """Parties ``low:high``, without the rows of cells, which every process has once."""
        part = self.part.between(low, high)
        return replace(
            part, cells=replace(part.cells, all_rows=NO_ROWS, order=NO_ROWS.row, of_order=NO_ROWS, own=NO_ROWS)
        )


def sweep_part(part: Part, cells: Cells, prices: Floats, blur: float) -> tuple[Longs, Ints]:
    """The best column of each party of a part at ``prices``, and how often each of all ``cells`` is taken; run by a
    process of the cluster.
    """
    chosen = np.empty(part.party_count, np.int64)
    counts = part.sweep(costs_of(cells, prices), prices, 0, part.party_count, chosen, blur)
    return chosen, counts


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster that we are a client of."""

    client: Any

    def spread(self, sweeper: Sweeper) -> Sweeper:
        """The sweeper with its parties on the cluster."""
        return SpreadSweeper(sweeper.part, sweeper.limits, sweeper.tuning, sweeper.other_core, self.client)

    def close(self) -> None:
        """Leave the cluster, which goes on."""
        self.client.close()


def join_cluster(address: str) -> Cluster:
    """Become a client of the Dask scheduler at ``address``, as tcp://host:8786.

    Raises `CallError` where the extra `cluster` isn't installed, nothing answers, or no process works there.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise CallError(message("--cluster needs Dask."), message("Install vaiven[cluster].")) from error
    try:
        client: Any = Client(address, timeout=WAIT_SECONDS // 6)  # type: ignore[no-untyped-call]  # Dask has no types
        client.wait_for_workers(1, timeout=WAIT_SECONDS // 6)
    except (OSError, TimeoutError, ValueError) as error:
        raise CallError(
            message("No Dask cluster with a process answers at {address}.", address=address),
            message("Start one, or leave it out."),
        ) from error
    return Cluster(client)


@contextmanager
def spread_to(address: str | None) -> Iterator[Spread]:
    """Where parties choose: on this machine, or on the cluster at ``address``, which is left at the end."""
    if address is None:
        yield on_this_machine
        return
    joined = join_cluster(address)
    try:
        yield joined.spread
    finally:
        joined.close()


def _losses() -> tuple[type[BaseException], ...]:
    """What a lost process looks like from here."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.scheduler import NoValidWorkerError

    return CancelledError, FutureCancelledError, KilledWorker, NoValidWorkerError, OSError, TimeoutError
