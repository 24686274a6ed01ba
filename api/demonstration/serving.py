"""The demonstration, served: a new database with a season in it, an account for each role, and the console in front."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from engine.words import message
from engine.words.wording import say

PRESET, WORKERS, SEED = "northern-triangle", 600, 1


def serve_demonstration(out: Path, port: int) -> None:
    """Put a season into ``out/vaiven.sqlite``, say who may sign in, and serve it on this machine until stopped."""
    out.mkdir(parents=True, exist_ok=True)
    os.environ["VAIVEN_DATABASE_URL"] = f"sqlite:///{(out / 'vaiven.sqlite').resolve()}"
    os.environ.setdefault("VAIVEN_ADMINISTRATORS_NEED_SECOND_FACTOR", "false")  # to click through at once
    import typer

    from api.commands import serve
    from api.demonstration.season import put_demonstration
    from api.placements.words import ROLES
    from api.storage.database import database, upgrade

    typer.echo(say(message("drawing a season of {workers:,} workers and matching it …", workers=WORKERS)))
    upgrade(database())
    password = secrets.token_urlsafe(12)
    accounts = put_demonstration(database(), password, PRESET, WORKERS, SEED)
    typer.echo(
        say(message("Open {address} and sign in with one of these addresses:", address=f"http://127.0.0.1:{port}"))
    )
    for account in accounts:
        role = say(message(ROLES[account.role]))
        typer.echo(f"  {account.email:32} {role} {account.country or account.employer_id}")
    typer.echo(say(message("The password of each is {password}", password=password)))
    typer.echo(say(message("Stop it with Ctrl+C.")))
    serve(host="127.0.0.1", port=port)
