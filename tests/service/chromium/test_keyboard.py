"""The officer's day by the keyboard alone, with the focus always to be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from visitor import Place, Visitor

pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
FOCUSED = """wanted => {
  const one = document.activeElement, look = getComputedStyle(one);
  return {there: one.matches(wanted), marked: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
    what: one.outerHTML.slice(0, 120)};
}"""
MOST_STOPS = 300


def _reach(visitor: Visitor, selector: str) -> None:
    """Go from stop to stop until the focus is there; at each stop it is marked."""
    for _ in range(MOST_STOPS):
        visitor.page.keyboard.press("Tab")
        focus = visitor.page.evaluate(FOCUSED, selector)
        assert focus["marked"] or focus["what"].startswith(("<body", "<html")), focus["what"]
        if focus["there"]:
            return
    pytest.fail(f"{selector} can't be reached on {visitor.page.url}")


def _press(visitor: Visitor, selector: str) -> None:
    """Reach what leads to another page and take it."""
    _reach(visitor, selector)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def test_the_officers_day_needs_no_mouse(chromium: Browser, place: Place) -> None:
    """Signs in, makes a plan, publishes it, offers a ticked placement and reads its case."""
    officer = place.visitor(chromium).sign_in("hn")
    officer.page.keyboard.press("Tab")
    assert officer.page.evaluate(FOCUSED, "a[href='#content'], a[href='#main']")["there"], "first comes the way past"
    _press(officer, "main a[href*='/programmes/']")
    _press(officer, "nav a[href$='/runs']")
    _press(officer, "main a[href$='/new-plan']")
    _reach(officer, "#gap")
    officer.page.keyboard.press("ArrowDown")
    _press(officer, "main form.stacked button:not([type=button])")
    place.compute()
    officer.follow()
    _press(officer, "main form[action$='/publication'] button")
    _press(officer, "main .done a[href$='/placements']")
    _reach(officer, "main input[name=ids]")
    officer.page.keyboard.press("Space")
    assert officer.has("main input[name=ids]:checked") == 1
    officer.page.evaluate("document.activeElement.blur()")
    _press(officer, "button[form=steps][value=offered]")
    assert "moved=1" in officer.page.url
    _press(officer, "main td a[href*='/placements/']")
    assert officer.has("main ol.timeline li") >= 1
