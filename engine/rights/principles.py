"""The principles that lines cite, by their numbers in the texts that state them.

IRIS: the International Organization for Migration's IRIS Standard on ethical recruitment, general principles A and B
and principles 1 to 5. ILO: the general principles of the International Labour Organization's "General principles and
operational guidelines for fair recruitment" (2016), numbered from 1 to 13; told here in our own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.words import Message, message


@dataclass(frozen=True, slots=True)
class Principle:
    """One principle: of which text, under which number or letter, and what it is about."""

    text: str
    number: str
    about: Message

    @property
    def in_words(self) -> Message:
        """The principle as a line cites it."""
        return message("{text} {number}: {about}", text=self.text, number=self.number, about=self.about)


IRIS: Mapping[str, Principle] = {
    number: Principle("IRIS", number, about)
    for number, about in {
        "A": message("laws, fundamental principles and rights at work"),
        "1": message("no recruitment fees and related costs for workers"),
        "2": message("freedom of movement"),
        "3": message("transparent terms and conditions of employment"),
    }.items()
}
ILO: Mapping[int, Principle] = {
    number: Principle("ILO", str(number), about)
    for number, about in {
        2: message("recruitment doesn't lower labour standards, wages or working conditions"),
        5: message("rules are clear and enforced, by inspection and licences too"),
        6: message("laws, contracts and collective agreements of all countries concerned are respected"),
        7: message("no recruitment fees or related costs are borne by workers"),
        8: message("terms are specified in a way that can be verified and understood"),
        9: message("workers agree of their own will, without deception or coercion"),
        11: message("workers move and leave freely, and nobody keeps their papers"),
        12: message("workers are free to end the employment and to return home"),
    }.items()
}
