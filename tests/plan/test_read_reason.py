"""A reason that was written into a file is read back, so that pages can word it in any language."""

from __future__ import annotations

import re

import pytest

from engine.plan.reason import TEXTS, WORDINGS, read_reason, reason
from engine.words.wording import worded

SAMPLES = {"rule": "GT-CA|quota (Art. 3)", "fact": "English: A1, A2 is asked", "order": "E1~O1", "limit": "GT-CA|quota"}


@pytest.mark.parametrize("case", WORDINGS)
def test_every_reason_is_read_back(case: str) -> None:
    """The same case with the same values, as exact as the text has them; so it is said in other languages too."""
    names = re.findall(r"{([a-z_]+)(?::[^}]*)?}", WORDINGS[case])
    written = reason(case, **{name: SAMPLES.get(name, 12) if name in TEXTS else 12 for name in names})
    found = read_reason(str(written))
    assert found is not None and found.case == case and str(found) == str(written)
    assert worded(found.sentence, "es") != str(found.sentence)


@pytest.mark.parametrize("text", ["", "not_admitted", "outpriced: nobody knows why", "limit_full: no room"])
def test_other_texts_are_no_reason(text: str) -> None:
    """What no case says isn't taken for one."""
    assert read_reason(text) is None
