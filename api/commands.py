"""The service's commands: `serve`, `worker`, `database`, `account` and `audit-log`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.command_language import SpokenGroup
from engine.errors import CallError
from engine.words import message
from engine.words.wording import say

if TYPE_CHECKING:
    from types import FrameType

    import sqlalchemy as sa

    from api.runs.worker import Worker

PATIENCE = 20.0
LAST_ANSWERS = 5  # seconds that requests under way get when the service ends
LOOK_SECONDS = 0.2
START_SECONDS = 60.0  # that a database may take to answer when a process starts
WAY = 10  # of 19 steps of priority
# How long one thread computes before another gets its turn: a request takes some dozen turns, and waits this long for
# each of them beside a publication that is being judged.
TURN_SECONDS = 0.0005
database_commands = typer.Typer(cls=SpokenGroup, no_args_is_help=True, help="The database of the service.")
account_commands = typer.Typer(cls=SpokenGroup, no_args_is_help=True, help="Accounts of the service.")
audit_commands = typer.Typer(cls=SpokenGroup, no_args_is_help=True, help="The audit log of the service.")


def _require_service() -> None:
    """Raise `CallError` where what the service needs isn't installed."""
    try:
        import fastapi  # noqa: F401  # one of the extra's packages stands for all
    except ImportError as error:
        raise CallError(
            message("The service isn't installed."), message("Install it: pip install 'vaiven[service]'.")
        ) from error


def register(app: typer.Typer) -> None:
    """Add the service's commands to the command line."""
    app.command("serve")(serve)
    app.command("worker")(worker)
    app.add_typer(database_commands, name="database")
    app.add_typer(account_commands, name="account")
    app.add_typer(audit_commands, name="audit-log")


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8000,
    own_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Whether this process computes runs and sends events too.")
    ] = True,
) -> None:
    """Serve the HTTP interface; VAIVEN_DATABASE_URL says where the data are, by default in ./vaiven.sqlite."""
    _require_service()
    import uvicorn

    from api.app import create_app, make_ready
    from api.confined import keep_ready
    from api.logs.service_log import log, set_up_logs
    from api.runs.worker import Worker
    from api.webhooks.deliverer import Deliverer

    set_up_logs()
    sys.setswitchinterval(TURN_SECONDS)
    computing, app = Worker(_awaited_database()), create_app()
    make_ready(app)

    class Serving(uvicorn.Server):
        """The server, which lets a run under way stop as soon as a signal comes, before the last answers are out."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Told of a signal."""
            computing.stop.set()
            app.state.looks.end()
            super().handle_exit(sig, frame)

    log.info("serving", address=f"http://{host}:{port}", documentation=f"http://{host}:{port}/docs")
    keep_ready()
    if own_worker:
        computing.start()
        Deliverer(computing.engine, computing.stop).start()
    config = uvicorn.Config(app, host, port, log_config=None, access_log=False, timeout_graceful_shutdown=LAST_ANSWERS)
    with _heeding_signals(computing.stop):  # the server raises a signal again when it has ended
        Serving(config).run()
    _end(computing)


def worker() -> None:
    """Compute runs from the queue and send events to webhooks until stopped; a run under way is given back.

    It gives way to whatever else the machine has to do, so that a web process beside it answers in time.
    """
    _require_service()
    from api.logs.service_log import log, set_up_logs
    from api.runs.worker import Worker
    from api.webhooks.deliverer import Deliverer

    set_up_logs()
    os.nice(WAY)
    computing = Worker(_awaited_database())
    log.info("working")
    with _heeding_signals(computing.stop):
        computing.start()
        Deliverer(computing.engine, computing.stop).start()
        while not computing.stop.is_set():
            time.sleep(LOOK_SECONDS)  # to wait for the event could meet the handler of the signal holding its lock
    _end(computing)


@contextmanager
def _heeding_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT ask to stop, and no more: who stops so exits with status 0."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(computing: Worker) -> None:
    """Give the run under way back and end with status 0, whatever is still computed."""
    if not computing.end(PATIENCE):
        os._exit(0)


