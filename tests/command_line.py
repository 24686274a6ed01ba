"""The command line called in this process, so that no test pays for a Python that starts anew and reads everything."""

from __future__ import annotations

import contextlib
import io
import sys
from contextvars import copy_context
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType

import pytest

import engine.cli


def run_command(*arguments: object, folder: Path | None = None) -> CompletedProcess[str]:
    """Its exit status and what it said, as of a process of its own that was started in ``folder``."""
    words = list(map(str, arguments))
    answers, talk = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(answers), contextlib.redirect_stderr(talk):
        patch.setattr(sys, "argv", ["vaiven", *words])
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # by which usage tells what was called
        if folder is not None:
            patch.chdir(folder)
        status = copy_context().run(_status)  # which keeps the language that it speaks to itself
    return CompletedProcess(words, status, answers.getvalue(), talk.getvalue())


def _status() -> int:
    try:
        engine.cli.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
