"""The proof on small programmes: the optimum against an independent brute force, the audit, the bound and the export.

python benchmarks/proof_adversarial.py [PROGRAMMES] [FIRST_SEED]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests")]
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What one programme showed; ``faults`` is empty where all agreed."""

    seed: int
    workers: int
    pairs: int
    itineraries: int
    objective: float
    brute_force: float
    bound: float
    exported: float
    faults: tuple[str, ...]


def prove(seed: int) -> Verdict:
    """Match one adversarial programme and hold it against the oracle, its own export and the audit."""
    from oracle.optimum import optimum
    from oracle.programme_reader import read as read_naively

    from engine.problem import compile_problem
    from engine.problem.export import write_mps
    from engine.programme import write_programme
    from engine.run import match_programme
    from scenarios.presets import adversarial

    workers = 20 + seed * 7 % 41
    with tempfile.TemporaryDirectory() as folder:
        draft = adversarial.build(workers, seed)
        write_programme(Path(folder, "p"), draft.settings, draft.agreements, draft.tables)
        matched = match_programme(Path(folder, "p"))
        naive = optimum(read_naively(Path(folder, "p")))
        brute_force = float(naive[0]) if naive else float("nan")
        write_mps(compile_problem(matched.programme), Path(folder, "model.mps"))
        exported = _solved(Path(folder, "model.mps"))
    certificate = matched.files.certificate
    objective, bound = certificate["objective"], certificate["bound"]
    checks = {
        "status": certificate["status"] == "optimal",
        "objective": abs(objective - brute_force) <= TOLERANCE * max(1, brute_force),
        "bound": bound >= brute_force - TOLERANCE and certificate["price_bound"] >= brute_force - TOLERANCE,
        "export": abs(exported - brute_force) <= TOLERANCE * max(1, brute_force),
        "audit": matched.verdict.legal,
    }
    faults = tuple(name for name, held in checks.items() if not held)
    itineraries = matched.problem.offers.count
    return Verdict(
        seed, workers, matched.problem.eligible_pairs, itineraries, objective, brute_force, bound, exported, faults
    )


def _solved(model: Path) -> float:
    import highspy

    with open(os.devnull, "w") as silence, redirect_stdout(silence):
        solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor has no types
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.readModel(str(model))
        solver.run()
    return float(solver.getInfo().objective_function_value)


def main() -> int:
    """Prove the given number of programmes and print what failed; the exit status is 1 where anything did."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    begun = time.monotonic()
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        verdicts = list(pool.map(prove, range(first, first + count)))
    failed = [verdict for verdict in verdicts if verdict.faults]
    for verdict in failed:
        print(verdict)
    pairs = [verdict.pairs for verdict in verdicts]
    print(
        f"{count - len(failed)} of {count} programmes agree with the brute force, the audit and the export; "
        f"{min(pairs)} to {max(pairs)} admitted pairs, {time.monotonic() - begun:.0f} s."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
