"""Rows of a programme's tables that placements add, change or leave out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow as pa

from api.snapshots.held_pairs import with_fewer_places


def orders_with_fewer_places(orders: pa.Table, gone: Mapping[str, int], held: Mapping[str, int]) -> pa.Table:
    """Orders without the places that are gone; without those that then have none."""
    if not gone:
        return orders
    rows = [with_fewer_places(row, gone.get(row["order_id"], 0), held[row["order_id"]]) for row in orders.to_pylist()]
    return pa.Table.from_pylist([row for row in rows if row["headcount"] != "0"], schema=orders.schema)


def with_ruled_out(exclusions: pa.Table, pairs: Collection[tuple[str, str]], reason: str) -> pa.Table:
    """The exclusions with pairs that aren't among them yet, for a reason."""
    rows = exclusions.to_pylist()
    known = {(row["worker_id"], row["order_id"]) for row in rows}
    fresh = sorted(set(pairs) - known)
    rows += [{"worker_id": worker, "order_id": order, "reason": reason} for worker, order in fresh]
    return pa.Table.from_pylist(rows, schema=exclusions.schema)


def without_pairs(table: pa.Table, pairs: Collection[tuple[str, str]]) -> pa.Table:
    """A table of workers and orders without the rows of some pairs."""
    both = zip(table["worker_id"].to_pylist(), table["order_id"].to_pylist(), strict=True)
    return table.filter(pa.array([pair not in pairs for pair in both], pa.bool_()))


def with_held(commitments: pa.Table, held: Mapping[tuple[str, str], str]) -> pa.Table:
    """The promises of the register with those that operations are."""
    rows = commitments.to_pylist()
    known = {(row["worker_id"], row["order_id"]) for row in rows}
    rows += [{"worker_id": w, "order_id": o, "agreed_on": day} for (w, o), day in held.items() if (w, o) not in known]
    return pa.Table.from_pylist(rows, schema=commitments.schema)
