"""The statuses of a certificate in words."""

from __future__ import annotations

from engine.words import message

_WORDS = {
    "optimal": message("proven optimal"),
    "within_gap": message("within the gap stated, proven"),
    "time_limit": message("ended by the time limit; the gap stated is proven"),
    "interrupted": message("interrupted; the gap stated is proven"),
    "exhausted": message("the search ended by itself above the gap asked; the gap stated is proven"),
}


def status_in_words(status: str) -> str:
    """What a status says (a message); a status of a later version stays as it is."""
    return _WORDS.get(status, status)
