"""The value of pairs in whole billionths of the programme's value unit, rounded once.

The trial used millionths; a billionth keeps the sum over a plan of a million placements exact to a millionth.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.arrays import place_in_row
from engine.clauses.views import Ints
from engine.errors import CallError
from engine.problem.eligibility import Rectangle
from engine.problem.pair_block import PairBlock
from engine.problem.register import Register
from engine.problem.register_columns import AT_HOME
from engine.problem.skill_masks import desired_share
from engine.words import message

SCALE = 10**9
GREATEST_WORTH = 2.0**60
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Values:
    """Values as an order part plus weeks times a worker part, and a bonus a week for the few named pairs."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.weight = {term: float(value) for term, value in register.programme.settings.weights.items()}

    @cached_property
    def order_part(self) -> Floats:
        """``weeks * (fill * priority + income * income_gain)`` by origin and order."""
        register = self.register
        reference = float(register.programme.settings.reference_weekly_income)
        gain = np.clip(register.net_weekly_income / reference, 0, 1)
        priority = register.programme.orders.values("priority")
        return register.weeks * (self.weight["fill"] * priority + self.weight["income"] * gain)

    @cached_property
    def _default_choice(self) -> Floats:
        """``choice * 0.5`` for workers who ranked nothing at all."""
        default = np.full(self.register.worker_count, 0.5 * self.weight["choice"])
        default[self.register.programme["preferences"].values("worker_id")] = 0.0
        return default

    def worker_part(self, rectangle: Rectangle) -> tuple[Floats, Ints]:
        """Worth a week by worker and distinct set of desired skills, and the set of each order: (n, sets) and (m,)."""
        block = PairBlock(
            self.register, rectangle.workers[:, None], rectangle.orders[None, :], rectangle.months[:, None]
        )
        share, which = desired_share(block)
        experience = np.minimum(1.0, rectangle.months / 24)[:, None]
        worth = self.weight["skill"] * (0.5 * experience + 0.5 * share)
        return worth + self._default_choice[rectangle.workers][:, None], which

    def of_pairs(self, rectangle: Rectangle, row: Longs, column: Longs) -> Longs:
        """The values of the pairs at (row, column) of a rectangle."""
        worth, which = self.worker_part(rectangle)
        orders = rectangle.orders[column]
        origin = self.register.origin[rectangle.workers[:1]]
        weekly = worth[row, which[column]] + self.bonus(self.register.pair_key(rectangle.workers[row], orders))
        return scaled(self.order_part[origin, orders] + self.register.weeks[orders] * weekly)

    def bonus(self, keys: Longs) -> Floats:
        """The bonus a week of each pair key; 0 for a pair that nobody named."""
        named, bonus = self.named
        if not len(named):
            return np.zeros(len(keys))
        position = np.minimum(np.searchsorted(named, keys), len(named) - 1)
        return np.where(named[position] == keys, bonus[position], 0.0)

    @cached_property
    def named(self) -> tuple[Longs, Floats]:
        """Sorted keys of recalled, ranked and scored pairs, with ``recall + choice / rank + score * scored``."""
        register = self.register
        recalled = register.recalled_keys
        chosen, chosen_worth = self._chosen()
        scores = register.programme["scores"]
        scored = register.pair_key(scores.values("worker_id"), scores.values("order_id"))
        keys = np.unique(np.concatenate([recalled, chosen, scored]))
        bonus = np.zeros(len(keys))
        bonus[np.searchsorted(keys, recalled)] += self.weight["recall"]
        bonus[np.searchsorted(keys, chosen)] += self.weight["choice"] * chosen_worth
        bonus[np.searchsorted(keys, scored)] += self.weight["score"] * scores.values("score")
        return keys, bonus

    def choice_of_pairs(self, keys: Longs) -> Floats:
        """What workers ranked, by pair key: 1 / rank as ``choice`` counts it; 0.5 for those who ranked nothing."""
        ranked, worth = self._chosen()
        default = np.full(self.register.worker_count, 0.5)
        default[self.register.programme["preferences"].values("worker_id")] = 0.0
        told = default[keys // max(1, self.register.order_count)]
        if not len(ranked):
            return told
        position = np.minimum(np.searchsorted(ranked, keys), len(ranked) - 1)
        return np.where(ranked[position] == keys, worth[position], told)

    def _chosen(self) -> tuple[Longs, Floats]:
        """Pairs that workers ranked, by order or by employer, with 1 / the better rank."""
        preferences = self.register.programme["preferences"]
        worker, rank = preferences.values("worker_id"), preferences.values("rank")
        order, employer = preferences.values("order_id"), preferences.values("employer_id")
        owner = self.register.programme.orders.values("employer_id")
        by_owner = np.argsort(owner, kind="stable")
        begin = np.searchsorted(owner[by_owner], employer, "left")
        count = np.where(employer >= 0, np.searchsorted(owner[by_owner], employer, "right") - begin, 0)
        step = place_in_row(count)
        by_order = order >= 0
        keys = np.concatenate(
            [
                self.register.pair_key(worker[by_order], order[by_order]),
                self.register.pair_key(np.repeat(worker, count), by_owner[np.repeat(begin, count) + step]),
            ]
        )
        worth = 1 / np.concatenate([rank[by_order], np.repeat(rank, count)])
        distinct, position = np.unique(keys, return_inverse=True)
        best = np.zeros(len(distinct))
        np.maximum.at(best, position, worth)
        return distinct, best


def refuse_overflow(register: Register) -> None:
    """Raise `CallError` where a plan could be worth more than 64 bits hold in billionths.

    The bound on a plan's worth is the greatest value of a pair times the places that can be taken.
    """
    settings = register.programme.settings
    weights = sum(float(value) for term, value in settings.weights.items() if term != "fill")
    priority = register.programme.orders.values("priority")
    most = float((register.weeks * (float(settings.weights["fill"]) * priority + weights)).max(initial=0.0))
    homes = register.order_count if (register.agreement == AT_HOME).any() else 0
    places = min(
        float(register.headcount.sum()), register.worker_count * float(settings.max_placements_per_worker + homes)
    )
    if most * max(places, 1.0) * SCALE >= GREATEST_WORTH:
        raise CallError(
            message("A plan could be worth {most:.3g}, more than can be counted exactly.", most=most * places),
            message("Lower the weights in [objective] or the priority of orders."),
        )


def scaled(value: Floats) -> Longs:
    """Values as whole billionths."""
    return np.rint(value * SCALE).astype(np.int64)
