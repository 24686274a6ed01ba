"""Forks methods from a process that has everything loaded: for the quick check, which measures nothing.

Each line on stdin is a JSON list ``[module, arguments, begun_file, stderr_file, seconds, preparation]``; each answer is
a line like the warden's.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks.registry import rivals
from benchmarks.warden import watch

HEAVY = (
    "engine.cli",
    "engine.run",
    "highspy",
    "ortools.graph.python.min_cost_flow",
    "ortools.linear_solver.python.model_builder_helper",
    "ortools.pdlp.python.pdlp",
    "ortools.sat.python.cp_model",
    "scipy.sparse",
)


def _born(module: str, arguments: list[str], stderr_file: str) -> int:
    """The process number of a fork that runs ``main(arguments)`` of a module in a session of its own."""
    process = os.fork()
    if process:
        with suppress(PermissionError):
            os.setpgid(process, process)
        return process
    with suppress(PermissionError):
        os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    os.dup2(os.open(stderr_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 2)
    status = 1
    try:
        importlib.import_module(module).main(arguments)
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _warm_up() -> None:
    """Load every module and every compiled kernel, by matching a tiny programme."""
    from benchmarks.filling import fill
    from benchmarks.program import program_of
    from engine.run import match_programme
    from scenarios.presets import nation

    for name in (*HEAVY, *rivals().values()):
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="vaiven-bench-") as place:
        nation.build(nation.LEAST_WORKERS, 1).write(Path(place, "programme"), "parquet")
        program = program_of(match_programme(Path(place, "programme")).problem)
    fill(program, np.arange(program.column_count))


def main() -> None:
    """Load what methods need, then answer every line."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    _warm_up()
    for line in sys.stdin:
        module, arguments, begun_file, stderr_file, seconds, preparation = json.loads(line)
        told = watch(_born(module, arguments, stderr_file), begun_file, seconds, preparation)
        out.write(json.dumps(told) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
