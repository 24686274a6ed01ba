"""Hostile files are refused with a clear problem, or read as plain values; nothing harmful comes of them."""

from __future__ import annotations

import csv
import io
import os
import resource
import time

import pytest
import sqlalchemy as sa
from hostile_files import hostile_files
from world import World

from api.answers.exports import exported
from api.storage.tables import registers

P = "/v1/programmes/{p}"
# Reading a file, which is what takes long here, sees no database; `make proof` reads them beside both.
DATABASES = os.environ.get("VAIVEN_HOSTILE_DATABASES", "sqlite").split(",")


@pytest.mark.parametrize("database_url", DATABASES, indirect=True)
def test_hostile_files(world: World) -> None:
    """Each is refused with a problem that says what is wrong, or its cells are kept as the text that they are."""
    figures = []
    for what, name, table, content in hostile_files():
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        answer = world.upload("gt" if table == "workers" else "ca", table, content, name)
        seconds = time.perf_counter() - begun
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        figures.append((what, answer.status_code, round(seconds, 3), round(grown)))
        assert answer.status_code in (201, 400, 413, 422), (what, answer.text[:300])
        if answer.status_code != 201:
            content_told = answer.json()
            assert content_told["detail"] and len(answer.content) < 2_000_000, what
            assert "Traceback" not in answer.text and "/tmp" not in answer.text, (what, answer.text[:300])
    slowest, largest = max(f[2] for f in figures), max(f[3] for f in figures)
    print(f"{len(figures)} hostile files: none took longer than {slowest:.2f} s or {largest} MB")  # shown by make proof
    assert len(figures) >= 40
    with world.engine.connect() as connection:
        employers = registers["employers"].c
        names = connection.scalars(sa.select(employers.name).where(employers.name.contains("1+1"))).all()
        sites = connection.scalars(sa.select(registers["sites"].c.site_id)).all()
    assert {"=1+1", "+1+1", "-1+1"} <= set(names)
    assert set(sites) <= {"S1", "S2", "S7", "S8", "=1+1"}
    rows = [{"worker_id": name, "order_id": "O"} for name in names]
    written = list(csv.DictReader(io.StringIO(exported("csv", ["worker_id", "order_id"], rows).decode())))
    assert all(row["worker_id"].startswith("'") for row in written)


def test_a_body_of_a_gigabyte_is_refused_unread(world: World) -> None:
    """By what its header says, before it comes."""
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(2**30)}
    answer = world.call("ca", "POST", P + "/registers/sites/uploads", content=b"--x", headers=headers)
    assert answer.status_code == 413
