"""Deep and long TOML is refused before it is parsed; ordinary TOML is read as ever."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.programme.toml_text import DEEPEST, MOST_BYTES, loads_shallow

KEYS = ".".join("a" for _ in range(150_000))
HOSTILE = {
    "dotted keys": f"{KEYS} = 1\n",
    "dotted keys with spaces": " . ".join("a" for _ in range(1000)) + " = 1\n",
    "quoted dotted keys": ".".join('"a"' for _ in range(1000)) + " = 1\n",
    "a dotted header": f"[{KEYS}]\n",
    "arrays": "x = " + "[" * 1000 + "]" * 1000,
    "inline tables": "x = " + "{a=" * 1000 + "1" + "}" * 1000,
    "a text without an end": 'x = "' + "." * 1000 + "\n" + f"{KEYS} = 1",
    "much": "x = 1\n" * (MOST_BYTES // 6 + 1),
    "no TOML": "x =",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads_shallow(HOSTILE[name])


@pytest.mark.parametrize(
    "text",
    [
        f'x = "{"." * 500}"\n',
        f"x = '{'[' * 500}'\n",
        f'x = """\n{"a." * 500}\n"""\n',
        f"# {'[' * 500}{'.' * 500}\nx = 0.10\n",
        "x = [[1, 2], [3, [4]]]\n[[a.b]]\nc = { d = 1 }\n",
        "\n".join(f"x{i} = [{i}.5, {{ y = 1 }}]" for i in range(200)),
    ],
)
def test_texts_and_comments_count_for_nothing(text: str) -> None:
    assert loads_shallow(text) == tomllib.loads(text, parse_float=Decimal)


@given(st.integers(1, DEEPEST - 2))
def test_what_people_write_is_never_too_deep(depth: int) -> None:
    keys = ".".join(f"k{number}" for number in range(depth))
    assert loads_shallow(f"{keys} = {'[' * depth}1{']' * depth}")
