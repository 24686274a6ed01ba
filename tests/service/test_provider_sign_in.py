"""Signing in with a browser at the identity provider: who is let in, and what of the way there and back is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx2
import jwt
import pyotp
import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from identity_provider import SECRET, IdentityProvider, running
from world import World

from api.identity import provider
from api.identity.browser_sessions import COOKIE
from api.identity.sealing import OF_SECOND_FACTORS
from api.identity.second_factor import RECOVERY
from api.settings import Settings, settings
from api.storage.account_tables import accounts, attempts, audit_log, second_factor_rules, second_factors, sessions
from api.storage.database import now, transaction

LEFT = "vaiven_left_for_provider"
BACK = "/sign-in/provider/back"


@dataclass
class Ways:
    """A world whose browsers sign in at a provider."""

    world: World
    provider: IdentityProvider

    def browser(self, **cookies: str) -> Browser:
        """Somebody who isn't known yet."""
        return Browser(self.world, cookies=cookies)

    def leave(self, browser: Browser, then: str = "/me?tab=1") -> str:
        """Follow the link of the page to sign in; the address at the provider."""
        page = browser.get(f"/sign-in?next={quote(then)}")
        link = page.text.partition('href="/sign-in/provider')[2].partition('"')[0]
        there = browser.get(f"/sign-in/provider{link}")
        assert there.status_code == 303, text_of(there)
        return str(there.headers["Location"])

    def agree(self, there: str) -> str:
        """Log in at the provider; the path to which it sends the browser back."""
        back = _location(f"{self.provider.address}/agreed?{urlsplit(there).query}")
        assert back.startswith("https://vaiven.example/")
        return back.removeprefix("https://vaiven.example")

    def sign_in(self, browser: Browser, then: str = "/me?tab=1", **claims: Any) -> Any:
        """There and back; the answer to who comes back."""
        self.provider.claims = claims
        return browser.get(self.agree(self.leave(browser, then)))

    def change(self, who: str, **values: Any) -> None:
        """Write what an account is."""
        with transaction(self.world.engine) as connection:
            mine = accounts.c.id == self.world.accounts[who]
            connection.execute(accounts.update().where(mine).values(values))


@pytest.fixture
def ways(empty_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ways]:
    """A provider that says by itself where everything is."""
    with running(IdentityProvider(issuer="")) as made:
        told = {"ISSUER": made.issuer, "AUDIENCE": "vaiven", "CLIENT_SECRET": SECRET, "NAME": "Ministry & Co"}
        for name, value in told.items():
            monkeypatch.setenv(f"VAIVEN_OIDC_{name}", value)
        monkeypatch.setenv("VAIVEN_PUBLIC_ADDRESS", "https://vaiven.example/")
        settings.cache_clear()
        provider._document.cache_clear()
        yield Ways(empty_world, made)


def _location(address: str) -> str:
    with httpx2.Client(verify=provider.trusted()) as client:
        return str(client.get(address).headers["Location"])


def _refused(answer: Any, status: int, said: str) -> None:
    """In words, with the way back, without a session and without the code."""
    assert answer.status_code == status and said in text_of(answer), (answer.status_code, text_of(answer))
    assert 'href="/sign-in?next=' in answer.text and "code=" not in answer.text
    assert COOKIE not in answer.cookies and answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("json_logs")
def test_who_the_provider_knows_is_let_in(ways: Ways, capfd: pytest.CaptureFixture[str]) -> None:
    """From the page's link there and back to the page that was asked for, with a new cookie; the second time too, when
    the subject alone says who it is. Nothing of it is logged, and the secret stands in no print of the settings.
    """
    browser = ways.browser(**{COOKIE: "planted"})
    assert "Sign in with Ministry & Co" in text_of(browser.get("/sign-in"))
    there = ways.leave(browser)
    asked = dict(parse_qsl(urlsplit(there).query))
    assert there.startswith(f"{ways.provider.address}/login?")
    assert {"response_type": "code", "client_id": "vaiven", "code_challenge_method": "S256"}.items() <= asked.items()
    assert asked["redirect_uri"] == f"https://vaiven.example{BACK}" and asked["scope"].split() == ["openid", "email"]
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    back = browser.get(ways.agree(there))
    assert (back.status_code, back.headers["Location"]) == (303, "/me?tab=1")
    assert browser.cookies[COOKIE] != "planted" and "gt Sign out" in text_of(browser.get("/me"))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(back.headers["Set-Cookie"].split("; "))
    second = ways.browser()
    assert ways.sign_in(second, email=None, email_verified=None).headers["Location"] == "/me?tab=1"
    assert second.get("/home").status_code == 200
    printed, exchange = capfd.readouterr().err, ways.provider.exchanges[0]
    assert "come_back_from_provider" in printed
    secrets = (exchange["code"], exchange["code_verifier"], asked["state"], SECRET, "eyJ")
    assert [one for one in secrets if one in printed or one in repr(Settings())] == []


