"""Which colour a thing has: the same in every chart, of every report, whatever else is drawn beside it.

Blue is an amount or a gain, vermilion what is full or a loss, grey what stands aside; countries have colours of their
own, which mean nothing else.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from engine.charts.plan_view import PlanView

# Paul Tol's muted scheme, told apart with every common kind of colour blindness.
OF_COUNTRIES = ("#999933", "#CC6677", "#AA4499", "#332288", "#117733", "#44AA99", "#882255", "#88CCEE", "#DDCC77")
# Drawn so that US, CA, ES, MX, IT, FR, DE, PT and GB, where most seasonal work is, never meet.
_DRAW = 2028


def country_colours(view: PlanView) -> dict[str, str]:
    """The colour of each country of a programme, by its code; ten and more countries share some.

    A country's colour comes from its code alone. Only where two of a programme would have one colour, the one that
    comes later takes the next free one: destinations come first, and both by their codes.
    """
    programme = view.programme
    destinations = {agreement.destination for agreement in programme.agreements}
    destinations |= _values(programme.orders.labels("destination_country").text())
    origins = _values(programme.workers.labels("origin_country").text()) - destinations
    taken: dict[str, int] = {}
    for code in [*sorted(destinations), *sorted(origins)]:
        first = zlib.crc32(f"{code}{_DRAW}".encode()) % len(OF_COUNTRIES)
        slots = [(first + step) % len(OF_COUNTRIES) for step in range(len(OF_COUNTRIES))]
        taken[code] = next((slot for slot in slots if slot not in taken.values()), first)
    return {code: OF_COUNTRIES[slot] for code, slot in taken.items()}


def _values(texts: Iterable[object]) -> set[str]:
    return {str(text) for text in texts} - {""}
