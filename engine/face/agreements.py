"""The verbs on agreements: lint and try them by themselves, compare two, find what states could harmonise."""

from __future__ import annotations

from pathlib import Path

from engine.agreements.agreement_text import AgreementText, read_texts, single, texts_of
from engine.agreements.comparing import Difference, compare
from engine.agreements.lint import Lint
from engine.agreements.lint import lint as look_through
from engine.agreements.trial import Trial, try_examples
from engine.planning.branches import make_base
from engine.planning.harmonising import Harmonisation
from engine.planning.harmonising import harmonise as find_relaxations
from engine.planning.pool import side_by_side
from engine.programme import Programme
from engine.run import Options
from engine.words.catalogue import known_language
from engine.words.wording import worded_all

Place = str | Path | Programme


def lint_agreements(*places: Place, language: str = "en") -> Lint:
    """Look through agreements for clauses that clash, can't be met, never bind, or have no source.

    Each place is a file, a folder of files, or a programme (its folder, or as it was read). Raises `CallError` where a
    place holds no agreement and `InputError` with every fault.
    """
    known_language(language)
    found: Lint = worded_all(look_through(_texts(places)), language)
    return found


def try_agreements(*places: Place, language: str = "en") -> Trial:
    """Try the examples that agreements carry: which go otherwise than they say, and which clauses have none.

    Places, and what is raised, are those of `lint_agreements`.
    """
    known_language(language)
    found: Trial = worded_all(try_examples(_texts(places)), language)
    return found


def compare_agreements(one: Place, other: Place, language: str = "en") -> Difference:
    """Compare two agreements, or two versions of one, clause by clause, and say which protects workers more.

    Each place holds one agreement. Raises `CallError` where it holds another number, and `InputError` with every fault.
    """
    known_language(language)
    found: Difference = worded_all(compare(*(single(_texts((place,)), str(place)) for place in (one, other))), language)
    return found


def harmonise(
    programme: Programme, *agreements: str, most: int = 3, options: Options | None = None, language: str = "en"
) -> Harmonisation:
    """Find which clauses of these agreements ask more than those of the others, and what relaxing them would bring.

    Every relaxation is matched alone, and those proposed together: at most ``most``, those that bring most and lower no
    protection of workers. What lowers one stands in ``lowering``. Raises `CallError` for agreements that the programme
    hasn't, and what matching the season as it is raises.
    """
    known_language(language)
    asked = options or Options()
    base = make_base(programme, asked.gap, asked.time_limit, asked.seed)
    found: Harmonisation = worded_all(find_relaxations(base, agreements, most, side_by_side), language)
    return found


def _texts(places: tuple[Place, ...]) -> list[AgreementText]:
    texts: list[AgreementText] = []
    for place in places:
        texts += texts_of(place.texts) if isinstance(place, Programme) else read_texts([Path(place)])
    return texts
