"""From a programme to arrays: who may take what, at which value, and which limits join them."""

from engine.problem.problem import MatchingProblem, compile_problem

__all__ = ["MatchingProblem", "compile_problem"]
