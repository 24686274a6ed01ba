"""Every page of the console in a real browser: what axe finds, what is asked of whom, what a narrow page does."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Browser as Somebody
from identity_provider import SECRET, IdentityProvider, running
from playwright.sync_api import Browser, Page
from test_pages import page_routes
from visitor import Place, Visitor
from world import World

from api.settings import settings
from api.storage.account_tables import accounts
from api.storage.database import transaction

# What is looked at is what pages are made of, which is the same on each database.
pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
ROLES = ("gt", "ca", "e1", "planner", "auditor", "administrator")
# Pages that are reached by a form, or told by a file, and have tests of their own.
NOT_LINKED = re.compile(r"/files/|/sign-out|/placement-deadlines|form=")
AXE = Axe()
# What inline scripts and styles would need; the policy of the pages forbids them.
INLINE = "script:not([src]), style, [style], [onclick], [onchange], [onsubmit], [onload], a[href^='javascript']"

# What is wrong on a telephone: the page is wider than it, something scrolls that the keyboard can't reach or that has
# no name, a chart is drawn so small that its axes can't be read.
HELD_BY_A_TELEPHONE = """async () => {
  const images = [...document.querySelectorAll("main figure img")];
  images.forEach(one => { one.loading = "eager"; });
  const meant = one => {
    const fits = [...(one.closest("picture")?.querySelectorAll("source") ?? [])].find(s => matchMedia(s.media).matches);
    return !fits || one.currentSrc === new URL(fits.srcset, location).href;
  };
  while (!images.every(meant)) await new Promise(requestAnimationFrame);
  await Promise.all(images.map(one => one.decode()));
  const wide = document.documentElement.scrollWidth, found = wide > 320 ? [`${wide} px wide`] : [];
  for (const one of document.querySelectorAll("main *")) {
    const cut = one.scrollWidth > one.clientWidth + 1;
    const scrolls = cut && ["auto", "scroll"].includes(getComputedStyle(one).overflowX);
    const named = one.getAttribute("aria-label") || (one.labels && one.labels.length);
    if (scrolls && !(one.tabIndex >= 0 && named)) found.push(`scrolls without a name: ${one.outerHTML.slice(0, 120)}`);
  }
  for (const one of images) {
    const shown = one.clientWidth, drawn = one.naturalWidth;
    if (shown < 0.8 * drawn) found.push(`${one.currentSrc} is drawn ${drawn} px wide and shown ${shown}`);
  }
  return found;
}"""


def _template(path: str) -> str:
    """The route that answers an address, as its template; empty where none does."""
    for route in page_routes():
        if "GET" in route.methods and route.path_regex.fullmatch(path):
            return route.path
    return ""


def _linked(place: Place, who: str, apart: set[str]) -> dict[str, str]:
    """An address of each kind of page that links lead somebody to, from the first page on; not those looked at apart,
    as results that have the address of a plan and not its pages.
    """
    somebody, waiting, found = Somebody(place.world, who), ["/home", "/me", "/slip"], {}
    while waiting:
        path = waiting.pop(0)
        template = _template(path.partition("?")[0])
        if template and template not in found:
            answer = somebody.get(path)
            assert answer.status_code == 200, (who, path, answer.status_code)
            found[template] = path
            hrefs = [urljoin(path, unescape(href)) for href in re.findall(r'href="([^"#][^"]*)"', answer.text)]
            waiting += [href for href in hrefs if not NOT_LINKED.search(href) and href not in apart]
    return found


def _leave_something_of_each_kind(place: Place) -> dict[str, list[str]]:
    """What the season lacks of what pages are about: an order that may be changed, an experiment of two plans, a
    webhook with an event.

    Addresses that no link leads to from the first page: a plan beside another, letters, a second factor begun; and what
    an employer alone is led to from a page that others have too.
    """
    world = place.world
    site = world.must("e1", "GET", "/v1/programmes/{p}/orders")["items"][0]["site_id"]
    world.order("e1", submit=False, site_id=site)
    published = world.must("gt", "GET", "/v1/programmes/{p}/runs")["items"][0]["id"]
    results = _results(world, published)
    runs = [published, world.run("gt", time_limit=30)["id"]]
    asked = {"question": "Which plan?", "conclusion": "", "run_ids": runs}
    answer = Somebody(world, "gt").post("/programmes/{p}/experiments", asked)
    assert answer.status_code == 303
    hook = {"url": "https://ministry.example/vaiven", "kinds": ["placement.changed"]}
    made = world.must("gt", "POST", "/v1/webhooks", json=hook)
    world.must("gt", "POST", f"/v1/webhooks/{made['id']}/test")
    assert Somebody(world, "gt").post("/me/second-factor").status_code == 303
    register = {"file": ("padron.csv", "DPI;Sexo;Fecha nac.;Oficio;País\n1;Mujer;17/05/1994;Jornalero;Guatemala\n")}
    sheet = Somebody(world, "gt").post("/programmes/{p}/registers/workers/sheet", files=register)
    beside = f"/programmes/{world.programme}/runs/{runs[0]}/beside/{runs[1]}"
    letters = f"/programmes/{world.programme}/runs/{runs[0]}/letters"
    officers = [beside, f"{beside}/people", letters, "/me/second-factor/new", sheet.headers["Location"]]
    return {"gt": officers + results, "e1": [f"/programmes/{world.programme}/crew-returns"]}


def _results(world: World, plan: str) -> list[str]:
    """The page of a result of each kind that tells of a plan, of rules or of what may come."""
    own = [one["agreement_id"] for one in world.must("gt", "GET", "/v1/programmes/{p}/agreements")["items"]]
    asked: tuple[dict[str, Any], ...] = (
        *(
            {"kind": kind, "plan": plan}
            for kind in ("report", "rights", "accounts", "development", "impact", "recalls")
        ),
        {"kind": "frontier", "equity": ["households"], "steps": 1},
        {"kind": "overview"},
        {"kind": "sweep", "sweep": "sweep-guatemala-capacity"},
        {"kind": "what_if", "what_ifs": ["register-a-tenth-smaller", "guatemala-capacity-up"]},
        {"kind": "compare", "mechanisms": ["stable"]},
        {"kind": "harmonise", "agreements": [name for name in own if name.startswith("GT-US")][:2]},
        {"kind": "season", "seasons": 1, "policies": ["greedy"]},
        {"kind": "outlook", "years": 1, "futures": 2},
    )
    made = [world.run("gt", gap=0.1, **one) for one in asked]
    assert {one["state"] for one in made} == {"done"}
    return [f"/programmes/{world.programme}/runs/{one['id']}" for one in made]


@pytest.fixture(scope="module")
def addresses(place: Place) -> dict[str, list[str]]:
    """Each kind of page at the first role that links lead there."""
    chosen = _leave_something_of_each_kind(place)
    apart = {path for paths in chosen.values() for path in paths}
    told: dict[str, list[str]] = {who: [] for who in ROLES}
    seen: set[str] = set()
    for who in ROLES:
        found = _linked(place, who, apart)
        told[who] = [path for template, path in found.items() if template not in seen]
        seen |= set(found)
    return {who: paths + chosen.get(who, []) for who, paths in told.items()}


def _faults(page: Page, **options: Any) -> list[str]:
    """What axe finds on a page, in words."""
    violations = AXE.run(page, options=options or None).response["violations"]
    return [f"{one['id']} ({one['impact']}): {[node['html'][:150] for node in one['nodes'][:3]]}" for one in violations]


def test_pages_are_for_everybody(chromium: Browser, place: Place, addresses: dict[str, list[str]]) -> None:
    """axe finds nothing, in light and dark; nothing is inline; 320 px hold it; nobody else's server is asked."""
    found: dict[str, Any] = {}
    for who, paths in addresses.items():
        visitor = place.visitor(chromium, reduced_motion="reduce").open("/sign-in")
        found["/sign-in"] = _looked_at(visitor, "/sign-in")
        visitor.sign_in(who)
        found |= {f"{who} {path}": _looked_at(visitor, path) for path in paths}
        assert {url for url in visitor.asked if not url.startswith(place.address)} == set()
        assert visitor.complaints == []
        visitor.page.context.close()
    assert {path: faults for path, faults in found.items() if faults} == {}


