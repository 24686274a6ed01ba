"""What keeps one person from being found by an employer who checks many variants of an order.

Three things together. The check reads values that stand for many (`api.identity.generalisation`), so that no variant
splits finer than their cells. Each count is blurred by noise and told by the step of a ladder below it; the noise is
drawn by a secret key from what the order asks, so that the same question always gets the same answer, whenever, by
whichever account and however often it is asked. And the variants of a day and of a week are counted.

Invariants of the noise: contents that say the same are one question. Another content has other noise, so a step
between two says little of anybody. And each condition (a skill, a month, an income) has noise of its own besides, which
is the same in every content that has this condition: whoever asks about it in a hundred ways that make no difference
averages away the noise of the contents, never that of the condition. What no order has a part in (how many are
registered) is told alike in all. A worker counts in one of the counts of a check alone (who is admitted, whom this
condition alone leaves out, whom that one): all of them together are as little told of anybody as one of them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import Principal
from api.identity.generalisation import INCOME, MONTHS
from api.identity.tokens import signing_key
from api.rate_limits import count_within
from api.settings import settings
from api.storage.database import database, insert_new, transaction
from api.storage.tables import order_check_variants
from engine.programme.schema import TABLES

SCALE = 5.0  # of the noise of a content (Laplace), in persons
OF_CONDITION = 2.0  # of the noise of each condition
FEW = 10
LADDER = (10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750)
DAY, WEEK = 86_400, 7 * 86_400
ORDERS = 10  # as many times the variants of a day of one order, over all of an employer's in a week
# What of an order has no part in whom it admits; changing it alone is no other variant.
_NO_PART = ("order_id", "headcount", "min_crew", "priority", "filed_at", "desired_skills", "worker_cost")
_PLAIN = ("site_id", "destination_country", "destination_region", "sector", "isco08")
_NUMBERS = ("weekly_hours", "guaranteed_weekly_hours", "hourly_wage", "weekly_deductions", "min_experience_months")


@dataclass(frozen=True)
class Blur:
    """How counts are told about one content of an order, which has some conditions."""

    key: bytes
    variant: str
    conditions: tuple[str, ...] = ()

    def count(self, what: str, exact: int) -> int:
        """A count with the noise that belongs to this content and its conditions, never below 0."""
        noise = self._drawn(f"{self.variant} {what}", SCALE)
        noise += sum(self._drawn(f"condition {one} {what}", OF_CONDITION) for one in self.conditions)
        return max(0, exact + round(noise))

    def told(self, what: str, exact: int) -> str:
        """A count as it is told: a step of the ladder, or that it is small."""
        blurred = self.count(what, exact)
        return f"fewer than {FEW}" if blurred < FEW else str(_step_below(blurred))

    def of_any(self) -> Blur:
        """How counts are told in which no content has a part."""
        return Blur(self.key, "any")

    def _drawn(self, what: str, scale: float) -> float:
        drawn = hmac.digest(self.key, what.encode(), "sha256")
        share = (int.from_bytes(drawn[:8]) + 0.5) / 2.0**64 - 0.5
        return -scale * math.copysign(math.log(1 - 2 * abs(share)), share)


def blur_of(connection: sa.Connection, principal: Principal, programme_id: str, order: Mapping[str, str]) -> Blur:
    """How counts about an order's cells are told to an employer, whether it is filed or not."""
    whose = json.dumps([programme_id, principal.employer_id])
    key = hashlib.sha256(b"order checks" + signing_key(connection).encode()).digest()
    own = hmac.digest(key, whose.encode(), "sha256")
    columns = {column.name: column.kind for column in TABLES["orders"].columns if column.name not in _NO_PART}
    asked = {name: _said(kind, order[name]) for name, kind in columns.items()}
    variant = hmac.new(own, json.dumps(asked, sort_keys=True).encode(), "sha256").hexdigest()
    return Blur(own, variant, tuple(_conditions(asked)))


def _said(kind: str, text: str) -> str:
    """What a cell says, in one of the ways to write it."""
    if kind in ("labels", "levels"):
        return ";".join(sorted({part.strip() for part in text.split(";")} - {""}))
    return str(Decimal(text or "0").normalize()) if kind in ("number", "integer") else text


def _conditions(asked: Mapping[str, str]) -> Iterator[str]:
    """What of a content may admit fewer, each by itself, and by the cells in which workers are read."""
    number = {name: float(asked[name]) for name in _NUMBERS}
    hours = number["guaranteed_weekly_hours"] or number["weekly_hours"]
    income = hours * number["hourly_wage"] - number["weekly_deductions"]
    yield from (f"{name} {asked[name]}" for name in _PLAIN)
    yield from (f"{name} {asked[name][:7]}" for name in ("start_date", "end_date"))
    yield f"income {income // INCOME:.0f}"
    yield f"experience {-(-number['min_experience_months'] // MONTHS):.0f}"
    yield from (
        f"{name} {part}" for name in ("required_skills", "languages") for part in asked[name].split(";") if part
    )


def count_variant(principal: Principal, programme: str, order_id: str, variant: str) -> None:
    """Count a content of an order that wasn't checked this week; raises 429 beyond what the settings allow."""
    employer, most = principal.employer_id, settings().check_variants_per_day
    row = {"programme_id": programme, "employer_id": employer, "day": week_begun()}
    row |= {"order_id": order_id, "variant": variant}
    with transaction(database()) as connection:
        if not insert_new(connection, order_check_variants, row):
            return
        try:
            count_within(connection, f"variants {programme} {order_id}", most, DAY)
            count_within(connection, f"variants {programme} of {employer}", ORDERS * most, WEEK)
        except ServiceError as error:
            error.keeps = False  # what is refused was not checked
            raise


def week_begun() -> str:
    """The day on which the week began within which variants are counted together."""
    return datetime.fromtimestamp(int(time.time()) // WEEK * WEEK, UTC).date().isoformat()


def _step_below(count: int) -> int:
    """The greatest step that isn't above a count of `FEW` or more; the ladder goes on in tens of itself."""
    power = 1
    while count >= LADDER[0] * 100 * power:
        power *= 100
    return max(step * power for step in LADDER if step * power <= count)
