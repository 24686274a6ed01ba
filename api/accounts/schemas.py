"""Sessions, accounts and API keys on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.identity.passwords import LEAST_LENGTH
from api.requests.shapes import Country, Name, Text, example

Role = Literal["origin_ministry", "destination_ministry", "employer", "planner", "auditor", "administrator"]
Email = Annotated[str, Field(pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$", max_length=254)]
Code = Annotated[Text, Field(max_length=40)]
Password = Annotated[Text, Field(min_length=LEAST_LENGTH, max_length=200)]


class LoginIn(BaseModel):
    """An e-mail address and a password."""

    model_config = example({"email": "officer@mintrab.example", "password": "correct horse battery"})
    email: Annotated[Text, Field(max_length=254)]
    password: Annotated[Text, Field(max_length=200)]
    code: Code = Field("", description="Of the second factor, where the account has one.")


class IdTokenIn(BaseModel):
    """The ID token of the ministry's own identity provider."""

    model_config = example({"id_token": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"})
    id_token: Annotated[Text, Field(max_length=20_000)]
    code: Code = Field("", description="Of the second factor, where the provider asked for none.")


class CodeIn(BaseModel):
    """A code of the app, six digits; a recovery code where that may stand for one."""

    model_config = example({"code": "123456"})
    code: Annotated[Text, Field(min_length=1, max_length=40)]


class FactorOut(BaseModel):
    """Whether an account has a second factor and needs one."""

    model_config = example({"is_set_up": True, "is_needed": True, "recovery_codes_left": 10})
    is_set_up: bool
    is_needed: bool
    recovery_codes_left: int


class NewFactorOut(BaseModel):
    """What an app reckons its codes from: the secret as text, and as the address that its QR code holds."""

    model_config = example(
        {"secret": "JBSWY3DPEHPK3PXP", "otpauth_uri": "otpauth://totp/Vaiv%C3%A9n:a%40b.example?secret=J"}
    )
    secret: str
    otpauth_uri: str


class RecoveryCodesOut(BaseModel):
    """Recovery codes, each good once in place of an app's code; told this once."""

    model_config = example({"recovery_codes": ["2345-6789-ABCD-EFGH"]})
    recovery_codes: list[str]


class SwitchOffIn(BaseModel):
    """One's password; a code where the account has none."""

    model_config = example({"password": "correct horse battery"})
    password: Annotated[Text, Field(min_length=1, max_length=200)]


class FactorRules(BaseModel):
    """Who needs a second factor: all accounts of these roles, and of these states' ministries."""

    model_config = example({"roles": ["planner"], "countries": ["GT"]})
    roles: list[Literal["origin_ministry", "destination_ministry", "employer", "planner", "auditor"]] = Field(
        [], max_length=5
    )
    countries: list[Country] = Field([], max_length=300)


class RefreshIn(BaseModel):
    """The refresh token that the last answer gave; it is good once."""

    model_config = example({"refresh_token": "0198f2c3.Zm9v"})
    refresh_token: Text


class TokensOut(BaseModel):
    """An access token for the header `Authorization: Bearer`, and what refreshes it."""

    model_config = example({"access_token": "eyJ0eXAi", "expires_in": 900, "refresh_token": "0198f2c3.Zm9v"})
    access_token: str
    expires_in: int
    refresh_token: str


class MeOut(BaseModel):
    """Who asks."""

    model_config = example(
        {
            "account_id": "0198",
            "role": "origin_ministry",
            "country": "GT",
            "employer_id": "",
            "may": ["run.start"],
            "must_set_password": False,
            "must_set_up_second_factor": False,
        }
    )
    account_id: str
    role: Role
    country: str
    employer_id: str
    may: list[str]
    must_set_password: bool = False
    must_set_up_second_factor: bool = False


class PasswordIn(BaseModel):
    """The password of before, and one that nobody else knows."""

    model_config = example({"old_password": "correct horse battery", "password": "battery staple and a horse"})
    old_password: Annotated[Text, Field(max_length=200)]
    password: Password


class AccountIn(BaseModel):
    """A new account: ministries have a country, employers an id of the register of employers."""

    model_config = example(
        {"email": "farm@example.org", "name": "Farm 12", "role": "employer", "employer_id": "E12", "password": "x" * 16}
    )
    email: Email
    name: Name
    role: Role
    country: Country | Literal[""] = ""
    employer_id: Annotated[Text, Field(max_length=64)] = ""
    password: Password | None = Field(None, description="None for who enters by an identity provider or API key.")


class AccountChange(BaseModel):
    """What of an account may change; a new password, or `active: false`, ends its sessions and API keys."""

    model_config = example({"active": False})
    name: Name | None = None
    active: bool | None = None
    password: Password | None = None


class AccountOut(BaseModel):
    """An account, without its secrets."""

    model_config = example(
        {
            "id": "0198",
            "email": "farm@example.org",
            "name": "Farm 12",
            "role": "employer",
            "country": "",
            "employer_id": "E12",
            "active": True,
            "version": 1,
            "created_at": "2026-01-05T09:00:00Z",
        }
    )
    id: str
    email: str
    name: str
    role: Role
    country: str
    employer_id: str
    active: bool
    version: int
    created_at: datetime


class KeyIn(BaseModel):
    """A new API key: what it is called, how long it is good, and for what."""

    model_config = example({"name": "payroll system", "days": 30, "scope": ["read"]})
    name: Name
    days: int | None = Field(None, ge=1, le=365, description="None: as the service is set up.")
    scope: list[Annotated[Text, Field(max_length=60)]] = Field(
        [], max_length=60, description="Actions as `/v1/me` lists them, `read` for all that only read; empty: all."
    )


class KeyOut(BaseModel):
    """An API key; its secret is told once, when it is made. An empty scope is all that the account may."""

    model_config = example(
        {
            "id": "0198",
            "account_id": "0197",
            "name": "payroll system",
            "scope": ["order.read", "session.own"],
            "created_at": "2026-01-05T09:00:00Z",
            "expires_at": "2026-02-04T09:00:00Z",
            "secret": None,
        }
    )
    id: str
    account_id: str
    name: str
    scope: list[str]
    created_at: datetime
    expires_at: datetime
    secret: str | None = None
