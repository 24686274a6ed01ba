"""The algorithm's card, on the wire."""

from __future__ import annotations

from pydantic import BaseModel

from api.programmes.algorithm_card import Part, algorithm_card
from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import example
from engine.words.wording import say

router = Router(prefix="/v1/programmes/{programme_id}/algorithm-card", tags=["programmes"])


class CardEntryOut(BaseModel):
    """A question that is answered, and where Canada's Algorithmic Impact Assessment and the EU AI Act ask it."""

    title: str
    sentences: list[str]
    aia: str
    eu: str


class CardPartOut(BaseModel):
    """A part of the card."""

    title: str
    entries: list[CardEntryOut]


class CardOut(BaseModel):
    """The algorithm's card of a programme, in the language asked."""

    model_config = example({"programme": "Season 2026", "parts": [{"title": "Purpose", "entries": []}]})
    programme: str
    parts: list[CardPartOut]


@router.get("")
def read_algorithm_card(programme_id: str, context: Context = allowed("programme.read")) -> CardOut:
    """What the algorithm is for, what it reads and weighs, who decides, what is checked, its known limits: what
    Canada's Algorithmic Impact Assessment and Articles 11 to 14 of the EU AI Act ask for, made from the programme.
    """
    parts = algorithm_card(context.connection, context.principal, context.programme)
    return CardOut(programme=context.programme.title, parts=[_part(part) for part in parts])


def _part(part: Part) -> CardPartOut:
    entries = [
        CardEntryOut(title=say(one.title), sentences=[say(s) for s in one.sentences], aia=one.aia, eu=one.eu)
        for one in part.entries
    ]
    return CardPartOut(title=say(part.title), entries=entries)
