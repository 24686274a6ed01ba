"""Policies side by side: the same drawn seasons by each of them, held against the best in hindsight."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from engine.planning.assumptions import Assumptions
from engine.planning.pool import MakeExecutor
from engine.planning.season.drawn_season import draw_season, season_problem, weeks_of
from engine.planning.season.hindsight import best_in_hindsight
from engine.planning.season.leaving import HOME, MOVED, owed
from engine.planning.season.policies import policies, policy_named
from engine.planning.season.policies.sampled_futures import forewarned
from engine.planning.season.replay import Desk, Policy, Replayed, replay
from engine.problem.values import SCALE
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.run import audited_or_refused
from engine.words import message

OTHERS = 10
LEARNED_FROM = 10**6
HINDSIGHT, FOREWARNED = "hindsight", "forewarned"


@dataclass(frozen=True)
class SeasonsAsked:
    """How many seasons are replayed from ``seed`` on, by which policies, at how many times the forecast's demand, and
    within which gap the best in hindsight is known; beside what an office reaches that is ``forewarned`` of all but who
    gives up, if asked.
    """

    seasons: int = 10
    names: tuple[str, ...] = ()
    demand: float = 1.0
    seed: int = 0
    gap: float = 0.002
    forewarned: bool = False

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies by name, all of them where none is named."""
        return self.names or tuple(policies())


def make_desk(programme: Programme, assumptions: Assumptions, seed: int = 0) -> Desk:
    """What an office knows before a season of a programme; the seasons that it learns from are none that is replayed.

    Raises `CallError` for tiers.
    """
    programme.require_weights(message("A season"))
    problem = season_problem(drawn_order(programme, seed)[0])
    weeks = weeks_of(problem, assumptions)
    first = LEARNED_FROM * (seed + 1)
    others = tuple(draw_season(problem, weeks, assumptions, first + number) for number in range(OTHERS))
    return Desk(problem, weeks, assumptions, others)


def compare_policies(desk: Desk, asked: SeasonsAsked, make_executor: MakeExecutor | None = None) -> pd.DataFrame:
    """A row for each season and policy: season, demand, policy, value (in the objective's terms), bound (of the best in
    hindsight, which no policy can pass), share, placements, lost, called, moved and
    sent_home (who lost or left an employer during a stay), owed (to those sent home).

    Each plan has passed the audit. Seasons are replayed on the executor, in this process without one; the rows are the
    same. Raises `CallError` for a policy that isn't known, and what matching raises.
    """
    for name in asked.policies:
        policy_named(name)
    numbers = range(asked.seed, asked.seed + asked.seasons)
    executor: Any = nullcontext() if make_executor is None else make_executor(asked.seasons)
    with desk_in_file(desk) as path, executor as running:
        rows = _all_rows(path, asked, numbers, running)
    return pd.DataFrame(rows)


@contextmanager
def desk_in_file(desk: Desk) -> Iterator[str]:
    """The path of a file that holds a desk as long as its seasons are replayed (`season_rows`), here or elsewhere."""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as folder:
        path = Path(folder, "desk.pickle")
        path.write_bytes(pickle.dumps(desk, protocol=5))
        yield str(path)


def _all_rows(path: str, asked: SeasonsAsked, numbers: Sequence[int], running: Executor | None) -> list[dict[str, Any]]:
    if running is None:
        found = [season_rows(path, asked, number) for number in numbers]
    else:
        found = list(running.map(season_rows, [path] * len(numbers), [asked] * len(numbers), numbers))
    return [row for rows in found for row in rows]


def season_rows(path: str, asked: SeasonsAsked, number: int) -> list[dict[str, Any]]:
    """The rows of one season, by the desk that is kept in a file."""
    desk = _kept_desk(path)
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, number, asked.demand)
    best = best_in_hindsight(desk.problem, season, desk.weeks, asked.gap)
    bound = best.bound / SCALE
    head = {"season": number, "demand": asked.demand}
    rows = []
    chosen = {name: _kept_policy(path, name) for name in asked.policies}
    if asked.forewarned:
        chosen[FOREWARNED] = forewarned(desk, season)
    for name, policy in chosen.items():
        found = replay(desk, season, policy)
        rows.append(head | {"policy": name} | _row(desk, found, bound))
    told = {"value": best.objective / SCALE, "bound": bound, "share": best.objective / max(best.bound, 1)}
    none = dict.fromkeys(("lost", "called", "moved", "sent_home", "owed"), 0)
    return [*rows, head | {"policy": HINDSIGHT} | told | {"placements": len(best.worker)} | none]


def _row(desk: Desk, found: Replayed, bound: float) -> dict[str, Any]:
    worker, order = desk.problem.offers.placements(found.columns)
    verdict = audited_or_refused(found.programme, worker, order)
    return {
        "value": verdict.objective,
        "bound": bound,
        "share": verdict.objective / max(bound, 1e-9),
        "placements": len(worker),
        "lost": found.lost,
        "called": found.called,
        "moved": sum(one.what == MOVED for one in found.left),
        "sent_home": sum(one.what == HOME for one in found.left),
        "owed": sum(owed(found.programme, one) for one in found.left),
    }


@cache
def _kept_desk(path: str) -> Desk:
    desk: Desk = pickle.loads(Path(path).read_bytes())  # written by `desk_in_file` a moment ago
    return desk


@cache
def _kept_policy(path: str, name: str) -> Policy:
    return policy_named(name).policy_for(_kept_desk(path))


def shares_of(seasons: pd.DataFrame, by: str = HINDSIGHT) -> pd.DataFrame:
    """A row for each season and policy: season, policy, share of the bound of hindsight, or of what the office reached
    that was forewarned (`FOREWARNED`).
    """
    if by == HINDSIGHT:
        return seasons[["season", "policy", "share"]]
    best = seasons[seasons["policy"] == by].set_index("season")["value"]
    others = seasons[~seasons["policy"].isin([by, HINDSIGHT])]
    share = others["value"].to_numpy() / best.loc[others["season"]].to_numpy()
    return others[["season", "policy"]].assign(share=share)


def policies_table(seasons: pd.DataFrame) -> pd.DataFrame:
    """A row a policy, the best first: policy, seasons, share of the bound (mean, least, half_width of the 95 % interval
    of the mean), placements, lost, called, moved, sent_home and owed (means).
    """
    by = seasons.groupby("policy")
    share = by["share"]
    table = pd.DataFrame(
        {
            "seasons": share.size(),
            "share": share.mean(),
            "least": share.min(),
            "half_width": (1.96 * share.std(ddof=1) / share.size() ** 0.5).fillna(0.0),
            "placements": by["placements"].mean(),
            "lost": by["lost"].mean(),
            **{name: by[name].mean() for name in ("called", "moved", "sent_home", "owed")},
        }
    )
    return table.sort_values("share", ascending=False).reset_index()
