"""Settings, all from the environment (``VAIVEN_...``); none of them has a secret as its default."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _setting(default: Any, description: str) -> Any:
    return Field(default, description=description)


class Settings(BaseSettings):
    """What an operator may set; the operator's page lists it from here."""

    model_config = SettingsConfigDict(env_prefix="VAIVEN_")

    database_url: str = _setting("sqlite:///vaiven.sqlite", "where the data are: SQLite or PostgreSQL")
    secret_key: str = Field("", repr=False, description="signs tokens; empty: drawn once, kept in the database")
    access_minutes: int = _setting(15, "how long a token is good before it must be refreshed")
    refresh_days: int = _setting(14, "how long a session can be refreshed")
    browser_hours: int = _setting(12, "how long a browser's session may last, in hours")
    browser_idle_minutes: int = _setting(30, "how long a browser's session may rest")
    days_told_after_return: int = _setting(
        14, "how many days after the return a placement's other end is still told who it was"
    )
    check_variants_per_day: int = _setting(
        8,
        "how many contents of one order an employer may check a day; over all orders ten times as many a week",
    )
    key_days: int = _setting(90, "how many days an API key is good where none are asked for; at most 365")
    administrators_need_second_factor: bool = _setting(
        True, "whether administrators set up a second factor at their first sign-in"
    )
    oidc_issuer: str = _setting("", "the identity provider's issuer; empty: none")
    oidc_audience: str = _setting("", "the audience that its ID tokens must be for")
    oidc_keys_url: str = _setting("", "where its public keys are (JWKS); empty: as it says itself (discovery)")
    oidc_client_id: str = _setting("", "the client that browsers sign in by there; empty: the audience")
    oidc_client_secret: str = Field("", repr=False, description="the secret of that client; empty: a public client")
    oidc_name: str = _setting("", "what the provider is called on the page to sign in; empty: its host")
    public_address: str = _setting(
        "", "where browsers find the service, such as `https://vaiven.example`; empty: none signs in at the provider"
    )
    privacy_notice: str = _setting("", "the address of the operator's own privacy notice, which `/privacy` names")
    allowed_origins: list[str] = _setting([], "origins that browsers may call from (CORS), as a JSON list")
    largest_upload_mb: int = _setting(64, "the largest upload, in megabytes")
    largest_body_kb: int = _setting(512, "the largest other body, in kilobytes")
    requests_per_minute: int = _setting(1200, "requests of an account a minute, in each process")
    checks_per_minute: int = _setting(12, "checks of orders and programmes of an account a minute")
    logins_per_quarter_hour: int = _setting(
        10, "logins tried for an address in a quarter of an hour; ten times from a host"
    )
    drafts_of_an_employer: int = _setting(1000, "drafts of orders that an employer may keep in a programme")
    slip_days: int = _setting(30, "how many days the code of a worker's slip is good")
    slips_per_quarter_hour: int = _setting(
        30, "codes of workers' slips that may be tried from a host in a quarter of an hour"
    )
    lock_seconds: float = _setting(5.0, "how long a request waits for what another one is writing, until it gets 503")
    statement_seconds: float = _setting(60.0, "how long one statement to the database may take, until 503")
    lease_seconds: float = _setting(30.0, "how long a run waits for a worker that is silent")
    checkpoint_seconds: float = _setting(10.0, "how often a run keeps what another could begin from")
    longest_run_seconds: float = _setting(3600.0, "the longest time limit that a run gets")
    waiting_runs_of_a_ministry: int = _setting(40, "runs that an account of a ministry may have waiting")
    waiting_runs_of_a_planner: int = _setting(20, "runs that a planner's account may have waiting")
    waiting_runs_of_planners: int = _setting(100, "runs that all planners together may have waiting")
    webhooks_of_a_ministry: int = _setting(10, "webhooks that a ministry may have")
    webhooks_to_loopback: bool = _setting(
        False, "whether webhooks may lead to this machine itself, by http too: for development and tests alone"
    )
    keep_deliveries_days: int = _setting(30, "how long events for webhooks are kept, sent or not")
    keep_unpublished_days: int = _setting(180, "how long runs are kept whose plan wasn't published")
    keep_inputs_days: int = _setting(30, "how long what such a run read is kept, without which it can't be replayed")
    keep_published_inputs_days: int = _setting(1825, "how long what a published plan was made from is kept")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
