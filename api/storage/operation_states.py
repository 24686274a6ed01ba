"""The states of an operation, and of orders, in the groups that others ask for."""

from __future__ import annotations

HOME = "home"
PLACED = ("accepted", "travelling", "arrived", "home")
UNDER_WAY = PLACED[:-1]
OFFERABLE = ("proposed", "offered")
OPEN = (*OFFERABLE, *UNDER_WAY)
STAFFED = ("submitted", "certified")  # the states of an order that takes somebody new
ENDED = ("declined", "dropped", "home")  # the same worker isn't sent to the same order again
