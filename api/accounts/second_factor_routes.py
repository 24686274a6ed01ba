"""One's own second factor, that of others for administrators, and who needs one."""

from __future__ import annotations

from fastapi import Response

from api.accounts.schemas import CodeIn, FactorOut, FactorRules, NewFactorOut, RecoveryCodesOut, SwitchOffIn
from api.accounts.second_factors import (
    begin_factor,
    confirm_factor,
    factor_of,
    factor_rules,
    renew_recovery_codes,
    reset_factor,
    switch_off_factor,
    write_factor_rules,
)
from api.identity.sign_in_limits import QUARTER_HOUR
from api.rate_limits import count_within
from api.requests.context import Context, content_tag
from api.requests.handlers import allowed
from api.requests.router import Router
from api.settings import settings

router = Router(prefix="/v1", tags=["identity"])


@router.get("/me/second-factor")
def read_second_factor(context: Context = allowed("second_factor.own")) -> FactorOut:
    """Whether one has a second factor and needs one, and how many recovery codes are left."""
    return factor_of(context.connection, context.principal.account_id)


@router.post("/me/second-factor", status_code=201)
def begin_second_factor(context: Context = allowed("second_factor.own")) -> NewFactorOut:
    """Draw the secret of a new second factor; it is asked for once a code of it was sent (PUT)."""
    return begin_factor(context.connection, context.principal)


@router.put("/me/second-factor")
def confirm_second_factor(asked: CodeIn, context: Context = allowed("second_factor.own")) -> RecoveryCodesOut:
    """Confirm the new second factor by a code of it; the recovery codes are told this once, other sessions end."""
    codes = confirm_factor(context.connection, context.principal, asked.code)
    context.record("second_factor.set", f"account/{context.principal.account_id}")
    return RecoveryCodesOut(recovery_codes=codes)


@router.post("/me/recovery-codes", status_code=201)
def renew_codes(asked: CodeIn, context: Context = allowed("second_factor.own")) -> RecoveryCodesOut:
    """New recovery codes in place of those of before, for a code of the app."""
    codes = renew_recovery_codes(context.connection, context.principal, asked.code)
    context.record("second_factor.codes_renewed", f"account/{context.principal.account_id}")
    return RecoveryCodesOut(recovery_codes=codes)


@router.post("/me/second-factor-removal", status_code=204)
def switch_off_second_factor(asked: SwitchOffIn, context: Context = allowed("second_factor.own")) -> Response:
    """Switch one's own second factor off, with the password; where one is needed, another is set up first of all."""
    who = context.principal
    count_within(context.connection, f"password of {who.account_id}", settings().logins_per_quarter_hour, QUARTER_HOUR)
    switch_off_factor(context.connection, who, asked.password)
    context.record("second_factor.removed", f"account/{who.account_id}")
    return Response(status_code=204)


@router.delete("/accounts/{account_id}/second-factor", status_code=204)
def reset_second_factor(account_id: str, context: Context = allowed("account.write")) -> Response:
    """Take the second factor of somebody who has lost it away; the account's sessions end."""
    reset_factor(context.connection, context.principal, account_id)
    context.record("second_factor.reset", f"account/{account_id}")
    return Response(status_code=204)


@router.get("/second-factor-rules")
def read_second_factor_rules(response: Response, context: Context = allowed("account.read")) -> FactorRules:
    """Which roles and which states' ministries need a second factor."""
    found = factor_rules(context.connection)
    response.headers["ETag"] = content_tag(found.model_dump())
    return found


@router.put("/second-factor-rules", response_model=FactorRules)
def write_second_factor_rules(
    asked: FactorRules, context: Context = allowed("account.write", versioned=True)
) -> Response:
    """Say anew which roles and states' ministries need a second factor; who has none sets one up before anything."""
    context.require_tag(content_tag(factor_rules(context.connection).model_dump()))
    write_factor_rules(context.connection, asked)
    context.record("second_factor.rules_written", "second-factor-rules", **asked.model_dump())
    found = factor_rules(context.connection)
    return context.answer(found, ETag=content_tag(found.model_dump()))
