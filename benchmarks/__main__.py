"""Run the benchmark specs: ``python -m benchmarks [--smoke | --proof]``.

Each run is a process of its own; what is printed is the certified gap, the wall time and the peak memory of the whole
command, against value-greedy placement on the same programme in the same run.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np


def specs() -> list[Any]:
    """Every spec, by looking into the folder."""
    from benchmarks import specs as package

    return [
        importlib.import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]


def run_spec(spec: Any, workers: int) -> dict[str, Any]:
    """Build a spec at a size, match it by the command in a process of its own, and return the figures."""
    with tempfile.TemporaryDirectory() as place:
        folder, plan = Path(place, "programme"), Path(place, "plan")
        spec.build(workers, folder)
        begun = time.monotonic()
        command = [sys.executable, "-c", "from engine.cli import main; main()", "match", str(folder), str(plan)]
        subprocess.run([*command, "--gap", str(spec.GAP), "--quiet", "--json"], check=True, stdout=subprocess.DEVNULL)
        wall = time.monotonic() - begun
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        certificate = json.loads((plan / "certificate.json").read_text())
        greedy = greedy_objective(folder)
    return {
        "spec": spec.NAME,
        "workers": workers,
        "pairs": certificate["eligible_pairs"],
        "placements": certificate["placements"],
        "gap": certificate["gap"],
        "solve_s": certificate["seconds"]["solve"],
        "wall_s": wall,
        "peak_mb": peak,
        "greedy_share": greedy / certificate["objective"] if greedy and certificate["objective"] else float("nan"),
    }


def greedy_objective(folder: Path) -> float:
    """What placing by falling value, wherever it still fits, is worth; 0 where pairs are too many to be listed."""
    from engine.problem import compile_problem
    from engine.problem.values import SCALE
    from engine.programme import read_programme
    from engine.solve.insertion import insert

    problem = compile_problem(read_programme(folder))
    if problem.dense is not None:
        return 0.0
    columns = insert(problem, np.empty(0, np.int64), np.argsort(-problem.offers.value, kind="stable"))
    return float(problem.offers.value[columns].sum()) / SCALE


def main() -> None:
    """Run all specs and print a table; ``--smoke`` runs each of them tiny."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--proof", action="store_true")
    asked = parser.parse_args()
    headings = ("spec", "workers", "pairs", "placements", "gap", "solve_s", "wall_s", "peak_mb", "greedy_share")
    print(" ".join(f"{heading:>18}" for heading in headings))
    for spec in specs():
        for workers in (spec.SMOKE,) if asked.smoke else spec.SIZES:
            try:
                row = run_spec(spec, workers)
            except FileNotFoundError as missing:
                print(f"{spec.NAME}: left out, {missing} is not beside the checkout")
                continue
            texts = [
                f"{v:.6f}" if isinstance(v := row[h], float) else f"{v:,}" if isinstance(v, int) else v
                for h in headings
            ]
            print(" ".join(f"{text:>18}" for text in texts), flush=True)


if __name__ == "__main__":
    main()