def test_the_way_is_kept_in_a_signed_cookie_for_ten_minutes(ways: Ways) -> None:
    """Out of reach of scripts, over TLS alone, gone after the way back; of another key or age it's none."""
    browser = ways.browser()
    there = browser.get("/sign-in/provider", Host="vaiven.example")
    assert {"HttpOnly", "SameSite=lax", "Secure", "Max-Age=600"} <= set(there.headers["Set-Cookie"].split("; "))
    claims = jwt.decode(browser.cookies[LEFT], options={"verify_signature": False})
    assert 0 < claims["exp"] - now().timestamp() <= 600
    back, kept = ways.agree(there.headers["Location"]), dict(browser.cookies)
    forged = jwt.encode(claims, "another key of thirty-two letters", "HS256")
    for cookies in ({}, {LEFT: forged}, {LEFT: ways.world.tokens["gt"]}):
        _refused(ways.browser(**cookies).get(back), 403, "begun in another browser")
    ended = browser.get(back).headers.get_list("set-cookie")
    assert any(one.startswith(f'{LEFT}=""; ') and "Max-Age=0" in one for one in ended)
    browser.cookies.pop(LEFT)
    _refused(browser.get(back), 403, "begun in another browser")
    _refused(ways.browser(**kept).get(back), 401, "takes this sign-in no more")
    assert Browser(ways.world, cookies={COOKIE: kept[LEFT]}).get("/home").status_code == 303


def test_no_browser_ends_what_another_began(ways: Ways) -> None:
    """Login CSRF: who is sent to the callback of somebody else stays who it was, and its own way stays open."""
    attacker, victim = ways.browser(), ways.browser()
    planted = ways.agree(ways.leave(attacker))
    own = ways.agree(ways.leave(victim))
    _refused(victim.get(planted), 403, "begun in another browser")
    code = dict(parse_qsl(urlsplit(planted).query))["code"]
    for query in (f"code={code}", f"code={code}&state=", f"code={code}&state=%ED%A0%80é", "error=access_denied"):
        _refused(victim.get(f"{BACK}?{query}"), 403, "begun in another browser")
    assert not ways.provider.exchanges
    state = dict(parse_qsl(urlsplit(own).query))["state"]
    _refused(victim.get(f"{BACK}?code={code}&state={state}&iss=https://evil.example"), 403, "another browser")
    _refused(victim.get(f"{BACK}?code={code}&state={state}"), 401, "takes this sign-in no more")  # by its verifier
    assert ways.sign_in(victim).status_code == 303


def test_the_token_is_looked_at_and_names_the_nonce(ways: Ways) -> None:
    """Whatever isn't good lets nobody in and is counted for the host alone, until that is refused."""
    moment, before = datetime.now(UTC), settings().logins_per_quarter_hour
    wrong: list[dict[str, Any]] = [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": moment - timedelta(hours=1)},
        {"header": {"typ": "at+jwt"}},
    ]
    for claims in wrong:
        _refused(ways.sign_in(ways.browser(), **claims), 401, "token is not good")
    for _ in range(10 * before - len(wrong)):
        ways.world.client.app.state.sign_in_limits._fail("from testclient", 1)  # type: ignore[attr-defined]  # of Starlette
    crowded = ways.sign_in(ways.browser())
    _refused(crowded, 429, "Too many")
    assert int(crowded.headers["Retry-After"]) > 0
    with ways.world.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(attempts)) == 0


def test_nobody_is_sent_to_another_host(ways: Ways) -> None:
    """However the address that was asked for is written, in the link or by hand."""
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"):
        assert ways.sign_in(ways.browser(), elsewhere).headers["Location"] == "/home", elsewhere
        browser = ways.browser()
        there = browser.get(f"/sign-in/provider?next={quote(elsewhere)}").headers["Location"]
        assert browser.get(ways.agree(there)).headers["Location"] == "/home", elsewhere


def test_accounts_that_the_provider_lets_nobody_into(ways: Ways) -> None:
    """Strangers, addresses that nobody verified, administrators, accounts with a password, those that are shut."""
    said = "Nobody here is meant by this token."
    for claims in ({"email": "no@example.org"}, {"email_verified": False}, {"email": "administrator@example.org"}):
        _refused(ways.sign_in(ways.browser(), **claims), 403, said)
    ways.change("hn", password_hash="x")
    _refused(ways.sign_in(ways.browser(), email="hn@example.org"), 403, said)
    assert ways.sign_in(ways.browser()).status_code == 303
    ways.change("gt", active=False)
    _refused(ways.sign_in(ways.browser()), 403, said)


def test_an_account_is_made_for_the_provider(ways: Ways) -> None:
    """By the administrator's page, without a password; by none it is entered."""
    administrator = Browser(ways.world, "administrator")
    assert "Empty for who signs in with Ministry & Co" in text_of(administrator.get("/new-account"))
    typed = {"email": "new@example.org", "name": "New", "role": "planner", "password": ""}
    assert administrator.post("/new-account", typed).status_code == 303
    entered = ways.browser().post("/sign-in", {"email": "new@example.org", "password": ""})
    assert entered.status_code == 422
    new = ways.browser()
    assert ways.sign_in(new, "/home", sub="43", email="new@example.org").headers["Location"] == "/home"
    assert "New Sign out" in text_of(new.get("/home"))


