"""The arrays that rivals get are the very program that `vaiven export` writes."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import highspy
import numpy as np
import pytest
from adversarial_programmes import draft
from small_programs import compiled, highs_optimum

from benchmarks.program import load, program_of
from benchmarks.registry import specs
from engine.problem import compile_problem
from engine.problem.export import write_mps
from engine.programme import read_programme, write_programme
from engine.tuning import Tuning


def _optimum_of_file(path: Path) -> float:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.readModel(str(path))
    solver.run()
    return float(solver.getInfo().objective_function_value)


@pytest.mark.parametrize("spec", ["nation", "northern-triangle", "crews-groups-shares"])
def test_arrays_and_export_have_the_same_optimum(spec: str, tmp_path: Path) -> None:
    """HiGHS finds the same best value in both, with crews, groups, shares and chains."""
    specs()[spec].build(120, tmp_path / "programme")
    problem = compiled(tmp_path / "programme")
    write_mps(problem, tmp_path / "model.mps")
    assert highs_optimum(program_of(problem)) == pytest.approx(_optimum_of_file(tmp_path / "model.mps"), rel=1e-7)


@pytest.mark.parametrize("seed", [5, 11, 17])
def test_adversarial_arrays_and_export_have_the_same_optimum(seed: int, tmp_path: Path) -> None:
    """The same holds where commitments bind and limits clash."""
    made = draft(seed)
    write_programme(tmp_path / "programme", made.settings, made.agreements, made.tables)
    problem = compiled(tmp_path / "programme")
    write_mps(problem, tmp_path / "model.mps")
    assert highs_optimum(program_of(problem)) == pytest.approx(_optimum_of_file(tmp_path / "model.mps"), rel=1e-7)


def test_a_saved_program_is_read_back_whole(tmp_path: Path) -> None:
    """Nothing is lost on the way to a rival's process."""
    specs()["crews-groups-shares"].build(100, tmp_path / "programme")
    program = program_of(compiled(tmp_path / "programme"))
    program.save(tmp_path / "program.npz")
    again = load(tmp_path / "program.npz")
    for field in fields(program):
        assert np.array_equal(getattr(program, field.name), getattr(again, field.name)), field.name


def test_pairs_that_are_not_listed_are_not_exported(tmp_path: Path) -> None:
    """Where pairs are priced where they lie there is no program to hand over, and it is said."""
    specs()["dense"].build(300, tmp_path / "programme")
    dense = compile_problem(read_programme(tmp_path / "programme"), Tuning(dense_pairs=10))
    with pytest.raises(ValueError, match="no columns"):
        program_of(dense)


def test_a_crew_below_its_least_is_a_fault(tmp_path: Path) -> None:
    """A plan with one person on a crew's order breaks a row, with the crew opened or not."""
    specs()["crews-groups-shares"].build(300, tmp_path / "programme")
    program = program_of(compiled(tmp_path / "programme"))
    crews = len(program.crew_most)
    assert crews
    row = program.by_row[program.first_crew_row]
    lonely = row.indices[(row.data == 1.0) & (row.indices < program.first_crew)][:1]
    assert program.faults(lonely) >= 1
    assert program.faults(program.with_crews(lonely)) >= 1
