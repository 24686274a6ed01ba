"""A PostgreSQL server of our own: real, in a temporary folder, on a free port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def program_of_postgresql(name: str) -> str:
    """A program of PostgreSQL, of the newest version installed. Raises `FileNotFoundError` without one."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(installed[-1]) if installed else shutil.which(name)
    if not found:
        raise FileNotFoundError(f"{name} is missing; install PostgreSQL (apt-get install postgresql).")
    return found


LEFT = ("is still in use", "Is another postmaster")  # of one that was killed; its processes end on their own


@dataclass
class PostgresqlServer:
    """A server that can be killed and started again, with what it has written; one that isn't ``durable`` waits for no
    disk and would lose that with the machine's power.
    """

    place: Path
    port: int
    durable: bool = True

    def __post_init__(self) -> None:
        self.user = "postgres" if os.getuid() == 0 else None  # it refuses to run as root
        self.data = self.place / "data"

    @property
    def address(self) -> str:
        """Its address, without a database's name."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    @property
    def process(self) -> int:
        """The postmaster's number."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def create(self) -> None:
        """Make its files."""
        if self.user:
            shutil.chown(self.place, self.user)
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._run("initdb", "-D", str(self.data), *options)

    def start(self) -> None:
        """Start it and wait until it takes connections, after a crash until all are gone and it has recovered.

        Raises `CalledProcessError` where it can't start for another reason.
        """
        options = f"-p {self.port} -k {self.place} -c listen_addresses=127.0.0.1 -c max_connections=200"
        options += "" if self.durable else " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        log = self.place / "log"
        while True:
            begins = log.stat().st_size if log.exists() else 0
            try:
                self._run("pg_ctl", "-D", str(self.data), "-l", str(log), "-o", options, "-w", "-t", "600", "start")
            except subprocess.CalledProcessError:
                if not any(left in log.read_text()[begins:] for left in LEFT):
                    raise
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """Stop it at once."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def kill(self) -> None:
        """kill -9 of the postmaster; its processes end when they see it, and it is gone when they are."""
        left = [self.process, *children_of(self.process)]
        os.kill(self.process, signal.SIGKILL)
        while any(map(_runs, left)):
            time.sleep(0.02)

    def _run(self, program: str, *call: str) -> None:
        full = (program_of_postgresql(program), *call)
        subprocess.run(
            full, check=True, user=self.user, cwd=self.place, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )


def _runs(process: int) -> bool:
    """Whether a process is there and hasn't ended (Z: nobody has asked yet how)."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(process: int) -> list[int]:
    """The processes that a process has begun and that still run."""
    told = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(number) for number in told.split()]


@contextmanager
def postgresql_server(durable: bool = True) -> Iterator[PostgresqlServer]:
    """A running server, which is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="vaiven-postgresql-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = PostgresqlServer(place, free.getsockname()[1], durable)
    try:
        server.create()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The address of a running server for tests, without a database's name."""
    with postgresql_server(durable=False) as server:
        yield server.address