def test_a_second_factor_is_the_providers_or_ours(ways: Ways) -> None:
    """Who needs one is led to set it up, unless the provider asked for it; who has one is asked for its code."""
    with transaction(ways.world.engine) as connection:
        connection.execute(second_factor_rules.insert().values(kind="country", value="GT"))
    browser = ways.browser()
    assert ways.sign_in(browser).headers["Location"] == "/me?tab=1"
    assert browser.get("/home").headers["Location"] == "/me/second-factor"
    strong = ways.browser()
    assert ways.sign_in(strong, amr=["pwd", "mfa"]).status_code == 303
    assert strong.get("/home").status_code == 200
    secret, gt = pyotp.random_base32(), ways.world.accounts["gt"]
    with transaction(ways.world.engine) as connection:
        mine = {
            "account_id": gt,
            "secret": OF_SECOND_FACTORS.sealed(connection, secret),
            "last_step": 0,
            "confirmed_at": now(),
        }
        connection.execute(second_factors.insert().values(mine))
    asked = ways.browser()
    assert ways.sign_in(asked, amr=["pwd"]).headers["Location"] == "/sign-in/code" and COOKIE not in asked.cookies
    assert asked.post("/sign-in/code", {"code": pyotp.TOTP(secret).now()}).headers["Location"] == "/me?tab=1"
    assert asked.get("/home").status_code == 200
    with ways.world.engine.connect() as connection:
        found = sa.select(sessions.c.second_factor).where(sessions.c.browser != "").order_by(sessions.c.began_at)
        assert connection.scalars(found).all() == [False, True, True]
        told = connection.scalars(
            sa.select(audit_log.c.details).where(audit_log.c.action == "session.began by browser")
        )
        assert any("identity provider" in one for one in told) and RECOVERY not in str(told)


def test_what_the_provider_says_went_wrong_is_told(ways: Ways) -> None:
    """In our words, never in its own."""
    for error, status, said in (
        ("access_denied", 403, "didn't let you in"),
        ("temporarily_unavailable", 503, "could not sign you in"),
        ("", 503, "could not sign you in"),
    ):
        browser = ways.browser()
        state = dict(parse_qsl(urlsplit(ways.leave(browser)).query))["state"]
        query = {"error": error, "error_description": "<b>buy this</b>", "state": state} if error else {"state": state}
        answer = browser.get(f"{BACK}?{urlencode(query)}")
        _refused(answer, status, said)
        assert "buy this" not in answer.text and 'next=/me%3Ftab%3D1"' in answer.text


def test_a_provider_that_exchanges_nothing_is_told_apart(ways: Ways) -> None:
    """It isn't who signs in that did something wrong: 503, never 500; a redirect isn't followed."""
    wrong = [(200, text) for text in (b"<html>", b"[]", b"{}", b'{"id_token": "a", "expires_in": [1]}', b"[" * 100_000)]
    wrong += [(500, b""), (302, b""), (401, b'{"error": "invalid_client"}'), (400, b'{"error": ["odd"]}')]
    for status, content in wrong:
        ways.provider.answers["/token"] = (status, content, {"Location": "/keys"})
        _refused(ways.sign_in(ways.browser()), 503, "identity provider")
    assert ways.provider.times["/token"] == len(wrong) and "/keys" not in ways.provider.times


def test_a_provider_that_is_away_is_told(ways: Ways) -> None:
    """Without its document, or with that of another issuer, nobody leaves; it is asked once, and passwords are."""
    path, other = "/.well-known/openid-configuration", ways.provider.document(issuer="https://evil.example")
    wrong = [
        (503, b""),
        (302, b""),
        *((200, text) for text in (b"", b"{}", b"[" * 100_000, json.dumps(other).encode())),
    ]
    for status, content in wrong:
        provider._document.cache_clear()
        ways.provider.answers[path] = (status, content, {"Location": "/keys"})
        for _ in range(2):
            _refused(ways.browser().get("/sign-in/provider?next=/me"), 503, "can't be reached")
    assert ways.provider.times[path] == len(wrong) and "/keys" not in ways.provider.times
    assert ways.browser().post("/sign-in", {"email": "a@example.org", "password": "no"}).status_code == 401


def test_without_a_provider_there_is_no_way_to_it(empty_world: World) -> None:
    """Neither link nor address."""
    nobody = Browser(empty_world)
    assert "/sign-in/provider" not in nobody.get("/sign-in").text
    _refused(nobody.get("/sign-in/provider"), 409, "No identity provider is set up here.")
    _refused(nobody.get(f"{BACK}?code=a&state=b"), 403, "begun in another browser")
