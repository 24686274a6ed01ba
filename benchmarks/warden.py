"""Runs one command in a session of its own, kills it with its children at the limit, and says what it took.

``python -I warden.py BEGUN_FILE SECONDS PREPARATION_SECONDS COMMAND...``: the clock begins when ``BEGUN_FILE`` appears;
until then the command may prepare for ``PREPARATION_SECONDS``. The answer is one JSON object on stdout. It is a small
process of its own because the peak memory that the system reports of a child is never below that of its parent.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

POLL_SECONDS = 0.01


def start(command: list[str]) -> int:
    """Start ``command`` in a session of its own; its process number."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
    process.returncode = 0  # it is waited for here, and by nobody else
    return process.pid


def watch(process: int, begun_file: str, seconds: float, preparation: float) -> dict[str, object]:
    """Wait for a process under its limits: wall seconds, the peak of its largest process in MB, and how it ended."""
    started = time.monotonic()
    begun, killed = None, False
    try:
        while True:
            ended, status, usage = os.wait4(process, os.WNOHANG)
            if ended:
                break
            now = time.monotonic()
            begun = now if begun is None and os.path.exists(begun_file) else begun
            if not killed and now > (started + preparation if begun is None else begun + seconds):
                killed = True
                _kill(process)
            time.sleep(POLL_SECONDS)
    finally:
        _kill(process)
    return {
        "wall": time.monotonic() - started,
        "peak_mb": usage.ru_maxrss / 1024,
        "killed": killed,
        "returncode": os.waitstatus_to_exitcode(status),
    }


def _kill(session: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(session, signal.SIGKILL)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(json.dumps(watch(start(sys.argv[4:]), sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))))
