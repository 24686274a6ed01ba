"""The pictures of the documentation show what the pages say: whoever changes one takes them anew (make screenshots)."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from visitor import Place, Visitor

pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
IMAGES = Path(__file__).resolve().parents[3] / "docs" / "images"
SAID = IMAGES / "console.json"
DESK, TELEPHONE = {"width": 1100, "height": 900}, {"width": 360, "height": 800}


def _plan(chromium: Browser, place: Place) -> Visitor:
    run = place.world.must("gt", "GET", "/v1/programmes/{p}/runs")["items"][-1]["id"]
    return place.visitor(chromium, viewport=DESK).sign_in("gt").open(f"/programmes/{{p}}/runs/{run}")


def _order(chromium: Browser, place: Place) -> Visitor:
    order = place.world.must("e1", "GET", "/v1/programmes/{p}/orders")["items"][0]["order_id"]
    employer = place.visitor(chromium, viewport=DESK).sign_in("e1").open(f"/programmes/{{p}}/order-form?like={order}")
    employer.page.locator("button[formaction*='trial']").click()
    employer.page.wait_for_selector("#trial table")
    return employer


def _slip(chromium: Browser, place: Place) -> Visitor:
    offered = place.world.operations("gt", state="offered", limit=1000)
    first = min(offered, key=lambda one: (one["order_id"], one["worker_id"]))
    officer = place.visitor(chromium).sign_in("gt").open(f"/programmes/{{p}}/placements/{first['id']}")
    officer.press("main form[action$='/slip'] button")
    code = officer.page.locator("main .code").inner_text()
    worker = place.visitor(chromium, viewport=TELEPHONE, locale="es").open("/slip").fill(code=code)
    return worker.press("main form button")


OWN = re.compile(
    r"\b[0-9a-f]{32}\b|\babout [\d,]+|\bfewer than \d+"  # ids, and counts that are blurred by each database
    r"|\b\d{1,2} (?:de )?[a-z]+ (?:de )?\d{4}\b|\b[A-Z][a-z]+ \d{1,2}, \d{4}\b",  # days
    re.IGNORECASE,
)
SHOWN = {"console-plan": _plan, "console-order": _order, "worker-slip": _slip}


def _said(visitor: Visitor) -> list[str]:
    """The lines of a page, but for what each day and each database has its own of."""
    text = OWN.sub("…", visitor.page.inner_text("main"))
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_of_the_documentation_is_current(chromium: Browser, place: Place, name: str) -> None:
    """It was taken while the page said what it says now."""
    visitor = SHOWN[name](chromium, place)
    if "VAIVEN_SCREENSHOTS" in os.environ:
        visitor.page.screenshot(path=IMAGES / f"{name}.png")
        kept = json.loads(SAID.read_text("utf-8")) if SAID.exists() else {}
        SAID.write_text(json.dumps(kept | {name: _said(visitor)}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert (IMAGES / f"{name}.png").exists()
    assert json.loads(SAID.read_text("utf-8"))[name] == _said(visitor), "run: make screenshots"