@database_commands.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the schema of this version."""
    _require_service()
    from api.storage.database import database, upgrade

    upgrade(database())
    typer.echo(say(message("The database has the schema of this version.")))


@database_commands.command("backup")
def back_up(out: Annotated[Path, typer.Argument(help="A new file.")]) -> None:
    """Copy a SQLite database to a new file while it is in use; PostgreSQL has pg_dump."""
    _require_service()
    from api.storage.database import database, is_postgresql

    if is_postgresql(database()):
        raise CallError(message("This is PostgreSQL."), message("Use pg_dump --format=custom, and pg_restore."))
    if out.exists():
        raise CallError(message("{out} exists.", out=out), message("Name a new file."))
    aside = out.with_name(out.name + ".part")
    aside.unlink(missing_ok=True)
    with database().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.driver_connection.execute("VACUUM INTO ?", (str(aside),))  # type: ignore[union-attr]  # it is connected
    aside.rename(out)
    typer.echo(say(message("The database is in {file}.", file=out)))


@account_commands.command("first-administrator")
def first_administrator(
    email: Annotated[str, typer.Argument(help="The e-mail address.")],
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="VAIVEN_FIRST_PASSWORD")
    ],
) -> None:
    """Make the first administrator, who makes all other accounts. Refused once there is one."""
    _require_service()
    import sqlalchemy as sa
    from pydantic import ValidationError

    from api.accounts.accounts import make_account
    from api.accounts.schemas import AccountIn
    from api.logs.audit_log import Entry, append
    from api.storage.account_tables import accounts
    from api.storage.database import transaction

    try:
        asked = AccountIn(
            email=email, name=say(message("First administrator")), role="administrator", password=password
        )
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors(include_input=False))
        raise CallError(faults, message("Give an e-mail address and a password of 12 characters or more.")) from error
    with transaction(_ready_database()) as connection:
        if connection.scalar(sa.select(sa.func.count()).where(accounts.c.role == "administrator")):
            raise CallError(message("There is an administrator already."), message("Ask him or her for an account."))
        row = make_account(connection, asked, by_other=False)
        append(connection, [Entry(row.id, "account.created", f"account/{row.id}", {"role": "administrator"})])
    typer.echo(say(message("{email} is the first administrator.", email=email)))


@account_commands.command("reset-second-factor")
def reset_second_factor(email: Annotated[str, typer.Argument(help="The e-mail address.")]) -> None:
    """Take a lost second factor away, for the one administrator whom no other can help. Its sessions end."""
    _require_service()
    import sqlalchemy as sa

    from api.accounts.second_factors import remove_factor
    from api.identity.tokens import end_sessions
    from api.logs.audit_log import Entry, append
    from api.storage.account_tables import accounts
    from api.storage.database import transaction

    with transaction(_ready_database()) as connection:
        account = connection.scalar(sa.select(accounts.c.id).where(accounts.c.email == email.lower()))
        if account is None or not remove_factor(connection, account):
            raise CallError(message("No account of this address has a second factor."), message("Mend the address."))
        end_sessions(connection, account)
        append(connection, [Entry("operator", "second_factor.reset", f"account/{account}", {})])
    typer.echo(say(message("{email} sets up another at the next sign-in.", email=email)))


@audit_commands.command("verify")
def verify_audit_log() -> None:
    """Check that no entry of the audit log was changed or left out. Exit status 1 where one was."""
    _require_service()
    from api.logs.audit_log import verify
    from api.storage.database import transaction

    with transaction(_ready_database(), read_only=True) as connection:
        count, wrong = verify(connection)
    if wrong:
        typer.echo(say(message("The audit log is broken: {wrong}.", wrong=wrong)))
        raise typer.Exit(1)
    typer.echo(say(message("The audit log is whole: {count:,} entries.", count=count)))


def _awaited_database() -> sa.Engine:
    """The database once it answers, for a process that starts beside it: at most `START_SECONDS`, then `CallError`."""
    import sqlalchemy as sa

    from api.logs.service_log import log

    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            return _ready_database()
        except sa.exc.OperationalError as error:
            said = str(error.orig).strip().partition("\n")[0]  # of an address; nobody has sent anything yet
            if time.monotonic() > ends:
                raise CallError(
                    message("The database doesn't answer: {said}", said=said),
                    message("Start it, or mend VAIVEN_DATABASE_URL."),
                ) from error
            log.warning("waiting for the database", said=said)
            time.sleep(LOOK_SECONDS)


def _ready_database() -> sa.Engine:
    """The database at this version's schema; a SQLite file is brought there, PostgreSQL must have been."""
    from api.storage.database import database, is_postgresql, require_current_schema, upgrade

    engine = database()
    if not is_postgresql(engine):
        upgrade(engine)
    require_current_schema(engine)
    return engine
