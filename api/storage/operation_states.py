"""The states of an operation, and of orders, in the groups that others ask for.

Invariant: a placement that is open, or that ended at home, stands. It holds its place of the order, quotas count it and
it takes its worker's days. So whoever asks what is promised already asks for `STANDING`, never for `OPEN`, which says
what may still become of a placement.
"""

from __future__ import annotations

HOME = "home"
PLACED = ("accepted", "travelling", "arrived", HOME)
UNDER_WAY = PLACED[:-1]
OFFERABLE = ("proposed", "offered")
OPEN = (*OFFERABLE, *UNDER_WAY)
STANDING = (*OFFERABLE, *PLACED)
STAFFED = ("submitted", "certified")  # the states of an order that takes somebody new
ENDED = ("declined", "dropped")  # the place is free, and the same worker isn't sent to the same order again
