"""Trades: an occupation with one special skill, the two things that split who may take which order.

A programme of any size keeps the admitted orders of a worker bounded by drawing more trades, not by other
rules.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.calibration import table
from scenarios.columns import Ints
from scenarios.draws import sorted_runs, weighted

SECTOR_OF_PREFIX = {
    "61": "A01", "6210": "A02", "622": "A03", "92": "A01", "9215": "A02", "9216": "A03",
    "71": "F41", "931": "F41", "9311": "B08", "834": "F42", "8341": "A01",
    "75": "C10", "7515": "C10", "816": "C10", "932": "C10",
    "83": "H49", "833": "H49", "835": "H50", "933": "H52", "9334": "G47",
    "51": "I55", "512": "I56", "513": "I56", "5152": "T97", "94": "I56", "9112": "I55",
    "91": "N81", "96": "N81", "961": "E38",
}  # fmt: skip


def sector_of(isco08: str) -> str:
    """Name the ISIC division in which an occupation mostly works, by the longest matching prefix."""
    return next(SECTOR_OF_PREFIX[isco08[:n]] for n in (4, 3, 2) if isco08[:n] in SECTOR_OF_PREFIX)


@dataclass(frozen=True)
class Trades:
    """Trades in order of their occupation; `occupation` numbers `codes` and is sorted.

    `first` and `size` say where each occupation's trades lie; `weight` is each trade's share of the demand.
    """

    codes: Sequence[str]
    occupation: Ints
    skill: Sequence[str]
    weight: np.ndarray
    first: Ints
    size: Ints

    @property
    def sectors(self) -> list[str]:
        """The sector of each occupation."""
        return [sector_of(code) for code in self.codes]

    def __len__(self) -> int:
        return len(self.occupation)

    def related(self, rng: np.random.Generator, trade: Ints) -> Ints:
        """Draw for each trade another one of its occupation, or itself where there is no other."""
        kin = self.occupation[trade]
        first, size = self.first[kin], self.size[kin]
        step = 1 + np.floor(rng.random(len(trade)) * (size - 1)).astype(np.int64)
        return first + (trade - first + step) % size


def draw_trades(rng: np.random.Generator, count: int, accepts: Callable[[str], bool] = lambda _sector: True) -> Trades:
    """Choose about `count` trades, or all there are, of seasonal occupations whose sector is accepted.

    The occupations that most H-2A and H-2B positions ask for come first; their number grows more slowly
    than that of the trades, so that a large programme has both more occupations and more special skills.
    """
    skills = table("skills")
    skills = skills[skills.isco08.map(lambda code: accepts(sector_of(code)))]
    demand = table("occupations").groupby("isco08").positions.sum()
    codes = sorted(skills.isco08.unique(), key=lambda code: (-float(demand.get(code, 0.0)), code))
    codes = codes[: max(1, round(count**0.72))]
    rank = skills.groupby("isco08").cumcount()
    place = skills.isco08.map({code: number for number, code in enumerate(codes)})
    rows = skills.assign(rank=rank, place=place).dropna(subset="place").sort_values(["rank", "place"])[:count]
    rows = rows.sort_values(["place", "rank"])
    occupation = rows.place.to_numpy().astype(np.int64)
    _, first, size = sorted_runs(occupation, len(codes))
    weight = rng.gamma(4.0, 1.0, len(rows))
    return Trades(codes, occupation, list(rows.skill), weight / weight.sum(), first, size)


def draw_trades_of(rng: np.random.Generator, count: int, mix: Mapping[str, float]) -> Trades:
    """Choose about `count` trades of the occupations of a mix, in proportion to their shares.

    An occupation has at least one trade, and at most as many as special skills are known of it.
    """
    skills = table("skills")
    codes = [code for code in sorted(mix, key=lambda code: (-mix[code], code)) if (skills.isco08 == code).any()]
    share = np.array([mix[code] for code in codes])
    known = [list(skills.skill[skills.isco08 == code]) for code in codes]
    size = np.minimum([len(labels) for labels in known], np.maximum(1, np.rint(share / share.sum() * count)))
    size = size.astype(np.int64)
    occupation = np.repeat(np.arange(len(codes)), size)
    weight = (share / size)[occupation] * rng.gamma(8.0, 1 / 8.0, len(occupation))
    labels = [label for labels, most in zip(known, size, strict=True) for label in labels[:most]]
    return Trades(codes, occupation, labels, weight / weight.sum(), np.cumsum(size) - size, size)


def combined(parts: Sequence[tuple[Trades, float]]) -> Trades:
    """Put trades of different occupations together, each part with its share of the demand."""
    codes = [code for part, _ in parts for code in part.codes]
    skill = [label for part, _ in parts for label in part.skill]
    before = np.cumsum([0, *(len(part.codes) for part, _ in parts)])
    occupation = np.concatenate([part.occupation + first for (part, _), first in zip(parts, before, strict=False)])
    _, first, size = sorted_runs(occupation, len(codes))
    return Trades(codes, occupation, skill, np.concatenate([part.weight * share for part, share in parts]), first, size)


def draw_own_trades(rng: np.random.Generator, trades: Trades, count: int, shares: Sequence[float]) -> Ints:
    """Draw the trades of each worker, one to `len(shares)` of them: (count, most), -1 where there is none.

    A further trade is of the first one's occupation half of the time. `shares` are the chances of having 1,
    2, ...
    """
    most = len(shares)
    own = np.full((count, most), -1, np.int64)
    own[:, 0] = weighted(rng, trades.weight, count)
    many = 1 + weighted(rng, np.asarray(shares, float), count)
    for k in range(1, most):
        kin = trades.related(rng, own[:, 0])
        other = np.where(rng.random(count) < 0.5, kin, weighted(rng, trades.weight, count))
        fresh = (own[:, :k] != other[:, None]).all(axis=1)
        own[:, k] = np.where((k < many) & fresh, other, -1)
    return own
