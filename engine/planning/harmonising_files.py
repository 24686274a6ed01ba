"""What states could harmonise as files: a row a relaxation, JSON, the proposal as edits, and the picture."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import tomli_w

from engine.atomic import written_aside
from engine.charts import DRAWING_PACKAGES
from engine.planning.harmonising import GAINS, Harmonisation, Yield, write_edits
from engine.programme.edits import Edits, edited
from engine.programme.programme import Programme
from engine.spreadsheet_text import neutral_table
from engine.words import message
from engine.words.wording import worded, worded_all


def harmonisation_told(found: Harmonisation) -> dict[str, Any]:
    """What was found as plain values and sentences.

    ``yields``, ``proposed`` and ``lowering`` hold a relaxation each: its clause, its article, the change in words, what
    it does to the protection of workers, its gap, and its `GAINS`, none where there is no plan with it (``failure``).
    ``together`` is what those proposed bring together, empty where there are none.
    """
    together = {} if found.together is None else {**found.gains_together, "gap": found.together.gap}
    told = {"yields": found.yields, "proposed": found.proposed, "lowering": found.lowering}
    return {**{name: [_told(one) for one in rows] for name, rows in told.items()}, "together": together}


def _told(one: Yield) -> dict[str, Any]:
    relaxation = one.relaxation
    return {
        "agreement": relaxation.agreement,
        "clause": relaxation.clause,
        "kind": relaxation.kind,
        "article": relaxation.article,
        "change": relaxation.in_words,
        "protection": relaxation.protection.value,
        "failure": one.outcome.failure,
        "gap": one.outcome.gap,
        **one.gains,
    }


def relaxations_table(found: Harmonisation, language: str = "en") -> pa.Table:
    """A row a relaxation, those proposed as they are proposed: standing (proposed, other, lowering), and as told."""
    told = harmonisation_told(found)
    proposed = {(one["agreement"], one["clause"]) for one in told["proposed"]}
    rest = [one for one in told["yields"] if (one["agreement"], one["clause"]) not in proposed]
    standing = {"proposed": told["proposed"], "other": rest, "lowering": told["lowering"]}
    rows = [
        {"standing": name, **one, **{gain: one.get(gain) for gain in GAINS}}
        for name, own in standing.items()
        for one in own
    ]
    return pa.Table.from_pylist(worded_all(rows, language), schema=_SCHEMA)


_TEXTS = ("standing", "agreement", "clause", "kind", "article", "change", "protection", "failure")
_SCHEMA = pa.schema([(name, pa.string()) for name in _TEXTS] + [(name, pa.float64()) for name in (*GAINS, "gap")])


def write_harmonisation(folder: Path, found: Harmonisation, language: str = "en") -> bool:
    """Write ``relaxations.csv``, ``harmonisation.json``, the proposal as ``harmonised.toml``, and ``yields.png`` and
    ``.svg`` where the drawing libraries are installed; whether they are.
    """
    options = pa_csv.WriteOptions(quoting_style="needed")
    pa_csv.write_csv(neutral_table(relaxations_table(found, language)), folder / "relaxations.csv", options)
    told = json.dumps(worded_all(harmonisation_told(found), language), indent=1, ensure_ascii=False)
    (folder / "harmonisation.json").write_text(told + "\n", "utf-8")
    if found.proposed:
        write_edits(found, folder / "harmonised.toml")
    if any(find_spec(name) is None for name in DRAWING_PACKAGES):
        return False
    from engine.charts.harmonising.yields import write_picture

    write_picture(folder, _drawn(found, language), language)
    return True


def write_relaxed(found: Harmonisation, programme: Programme, season: Path, folder: Path) -> None:
    """Write a copy of the programme's folder ``season`` with the agreements as proposed, so that it can be matched.

    An agreement that is relaxed is written anew, without its comments; all other files stay as they are. Raises
    `CallError` where ``folder`` isn't empty.
    """
    proposal = found.edits()
    after = edited(programme, Edits(proposal["id"], "", tuple(proposal["edit"]))).texts
    with written_aside(folder) as target:
        shutil.copytree(season, target, ignore=shutil.ignore_patterns(target.name), dirs_exist_ok=True)
        for file, content in after.items():
            if content != programme.texts[file]:
                (target / file).write_text(tomli_w.dumps(dict(content)), "utf-8")


def _drawn(found: Harmonisation, language: str) -> pd.DataFrame:
    """What the picture shows: what all bring together first, then each alone."""
    table = relaxations_table(found, language).to_pandas()
    table["label"] = table["agreement"] + "." + table["clause"]
    rows = table[["label", "placements", "standing"]].sort_values("placements", ascending=False, kind="stable")
    whole = {"label": worded(message("Those proposed, together"), language), "standing": "together"}
    first = [whole | {"placements": found.gains_together["placements"]}] if found.gains_together else []
    return pd.concat([pd.DataFrame(first, columns=rows.columns), rows], ignore_index=True).astype({"placements": float})
