"""What the files of a plan say, in plain words: groups of reasons, reasons, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.clauses.kinds import kinds
from engine.clauses.parameters import parameter_in_words
from engine.plan.reason import TEXTS, read_reason
from engine.programme.toml_files import read_agreement
from engine.words import Message, joined, message, msgid

# The groups of reasons why somebody has no job: how each is called, and what can be done about it.
GROUPS: Mapping[str, tuple[str, str]] = {
    "not_admitted": (
        msgid("No order may take them"),
        msgid("Something in their record, or a rule, is in the way of every order. Records can be completed."),
    ),
    "limit_full": (
        msgid("A limit is full"),
        msgid("A quota, beds or the places of an order leave no room for them. Limits can be negotiated."),
    ),
    "outpriced": (
        msgid("Others are worth more in the places that they could take"),
        msgid("There is work for them, and somebody else adds more there. More places would help them."),
    ),
    "tied": (
        msgid("Others have exactly the same claim"),
        msgid("A draw among equals decided. Another plan, just as good, could hold them."),
    ),
    "left_within_gap": (
        msgid("The search stopped before it looked further"),
        msgid("A plan a little better may have a job for them. A longer search with a smaller gap would say."),
    ),
    "dropped_out": (
        msgid("They have left"),
        msgid("They declined or dropped out since the plan was made, and aren't placed again."),
    ),
}
GROUP_WORDS = {code: title for code, (title, _) in GROUPS.items()}
ORDER_GROUPS = {
    "not_admitted": msgid("Nobody who may do the work is left"),
    "limit_full": msgid("A limit is full"),
    "outpriced": msgid("Everybody who could come has a better place"),
    "left_within_gap": msgid("The search stopped before it looked further"),
    "cancelled": msgid("The order was cancelled"),
}
# Limits that are an employer's own, by what stands before the id.
OF_ORDERS = {
    "headcount": msgid("the places of order {name}"),
    "beds": msgid("the beds of {name}"),
    "min_crew": msgid("the crew of order {name}"),
}
Group = tuple[str, list[tuple[str, Message]]]
CLASSES = {"new": msgid("new workers"), "returning": msgid("returning workers")}
_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


def code_of(reason: str) -> str:
    """The code of a reason as files have it."""
    return reason.partition(":")[0]


def reason_in_words(reason: str, known: Mapping[str, Message]) -> str:
    """A reason of a file as a sentence that can be worded in any language; as it stands where it is of another form.

    ``known`` are the sentences within the reasons of a run, by their English text (`api.runs.reason_words.kept_words`).
    """
    found = read_reason(reason)
    if found is None:
        return reason.partition(": ")[2]
    told = {
        name: known.get(value) or _in_words(value) if name in TEXTS else value for name, value in found.values.items()
    }
    sentence = found.sentence
    return Message(sentence.key, told) if isinstance(sentence, Message) else sentence


def _in_words(text: str) -> str:
    """A rule's name as a key of the catalogue; an id stays as it is."""
    return Message(text, {}) if "{" not in text and "|" not in text else text


class Agreements:
    """Agreements that somebody sees, by which rules and limits are told: ``titles`` by id, ``sources`` by clause."""

    def __init__(self, contents: Mapping[str, Mapping[str, Any]]) -> None:
        self.titles = {name: str(one.get("title") or name) for name, one in contents.items()}
        self.contents = contents
        self._read: dict[str, Mapping[str, Message]] = {}
        self.sources = {
            (name, str(clause.get("id"))): str(clause["source"])
            for name, one in contents.items()
            for clause in one.get("clause", ())
            if clause.get("source")
        }

    def choices(self) -> dict[str, list[Group]]:
        """The rules, and the numbers in them with what they are now, for a form to choose from, by agreement."""
        rules: list[Group] = []
        numbers: list[Group] = []
        for name, content in sorted(self.contents.items(), key=lambda one: self.titles[one[0]]):
            own = [(str(clause.get("id")), clause) for clause in content.get("clause", ())]
            named = [(f"{name}|{clause}", self._choice(name, clause)) for clause, _ in own]
            found = [
                (
                    f"{name}|{clause}|{key}",
                    message(
                        "{rule}: {parameter}, now {value}",
                        rule=clause,
                        parameter=self._parameter(name, clause, key),
                        value=value,
                    ),
                )
                for clause, cells in own
                for key, value in cells.items()
                if isinstance(value, int | Decimal) and not isinstance(value, bool)
            ]
            rules += [(self.titles[name], named)] if named else []
            numbers += [(self.titles[name], found)] if found else []
        return {"rule": rules, "parameter": numbers}

    def _parameter(self, agreement: str, clause: str, key: str) -> str:
        """What a parameter of a clause is called; the key itself of what is none."""
        kind = next(
            (one.get("kind") for one in self.contents[agreement].get("clause", ()) if one.get("id") == clause), None
        )
        return parameter_in_words(kinds().get(str(kind)), key)

    def _choice(self, agreement: str, clause: str) -> Message:
        asks = self.asks(agreement, clause)
        return (
            message("{clause}: {asks}", clause=clause, asks=asks) if asks else Message("{clause}", {"clause": clause})
        )

    def asks(self, agreement: str, clause: str) -> Message | None:
        """What a clause asks, None where its agreement has none of this id."""
        return self._sentences(agreement).get(clause)

    def _sentences(self, agreement: str) -> Mapping[str, Message]:
        if agreement not in self._read:
            content = dict(self.contents[agreement])
            found = read_agreement(content, agreement, lambda _: None, lambda _: None)
            self._read[agreement] = {one.id: one.sentence for one in found.clauses} if found else {}
        return self._read[agreement]

    def named(self, text: str, asks: bool = False) -> Message | None:
        """The rule or the limit that a text names as files do, in words; None for any other text."""
        first, *rest = text.split(" (")[0].replace(" · ", "|").split("|")
        if rest and first in OF_ORDERS:
            return Message(OF_ORDERS[first], {"name": rest[0]})
        if not rest or first not in self.titles:
            return None
        named = message("{clause} of {agreement}", clause=rest[0], agreement=self.titles[first])
        told = self.asks(first, rest[0]) if asks else None
        if told is not None:
            named = message("{rule} (“{asks}”)", rule=named, asks=told)
        return joined(named, *(_scope(self._parameter(first, rest[0], part)) for part in rest[1:]), by=" · ")

    def source_of(self, limit: str, clause_id: str) -> str:
        """The article or other source of a limit's clause, '' where none is told."""
        return self.sources.get((limit.partition("|")[0], clause_id), "")

    def limit_in_words(self, limit: str, clause_id: str) -> str:
        """A limit of prices.csv: its clause, the agreement that it is of, and what it holds for."""
        parts = limit.split("|")
        own = parts[0] if parts[0] in self.titles else ""
        place = parts.index(clause_id) if clause_id in parts else 0
        named = message("{clause} of {agreement}", clause=clause_id, agreement=self.titles[own]) if own else clause_id
        return joined(named, *(_scope(part) for part in parts[place + 1 :]), by=" · ")


def _scope(part: str) -> str:
    period = _PERIOD.fullmatch(part)
    if period:
        return message("{first} to {last}", first=period[1], last=period[2])
    value = part.partition("=")[2] or part
    return Message(CLASSES[value], {}) if value in CLASSES else value
