"""What keeps one person from being found by an employer who checks many variants of an order.

Three things together. The check reads values that stand for many (`api.identity.generalisation`), so that no variant
splits finer than their cells. Each count is blurred by noise and told by the step of a ladder below it; the noise is
drawn by a secret key from what the order asks, so that the same content always gets the same answer, whenever and
however often it is asked, and another content an independent one: a step between two variants says little of anybody.
And the variants of a day are counted, so that noise isn't averaged away.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from dataclasses import dataclass

import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import Principal
from api.identity.tokens import signing_key
from api.rate_limits import count_within
from api.settings import settings
from api.storage.database import database, insert_new, now, transaction
from api.storage.tables import order_check_variants
from engine.programme.schema import TABLES

SCALE = 5.0  # of the noise (Laplace), in persons
FEW = 10
LADDER = (10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750)
DAY = 86_400
ORDERS_A_DAY = 10  # as many times the variants of one order over all of an employer's
# What of an order has no part in whom it admits; changing it alone is no other variant.
_NO_PART = ("order_id", "headcount", "min_crew", "priority", "filed_at", "desired_skills", "worker_cost")


@dataclass(frozen=True)
class Blur:
    """How counts are told about one content of an order."""

    key: bytes
    variant: str

    def count(self, what: str, exact: int) -> int:
        """A count with the noise that belongs to this content, never below 0."""
        return max(0, exact + self._noise(what))

    def told(self, what: str, exact: int) -> str:
        """A count as it is told: a step of the ladder, or that it is small."""
        blurred = self.count(what, exact)
        return f"fewer than {FEW}" if blurred < FEW else str(_step_below(blurred))

    def _noise(self, what: str) -> int:
        drawn = hmac.digest(self.key, f"{self.variant} {what}".encode(), "sha256")
        share = (int.from_bytes(drawn[:8]) + 0.5) / 2.0**64 - 0.5
        return round(-SCALE * math.copysign(math.log(1 - 2 * abs(share)), share))


def blur_of(connection: sa.Connection, principal: Principal, order: sa.RowMapping) -> Blur:
    """How counts about an order are told to an employer."""
    asked = {name: str(order[name]) for name in TABLES["orders"].column_names if name not in _NO_PART}
    said = json.dumps([order["programme_id"], principal.employer_id, asked], sort_keys=True)
    key = hashlib.sha256(b"order checks" + signing_key(connection).encode()).digest()
    return Blur(key, hmac.new(key, said.encode(), "sha256").hexdigest())


def count_variant(principal: Principal, order: sa.RowMapping, variant: str) -> None:
    """Count a content of an order that wasn't checked today; raises 429 beyond what the settings allow."""
    programme, employer, most = order["programme_id"], principal.employer_id, settings().check_variants_per_day
    row = {"programme_id": programme, "employer_id": employer, "day": now().date().isoformat()}
    row |= {"order_id": order["order_id"], "variant": variant}
    with transaction(database()) as connection:
        if not insert_new(connection, order_check_variants, row):
            return
        try:
            count_within(connection, f"variants {programme} {order['order_id']}", most, DAY)
            count_within(connection, f"variants {programme} of {employer}", ORDERS_A_DAY * most, DAY)
        except ServiceError as error:
            error.keeps = False  # what is refused was not checked
            raise


def _step_below(count: int) -> int:
    """The greatest step that isn't above a count of `FEW` or more; the ladder goes on in tens of itself."""
    power = 1
    while count >= LADDER[0] * 100 * power:
        power *= 100
    return max(step * power for step in LADDER if step * power <= count)
