"""The catalogue: one ``.po`` file a language in ``locale/``, read when it is first spoken; English is in the source.

A new language is one new file. Languages are asked for by tags such as ``es``, ``fr-CA`` or ``es_GT``: the part before
the dash chooses the catalogue, the whole tag how numbers and dates are written. Where a tag names no region, they are
written as the ``Language`` in the head of the file says (``es.po`` is in Latin American Spanish, ``es_419``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import CallError
from engine.words import pseudo
from engine.words.english import has_words
from engine.words.message import message

if TYPE_CHECKING:
    from babel import Locale

FRENCH = "fr"
NARROW_SPACE, FIRM_SPACE = "\u202f", "\u00a0"
_COLON = re.compile(r"(?<=\}): ")  # between two values, in a key that no catalogue has
_NARROW = re.compile(r"(?<=\S) (?=[;?!%])")
_WIDE = re.compile(r"(?<=\S) (?=[:»])|(?<=«) (?=\S)")
FOLDER = Path(__file__).with_name("locale")
ENGLISH = "en"


@cache
def languages() -> tuple[str, ...]:
    """The languages that can be spoken: English and those with a file."""
    return (ENGLISH, *sorted(file.stem for file in FOLDER.glob("*.po")))


@dataclass(frozen=True)
class Catalogue:
    """What a file says: the ``tag`` of its head, by key the forms of its text, and ``form`` of how many is which."""

    tag: str
    texts: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]


@dataclass(frozen=True)
class Tongue:
    """A language as it is asked for: its catalogue (None for English), and the locale of its numbers and dates."""

    language: str
    locale: Locale
    catalogue: Catalogue | None

    def text(self, key: str, plural_key: str, n: float) -> str:
        """A key in this language; where the catalogue lacks it, the key itself."""
        if not has_words(key):
            return key if self.language != FRENCH else _COLON.sub(f"{FIRM_SPACE}: ", key)
        if self.language in pseudo.LANGUAGES:
            return pseudo.told(plural_key if plural_key and n != 1 else key, self.language)
        forms = self.catalogue.texts.get(key) if self.catalogue is not None else None
        if self.catalogue is None or forms is None:
            return plural_key if plural_key and n != 1 else key
        return forms[self.catalogue.form(math.ceil(abs(n))) if plural_key and len(forms) > 1 else 0]


def known_language(tag: str) -> str:
    """The tag as it is used from then on. Raises `CallError` for a language that is not spoken."""
    if tag in pseudo.LANGUAGES or _main(tag) in languages():
        return tag
    raise CallError(
        message("{tag} is no language spoken here.", tag=repr(tag)), message("Use one of {names}.", names=languages())
    )


@cache
def tongue(tag: str) -> Tongue:
    """What it takes to speak a language. Raises `CallError` for a language that is not spoken."""
    from babel import Locale

    known_language(tag)
    if tag in pseudo.LANGUAGES:
        return Tongue(tag, Locale("en"), None)
    main = _main(tag)
    catalogue = None if main == ENGLISH else _catalogue(main)
    usual = catalogue.tag if catalogue else main
    return Tongue(main, _locale(tag if main != tag else usual, main), catalogue)


def preferred_language(accepted: str) -> str:
    """The spoken language that an ``Accept-Language`` header likes best; English where it likes none."""
    wishes: list[tuple[float, int, str]] = []
    for place, wish in enumerate(accepted.split(",")):
        tag, _, weight = wish.strip().partition(";")
        try:
            wishes.append((-float(weight.strip().removeprefix("q=") or 1), place, tag.strip()))
        except ValueError:
            continue
    for least, _, tag in sorted(wishes):
        if least < 0 and (tag in pseudo.LANGUAGES or _main(tag) in languages()):
            return tag
    return ENGLISH


def _main(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()


def _locale(tag: str, main: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale(main)


def spaced(text: str) -> str:
    """A French text with spaces that no line breaks at: before : ; ? ! and per cent, and within « and ».

    As in the *Lexique des règles typographiques* of the Imprimerie nationale: narrow ones, but before a colon and
    within guillemets.
    """
    text = _NARROW.sub(NARROW_SPACE, text)
    return _WIDE.sub(FIRM_SPACE, text)


@cache
def _catalogue(language: str) -> Catalogue:
    from gettext import c2py

    from babel.messages.pofile import read_po

    with (FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file)
    put = spaced if language == FRENCH else str
    texts = {}
    for entry in read:
        forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
        if entry.id and forms and all(forms) and not entry.fuzzy:
            texts[entry.id if isinstance(entry.id, str) else entry.id[0]] = tuple(put(form) for form in forms)
    return Catalogue(read.locale_identifier or language, texts, c2py(read.plural_expr))
