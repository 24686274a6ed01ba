"""What the states and steps of orders are called, and what was done, in sentences of pages."""

from __future__ import annotations

from engine.words import Message, msgid, plural

STATES = {
    "draft": msgid("draft"),
    "submitted": msgid("submitted"),
    "certified": msgid("certified"),
    "closed": msgid("closed"),
}
STEPS_TO = {
    "submission": msgid("Submit it for certification"),
    "certification": msgid("Certify it"),
    "return": msgid("Return it to its employer as a draft"),
    "closure": msgid("Close it"),
}
DONE = {
    "filed": msgid("The order is filed as a draft. Submit it when it is complete."),
    "filed-submitted": msgid("The order is submitted; the ministry of destination certifies it."),
    "changed": msgid("The order says from now on what you typed."),
    "submission": msgid("The order is submitted; the ministry of destination certifies it."),
    "certification": msgid("The order is certified: the next plan counts on its places."),
    "return": msgid("The order is a draft again."),
    "closure": msgid("The order is closed: whoever has accepted stays, and nobody new comes."),
}


def stepped(step: str, count: int) -> Message:
    """What a step of many orders came to."""
    if step == "certification":
        return plural("{n:,} order is certified.", "{n:,} orders are certified.", n=count)
    if step == "submission":
        return plural("{n:,} order is submitted.", "{n:,} orders are submitted.", n=count)
    if step == "return":
        return plural("{n:,} order is a draft again.", "{n:,} orders are drafts again.", n=count)
    return plural("{n:,} order is closed.", "{n:,} orders are closed.", n=count)
