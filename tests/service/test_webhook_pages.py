"""Pages of webhooks: what the interface does, by forms; the secret is shown once."""

from __future__ import annotations

import re

import pytest
from browser import Browser, text_of
from world import World

from api.settings import settings

URL = "https://ministry.example/vaiven"
MADE = {"url": URL, "kinds": ["run.finished", "placement.changed"]}
SECRET = re.compile(r"<code>(whsec_[^<]+)</code>")


def test_a_webhook_from_the_form_to_its_removal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong address keeps what was typed; secrets are shown once; each step is taken where it can be."""
    officer = Browser(world, "gt")
    assert 'href="/webhooks"' in officer.get("/home").text
    for url in ("http://ministry.example/", "https://10.0.0.1/", ""):
        wrong = officer.post("/new-webhook", {"url": url, "kinds": ["run.finished"]})
        assert wrong.status_code == 422 and f'value="{url}"' in wrong.text and 'href="#url"' in wrong.text
        assert re.search(r'value="run.finished" checked', wrong.text)
    assert 'href="#kinds"' in officer.post("/new-webhook", {"url": URL}).text
    made = officer.post("/new-webhook", MADE)
    assert made.status_code == 200
    (secret,), (place,) = SECRET.findall(made.text), re.findall(r'href="(/webhooks/\w+)"', made.text)
    shown = officer.get(place)
    assert URL in text_of(shown) and "A run has ended; A placement has another state" in text_of(shown)
    assert secret not in shown.text and "whsec_" not in shown.text
    renewed = officer.post(f"{place}/secret")
    assert SECRET.findall(renewed.text) not in ([], [secret]) and "For a day" in text_of(renewed)
    assert officer.post(f"{place}/test").headers["Location"] == f"{place}?done=tested"
    again = officer.post(f"{place}/test")
    assert again.status_code == 409 and "A test event waits already" in text_of(again)
    (event,) = officer.get(f"{place}?kind=webhook.test&form=json").json()
    assert (event["state"], event["attempts"]) == ("waiting", 0)
    told = officer.get(f"{place}/events/{event['id']}")
    assert '{"type":"webhook.test"' in text_of(told)
    assert officer.post(f"{place}/events/{event['id']}/again").status_code == 303
    assert officer.post(f"{place}/pause").headers["Location"] == f"{place}?done=paused"
    refused = officer.post(f"{place}/events/{event['id']}/again")
    assert refused.status_code == 409 and "The webhook is paused" in text_of(refused)
    assert "Resume it" in text_of(officer.get(place)) and "Pause it" not in text_of(officer.get(place))
    assert officer.post(f"{place}/resumption").status_code == 303
    monkeypatch.setenv("VAIVEN_WEBHOOKS_OF_A_MINISTRY", "1")
    settings.cache_clear()
    full = officer.post("/new-webhook", MADE)
    assert full.status_code == 409 and "no more may be" in text_of(full)
    assert officer.post(f"{place}/removal").headers["Location"] == "/webhooks?done=removed"
    assert officer.get(place).status_code == 404 and URL not in text_of(officer.get("/webhooks"))


def test_who_sees_a_webhook_and_who_ends_it(world: World) -> None:
    """Its ministry, auditors and administrators; what an event holds is its ministry's alone."""
    hook = world.must("gt", "POST", "/v1/webhooks", json=MADE)["id"]
    world.must("gt", "POST", f"/v1/webhooks/{hook}/test")
    (event,) = world.must("gt", "GET", f"/v1/webhooks/{hook}/deliveries")["items"]
    place = f"/webhooks/{hook}"
    for who, status in (("gt", 200), ("auditor", 200), ("administrator", 200), ("hn", 404), ("ca", 404), ("e1", 404)):
        for path in (place, f"{place}/events/{event['id']}"):
            assert Browser(world, who).get(path).status_code == status, (who, path)
    for who in ("e1", "planner"):
        assert Browser(world, who).get("/webhooks").status_code == 403
    for who, told in (("gt", False), ("auditor", True), ("administrator", True)):
        assert ("A webhook is made by a ministry for itself" in text_of(Browser(world, who).get("/webhooks"))) == told
    for who in ("auditor", "administrator"):
        assert "webhook.test" not in Browser(world, who).get(f"{place}/events/{event['id']}").text
        for step in ("test", "secret", "resumption", f"events/{event['id']}/again"):
            assert Browser(world, who).post(f"{place}/{step}").status_code == 403
    for step, status in (("pause", 403), ("removal", 403)):
        assert Browser(world, "auditor").post(f"{place}/{step}").status_code == status
        assert Browser(world, "administrator").post(f"{place}/{step}").status_code == 303
    assert Browser(world, "gt").get(place).status_code == 404
