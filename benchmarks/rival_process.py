"""The process of one rival: ``python -m benchmarks.rival_process MODULE PROGRAM FOLDER OUT SECONDS THREADS GAP``."""

from __future__ import annotations

import importlib
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.program import Question, load
from benchmarks.reports import Reporter


def main(arguments: list[str]) -> None:
    """Load the program, let the rival prepare, and time it from there to its end."""
    module, program, folder, out, seconds, threads, gap = arguments
    rival = importlib.import_module(module)
    question = Question(load(Path(program)), Path(folder), float(seconds), int(threads), float(gap))
    reporter = Reporter(Path(out))
    if hasattr(rival, "prepare"):
        rival.prepare(question)
    reporter.begin()
    rival.solve(replace(question, begun=time.monotonic()), reporter)
    reporter(None, None, None)


if __name__ == "__main__":
    main(sys.argv[1:])
