"""Two plans side by side: the figures are those of the files, told to those who see both."""

from __future__ import annotations

from browser import Browser, text_of
from world import World

P = "/v1/programmes/{p}"
RUNS = "/programmes/{p}/runs"


def test_two_plans_are_compared(world: World) -> None:
    """An order more: who gains, and where; the same plan beside itself differs in nothing."""
    world.certified(headcount=2)
    base = world.run("gt", gap=0.0)
    world.certified(headcount=3, sector="A02")
    other = world.run("gt", gap=0.0)
    place, browser = f"{RUNS}/{base['id']}/beside/{other['id']}", Browser(world, "gt")
    sent = browser.get(f"{RUNS}/{base['id']}/comparison?with={other['id']}")
    assert sent.status_code == 303 and sent.headers["Location"].endswith(f"/beside/{other['id']}")
    text = text_of(browser.get(place))
    told = world.must("gt", "GET", f"{P}/runs/{base['id']}/comparison", params={"with": other["id"]})
    gained, lost, moved = (told["changes"][name] for name in ("gained", "lost", "moved"))
    assert gained - lost == 3 and f"{gained} people have a job in the other plan alone" in text
    assert "workers placed 2 5 +3" in text and "E1 2 5 +3" in text and "different moments" in text
    measures = {one["name"]: one for one in told["measures"]}
    for name, figures in measures.items():
        for side, run in (("base", base), ("other", other)):
            assert abs(figures[side] - run["manifest"]["measures"]["totals"][name]) < 1e-3, name
    assert told["best_at_least"] > 0 and not told["same_season"]
    sectors = {one["name"]: (one["base"], one["other"]) for one in told["groups"]["sector"]}
    assert sectors == {"A01": (2, 2), "A02": (0, 3)}
    rows = browser.get(f"{place}/people?form=json").json()
    assert sorted(one["change"] for one in rows) == ["gained"] * gained + ["lost"] * lost + ["moved"] * moved
    assert "has a job in the other plan alone" in text_of(browser.get(f"{place}/people?change=gained"))
    same = world.must("gt", "GET", f"{P}/runs/{base['id']}/comparison", params={"with": base["id"]})
    assert same["changes"] == {"gained": 0, "lost": 0, "moved": 0} and not same["prices"] and same["same_season"]
    assert f'value="{other["id"]}"' in browser.get(f"{RUNS}/{base['id']}").text


def test_only_who_sees_both_compares_them(world: World) -> None:
    """A plan of the other ministry isn't there; auditors see all."""
    world.certified(headcount=2)
    one, two = world.run("gt", gap=0.0)["id"], world.run("ca", gap=0.0)["id"]
    for who, status in (("gt", 404), ("ca", 404), ("auditor", 200), ("planner", 404), ("e1", 404)):
        for path in (f"{RUNS}/{one}/beside/{two}", f"{RUNS}/{one}/beside/{two}/people"):
            assert Browser(world, who).get(path).status_code == status, (who, path)
    path = f"{P}/runs/{one}/comparison"
    assert world.call("gt", "GET", path, params={"with": two}).status_code == 422
    assert world.call("auditor", "GET", path, params={"with": two}).status_code == 200
