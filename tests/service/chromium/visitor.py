"""Somebody of a published season at a browser: opens pages, fills forms and presses buttons by their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from databases import PATIENCE
from playwright.sync_api import Browser, Page
from world import PASSWORD, World

from api.runs.worker import Worker
from api.storage.account_tables import accounts


@dataclass
class Place:
    """Where a season is served: the address of the server, and the world behind it."""

    address: str
    world: World

    def visitor(self, browser: Browser, **manners: Any) -> Visitor:
        """A browser with no cookies; ``manners`` are those of Playwright's contexts."""
        return Visitor(self, browser.new_context(base_url=self.address, **manners).new_page())

    def compute(self) -> None:
        """Let a worker compute the run that was just started."""
        assert Worker(self.world.engine).run_one()


@dataclass
class Visitor:
    """One person with one page; ``asked`` are the addresses of all requests, ``complaints`` what the console said."""

    place: Place
    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, who: str) -> Visitor:
        """Through the form, as the account of that name."""
        self.open("/sign-in")
        with self.place.world.engine.connect() as connection:
            mine = sa.select(accounts.c.email).where(accounts.c.id == self.place.world.accounts[who])
            self.page.fill("#email", str(connection.scalar(mine)))
        self.page.fill("#password", PASSWORD)
        self.press("main form button")
        assert "/sign-in" not in self.page.url, self.text()
        return self

    def open(self, path: str, expected: int = 200) -> Visitor:
        """Go to an address; {p} in it is the programme."""
        answer = self.page.goto(path.replace("{p}", self.place.world.programme))
        assert answer is not None and answer.status == expected, (path, answer and answer.status)
        return self

    def press(self, selector: str) -> Visitor:
        """Press a button or follow a link that leads to another page, which must be there."""
        assert self.has(selector), (selector, self.page.url, self.text())
        with self.page.expect_navigation() as going:
            self.page.locator(selector).first.click()
        assert going.value is not None and going.value.status < 400, (selector, going.value.status, self.text())
        return self

    def follow(self) -> Visitor:
        """Wait until the page shows by itself what came of a run."""
        self.page.locator("[data-follows]").wait_for(
            state="detached"
        )  # no function: the pages' policy lets none be made
        return self

    def fill(self, **values: str) -> Visitor:
        """Type into fields by their names, or choose in them."""
        for name, value in values.items():
            place = self.page.locator(f"main [name={name}]").first
            if place.evaluate("one => one.tagName") == "SELECT":
                place.select_option(value)
            else:
                place.fill(value)
        return self

    def text(self) -> str:
        """What the page says."""
        return self.page.locator("body").inner_text()

    def has(self, selector: str) -> int:
        """How many of something are on the page."""
        return self.page.locator(selector).count()
