"""An earlier plan's folder as a start for another run: prices by the names of limits, placements by their ids."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from engine.days import day_number
from engine.errors import CallError
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.dual.bound import CrewPrices
from engine.solve.primal.warm import Warm
from engine.words import message

Longs = npt.NDArray[np.int64]
NOWHERE = -2


def read_warm(problem: MatchingProblem, plan: Path) -> Warm:
    """Prices and placements of the ``plan`` in the numbering of ``problem``.

    Limits that the plan didn't know begin at price 0; workers and orders that are gone are left out. Raises `CallError`
    where prices.csv or placements.csv is missing or isn't one of ours.
    """
    prices = _columns(plan, "prices.csv", ("limit", "price"))
    names, price = prices[0].to_pylist(), prices[1].to_numpy()
    known = dict(zip(names, np.rint(price * SCALE).astype(np.int64).tolist(), strict=True))
    worker, order = _columns(plan, "placements.csv", ("worker_id", "order_id"))
    workers = _rows(worker, problem.programme.workers.ids("worker_id"))
    orders = _rows(order, problem.programme.orders.ids("order_id"))
    both = (workers >= 0) & (orders >= 0)
    return warm_from(problem, known, workers[both], orders[both])


def warm_from(problem: MatchingProblem, prices: dict[str, int], worker: Longs, order: Longs) -> Warm:
    """Prices (billionths) by the names of limits, with placements as row numbers, as a start for ``problem``."""
    by_row = np.array([prices.get(name, 0) for name, _, _ in problem.limits.names], np.int64)
    _keep_prices_of_beds(problem, prices, by_row)
    return Warm(by_row, _crew_prices(problem, prices), worker, order)


def _keep_prices_of_beds(problem: MatchingProblem, prices: dict[str, int], by_row: Longs) -> None:
    """Let the headcounts of a site's orders cost what its beds cost on days that have no row any more.

    Which days have one depends on all orders of the site: after a cancellation another day is the busiest, or beds are
    enough. Without this everybody would run after the orders whose beds seem to cost nothing.
    """
    known = {name for name, _, _ in problem.limits.names}
    lost = [name for name, price in prices.items() if price and name.startswith("beds|") and name not in known]
    row_of_site = {str(name): row for row, name in enumerate(problem.programme["sites"].id_text("site_id"))}
    site, register = problem.programme.orders.values("site_id"), problem.register
    for name in lost:
        _, identifier, text = name.split("|")
        day = day_number(date.fromisoformat(text))
        there = (site == row_of_site.get(identifier, NOWHERE)) & (register.starts <= day) & (register.ends >= day)
        by_row[: register.order_count][there] += prices[name]


def named_prices(problem: MatchingProblem, prices: Longs, crew: CrewPrices) -> dict[str, int]:
    """Prices (billionths) by the names that prices.csv gives them: what `warm_from` takes."""
    orders = problem.programme.orders.id_text("order_id")
    workers = problem.programme.workers.id_text("worker_id")
    named = dict(zip((name for name, _, _ in problem.limits.names), prices.tolist(), strict=True))
    for order, price in zip(problem.crew_orders.tolist(), crew.least.tolist(), strict=True):
        named[f"min_crew|{orders[order]}"] = price
    for party, order, price in zip(crew.party.tolist(), crew.order.tolist(), crew.link.tolist(), strict=True):
        named[f"link|{workers[problem.lead[party]]}|{orders[order]}"] = price
    return named


def _columns(plan: Path, file: str, wanted: tuple[str, str]) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    path = plan / file
    if not path.is_file():
        raise CallError(
            message("There is no {file} in {plan}.", file=file, plan=plan),
            message("Name the folder of a plan that vaiven match wrote."),
        )
    kinds = {name: pa.float64() if name == "price" else pa.string() for name in wanted}
    try:
        table = pa_csv.read_csv(path, convert_options=pa_csv.ConvertOptions(column_types=kinds))
        return table.column(wanted[0]), table.column(wanted[1])
    except (pa.ArrowInvalid, KeyError) as error:
        raise CallError(
            message("{path} can't be read ({error}).", path=path, error=str(error)),
            message("Name a plan that vaiven match wrote."),
        ) from error


def _rows(wanted: pa.ChunkedArray, ids: pa.Array) -> Longs:
    return np.asarray(pc.fill_null(pc.index_in(wanted, value_set=ids), -1)).astype(np.int64)


def _crew_prices(problem: MatchingProblem, known: dict[str, int]) -> CrewPrices:
    """Prices of the rules of crews, of those orders and workers that are still there and admit each other."""
    orders = problem.programme.orders.id_text("order_id")
    least = np.array([known.get(f"min_crew|{orders[o]}", 0) for o in problem.crew_orders], np.int64)
    links = {limit[5:]: price for limit, price in known.items() if limit.startswith("link|")}
    empty = np.empty(0, np.int64)
    if not links:
        return CrewPrices(least, empty, empty, empty)
    workers = problem.programme.workers.id_text("worker_id")
    offers = problem.offers
    party = {str(workers[lead]): number for number, lead in enumerate(problem.lead.tolist())}
    position = {str(orders[o]): int(o) for o in problem.crew_orders}
    found = []
    for name, price in links.items():
        worker, _, order = name.partition("|")
        if worker not in party or order not in position:
            continue
        columns = np.arange(offers.of_party[party[worker]], offers.of_party[party[worker] + 1])
        if len(columns) and (offers.placements(columns)[1] == position[order]).any():
            found.append((party[worker], position[order], price))
    rows = np.array(sorted(found), np.int64).reshape(-1, 3)
    return CrewPrices(least, rows[:, 0], rows[:, 1], rows[:, 2])
