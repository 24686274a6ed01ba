"""A rival that reports a plan, starts a child, and never ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.program import Question
from benchmarks.reports import Report

NAME = "hanging"


def solve(question: Question, report: Report) -> None:
    """Report the empty plan and a bound, leave a child, and hang."""
    report(0.0, float(question.program.worth.sum()), np.zeros(question.program.column_count))
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    Path(question.folder, "child").write_text(str(child.pid))
    while True:
        signal.pause()
