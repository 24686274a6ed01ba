"""Many futures on all cores, resumable; the far-sighted plan beside the short-sighted one on the same futures."""

from __future__ import annotations

import hashlib
import json
import pickle
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.kernel import software_version
from engine.planning.outlook.futures import MEASURES, Outlook, YearSeen, class_count, run_future
from engine.planning.outlook.stay_prices import learned_stay_prices
from engine.planning.pool import MakeExecutor

SHORT, FAR = "short-sighted", "far-sighted"
LEARNED_FROM, LEARNING = 10**6, 4
SHARES = (0.0, 0.1, 0.3, 1.0)


@dataclass(frozen=True)
class Futures:
    """Years of many futures: ``years`` has a row for each plan, future and year, with `MEASURES`."""

    years: pd.DataFrame

    @property
    def bands(self) -> pd.DataFrame:
        """A row for each plan, year and measure: p10, p50 and p90 over the futures."""
        long = self.years.melt(["plan", "future", "year"], list(MEASURES), "measure", "value")
        found = long.groupby(["plan", "year", "measure"])["value"].quantile(np.array([0.1, 0.5, 0.9])).unstack()
        return found.set_axis(["p10", "p50", "p90"], axis=1).reset_index()

    @property
    def gain(self) -> pd.DataFrame:
        """By measure what the far-sighted plan gives more over all years, as a mean over futures: short_sighted,
        far_sighted, difference, half_width of its 95 % interval (futures in pairs). Empty without such a plan.
        """
        totals = self.years.groupby(["plan", "future"])[list(MEASURES)].sum()
        if FAR not in totals.index.get_level_values("plan"):
            return pd.DataFrame(columns=["measure", "short_sighted", "far_sighted", "difference", "half_width"])
        short, far = totals.loc[SHORT], totals.loc[FAR]
        pairs = far - short
        half = 1.96 * pairs.std(axis=0, ddof=1) / len(pairs) ** 0.5
        columns = {"short_sighted": short.mean(), "far_sighted": far.mean(), "difference": pairs.mean()}
        return pd.DataFrame({**columns, "half_width": half}).rename_axis("measure").reset_index()


def many_futures(
    outlook: Outlook,
    futures: int,
    far_sighted: bool,
    make_executor: MakeExecutor,
    done: Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> Futures:
    """Run futures, by short-sighted plans and, if asked, by plans that charge learned prices of stays.

    In the folder ``done`` finished futures are kept, and those that are there, of the same programme, assumptions and
    options, are not run again. The numbers are the same on any executor. ``tell`` hears of each that is done and may
    raise to stop. Raises what matching raises.
    """
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        path = Path(place, "outlook.pickle")
        path.write_bytes(pickle.dumps(outlook, protocol=5))
        rows = _run(str(path), outlook, range(futures), SHORT, None, make_executor, done, tell)
        if far_sighted:
            prices = learn(str(path), outlook, make_executor)
            rows += _run(str(path), outlook, range(futures), FAR, prices, make_executor, done, tell)
    return Futures(pd.DataFrame(rows))


def learn(path: str, outlook: Outlook, make_executor: MakeExecutor) -> npt.NDArray[np.float64]:
    """Prices of stays (years, classes), learned from `LEARNING` futures that are none of those compared.

    Of the prices learned the share in `SHARES` is charged that brings most on these futures, beyond chance; else none.
    """
    numbers = range(LEARNED_FROM, LEARNED_FROM + LEARNING)
    with make_executor(LEARNING) as executor:
        waiting = [executor.submit(_seen_of, path, number) for number in numbers]
        learned = learned_stay_prices([one.result() for one in waiting], class_count(outlook.programme))
        tried = {
            share: [executor.submit(_measures_of, path, number, share * learned) for number in numbers]
            for share in SHARES
        }
        worth = {
            share: [sum(year["objective"] for year in one.result()) for one in own] for share, own in tried.items()
        }
    return best_share(worth) * learned


def best_share(worth: Mapping[float, Sequence[float]]) -> float:
    """The share of prices with the greatest gain over none (0.0) less the half width of its 95 % interval, future by
    future; 0 where no gain is beyond chance. ``worth`` is by share what each future came to.
    """
    none = np.asarray(worth[0.0])
    sure = {share: _surely_gained(np.asarray(own) - none) for share, own in worth.items()}
    best = max(sure, key=lambda share: sure[share])
    return best if sure[best] > 0 else 0.0


def _surely_gained(gains: npt.NDArray[np.float64]) -> float:
    from scipy.stats import t  # half a second to load, for who learns prices alone

    return float(gains.mean() - t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / len(gains) ** 0.5)


def _run(
    path: str,
    outlook: Outlook,
    futures: range,
    plan: str,
    prices: Any,
    make_executor: MakeExecutor,
    done: Path | None,
    tell: Callable[[str], None] | None,
) -> list[dict[str, Any]]:
    key = _key(outlook, plan, prices)
    kept = {future: None if done is None else done / f"{key}-{future}.json" for future in futures}
    found = {f: json.loads(file.read_text("utf-8")) for f, file in kept.items() if file is not None and file.is_file()}
    waiting = [future for future in futures if future not in found]
    if waiting:
        with make_executor(len(waiting)) as executor:
            running = {executor.submit(_measures_of, path, future, prices): future for future in waiting}
            try:
                for ended in as_completed(running):
                    future = running[ended]
                    found[future] = ended.result()
                    _keep(kept[future], found[future])
                    if tell is not None:
                        tell(f"{plan} {future}")
            except BaseException:
                executor.shutdown(wait=True, cancel_futures=True)  # or all that wait would be run to the end
                raise
    return [
        {"plan": plan, "future": future, "year": year + 1, **measures}
        for future in futures
        for year, measures in enumerate(found[future])
    ]


def _keep(file: Path | None, future: list[dict[str, Any]]) -> None:
    """Keep a future that is done, whole or not at all."""
    if file is not None:
        aside = file.with_suffix(".part")
        aside.write_text(json.dumps(future), "utf-8")
        aside.rename(file)


def _key(outlook: Outlook, plan: str, prices: Any) -> str:
    """What the outcome of a future depends on, as a short text."""
    assumed = json.dumps(dict(outlook.assumptions.values), sort_keys=True)
    charged = b"" if prices is None else np.asarray(prices).tobytes()
    asked = (outlook.programme.sha256, outlook.years, outlook.gap, outlook.seed, plan, software_version())
    return hashlib.sha256(repr(asked).encode() + assumed.encode() + charged).hexdigest()[:16]


@cache
def _kept(path: str) -> Outlook:
    outlook: Outlook = pickle.loads(Path(path).read_bytes())  # written by `many_futures` a moment ago
    return outlook


def _measures_of(path: str, future: int, prices: Any) -> list[dict[str, float]]:
    return [dict(year) for year in run_future(_kept(path), future, prices)[0]]


def _seen_of(path: str, future: int) -> list[YearSeen]:
    return run_future(_kept(path), future)[1]
