"""What sets the disclosure data of one visa apart from that of another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from scenarios.columns import Text

Entries = list[dict[str, Any]]


@dataclass(frozen=True)
class Visa:
    """A visa: its `title` as the workbooks write it (VISA_CLASS), and what becomes of its orders.

    name: how ids begin. women: share of women in the register. sectors: the ISIC division of each order, of its
    NAICS code. origins: share of the visas by country. agreements: of origins, orders, fiscal year and the first
    and last day of the season. clauses: over all agreements, of the orders, if there are any. titled: whether the
    table `job_titles` may stand in for a missing occupation code. housed: whether the employer houses the workers,
    so that its sites have as many beds as the busiest day asks for.
    """

    title: str
    name: str
    women: float
    sectors: Callable[[pd.Series], Text]
    origins: Callable[[], Mapping[str, float]]
    agreements: Callable[[Mapping[str, float], pd.DataFrame, int, tuple[date, date]], Entries]
    clauses: Callable[[pd.DataFrame], Entries] | None = None
    titled: bool = False
    housed: bool = True
