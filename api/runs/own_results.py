"""What of a run's results belongs to the ministry of origin that asked: nothing of another state's workers.

Workers of other states who are under way on the same orders are read, for they take places; the plan's audit and its
certificate are about all of them.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.runs.job import Results

BY_WORKER = ("placements.csv", "unplaced.csv", "changes.csv", "reserves.csv")


def own_results(results: Results, programme: Path, country: str) -> Results:
    """The results without other states' workers and without the limits of agreements that aren't of this state."""
    with (programme / "workers.csv").open(encoding="utf-8", newline="") as file:
        foreign = {row["worker_id"] for row in csv.DictReader(file) if row["origin_country"] != country}
    if not foreign:
        return results
    others = _other_agreements(programme / "agreements", country)
    files = dict(results.files)
    for name in BY_WORKER:
        _filter(files, name, lambda row: row["worker_id"] not in foreign)
    _filter(files, "prices.csv", lambda row: row["limit"].split("|")[0] not in others)
    told = dict(results.manifest)
    if "certificate.json" in files:
        told["certificate"] = _own_checks(json.loads(files["certificate.json"]), others)
        files["certificate.json"] = (json.dumps(told["certificate"], indent=1) + "\n").encode()
    placed = [row for row in results.placed if row["worker_id"] not in foreign]
    return replace(results, files=files, manifest=told, placed=placed)


def _own_checks(certificate: dict[str, Any], others: set[str]) -> dict[str, Any]:
    """The certificate without the checks of other states' agreements; what it says of the plan is about all of it."""
    own = [check for check in certificate["checks"] if check["rule"].split("|")[0] not in others]
    return certificate | {"checks": own}


def _other_agreements(folder: Path, country: str) -> set[str]:
    found = set()
    for path in folder.glob("*.toml"):
        content: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))
        if country not in content["origins"]:
            found.add(str(content["id"]))
    return found


def _filter(files: dict[str, bytes], name: str, own: Callable[[dict[str, str]], bool]) -> None:
    if name not in files:
        return
    rows = csv.DictReader(io.StringIO(files[name].decode(), newline=""))
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, rows.fieldnames or [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if own(row))
    files[name] = target.getvalue().encode()
