"""Who signs in with a browser: cookies, tokens of forms, origins, and how a session ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from world import PASSWORD, World

from api.console.page_router import PageRoute
from api.identity.browser_sessions import COOKIE, form_token
from api.identity.passwords import hash_password
from api.rooms import room_modules
from api.settings import settings
from api.storage.account_tables import accounts, sessions
from api.storage.database import now, transaction


def _with_password(world: World, who: str) -> str:
    """Give somebody a password; the address to sign in with."""
    with transaction(world.engine) as connection:
        mine = accounts.c.id == world.accounts[who]
        connection.execute(accounts.update().where(mine).values(password_hash=hash_password(PASSWORD)))
    return f"{who}@example.org"


def test_who_is_not_known_is_asked_to_sign_in_and_comes_back(world: World) -> None:
    """The address that was asked for stands in the form, and no other host's ever does."""
    nobody = Browser(world)
    sent = nobody.get("/me?tab=1")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/sign-in?next=%2Fme%3Ftab%3D1")
    assert 'name="next" value="/me?tab=1"' in nobody.get(sent.headers["Location"]).text
    for elsewhere in (
        "/" + "a" * 1000,
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ):
        assert 'name="next" value="/home"' in nobody.get(f"/sign-in?next={elsewhere}").text
        typed = {"email": _with_password(world, "gt"), "password": PASSWORD, "next": elsewhere}
        assert Browser(world).post("/sign-in", typed).headers["Location"] == "/home"


def test_signing_in_and_out(world: World) -> None:
    """The cookie is out of reach of scripts and of other sites; after signing out it is good for nothing."""
    email, browser = _with_password(world, "gt"), Browser(world)
    wrong = browser.post("/sign-in", {"email": email, "password": "wrong"})
    assert wrong.status_code == 401 and "The address or the password is wrong." in text_of(wrong)
    assert f'value="{email}"' in wrong.text and "Set-Cookie" not in wrong.headers
    empty = browser.post("/sign-in", {"email": email, "password": ""})
    assert empty.status_code == 422 and 'href="#password"' in empty.text
    signed = browser.post("/sign-in", {"email": email, "password": PASSWORD})
    assert signed.headers["Location"] == "/home"
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(signed.headers["Set-Cookie"].split("; "))
    home = browser.get("/home")
    assert home.status_code == 200 and "Season 2026" in text_of(home)
    old = dict(browser.cookies)
    assert browser.post("/sign-out").headers["Location"].startswith("/sign-in")
    assert Browser(world, cookies=old).get("/home").status_code == 303


def test_the_cookie_is_for_tls_alone_but_on_this_machine(world: World) -> None:
    """Another machine's browser never sends it in the clear."""
    typed = {"email": _with_password(world, "gt"), "password": PASSWORD}
    told = Browser(world).post("/sign-in", typed, Host="vaiven.example", Origin="http://vaiven.example")
    assert "Secure" in told.headers["Set-Cookie"]


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver.evil.example", "null", ""])
def test_no_form_of_another_site_is_taken(world: World, origin: str) -> None:
    """Neither by who has signed in nor to sign somebody in."""
    browser = Browser(world, "gt")
    for path in ("/sign-in", "/sign-out", "/language"):
        refused = browser.post(path, {"language": "es"}, Origin=origin)
        assert refused.status_code == 403 and "comes from another site" in text_of(refused)
    assert browser.get("/home").status_code == 200


def test_every_form_wants_its_token(world: World) -> None:
    """That of another session is as bad as none."""
    browser, other = Browser(world, "gt"), Browser(world, "ca")
    for token in ("", form_token(other.cookies[COOKIE])):
        assert browser.post("/sign-out", {"form_token": token}).status_code == 403
    assert browser.get("/home").status_code == 200


def test_all_that_changes_something_reads_the_fields_of_a_form() -> None:
    """Which is where the token is held against the session's (`PageRouter` refuses any other handler)."""
    routes = [route for pages in room_modules("pages") for route in pages.router.routes]
    assert all(isinstance(route, PageRoute) for route in routes)
    changing = [route for route in routes if route.methods - {"GET", "HEAD"}]
    assert changing
    for route in changing:
        assert any("_read_fields" in str(one.call) for one in route.dependant.dependencies), route.path


