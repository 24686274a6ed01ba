"""States of runs in words, and what is asked of a match; keys of the catalogue."""

from __future__ import annotations

from engine.words import msgid

STATES = {
    "queued": msgid("waits in the queue"),
    "running": msgid("is being computed"),
    "done": msgid("finished"),
    "failed": msgid("came to nothing"),
    "cancelled": msgid("stopped"),
}
GAPS = (
    ("0.01", msgid("1 in 100: a first look")),
    ("0.001", msgid("1 in 1,000: usual")),
    ("0.0001", msgid("1 in 10,000: close")),
    ("0", msgid("none: the best plan that there is")),
)
LIMITS = (
    ("60", msgid("1 minute")),
    ("600", msgid("10 minutes")),
    ("3600", msgid("1 hour")),
    ("14400", msgid("4 hours")),
)
