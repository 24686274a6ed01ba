"""Who gains and who loses in a season by one agreement instead of another: the season matched under both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.agreements.agreement_text import AgreementText
from engine.errors import CallError
from engine.planning.corridors import Corridor, by_corridor, differences
from engine.programme.edits import Edits, edited
from engine.programme.programme import Programme, RawToml
from engine.run import Options, match_read
from engine.words import message

TERMS = ("origins", "destination", "sectors", "effective_from", "effective_to")


@dataclass(frozen=True)
class Effects:
    """A season under two agreements: what each corridor has under the first, under the second, and the difference.

    ``gaps`` are the certified gaps of the two plans; a smaller difference than they allow proves nothing.
    """

    agreement: str
    before: Mapping[str, Corridor]
    after: Mapping[str, Corridor]
    difference: Mapping[str, Corridor]
    gaps: tuple[float, float]


def effects(programme: Programme, before: AgreementText, after: AgreementText, options: Options) -> Effects:
    """Match a programme with the first agreement in force, and with the second in its place.

    The agreement of the programme that has the id of either is replaced: two versions of one agreement whole, else its
    clauses alone, so that it stays between the same states. Raises `CallError` where the programme has neither, and
    what matching raises.
    """
    names = [agreement.id for agreement in programme.agreements]
    wanted = [text.agreement.id for text in (before, after) if text.agreement is not None]
    target = next((name for name in wanted if name in names), None)
    if target is None:
        raise CallError(
            message("The programme has neither agreement: {names}.", names=tuple(wanted)),
            message("Compare with one of {names}.", names=tuple(names)),
        )
    whole = len(set(wanted)) == 1
    plans = [_plan(programme, target, text, whole, options) for text in (before, after)]
    (first, one), (second, other) = plans
    return Effects(target, first, second, differences(first, second), (one, other))


def _plan(
    programme: Programme, target: str, text: AgreementText, whole: bool, options: Options
) -> tuple[dict[str, Corridor], float]:
    """What a season under an agreement comes to by corridor, and the gap of its plan."""
    keys = ("clause", *TERMS) if whole else ("clause",)
    content: RawToml = {key: text.content[key] for key in keys if key in text.content}
    changed = edited(
        programme, Edits(target, "", ({"agreement": target, "set": {"clause": [], **content}},), text.file)
    )
    matched = match_read(changed, replace(options, warm=None))
    return by_corridor(changed, matched.worker, matched.order), float(matched.files.certificate["gap"])
