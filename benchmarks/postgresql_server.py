"""A PostgreSQL server of our own: real, in a temporary folder, on a free port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def program_of_postgresql(name: str) -> str:
    """A program of PostgreSQL, of the newest version installed. Raises `FileNotFoundError` without one."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(installed[-1]) if installed else shutil.which(name)
    if not found:
        raise FileNotFoundError(f"{name} is missing; install PostgreSQL (apt-get install postgresql).")
    return found


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The address of a server, without a database's name."""
    place = Path(tempfile.mkdtemp(prefix="vaiven-postgresql-"))
    user = "postgres" if os.getuid() == 0 else None  # it refuses to run as root
    if user:
        shutil.chown(place, user)
    data, log = place / "data", place / "log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c max_connections=200"

    def run(*call: str) -> None:
        subprocess.run(call, check=True, user=user, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    try:
        run(
            program_of_postgresql("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        run(program_of_postgresql("pg_ctl"), "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
        yield f"postgresql://postgres@127.0.0.1:{port}"
        run(program_of_postgresql("pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)
