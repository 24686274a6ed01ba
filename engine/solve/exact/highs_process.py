"""The child process that runs HiGHS: program after program, each answered whole, until its standard input closes."""

from __future__ import annotations

import os
import queue
import sys
import threading
from typing import Any

import highspy
import numpy as np


def main() -> None:
    """Solve the program that each line of standard input names; a line is answered when its answer is written.

    A line holds the file of the program, the file for the answer, the most nodes (0: no limit), how far from the best
    branching may end, and what is good enough ("nan": nothing), parted by tabs. The process ends with its parent, also
    in the middle of a program.
    """
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the solver's library prints is no reply
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    while True:
        question, answer, nodes, within, enough = lines.get().rstrip("\n").split("\t")
        _answer(question, answer, int(nodes), float(within), float(enough))
        print("done", file=replies, flush=True)


def _read(lines: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _answer(question: str, answer: str, nodes: int, within: float, enough: float) -> None:
    with np.load(question) as read:
        program = {name: read[name] for name in read.files}
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor has no types
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": max(within, 1e-7),
        "mip_feasibility_tolerance": 1e-7,
    }
    if nodes:
        options["mip_max_nodes"] = nodes
    if enough == enough:
        options["objective_target"] = enough
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(_model(program))
    solver.run()
    _write(solver, answer, "integral" in program)


def _model(program: dict[str, Any]) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program["value"]), len(program["row_upper"])
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_, model.col_lower_, model.col_upper_ = program["value"], program["lower"], program["upper"]
    model.row_lower_, model.row_upper_ = program["row_lower"], program["row_upper"]
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = program["offsets"].astype(np.int32)
    model.a_matrix_.index_, model.a_matrix_.value_ = program["row"], program["coefficient"]
    if "integral" in program:
        kinds = np.where(program["integral"], 1, 0)
        model.integrality_ = [
            highspy.HighsVarType.kInteger if kind else highspy.HighsVarType.kContinuous for kind in kinds
        ]
    return model


def _write(solver: highspy.Highs, answer: str, integral: bool) -> None:
    status, info, solution = solver.getModelStatus(), solver.getInfo(), solver.getSolution()
    optimal = status == highspy.HighsModelStatus.kOptimal
    infeasible = status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    )
    feasible = info.primal_solution_status == 2
    point = np.array(solution.col_value) if feasible else np.empty(0)
    price = np.array(solution.row_dual) if solution.dual_valid and not integral else np.empty(0)
    bound = info.mip_dual_bound if integral else info.objective_function_value
    numbers: list[float] = [optimal, infeasible]
    numbers += [info.objective_function_value, bound]
    numbers += [info.mip_node_count, info.simplex_iteration_count]
    aside = answer + ".part.npz"
    np.savez(aside, point=point, price=price, numbers=np.array(numbers, np.float64))
    os.replace(aside, answer)


if __name__ == "__main__":
    main()
