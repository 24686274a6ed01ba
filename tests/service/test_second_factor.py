"""The second factor: set up, asked for, good once, counted, lost and found; and who needs one."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from alembic import command
from browser import Browser, text_of
from typer.testing import CliRunner
from world import PASSWORD, World

from api.commands import register
from api.identity import second_factor
from api.identity.passwords import hash_password
from api.identity.sealing import OF_SECOND_FACTORS, OF_WEBHOOKS, SealBroken
from api.settings import settings
from api.storage.account_tables import accounts, audit_log, recovery_codes, second_factors, sessions
from api.storage.database import migrations, now, transaction
from engine.cli import app

register(app)
MINE, RULES = "/v1/me/second-factor", "/v1/second-factor-rules"


@dataclass
class Owner:
    """Somebody with a password and a second factor; ``clock`` tells what the service's clock says, by half minutes."""

    world: World
    who: str
    clock: dict[str, int]
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    def code(self, ahead: int = 0) -> str:
        """The app's code of this half minute or of one so many ahead."""
        at = now() + timedelta(seconds=30 * (self.clock["steps"] + ahead))
        return pyotp.TOTP(self.secret).at(at)

    def fresh(self) -> str:
        """The code of the next half minute, in which the clock is then."""
        self.clock["steps"] += 2
        return self.code()

    def set_up(self) -> None:
        """Set it up over the interface."""
        self.secret = self.world.must(self.who, "POST", MINE)["secret"]
        self.codes = self.world.must(self.who, "PUT", MINE, json={"code": self.code()})["recovery_codes"]

    def log_in(self, code: str = "", password: str = PASSWORD) -> Any:
        """Log in over the interface."""
        told = {"email": f"{self.who}@example.org", "password": password, **({"code": code} if code else {})}
        return self.world.client.post("/v1/sessions", json=told)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The clock by which codes are judged, moved by half minutes."""
    told, moment = {"steps": 0}, now()
    monkeypatch.setattr(second_factor, "now", lambda: moment + timedelta(seconds=30 * told["steps"]))
    monkeypatch.setitem(globals(), "now", lambda: moment)
    return told


@pytest.fixture
def ana(empty_world: World, clock: dict[str, int]) -> Owner:
    """The planner, who has set one up."""
    return _owner(empty_world, clock, "planner")


def _owner(world: World, clock: dict[str, int], who: str) -> Owner:
    with transaction(world.engine) as connection:
        mine = accounts.c.id == world.accounts[who]
        connection.execute(accounts.update().where(mine).values(password_hash=hash_password(PASSWORD)))
    made = Owner(world, who, clock)
    made.set_up()
    return made


def _rows(world: World, asked: sa.Select[Any]) -> list[Any]:
    with world.engine.connect() as connection:
        return list(connection.execute(asked).all())


def test_a_password_alone_lets_nobody_in(ana: Owner) -> None:
    """The problem says that a code is needed; a code is good once, with one step of the clock before and after."""
    needed = ana.log_in()
    assert needed.status_code == 401 and needed.json()["type"] == "urn:vaiven:problem:second-factor"
    assert ana.log_in(ana.code()).status_code == 401, "the code that confirmed it was used"
    code = ana.fresh()
    assert ana.log_in(code).status_code == 201 and ana.log_in(code).status_code == 401
    assert ana.log_in(ana.code(-1)).status_code == 401, "none that came before one that was used"
    assert ana.log_in(ana.code(2)).status_code == 401 and ana.log_in(ana.code(1)).status_code == 201
    assert ana.log_in(ana.fresh(), "wrong password").status_code == 401
    told = [row.details for row in _rows(ana.world, sa.select(audit_log).where(audit_log.c.action == "session.began"))]
    assert told == ['{"second_factor": "app"}'] * 2


def test_a_code_is_taken_once_however_many_send_it(ana: Owner) -> None:
    """Of those who send it at the same moment one gets in."""
    for code in (ana.fresh(), ana.codes[0]):
        with ThreadPoolExecutor(4) as pool:
            statuses = sorted(answer.status_code for answer in pool.map(ana.log_in, [code] * 4))
        assert statuses == [201, 401, 401, 401]


def test_recovery_codes_are_good_once_each(ana: Owner) -> None:
    """However they are written; new ones take their place, for a code of the app; hashes alone are kept."""
    assert len(set(ana.codes)) == 10
    assert ana.log_in(ana.codes[0].lower().replace("-", " ")).status_code == 201
    assert ana.log_in(ana.codes[0]).status_code == 401
    kept = _rows(ana.world, sa.select(recovery_codes.c.code_hash))
    assert len(kept) == 9 and not any(code.replace("-", "") in str(kept) for code in ana.codes)
    wrong = ana.world.call(ana.who, "POST", "/v1/me/recovery-codes", json={"code": "000000"})
    assert wrong.status_code == 422
    fresh = ana.world.must(ana.who, "POST", "/v1/me/recovery-codes", json={"code": ana.fresh()})["recovery_codes"]
    assert ana.log_in(ana.codes[1]).status_code == 401 and ana.log_in(fresh[1]).status_code == 201
    assert ana.world.must(ana.who, "GET", MINE) == {"is_set_up": True, "is_needed": False, "recovery_codes_left": 9}


def test_wrong_codes_are_counted_by_account(ana: Owner) -> None:
    """After them the right one isn't tried either, whatever kind; right ones aren't counted, nor the password's."""
    for _ in range(settings().logins_per_quarter_hour + 1):
        assert ana.log_in(ana.fresh()).status_code == 201
    wrong = [ana.log_in("000000" if place % 2 else "AAAA-AAAA").status_code for place in range(8)]
    assert wrong == [401] * settings().logins_per_quarter_hour
    for code in (ana.fresh(), ana.codes[0]):
        refused = ana.log_in(code)
        assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert ana.log_in().json()["type"] == "urn:vaiven:problem:second-factor"


