"""Branches side by side: on a pool of processes of this machine, or on any other executor, Dask's for one."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loky import ProcessPoolExecutor
from loky.backend import get_context

from engine.planning.branches import Base, Outcome, run_branch, run_saved_branch, save_base
from engine.programme.edits import Edits
from engine.words import message

ATTEMPTS = 3
MakeExecutor = Callable[[int], Executor]  # for so many branches


def process_pool(branches: int) -> Executor:
    """A process for each of some branches, but no more than there are cores (or two), started anew and not forked.

    They don't run the caller's script again, as the standard library's do, so that a script needs no guard.
    """
    most = max(1, min(branches, max(2, os.cpu_count() or 2)))
    executor: Executor = ProcessPoolExecutor(
        most, context=get_context("loky"), initializer=_end_with, initargs=(os.getpid(),)
    )
    return executor


def _end_with(parent: int) -> None:
    """Let this process end with the one that began it, which may be killed without a word."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def executor_of(cluster: str | None) -> Iterator[MakeExecutor]:
    """What makes an executor: of this machine, or of the Dask cluster at an address (whose processes must see the
    temporary folder of this machine).
    """
    if cluster is None:
        yield process_pool
        return
    from engine.solve.dual.cluster import join_cluster

    joined = join_cluster(cluster)
    try:
        yield lambda _: joined.client.get_executor()
    finally:
        joined.close()


def side_by_side(base: Base, branches: Sequence[Edits]) -> list[Outcome]:
    """The outcome of each branch on this machine: several on processes, one alone here."""
    return [run_branch(base, branches[0])] if len(branches) == 1 else run_branches(base, branches, process_pool)


def run_branches(
    base: Base,
    branches: Sequence[Edits],
    make_executor: MakeExecutor,
    done: Path | None = None,
    tell: Callable[[Outcome], None] | None = None,
    heed: Callable[[], None] | None = None,
) -> list[Outcome]:
    """The outcome of each branch, in their order; one that fails says so and doesn't take the others down.

    In the folder ``done`` finished branches are kept, and those that are there already, with the same base, edits and
    options, are not run again. A process that dies is replaced and its branch run again, `ATTEMPTS` times in all.
    ``heed`` is called every second and may raise to stop it all: processes of this machine are then ended.
    """
    found: dict[int, Outcome] = {}
    for number, edits in enumerate(branches):
        kept = None if done is None else done / f"{base.key(edits)}.json"
        if kept is not None and kept.is_file():
            found[number] = Outcome.from_json(kept.read_text("utf-8"))

    def finish(number: int, outcome: Outcome) -> None:
        found[number] = outcome
        if done is not None and not outcome.failure:
            _write(done / f"{base.key(branches[number])}.json", outcome.as_json())
        if tell is not None:
            tell(outcome)

    with tempfile.TemporaryDirectory(prefix="vaiven-") as folder:
        path = Path(folder, "base.pickle")
        for attempt in range(ATTEMPTS):
            waiting = [number for number in range(len(branches)) if number not in found]
            if not waiting:
                break
            if not attempt:
                save_base(base, path)
            _run_once(str(path), branches, waiting, make_executor, finish, heed)
    for number, edits in enumerate(branches):
        if number not in found:
            lost = message("The process that ran this branch died; it may have run out of memory.")
            finish(number, Outcome(edits.id, edits.title, failure=lost))
    return [found[number] for number in range(len(branches))]


def _run_once(
    base: str,
    branches: Sequence[Edits],
    waiting: Sequence[int],
    make_executor: MakeExecutor,
    finish: Callable[[int, Outcome], None],
    heed: Callable[[], None] | None,
) -> None:
    """Run what waits, as far as the executor's processes live."""
    with make_executor(len(waiting)) as executor:
        futures: dict[Future[dict[str, Any]], int] = {}
        try:
            for number in waiting:
                futures[executor.submit(run_saved_branch, base, branches[number])] = number
            left = set(futures)
            while left:
                ended, left = wait(left, timeout=1.0, return_when=FIRST_COMPLETED)
                for future in ended:
                    finish(futures[future], _outcome_of(future, branches[futures[future]]))
                if heed is not None:
                    heed()
        except BrokenProcessPool:
            return
        except BaseException:
            _end_at_once(executor)
            raise


def _end_at_once(executor: Executor) -> None:
    """Stop an executor and, where they are of this machine, its processes, whatever they compute just now."""
    if isinstance(executor, ProcessPoolExecutor):
        executor.shutdown(wait=True, kill_workers=True)
    else:
        executor.shutdown(wait=False, cancel_futures=True)


def _outcome_of(future: Future[dict[str, Any]], edits: Edits) -> Outcome:
    """What a finished branch came to; a fault of ours takes that branch down alone. Raises `BrokenProcessPool`."""
    try:
        return Outcome(**future.result())
    except BrokenProcessPool:
        raise
    except Exception as error:
        told = message("{kind}: {error}. Please report this.", kind=type(error).__name__, error=str(error))
        return Outcome(edits.id, edits.title, failure=told)


def _write(path: Path, text: str) -> None:
    aside = path.with_suffix(".part")
    aside.write_text(text, "utf-8")
    aside.rename(path)
