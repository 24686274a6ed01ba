"""Languages that nobody speaks, made from English, which show what is not in the catalogue.

``en-XA`` accents, brackets and lengthens each sentence, as longer languages do; ``ar-XB`` mirrors it, as languages
written from right to left do. What stands outside of brackets did not come from the catalogue.
"""

from __future__ import annotations

from engine.words.english import pieces

ACCENTED, MIRRORED = "en-XA", "ar-XB"
LANGUAGES = (ACCENTED, MIRRORED)
OPEN, CLOSE = "⟦", "⟧"
_ACCENTS = str.maketrans(
    "AaBbCcDdEeGgHhIiJjKkLlNnOoPpRrSsTtUuWwYyZz",
    "ÅåƁƀÇçÐðÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöÞþŔŕŠšŢţÛûŴŵÝýŽž",
)
_RIGHT_TO_LEFT, _POP = "\u202e", "\u202c"


def told(key: str, language: str) -> str:
    """A key in a language that nobody speaks; its placeholders are kept."""
    if language == MIRRORED:
        return f"{OPEN}{_RIGHT_TO_LEFT}{key}{_POP}{CLOSE}"
    words = "".join(
        before.replace("{", "{{").replace("}", "}}").translate(_ACCENTS) + (_placeholder(name, form) if name else "")
        for before, name, form in pieces(key)
    )
    return f"{OPEN}{words}{'·' * (1 + len(key) // 4)}{CLOSE}"


def _placeholder(name: str, form: str) -> str:
    return f"{{{name}:{form}}}" if form else f"{{{name}}}"
