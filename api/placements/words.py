"""What the states of a placement and the steps to them are called."""

from __future__ import annotations

from engine.words import message, msgid

STATES = {
    "proposed": msgid("proposed"),
    "offered": msgid("offered"),
    "accepted": msgid("accepted"),
    "declined": msgid("declined"),
    "travelling": msgid("travelling"),
    "arrived": msgid("arrived"),
    "home": msgid("back home"),
    "dropped": msgid("dropped out"),
    "withdrawn": msgid("withdrawn"),
}
STEPS_TO = {
    "offered": msgid("Record the offer"),
    "accepted": msgid("Record the acceptance"),
    "declined": msgid("Record the refusal"),
    "travelling": msgid("Record the departure"),
    "arrived": msgid("Record the arrival"),
    "home": msgid("Record the return"),
    "dropped": msgid("Record the dropping out"),
    "withdrawn": msgid("Withdraw it"),
}


def state_in_words(state: str) -> str:
    """What a state is called; what is no state stands for itself."""
    return message(STATES[state]) if state in STATES else state


ROLES = {
    "origin_ministry": msgid("ministry of origin"),
    "destination_ministry": msgid("ministry of destination"),
    "employer": msgid("employer"),
    "planner": msgid("planner"),
    "auditor": msgid("auditor"),
    "administrator": msgid("administrator"),
}