def test_setting_it_up_ends_other_sessions_and_a_wrong_first_code_changes_nothing(
    empty_world: World, clock: dict[str, int]
) -> None:
    """Nothing asks for codes of a secret that none has confirmed; another is drawn then."""
    owner = Owner(empty_world, "planner", clock)
    other = Browser(empty_world, "planner")
    first = empty_world.must("planner", "POST", MINE)
    assert first["otpauth_uri"].startswith("otpauth://totp/") and first["secret"] in first["otpauth_uri"]
    assert empty_world.call("planner", "PUT", MINE, json={"code": "000000"}).status_code == 422
    assert not empty_world.must("planner", "GET", MINE)["is_set_up"] and other.get("/home").status_code == 200
    owner.set_up()
    assert owner.secret != first["secret"] and other.get("/home").status_code == 303
    assert empty_world.call("planner", "POST", MINE).status_code == 409
    assert empty_world.call("planner", "PUT", MINE, json={"code": owner.fresh()}).status_code == 409


def test_what_is_told_once_is_not_kept_with_its_answer(empty_world: World) -> None:
    """A repeated request gets neither the secret nor the codes."""
    key = {"Idempotency-Key": "once-and-no-more"}
    first, again = (empty_world.must("planner", "POST", MINE, headers=key) for _ in range(2))
    assert first["secret"] and again == {"secret": None, "otpauth_uri": None}


def test_keys_go_on_and_change_no_second_factor(ana: Owner) -> None:
    """A key is as good as before, and no way to take the second factor away."""
    secret = ana.world.must(ana.who, "POST", "/v1/api-keys", json={"name": "system"})["secret"]
    asked = ana.world.client.get("/v1/me", headers={"X-API-Key": secret})
    assert asked.status_code == 200 and not asked.json()["must_set_up_second_factor"]
    for path in ("/v1/me/second-factor-removal", "/v1/me/recovery-codes"):
        content = {"password": PASSWORD} if "removal" in path else {"code": "1"}
        refused = ana.world.client.post(path, headers={"X-API-Key": secret}, json=content)
        assert refused.status_code == 403


def test_it_is_switched_off_with_the_password(ana: Owner) -> None:
    """A wrong one is counted and changes nothing."""
    wrong = ana.world.call(ana.who, "POST", "/v1/me/second-factor-removal", json={"password": "wrong"})
    assert wrong.status_code == 422 and ana.log_in().status_code == 401
    ana.world.must(ana.who, "POST", "/v1/me/second-factor-removal", json={"password": PASSWORD})
    assert ana.log_in().status_code == 201
    assert not _rows(ana.world, sa.select(recovery_codes)) + _rows(ana.world, sa.select(second_factors))


def test_an_administrator_resets_that_of_others(ana: Owner) -> None:
    """Sessions end; nobody resets his or her own so, and the operator helps the last administrator."""
    path = f"/v1/accounts/{ana.world.accounts['planner']}/second-factor"
    assert ana.world.call("auditor", "DELETE", path).status_code == 403
    ana.world.must("administrator", "DELETE", path)
    assert ana.world.call("planner", "GET", "/v1/me").status_code == 401 and ana.log_in().status_code == 201
    assert ana.world.call("administrator", "DELETE", path).status_code == 409
    root = _owner(ana.world, ana.clock, "administrator")
    own = f"/v1/accounts/{ana.world.accounts['administrator']}/second-factor"
    assert ana.world.call("administrator", "DELETE", own).status_code == 409
    command = ["account", "reset-second-factor", "administrator@example.org"]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert root.log_in().status_code == 201 and ana.world.call("administrator", "GET", "/v1/me").status_code == 401
    assert CliRunner().invoke(app, command).exit_code == 1


