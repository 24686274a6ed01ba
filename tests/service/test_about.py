"""What the service says of itself to anybody."""

from __future__ import annotations

import pytest
from world import World

from api.settings import settings
from engine.kernel import software_version


def test_the_root_says_what_this_is(empty_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON without a login; every link of it leads somewhere, and a browser to the first page."""
    told = empty_world.call(None, "GET", "/").json()
    assert (told["name"], told["version"]) == ("Vaivén", software_version())
    page = empty_world.call(None, "GET", "/", headers={"Accept": "text/html,*/*"}, follow_redirects=False)
    assert (page.status_code, page.headers["Location"]) == (303, told["links"]["pages"])
    for place in told["links"].values():
        assert empty_world.call(None, "GET", place).status_code == 200, place
    monkeypatch.setattr(settings(), "privacy_notice", 'https://ministry.example/"privacy"')
    assert 'href="https://ministry.example/&#34;privacy&#34;"' in empty_world.call(None, "GET", "/privacy").text
