"""TOML that somebody sent, parsed only where it is small and shallow: a parser's memory grows with the square of depth.

Three hundred kilobytes of dotted keys within each other have taken eighteen gigabytes. What is refused here is looked
for in one pass over the text, before any of it is parsed.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import Any

from engine.words import message

MOST_BYTES, DEEPEST = 2_000_000, 24
# texts and comments, in the order in which a parser would meet them; one without an end goes to the end of its line
_TEXTS = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+(?:"|$)'
    r"|'[^'\n]*+(?:'|$)"
    r"|#[^\n]*+",
    re.DOTALL | re.MULTILINE,
)
# begins where no key began before and never goes back, so that it looks at each character once
_DOTTED = re.compile(rf"(?<![\w.-])(?:[\w-]*+\.){{{DEEPEST}}}")


def loads_shallow(text: str) -> dict[str, Any]:
    """Parse TOML with exact decimals. Raises ``ValueError`` for what is no TOML, too long, or too deep."""
    if len(text) > MOST_BYTES:
        raise ValueError(message("longer than {most:,} characters", most=MOST_BYTES))
    plain = _TEXTS.sub("", text).replace(" ", "").replace("\t", "")
    if _DOTTED.search(plain) or _depth(plain) > DEEPEST:
        raise ValueError(message("nested deeper than {deepest} levels", deepest=DEEPEST))
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _depth(plain: str) -> int:
    """How deep brackets lie within each other."""
    if plain.count("[") + plain.count("{") <= DEEPEST:
        return 0
    depth = deepest = 0
    for mark in re.findall(r"[\[\]{}]", plain):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
