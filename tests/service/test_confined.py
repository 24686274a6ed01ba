"""Work in children: each ends alone, and the process they are forked from may end too."""

from __future__ import annotations

import os
import signal
from multiprocessing import active_children

import pytest

from api.answers.problems import ServiceError
from api.confined import MEGABYTES, confined
from engine.errors import CallError
from engine.words import message


def test_each_child_is_a_process_of_its_own() -> None:
    """And begins with one thread, whatever its forerunner did."""
    first, second = (confined(_who) for _ in range(2))
    assert len({first[0], second[0], os.getpid()}) == 3
    assert first[1] == second[1] == "1"


def test_who_needs_too_much_is_ended_alone() -> None:
    """Memory, time, or an end without a word: whoever sent the content is told, and the next child works."""
    for call, seconds in ((_swell, 10), (_dwell, 1), (_leave, 10)):
        with pytest.raises(ServiceError) as told:
            confined(call, seconds=seconds)
        assert told.value.http_status == 413
    assert confined(_who)


def test_who_is_late_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine has no time for is no fault of whoever sent it; the child ends."""
    monkeypatch.setattr("api.confined.PATIENCE", 0)
    with pytest.raises(ServiceError) as told:
        confined(_dwell, seconds=600)
    assert told.value.http_status == 503 and "Retry-After" in (told.value.headers or {})
    assert not active_children()


def test_what_a_child_raises_is_raised() -> None:
    """With its message and its hint."""
    with pytest.raises(CallError) as told:
        confined(_refuse)
    assert (str(told.value.message), str(told.value.hint)) == ("It can't be done.", "Don't.")


def test_another_process_forks_where_that_one_was_ended() -> None:
    """As the system does where memory is short."""
    parent = int(confined(_who)[2])
    os.kill(parent, signal.SIGKILL)
    assert int(confined(_who)[2]) not in {parent, os.getpid()}


def _who() -> tuple[int, str, str]:
    with open("/proc/self/status", encoding="ascii") as file:
        told = dict(line.split(":", 1) for line in file)
    return os.getpid(), told["Threads"].strip(), told["PPid"].strip()


def _swell() -> int:
    return len(bytearray(2 * MEGABYTES * 2**20))


def _dwell() -> None:
    while True:
        pass


def _leave() -> None:
    os._exit(0)


def _refuse() -> None:
    raise CallError(message("It can't be done."), message("Don't."))
