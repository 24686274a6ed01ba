"""What must hold in any draft: ids are unique and resolve, dates are in order, numbers are in range."""

import re

import numpy as np
import pandas as pd

from engine.programme.schema import TABLES
from scenarios.preset import Draft

ID = re.compile(r"[^\s;:|]{1,64}")
REFERENCES = {
    "orders": {"employer_id": "employers", "site_id": "sites"},
    "sites": {"employer_id": "employers"},
    "history": {"worker_id": "workers"},
    "recalls": {"worker_id": "workers", "order_id": "orders"},
    "preferences": {"worker_id": "workers", "order_id": "orders", "employer_id": "employers"},
    "commitments": {"worker_id": "workers", "order_id": "orders"},
    "exclusions": {"worker_id": "workers", "order_id": "orders"},
    "scores": {"worker_id": "workers", "order_id": "orders"},
}


def key_of(table: str) -> str:
    """Name the column of a table's ids."""
    return {"workers": "worker_id", "orders": "order_id", "employers": "employer_id", "sites": "site_id"}[table]


def assert_consistent(draft: Draft) -> None:
    """Assert everything that a reader of the programme may rely on."""
    assert_columns(draft)
    assert_ids(draft)
    assert_order_terms(draft)
    assert_history(draft)
    assert_agreements(draft)


def assert_columns(draft: Draft) -> None:
    """Every table has the columns of the format, in any order, and none of another name."""
    for name, table in draft.tables.items():
        needed = {column.name for column in TABLES[name].columns if not column.optional}
        assert needed <= set(table.columns) <= set(TABLES[name].column_names), name


def assert_ids(draft: Draft) -> None:
    """Ids are well formed and unique; a reference is empty or points to a row."""
    known = {}
    for name in ("workers", "orders", "employers", "sites"):
        ids = draft.tables[name][key_of(name)]
        assert ids.is_unique, name
        assert ids.map(lambda value: bool(ID.fullmatch(value))).all(), name
        known[name] = set(ids)
    for name, references in REFERENCES.items():
        for column, target in references.items():
            if name in draft.tables:
                values = draft.tables[name][column].dropna()
                assert set(values[values != ""]) <= known[target], (name, column)
    for name in ("recalls", "exclusions", "scores", "commitments"):
        if name in draft.tables:
            assert not draft.tables[name].duplicated(["worker_id", "order_id"]).any(), name


def assert_order_terms(draft: Draft) -> None:
    """Orders end after they begin, lie in the horizon, and ask for one worker or more."""
    orders, horizon = draft.tables["orders"], draft.settings["horizon"]
    assert (orders.start_date <= orders.end_date).all()
    assert orders.start_date.min() >= pd.Timestamp(horizon["start"])
    assert orders.end_date.max() <= pd.Timestamp(horizon["end"])
    assert draft.settings["as_of"] <= horizon["end"]
    assert (orders.headcount >= 1).all()
    crew = orders.min_crew.fillna(1)
    assert ((crew >= 1) & (crew <= orders.headcount)).all()
    assert (orders.weekly_hours > 0).all()
    assert (orders.hourly_wage > 0).all()
    owner = draft.tables["sites"].set_index("site_id").employer_id
    assert (orders.site_id.map(owner) == orders.employer_id).all()


def assert_history(draft: Draft) -> None:
    """A worker's stays never overlap, and each began before the day of the run."""
    history = draft.tables.get("history")
    if history is None or history.empty:
        return
    assert (history.start_date <= history.end_date).all()
    assert history.start_date.max() < pd.Timestamp(draft.settings["as_of"])
    rows = history.sort_values(["worker_id", "start_date"])
    same = rows.worker_id.to_numpy()[1:] == rows.worker_id.to_numpy()[:-1]
    assert (rows.start_date.to_numpy()[1:] > rows.end_date.to_numpy()[:-1])[same].all()


def assert_agreements(draft: Draft) -> None:
    """Agreement ids are unique, clause ids are unique within their file, each clause has a source."""
    ids = [agreement["id"] for agreement in draft.agreements]
    assert len(set(ids)) == len(ids)
    for clauses in [
        draft.settings.get("clause", []),
        *(agreement["clause"] for agreement in draft.agreements),
    ]:
        names = [clause["id"] for clause in clauses]
        assert len(set(names)) == len(names), names
        assert all(clause["source"] for clause in clauses)


def assert_same(first: Draft, second: Draft) -> None:
    """Two drafts are the same in every cell."""
    assert first.settings == second.settings
    assert first.agreements == second.agreements
    assert list(first.tables) == list(second.tables)
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table, second.tables[name])


def share_of(table: pd.DataFrame, mask: "pd.Series[bool] | np.ndarray") -> float:
    """Compute the share of rows for which the mask holds."""
    return float(np.asarray(mask).sum() / len(table))
