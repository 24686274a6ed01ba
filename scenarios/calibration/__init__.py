"""Small tables derived from published data; README.md names source, licence and computation."""

from functools import cache
from importlib import resources

import pandas as pd

TEXT_COLUMNS = (
    "isco08", "soc", "state", "scheme", "visa", "origin_country", "destination_country", "country",
    "region", "profile", "naics", "isic",
)  # fmt: skip


@cache
def table(name: str) -> pd.DataFrame:
    """Read the calibration table `name`; codes stay text, and `NA` is no missing value."""
    path = resources.files("scenarios.calibration").joinpath(f"{name}.csv")
    with path.open(encoding="utf-8") as file:
        text = dict.fromkeys(TEXT_COLUMNS, "str")
        return pd.read_csv(file, dtype=text, keep_default_na=False)