def _looked_at(visitor: Visitor, path: str) -> list[str]:
    visitor.page.set_viewport_size({"width": 1100, "height": 800})
    visitor.page.emulate_media(color_scheme="light")
    visitor.open(path)
    visitor.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    faults = _faults(visitor.page)
    visitor.page.emulate_media(color_scheme="dark")
    faults += [f"dark: {one}" for one in _faults(visitor.page, runOnly=["color-contrast"])]
    if visitor.has(INLINE):
        faults.append("a script or a style stands within the page")
    visitor.page.set_viewport_size({"width": 320, "height": 800})
    faults += [f"on a telephone: {one}" for one in visitor.page.evaluate(HELD_BY_A_TELEPHONE)]
    return faults


def test_links_lead_to_most_pages(addresses: dict[str, list[str]]) -> None:
    """What can't be reached by links alone is answered by forms, or is a file."""
    kinds = {_template(path.partition("?")[0]) for paths in addresses.values() for path in paths}
    every = {route.path for route in page_routes() if "GET" in route.methods}
    assert sorted(path for path in every - kinds if not NOT_LINKED.search(path)) == [
        "/programmes/{programme_id}/runs/{run_id}/comparison",  # leads on to a plan beside another
        "/sign-in",
        "/sign-in/code",  # between the two steps of signing in
        "/sign-in/provider",  # on the page to sign in, where a provider is set up
        "/sign-in/provider/back",
    ]


