"""The verb that looks years ahead."""

from __future__ import annotations

from pathlib import Path

from engine.planning.assumptions import read_assumptions
from engine.planning.outlook.futures import Outlook
from engine.planning.outlook.many_futures import Futures, many_futures
from engine.planning.pool import process_pool
from engine.programme import Programme


def outlook(
    programme: Programme,
    years: int = 5,
    futures: int = 50,
    *,
    far_sighted: bool = False,
    seed: int = 0,
    gap: float = 0.005,
    assumptions: Path | str | None = None,
    done: Path | str | None = None,
) -> Futures:
    """Look some years ahead over many futures; ``far_sighted`` adds plans in which a stay that is used up has a price.

    ``done`` is a folder that keeps finished futures, so that a call that was interrupted goes on. Raises `InputError`
    for faulty assumptions, and what matching raises.
    """
    known = read_assumptions(None if assumptions is None else Path(assumptions))
    folder = None if done is None else Path(done)
    return many_futures(Outlook(programme, known, years, gap, seed), futures, far_sighted, process_pool, folder)
