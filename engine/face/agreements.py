"""The verbs on agreements: lint and try them by themselves, compare two, find what states could harmonise."""

from __future__ import annotations

from pathlib import Path

from engine.agreements.agreement_text import AgreementText, read_texts, texts_of
from engine.agreements.lint import Lint
from engine.agreements.lint import lint as look_through
from engine.agreements.trial import Trial, try_examples
from engine.programme import Programme
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


def _texts(places: tuple[Place, ...]) -> list[AgreementText]:
    texts: list[AgreementText] = []
    for place in places:
        texts += texts_of(place.texts) if isinstance(place, Programme) else read_texts([Path(place)])
    return texts
