"""Settings, all from the environment (``VAIVEN_...``); none of them has a secret as its default."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set.

    ``secret_key`` signs tokens; where it is empty, one is drawn and kept in the database. ``oidc_issuer`` with
    ``oidc_audience`` and ``oidc_keys_url`` lets accounts enter by tokens of a ministry's own identity provider.
    """

    model_config = SettingsConfigDict(env_prefix="VAIVEN_")

    database_url: str = "sqlite:///vaiven.sqlite"
    secret_key: str = Field(default="", repr=False)
    access_minutes: int = 15
    refresh_days: int = 14
    oidc_issuer: str = ""
    oidc_audience: str = ""
    oidc_keys_url: str = ""
    allowed_origins: list[str] = []
    largest_upload_mb: int = 64
    largest_body_kb: int = 512
    requests_per_minute: int = 1200
    checks_per_minute: int = 12
    logins_per_quarter_hour: int = 10
    lease_seconds: float = 30.0
    checkpoint_seconds: float = 10.0
    longest_run_seconds: float = 3600.0


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