def _write_rules(world: World, **rules: Any) -> None:
    etag = world.call("administrator", "GET", RULES).headers["ETag"]
    world.must("administrator", "PUT", RULES, json=rules, headers={"If-Match": etag})


def test_administrators_say_who_needs_one(empty_world: World, clock: dict[str, int]) -> None:
    """By role and by state, for sessions that have begun too; who needs one does nothing else before, who has one
    switches it off only to set up another.
    """
    world = empty_world
    key = world.must("gt", "POST", "/v1/api-keys", json={"name": "system"})["secret"]
    _write_rules(world, roles=["planner"], countries=["GT"])
    for who, needs in (("gt", True), ("planner", True), ("hn", False), ("e1", False), ("administrator", False)):
        told = world.must(who, "GET", "/v1/me")
        assert told["must_set_up_second_factor"] == needs, who
        assert world.call(who, "GET", "/v1/programmes").status_code == (403 if needs else 200), who
        assert ("programme.read" in told["may"]) != needs
    assert world.client.get("/v1/programmes", headers={"X-API-Key": key}).status_code == 200
    gt = _owner(world, clock, "gt")
    assert world.call("gt", "GET", "/v1/programmes").status_code == 200
    world.must("gt", "POST", "/v1/me/second-factor-removal", json={"password": PASSWORD})
    assert world.call("gt", "GET", "/v1/programmes").status_code == 403
    world.tokens["gt"] = gt.log_in().json()["access_token"]
    assert world.call("gt", "GET", "/v1/programmes").status_code == 403
    _write_rules(world, roles=["planner"])
    assert world.call("gt", "GET", "/v1/programmes").status_code == 200


def test_rules_are_changed_as_they_were_read(empty_world: World) -> None:
    """Two administrators don't undo each other's unseen; roles and states that aren't are refused."""
    etag = empty_world.call("administrator", "GET", RULES).headers["ETag"]
    _write_rules(empty_world, countries=["HN"])
    stale = empty_world.call("administrator", "PUT", RULES, json={}, headers={"If-Match": etag})
    assert stale.status_code == 412
    assert empty_world.call("administrator", "PUT", RULES, json={}).status_code == 428
    wrong = {"If-Match": "*"}
    for rules in ({"roles": ["administrator"]}, {"countries": ["Honduras"]}):
        assert empty_world.call("administrator", "PUT", RULES, json=rules, headers=wrong).status_code == 422


