"""Children of `api.confined` that are forked from a process that has everything imported, and so cost no start of
Python; what they may and how they end is as outside tests.
"""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from subprocess import TimeoutExpired

from api import confined

confined._make_ready()  # in the process that is forked; in that of the tests all of it is there anyway
_context = get_context("forkserver")
_context.set_forkserver_preload([__name__])


class ForkedChild:
    """What `api.confined` asks of a `subprocess.Popen`."""

    def __init__(self) -> None:
        job, self._job = _context.Pipe(duplex=False)
        self._told, told = _context.Pipe(duplex=False)
        self._process = _context.Process(target=_work, args=(job, told), daemon=True)
        self._process.start()
        job.close()
        told.close()

    @property
    def returncode(self) -> int | None:
        """Its exit status once it has ended."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Its exit status, None as long as it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def communicate(self, job: bytes = b"", timeout: float | None = None) -> tuple[bytes, None]:
        """Hand it its job and wait for what it tells."""
        try:
            self._job.send_bytes(job)
            self._job.close()
            if not self._told.poll(timeout):
                raise TimeoutExpired("a forked child", timeout or 0.0)
            told = self._told.recv_bytes()
        except (EOFError, OSError):
            told = b""  # it was ended, or has ended before
        self._process.join()
        return told, None


def _work(job: Connection, told: Connection) -> None:
    with suppress(EOFError):  # nobody needed it
        sys.stdin = io.TextIOWrapper(io.BytesIO(job.recv_bytes()))
        answer = io.BytesIO()
        sys.stdout = io.TextIOWrapper(answer)
        confined._main()
        told.send_bytes(answer.getvalue())
