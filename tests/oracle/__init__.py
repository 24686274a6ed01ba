"""An oracle for matching programmes, written plainly from the contract and apart from the engine."""

from .calendar_rules import legal_itineraries
from .count_rules import faults
from .optimum import optimum, optimum_by_enumeration
from .pair_rules import admitted, refusals
from .programme_reader import Programme, read

__all__ = [
    "Programme",
    "admitted",
    "faults",
    "legal_itineraries",
    "optimum",
    "optimum_by_enumeration",
    "read",
    "refusals",
]
