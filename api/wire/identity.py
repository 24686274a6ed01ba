"""Sessions, accounts and API keys on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.identity.passwords import LEAST_LENGTH
from api.wire.shapes import Country, Name, Text, example

Role = Literal["origin_ministry", "destination_ministry", "employer", "planner", "auditor", "administrator"]
Email = Annotated[str, Field(pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$", max_length=254)]
Password = Annotated[Text, Field(min_length=LEAST_LENGTH, max_length=200)]


class LoginIn(BaseModel):
    """An e-mail address and a password."""

    model_config = example({"email": "officer@mintrab.example", "password": "correct horse battery"})
    email: Annotated[Text, Field(max_length=254)]
    password: Annotated[Text, Field(max_length=200)]


class IdTokenIn(BaseModel):
    """The ID token of the ministry's own identity provider."""

    model_config = example({"id_token": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"})
    id_token: Annotated[Text, Field(max_length=20_000)]


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
        {"account_id": "0198", "role": "origin_ministry", "country": "GT", "employer_id": "", "may": ["run.start"]}
    )
    account_id: str
    role: Role
    country: str
    employer_id: str
    may: list[str]


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
    """What of an account may change; a new password, or `active: false`, ends its sessions."""

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
    """A name for a new API key."""

    model_config = example({"name": "payroll system"})
    name: Name


class KeyOut(BaseModel):
    """An API key; its secret is told once, when it is made."""

    model_config = example(
        {"id": "0198", "name": "payroll system", "created_at": "2026-01-05T09:00:00Z", "secret": None}
    )
    id: str
    name: str
    created_at: datetime
    secret: str | None = None
