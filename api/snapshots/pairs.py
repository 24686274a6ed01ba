"""What bears on pairs of workers and orders, as a folder that the engine reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from api.snapshots.columns import rows_of, write_table, write_tables
from api.snapshots.ended_stays import EndedStays, ended_stays, settle_stays, told_apart
from api.snapshots.held_pairs import commitments_in
from api.snapshots.placed_rows import orders_with_fewer_places, with_held
from api.snapshots.standing import write_counted, write_rules
from api.snapshots.used_up import leave_what_is_left
from api.storage.records import ProgrammeRecord
from api.storage.tables import orders, registers


def write_pairs(
    connection: sa.Connection,
    programme: ProgrammeRecord,
    held: Mapping[tuple[str, str], str],
    others: Iterable[tuple[str, str]],
    folder: Path,
) -> Callable[[], None]:
    """Write all that bears on pairs of workers and orders, of every side: them, the travel groups of the workers, all
    agreements. ``held`` pairs are commitments, with the day on which each was agreed. An order whose places ended stays
    hold is left out.

    Returns what completes the folder (`settle_stays`, `leave_what_is_left`): it computes, and needs the connection no
    more. A folder beside it holds what it needs for that.

    Invariant: what is judged by these pairs comes out as it would in the whole programme, whatever stands in rows that
    don't bear on them. So a rule that counts who is registered brings whoever it counts, and of them what it counts by.
    """
    write_rules(connection, programme, folder)
    pairs = [*held, *others]
    tables = {name: rows_of(connection, registers[name], name, programme.id) for name in registers}
    home = ended_stays(connection, programme.id)
    ended = home.days.keys() & held.keys()
    if ended:
        write_counted(connection, programme, tables, ended, _counted(folder))
    gone = home.places_without(set(tables["workers"]["worker_id"].to_pylist()))
    registered = tables["workers"]
    tables["workers"] = _with_groups(registered, {worker for worker, _ in pairs})
    chosen = _chosen(rows_of(connection, orders, "orders", programme.id), "order_id", {o for _, o in pairs})
    tables["orders"] = orders_with_fewer_places(chosen, gone, Counter(order for _, order in held))
    tables["commitments"] = with_held(tables["commitments"].slice(0, 0), held)
    home = home.of(held)
    tables["history"], told_already = told_apart(tables["history"], home)
    write_tables(tables, folder)
    if _counts_registered(folder):
        write_table(_with_counted(tables["workers"], registered), folder / "workers.csv")
    return partial(_settle, folder, home, told_already, ended)


def _counted(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-counted")


def _settle(folder: Path, home: EndedStays, told: pa.Table, ended: Set[tuple[str, str]]) -> None:
    """Let ended stays that the rules don't admit hold their places alone, and count all that are no commitments."""
    settle_stays(folder, home, told)
    gone = ended - commitments_in(folder)
    if gone:
        leave_what_is_left(folder, _counted(folder), gone)


def _counts_registered(folder: Path) -> bool:
    """Whether a rule may ask how many are registered, and not of pairs alone."""
    texts = (folder / "programme.toml", *folder.glob("agreements/*.toml"))
    return any("share_of_registered" in path.read_text("utf-8") for path in texts)


def _with_counted(workers: pa.Table, registered: pa.Table) -> pa.Table:
    """Workers, and of all others who are registered what they are counted by, where it is what one of these has too."""
    others = registered.filter(pc.invert(pc.is_in(registered["worker_id"], workers["worker_id"])))
    columns = {name: pa.repeat(pa.scalar(""), others.num_rows) for name in registered.column_names}
    columns |= {name: others[name] for name in ("worker_id", "origin_country")}
    same = pc.is_in(others["origin_country"], workers["origin_country"])
    for name in ("origin_region", "household_id"):
        shared = pc.is_in(others[name], workers[name])
        columns[name] = pc.if_else(shared, others[name], "")
        same = pc.or_(same, pc.and_(shared, pc.not_equal(others[name], "")))
    return pa.concat_tables([workers, pa.table(columns).filter(same)])


def _with_groups(workers: pa.Table, wanted: set[str]) -> pa.Table:
    """Workers and all members of their travel groups."""
    groups = set(_chosen(workers, "worker_id", wanted)["travel_group_id"].to_pylist()) - {""}
    both = zip(workers["worker_id"].to_pylist(), workers["travel_group_id"].to_pylist(), strict=True)
    return workers.filter(pa.array([worker in wanted or group in groups for worker, group in both], pa.bool_()))


def _chosen(table: pa.Table, column: str, wanted: set[str]) -> pa.Table:
    return table.filter(pc.is_in(table[column], pa.array(sorted(wanted), pa.string())))