@pytest.mark.parametrize("who", ROLES)
def test_a_first_page_is_small_and_its_policy_strict(chromium: Browser, place: Place, who: str) -> None:
    """At most 150 kB with all that it loads; no script but our own file."""
    visitor = place.visitor(chromium).sign_in(who)
    visitor.open("/home")
    loaded = "performance.getEntries().map(one => one.decodedBodySize || 0).reduce((one, other) => one + other, 0)"
    assert 0 < visitor.page.evaluate(loaded) <= 150_000
    answer = visitor.page.reload()
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    visitor.page.context.close()


def test_signing_in_at_a_provider(chromium: Browser, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a link there and back, without a script; the pages with it are for everybody too."""
    with running(IdentityProvider(issuer="")) as provider, monkeypatch.context() as patch:
        told = {"OIDC_ISSUER": provider.issuer, "OIDC_AUDIENCE": "vaiven", "OIDC_CLIENT_SECRET": SECRET}
        for name, value in {**told, "PUBLIC_ADDRESS": place.address}.items():
            patch.setenv(f"VAIVEN_{name}", value)
        settings.cache_clear()
        with transaction(place.world.engine) as connection:
            mine = accounts.c.id == place.world.accounts["gt"]
            connection.execute(accounts.update().where(mine).values(oidc_subject=f"{provider.issuer}|42"))
        looking = place.visitor(chromium, reduced_motion="reduce")
        assert _looked_at(looking, "/sign-in") == [] and looking.has("main a[href^='/sign-in/provider']")
        assert _faults(looking.open("/sign-in/provider/back", 403).page) == []
        looking.page.context.close()
        officer = place.visitor(chromium, java_script_enabled=False).open("/me")
        officer.press("main a[href^='/sign-in/provider']").press("form button")
        assert officer.page.url == f"{place.address}/me" and officer.complaints == []
        officer.page.context.close()
    settings.cache_clear()