def test_administrators_need_one_unless_the_operator_says_otherwise(
    empty_world: World, clock: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first sign-in the administrator sets one up, on pages that lead there."""
    monkeypatch.delenv("VAIVEN_ADMINISTRATORS_NEED_SECOND_FACTOR")
    settings.cache_clear()
    root = Browser(empty_world, "administrator")
    assert root.get("/home").headers["Location"] == "/me/second-factor"
    assert root.get("/accounts").status_code == 403 and "needs a second factor" in text_of(root.get("/accounts"))
    owner = Owner(empty_world, "administrator", clock)
    assert root.post("/me/second-factor").headers["Location"] == "/me/second-factor/new"
    shown = root.get("/me/second-factor/new")
    owner.secret = re.search(r"<code>([A-Z2-7 ]+)</code>", shown.text)[1].replace(" ", "")  # type: ignore[index]  # it is there
    assert 'src="data:image/svg+xml' in shown.text
    wrong = root.post("/me/second-factor/new", {"code": "000000"})
    assert wrong.status_code == 422 and owner.secret in wrong.text.replace(" ", "")
    assert root.get("/accounts").status_code == 403
    done = root.post("/me/second-factor/new", {"code": owner.code()})
    assert done.status_code == 200 and len(re.findall(r"<code>[0-9A-Z]{4}-", done.text)) == 10
    assert root.get("/accounts").status_code == 200


def test_the_code_is_asked_for_on_a_page_of_its_own(ana: Owner) -> None:
    """Between the steps nothing is open; a wrong code is told and counted; then comes the page that was asked for."""
    browser = Browser(ana.world)
    typed = {"email": "planner@example.org", "password": PASSWORD, "next": "/me?tab=1"}
    assert browser.post("/sign-in", typed).headers["Location"] == "/sign-in/code"
    assert browser.get("/home").status_code == 303 and "vaiven_session" not in browser.cookies
    assert browser.get("/sign-in/code").status_code == 200
    wrong = browser.post("/sign-in/code", {"code": "000000"})
    assert wrong.status_code == 401 and "The code is wrong" in text_of(wrong)
    assert browser.post("/sign-in/code", {"code": ""}).status_code == 422
    assert browser.post("/sign-in/code", {"code": ana.fresh()}).headers["Location"] == "/me?tab=1"
    assert "On: signing in takes a code" in text_of(browser.get("/me"))
    for _ in range(settings().logins_per_quarter_hour - 1):
        second = Browser(ana.world)
        second.post("/sign-in", typed)
        assert second.post("/sign-in/code", {"code": "000000"}).status_code == 401
    assert second.post("/sign-in/code", {"code": ana.fresh()}).status_code == 429


def test_the_step_between_is_good_for_nothing_else(ana: Owner) -> None:
    """Neither as a session nor as a token; without it, and after another password, one begins anew."""
    browser = Browser(ana.world)
    browser.post("/sign-in", {"email": "planner@example.org", "password": PASSWORD})
    step = browser.cookies["vaiven_second_step"]
    assert Browser(ana.world, cookies={"vaiven_session": step}).get("/home").status_code == 303
    assert ana.world.client.get("/v1/me", headers={"Authorization": f"Bearer {step}"}).status_code == 401
    token = {"vaiven_second_step": ana.world.tokens["planner"]}
    for cookies in ({}, token):
        stranger = Browser(ana.world, cookies=cookies)
        assert stranger.post("/sign-in/code", {"code": ana.fresh()}).headers["Location"] == "/sign-in"
    new = {"old_password": PASSWORD, "password": "another long password"}
    ana.world.must("planner", "PUT", "/v1/me/password", json=new)
    assert browser.post("/sign-in/code", {"code": ana.fresh()}).headers["Location"] == "/sign-in"


def test_pages_of_the_second_factor(ana: Owner) -> None:
    """New codes, switching off, the administrator's page of rules and of one account."""
    page = Browser(ana.world, "planner")
    assert "10 recovery codes are left" in text_of(page.get("/me/second-factor"))
    wrong = page.post("/me/recovery-codes", {"code": "000000"})
    assert wrong.status_code == 422 and "The code is wrong" in text_of(wrong)
    assert "good no longer" in text_of(page.post("/me/recovery-codes", {"code": ana.fresh()}))
    assert page.post("/me/second-factor-removal", {"password": "wrong"}).status_code == 422
    root = Browser(ana.world, "administrator")
    account = f"/accounts/{ana.world.accounts['planner']}"
    assert "Take the second factor away" in text_of(root.get(account))
    assert "Take the second factor away" not in text_of(Browser(ana.world, "auditor").get(account))
    assert root.post(f"{account}/second-factor-reset").status_code == 303 and page.get("/home").status_code == 303
    version = re.search(r'name="version" value="([^"]+)"', root.get("/second-factor-rules").text.replace("&#34;", "'"))
    told = version[1].replace("'", '"')  # type: ignore[index]  # it is there
    rules = {"roles": ["planner", "auditor"], "countries": "gt hn", "version": told}
    bad = root.post("/second-factor-rules", {**rules, "countries": "Guatemala"})
    assert bad.status_code == 422 and 'value="Guatemala"' in bad.text and bad.text.count(" checked") == 2
    assert root.post("/second-factor-rules", rules).status_code == 303
    assert root.post("/second-factor-rules", rules).status_code == 412
    assert ana.world.must("administrator", "GET", RULES) == {"roles": ["auditor", "planner"], "countries": ["GT", "HN"]}
    assert Browser(ana.world, "gt").get("/second-factor-rules").status_code == 403


def test_a_session_that_began_with_a_code_says_so(ana: Owner) -> None:
    """Which is what the rules look at; what stays open is the one that set it up, and the new one."""
    ana.log_in(ana.fresh())
    mine = sa.and_(sessions.c.account_id == ana.world.accounts["planner"], sessions.c.revoked_at.is_(None))
    asked = sa.select(sessions.c.second_factor).where(mine)
    assert [row.second_factor for row in _rows(ana.world, asked)] == [True, True]


def test_secrets_of_apps_are_sealed_and_those_of_before_too(ana: Owner) -> None:
    """Who reads the database has none; the newest schema seals what stood there, and opens it on the way back."""
    engine = ana.world.engine

    def kept() -> str:
        with engine.connect() as connection:
            return str(connection.scalar(sa.select(second_factors.c.secret)))

    assert ana.secret not in kept()
    command.downgrade(migrations(engine), "0016_kept_sheets")
    assert kept() == ana.secret
    command.upgrade(migrations(engine), "head")
    assert ana.secret not in kept()
    with engine.connect() as connection:
        assert OF_SECOND_FACTORS.opened(connection, kept()) == ana.secret
        with pytest.raises(SealBroken):
            OF_WEBHOOKS.opened(connection, kept())
