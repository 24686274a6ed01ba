"""What a spec and a rival must offer, and how they are found: every module of their folder is one."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from benchmarks.program import Question
from benchmarks.reports import Report

# A rival of programmes whose limits join several orders or several workers; min-cost flow can't state them.
JOINT_RIVALS = (
    "vaiven",
    "highs-lp",
    "highs-mip",
    "pdlp-rounding",
    "cp-sat",
    "scip",
    "greedy-value",
    "first-come",
)


class Build(Protocol):
    """Writes a programme of so many workers."""

    def __call__(self, workers: int, folder: Path, severity: float = 1.0) -> None:
        """Raises FileNotFoundError where its data are not at hand."""
        ...


@dataclass(frozen=True)
class Spec:
    """A family of programmes, of which ``build`` writes one.

    ``smoke`` is the number of workers of a quick check and ``sizes`` those that are measured; ``dial`` says in words
    what severity turns and ``severities`` lists what is measured; ``gap`` is what the whole command is asked to reach,
    ``rivals`` names the methods that can state such a programme.
    """

    name: str
    summary: str
    build: Build
    sizes: tuple[int, ...]
    dial: str = "what every quota is divided by"
    smoke: int = 300
    severities: tuple[float, ...] = (1.0,)
    gap: float = 0.001
    rivals: tuple[str, ...] = JOINT_RIVALS


class Rival(Protocol):
    """The face of a rival module.

    A rival may also have ``prepare(question)``, which runs before its clock begins: imports, compiled kernels, and
    whatever the benchmark doesn't count.
    """

    NAME: str

    def solve(self, question: Question, report: Report) -> None:
        """Find plans and bounds, and report each better one; ends by itself within ``question.seconds``."""
        ...


def specs() -> dict[str, Spec]:
    """Every spec by its name."""
    from benchmarks import specs as package

    found: list[Spec] = [module.SPEC for module in _modules(package)]
    return {spec.name: spec for spec in found}


def rivals() -> dict[str, str]:
    """The module of every rival, by the rival's name."""
    from benchmarks import rivals as package

    return {module.NAME: module.__name__ for module in _modules(package)}


def _modules(package: Any) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]
