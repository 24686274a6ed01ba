"""Replayed seasons as files: a row a policy, a row for each season and policy, what was assumed, and the picture."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from engine.charts import DRAWING_PACKAGES
from engine.planning.assumptions import Assumptions
from engine.planning.season.comparison import FOREWARNED, HINDSIGHT, policies_table
from engine.planning.season.policies import policies
from engine.words import message
from engine.words.wording import worded


def policy_in_words(name: str) -> str:
    """What people call a policy, its name where it isn't known here."""
    known = policies().get(name)
    if name == FOREWARNED:
        return message("Forewarned of all but who gives up")
    return message("The best in hindsight") if name == HINDSIGHT else name if known is None else known.TITLE


def write_season(folder: Path, seasons: pd.DataFrame, assumptions: Assumptions, language: str = "en") -> bool:
    """Write ``seasons.csv``, ``policies.csv`` and ``assumptions.csv``, and ``policies.png`` and ``.svg`` where the
    drawing libraries are installed; whether they are.
    """
    table = policies_table(seasons)
    seasons.to_csv(folder / "seasons.csv", index=False)
    table.to_csv(folder / "policies.csv", index=False)
    assumptions.write(folder / "assumptions.csv")
    if any(find_spec(name) is None for name in DRAWING_PACKAGES):
        return False
    from engine.charts.seasons.shares import write_picture

    labels = [worded(policy_in_words(name), language) for name in table["policy"]]
    write_picture(folder, table.assign(label=labels), language)
    return True
