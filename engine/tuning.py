"""How the search is tuned: sizes, steps and widths, found by trial and changed in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tuning:
    """The numbers of the search; none of them can make a plan illegal or a bound false, only slower or wider apart.

    Sizes are counts of columns, widths and steps are in units of what a party gains on average.

    Which way a problem takes: pairs above ``dense_pairs`` are priced where they lie and not listed; up to
    ``whole_program`` columns a problem is solved whole, up to ``sifted_program`` it is sifted where levels leave a gap.

    Levels (`engine.solve.dual.levels`): ``passes``, ``first_step``, ``last_step`` and ``width`` of the first, at a gap
    of 0.1 %; ``network_level`` has these four of a pure network, whose width is how far chains look at first.

    Dense programmes price in ``dense_parts`` parts, each with more pairs listed; ``class_level`` is that of
    ``network_level`` for classes of equal workers, whose width nobody looks at.

    Placing (`engine.solve.primal.replacement`): a core above ``whole_core`` columns is taken in windows of
    ``window_columns``, ``rounds`` of them, each program branched on for ``window_nodes``.

    Proof (`engine.solve.mechanisms.optimal`): ``sifting_rounds`` of width ``sifting_width`` over at least ``core_each``
    columns a party; programs of ``closing_columns`` and ``nodes``, doubled up to ``most_closing_columns``.

    Beginning from an earlier plan (`engine.solve.search.mending`), where that is within ``few_changes`` times the gap
    asked: ``free_passes`` among those who hold nothing, ``joint_passes`` with those who join them, both from
    ``mending_step`` on; ``free_width`` and ``held_width`` say what the two may take, ``mending_width`` is that of the
    core. Where pairs aren't listed, ``chains_width`` of the core for chains of moves instead.

    Machine: blocks above ``columns_per_thread`` columns, and costs of more than ``cells_per_thread`` cells, are shared
    with the other core. Sums are whole numbers, so that this changes no result.
    """

    dense_pairs: int = 50_000_000
    whole_program: int = 20_000
    sifted_program: int = 3_000_000
    passes: int = 150
    first_step: float = 0.05
    last_step: float = 5e-5
    width: float = 7e-4
    network_level: tuple[int, float, float, float] = (40, 0.05, 1e-4, 4e-3)
    class_level: tuple[int, float, float, float] = (60, 0.05, 5e-5, 7e-4)
    dense_parts: int = 10
    dense_width: float = 10.0
    window_columns: int = 60_000
    whole_core: int = 150_000
    window_nodes: int = 200
    rounds: int = 4
    sifting_rounds: int = 8
    sifting_width: float = 0.01
    core_each: int = 6
    nodes: int = 2_000
    closing_columns: int = 40_000
    most_closing_columns: int = 200_000
    free_passes: int = 20
    joint_passes: int = 40
    mending_step: float = 0.02
    free_width: float = 0.15
    held_width: float = 0.01
    mending_width: float = 0.002
    chains_width: float = 0.2
    few_changes: float = 10.0
    columns_per_thread: int = 150_000
    cells_per_thread: int = 100_000


USUAL = Tuning()