def test_the_cookie_opens_no_call_of_the_interface(world: World) -> None:
    """So that no page of another site can call it; and no token is made from it."""
    browser = Browser(world, "gt")
    assert browser.get("/v1/me").status_code == 401
    asked = world.call(None, "POST", "/v1/sessions/refresh", json={"refresh_token": browser.cookies[COOKIE]})
    assert asked.status_code == 401
    assert (
        world.call(None, "GET", "/v1/me", headers={"Authorization": f"Bearer {browser.cookies[COOKIE]}"}).status_code
        == 401
    )
    assert Browser(world, cookies={COOKIE: world.tokens["gt"]}).get("/home").status_code == 303


@pytest.mark.parametrize(("column", "hours"), [("seen_at", -1), ("expires_at", -1)])
def test_a_session_ends_by_resting_and_by_age(world: World, column: str, hours: int) -> None:
    """Whichever comes first."""
    assert settings().browser_idle_minutes < 60
    browser = Browser(world, "gt")
    with transaction(world.engine) as connection:
        changed = {column: now() + timedelta(hours=hours)}
        connection.execute(sessions.update().where(sessions.c.browser != "").values(changed))
    assert browser.get("/home").status_code == 303


def test_a_used_session_is_written_as_used(world: World) -> None:
    """Once a minute, so that it doesn't end under who works."""
    browser = Browser(world, "gt")
    before = now() - timedelta(minutes=20)
    with transaction(world.engine) as connection:
        connection.execute(sessions.update().where(sessions.c.browser != "").values(seen_at=before))
    assert browser.get("/home").status_code == 200
    with world.engine.connect() as connection:
        seen = connection.scalar(sa.select(sessions.c.seen_at).where(sessions.c.browser != ""))
    assert seen is not None and seen.replace(tzinfo=before.tzinfo) > before + timedelta(minutes=10)


def test_one_ends_one_s_own_sessions_alone(world: World) -> None:
    """They are listed with the browser, and another's can't be ended."""
    first, second, other = Browser(world, "gt"), Browser(world, "gt"), Browser(world, "ca")
    assert text_of(first.get("/me")).count("a test") == 2
    for victim in (second, other):
        session = victim.cookies[COOKIE].partition(".")[0]
        assert first.post(f"/me/sessions/{session}/end").status_code == 303
    assert second.get("/home").status_code == 303 and other.get("/home").status_code == 200


def test_who_got_a_password_sets_an_own_one_first(world: World) -> None:
    """Every page leads there; the session that set it goes on, others end."""
    email = _with_password(world, "gt")
    with transaction(world.engine) as connection:
        connection.execute(accounts.update().where(accounts.c.email == email).values(password_by_other=True))
    browser, other = Browser(world, "gt"), Browser(world, "gt")
    assert browser.get("/home").headers["Location"] == "/me"
    wrong = browser.post("/me/password", {"old_password": "no", "password": "a new long password"})
    assert wrong.status_code == 422 and "The old password isn't this one." in text_of(wrong)
    assert (
        browser.post("/me/password", {"old_password": PASSWORD, "password": "a new long password"}).status_code == 303
    )
    assert browser.get("/home").status_code == 200 and other.get("/home").status_code == 303


def test_pages_run_no_script_of_their_own_and_load_nothing_from_elsewhere(world: World) -> None:
    """By their headers, and by what stands in them; problems as well."""
    browser = Browser(world, "gt")
    for path, status in (("/home", 200), ("/me", 200), ("/privacy", 200), ("/sign-in", 200), ("/programmes/none", 404)):
        answer = browser.get(path)
        assert answer.status_code == status and "<script>" not in answer.text and " on" + "click=" not in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "://" not in answer.text.replace('xmlns="http://www.w3.org/', "")
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_language_is_chosen_and_stays(world: World) -> None:
    """By a button of every page, whatever the browser asks for."""
    browser = Browser(world, "gt")
    assert browser.post("/language", {"language": "es", "next": "/me"}).headers["Location"] == "/me"
    page = browser.get("/home", **{"Accept-Language": "fr"})
    assert '<html lang="es" dir="ltr">' in page.text and "Lo que le espera" in text_of(page)
    assert browser.post("/language", {"language": "xx"}).status_code == 422
    mirrored = Browser(world, "gt", cookies={**Browser(world, "gt").cookies, "vaiven_language": "ar-XB"})
    assert 'dir="rtl"' in mirrored.get("/home").text
