"""What the service says of itself to anybody."""

from __future__ import annotations

import pytest
from world import World

from api.settings import settings
from engine.kernel import software_version


def test_the_root_says_what_this_is(empty_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON, as a page for a browser, without a login; every link of it leads somewhere."""
    told = empty_world.call(None, "GET", "/").json()
    assert (told["name"], told["version"]) == ("Vaivén", software_version())
    page = empty_world.call(None, "GET", "/", headers={"Accept": "text/html,*/*"})
    assert page.headers["Content-Type"].startswith("text/html")
    for place in told["links"].values():
        assert empty_world.call(None, "GET", place).status_code == 200, place
        assert f'href="{place}"' in page.text
    monkeypatch.setattr(settings(), "privacy_notice", 'https://ministry.example/"privacy"')
    assert 'href="https://ministry.example/&quot;privacy&quot;"' in empty_world.call(None, "GET", "/privacy").text
