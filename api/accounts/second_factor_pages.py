"""Pages of the second factor: set up and switched off by who has it, reset and asked of others by administrators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import segno
from fastapi import Response

from api.accounts.schemas import CodeIn, FactorRules, SwitchOffIn
from api.accounts.second_factors import (
    begin_factor,
    begun_factor,
    confirm_factor,
    factor_of,
    factor_rules,
    renew_recovery_codes,
    reset_factor,
    ruled_roles,
    switch_off_factor,
    write_factor_rules,
)
from api.answers.problems import ServiceError
from api.console.forms import Answered, Fields, FormFields, faults_by_field, or_again, picked, read_form
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.identity.sign_in_limits import QUARTER_HOUR
from api.placements.words import ROLES as ROLE_WORDS
from api.rate_limits import count_within
from api.requests.context import Context, content_tag
from api.settings import settings
from engine.errors import InputError
from engine.words import message

router = PageRouter()
Wrong = InputError | ServiceError


@router.get("/me/second-factor")
def read_second_factor(context: Context = viewed("second_factor.own")) -> Response:
    """What a second factor is, whether one has it, and what can be done with it."""
    return _own_factor(context)


def _own_factor(context: Context, error: Wrong | None = None) -> Response:
    factor = factor_of(context.connection, context.principal.account_id)
    told = {"factor": factor, "error": error, "faults": faults_by_field(error)}
    return page(context, "accounts/second_factor.html", _status(error), **told)


@router.post("/me/second-factor")
def begin_second_factor(fields: FormFields, context: Context = viewed("second_factor.own")) -> Response:
    """Draw the secret of a new second factor."""
    begin_factor(context.connection, context.principal)
    return gone_to("/me/second-factor/new")


@router.get("/me/second-factor/new")
def show_new_second_factor(context: Context = viewed("second_factor.own")) -> Response:
    """The secret that was drawn, as a picture for a telephone and as text, and the form for its first code."""
    if factor_of(context.connection, context.principal.account_id).is_set_up:
        return gone_to("/me/second-factor")
    return _new_factor(context)


def _new_factor(context: Context, error: Wrong | None = None) -> Response:
    begun = begun_factor(context.connection, context.principal)
    picture = segno.make(begun.otpauth_uri, error="m").svg_data_uri(scale=5, light="#fff", dark="#000")
    grouped = " ".join(begun.secret[place : place + 4] for place in range(0, len(begun.secret), 4))
    told = {"picture": picture, "secret": grouped, "begun": begun, "error": error, "faults": faults_by_field(error)}
    return page(context, "accounts/new_second_factor.html", _status(error), **told)


@router.post("/me/second-factor/new")
def confirm_second_factor(fields: FormFields, context: Context = viewed("second_factor.own")) -> Response:
    """Confirm the secret by its first code; the recovery codes are shown this once."""

    def done() -> list[str]:
        return confirm_factor(context.connection, context.principal, read_form(CodeIn, picked(fields, CodeIn)).code)

    codes: list[str] = or_again(done, lambda error: _new_factor(context, error))
    context.record("second_factor.set", f"account/{context.principal.account_id}")
    return page(context, "accounts/recovery_codes.html", codes=codes, is_new=True)


@router.post("/me/recovery-codes")
def renew_codes(fields: FormFields, context: Context = viewed("second_factor.own")) -> Response:
    """New recovery codes for a code of the app, shown this once."""

    def done() -> list[str]:
        asked = read_form(CodeIn, picked(fields, CodeIn))
        return renew_recovery_codes(context.connection, context.principal, asked.code)

    codes: list[str] = _or_own_factor(context, done)
    context.record("second_factor.codes_renewed", f"account/{context.principal.account_id}")
    return page(context, "accounts/recovery_codes.html", codes=codes, is_new=False)


@router.post("/me/second-factor-removal")
def switch_off(fields: FormFields, context: Context = viewed("second_factor.own")) -> Response:
    """Switch one's own second factor off, with the password."""
    who = context.principal
    count_within(context.connection, f"password of {who.account_id}", settings().logins_per_quarter_hour, QUARTER_HOUR)

    def done() -> None:
        asked = read_form(SwitchOffIn, picked(fields, SwitchOffIn))
        switch_off_factor(context.connection, who, asked.password)

    _or_own_factor(context, done)
    context.record("second_factor.removed", f"account/{who.account_id}")
    return gone_to("/me/second-factor", "removed")


@router.post("/accounts/{account_id}/second-factor-reset")
def reset_second_factor(account_id: str, fields: FormFields, context: Context = viewed("account.write")) -> Response:
    """Take the second factor of somebody who has lost it away."""
    reset_factor(context.connection, context.principal, account_id)
    context.record("second_factor.reset", f"account/{account_id}")
    return gone_to(f"/accounts/{account_id}", "factor-reset")


@router.get("/second-factor-rules")
def read_rules(context: Context = viewed("account.read")) -> Response:
    """Who needs a second factor."""
    found = factor_rules(context.connection)
    return _rules(context, found.roles, ", ".join(found.countries))


def _rules(context: Context, roles: Sequence[str], countries: str, error: InputError | None = None) -> Response:
    told = {
        "roles": [(role, message(ROLE_WORDS[role]), role in roles) for role in ruled_roles()],
        "typed": {"countries": countries},
        "version": content_tag(factor_rules(context.connection).model_dump()),
        "of_administrators": settings().administrators_need_second_factor,
        "may_write": context.principal.may("account.write"),
        "error": error,
        "faults": faults_by_field(error),
    }
    return page(context, "accounts/second_factor_rules.html", _status(error), **told)


@router.post("/second-factor-rules")
def write_rules(fields: FormFields, context: Context = viewed("account.write")) -> Response:
    """Say anew who needs a second factor; it holds from the next page that somebody opens."""
    if fields.get("version") != content_tag(factor_rules(context.connection).model_dump()):
        raise ServiceError(412, message("It was changed meanwhile."), message("Read it again, then decide."))

    def done() -> FactorRules:
        asked = read_form(FactorRules, {"roles": fields.every("roles"), "countries": _countries(fields)})
        write_factor_rules(context.connection, asked)
        return asked

    def again(error: InputError) -> Response:
        return _rules(context, fields.every("roles"), fields.get("countries", ""), error)

    asked: FactorRules = or_again(done, again)
    context.record("second_factor.rules_written", "second-factor-rules", **asked.model_dump())
    return gone_to("/second-factor-rules", "written")


def _countries(fields: Fields) -> list[str]:
    return fields.get("countries", "").upper().replace(",", " ").split()


def _or_own_factor(context: Context, done: Callable[[], Any]) -> Any:
    """What ``done`` gives, or the page again with what was wrong; what was counted is kept."""
    try:
        return done()
    except (InputError, ServiceError) as error:
        raise Answered(_own_factor(context, error), getattr(error, "keeps", False)) from error


def _status(error: Wrong | None) -> int:
    return 200 if error is None else int(getattr(error, "http_status", 422))
