"""The states of an operation, in the groups that others ask for."""

from __future__ import annotations

HOME = "home"
PLACED = ("accepted", "travelling", "arrived", "home")
UNDER_WAY = PLACED[:-1]
OFFERABLE = ("proposed", "offered")
OPEN = (*OFFERABLE, *UNDER_WAY)
ENDED = ("declined", "dropped", "home")  # the same worker isn't sent to the same order again
