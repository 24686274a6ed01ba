"""The rules that always hold, whatever an agreement says, and what rules and clauses are called in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engine.clauses.base import Clause
from engine.words import Message, message


class LastingRule(NamedTuple):
    """What a rule is called, and what it demands."""

    name: Message
    sentence: Message


# By the rule's code, which files and the service show.
LASTING_RULES: Mapping[str, LastingRule] = {
    "occupation": LastingRule(
        message("occupation"), message("The worker has the order's occupation with the months it asks for.")
    ),
    "skills": LastingRule(message("skills"), message("The worker has every required skill.")),
    "language": LastingRule(message("language"), message("The worker has every required language at its level.")),
    "availability": LastingRule(
        message("availability"), message("The worker is available from the first to the last day.")
    ),
    "horizon": LastingRule(message("horizon"), message("The order lies within the programme's horizon.")),
    "excluded": LastingRule(message("excluded"), message("The pair is not excluded.")),
    "refused": LastingRule(message("refused"), message("The worker refuses neither the destination nor the employer.")),
    "reservation": LastingRule(
        message("reservation"), message("The net weekly income reaches what the worker asks for.")
    ),
    "debarred": LastingRule(message("debarred"), message("The employer is not debarred on any day of the order.")),
    "no agreement": LastingRule(
        message("no agreement"), message("An agreement in force covers origin, destination, sector and start.")
    ),
    "too many placements": LastingRule(
        message("too many placements"), message("A worker has no more placements abroad than the programme allows.")
    ),
    "overlap": LastingRule(message("overlap"), message("Placements of one worker don't overlap.")),
    "travel": LastingRule(message("travel"), message("Between two placements lie the days of travel through home.")),
    "duplicate": LastingRule(message("duplicate"), message("A placement stands once in the plan.")),
    "headcount": LastingRule(message("headcount"), message("An order has no more placements than its headcount.")),
    "min_crew": LastingRule(message("crew"), message("An order has none or at least so many placements as its crew.")),
    "beds": LastingRule(message("beds"), message("On no day are more people housed at a site than it has beds.")),
    "travel group": LastingRule(
        message("travel group"), message("All members of a travel group have the same placements.")
    ),
    "commitment": LastingRule(message("commitment"), message("Every commitment is kept.")),
}


def rule_code(rule: str | Clause) -> str:
    """What files and the service call a rule: a lasting rule's code, or the name of a clause."""
    return rule if isinstance(rule, str) else rule.name


def rule_label(rule: str | Clause) -> str:
    """What people call a rule: a lasting rule in words, or the name of a clause."""
    return LASTING_RULES[rule].name if isinstance(rule, str) else rule.name


def rule_name(rule: str | Clause) -> str:
    """What people call a rule: a lasting rule in words, or the name of a clause with its article."""
    if isinstance(rule, str) or not rule.source:
        return rule_label(rule)
    return message("{clause} ({article})", clause=rule.name, article=rule.source)


def rule_sentence(rule: str | Clause) -> Message:
    """What a rule demands, without its article."""
    return LASTING_RULES[rule].sentence if isinstance(rule, str) else rule.sentence


def rule_in_words(rule: str | Clause) -> Message:
    """What a rule demands, with its article."""
    if isinstance(rule, str) or not rule.source:
        return rule_sentence(rule)
    return message("{sentence} ({article})", sentence=rule.sentence, article=rule.source)
