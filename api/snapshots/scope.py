"""What of a programme somebody's runs read, and what of its faults he or she is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.identity.access import DESTINATION, EMPLOYER, ORIGIN, PLANNER
from api.storage.operation_states import PLACED
from engine.errors import InputError

BLURRED = (PLANNER, EMPLOYER)  # what is computed for them stands on values that stand for many


OF_ORIGIN = ("workers", "history", "preferences", "commitments", "exclusions", "scores")


@dataclass(frozen=True)
class Scope:
    """What of a programme a run reads: along the corridors from an origin ('' any) or to a destination ('' any), orders
    by state.

    ``only_order`` are the cells of the one order that is read, filed or not. ``held`` are the states of operations
    that are kept; what another side has proposed or offered (``role`` and country say whose side this is) is kept too:
    it asked first.
    """

    role: str = ""
    origin: str = ""
    destination: str = ""
    states: tuple[str, ...] = ("certified",)
    held: tuple[str, ...] = PLACED
    only_order: Mapping[str, str] | None = None
    without_declined: bool = True

    @property
    def country(self) -> str:
        """The country of the side that asks."""
        return self.origin or self.destination

    @property
    def blurred(self) -> bool:
        """Whether it reads values that stand for many. A check of an order is asked in as many variants as one likes
        and leaves no trace, so it reads them for whoever isn't told of the workers.
        """
        return self.role in BLURRED or (self.only_order is not None and self.role != ORIGIN)


def scope_of(role: str, country: str) -> Scope:
    """What a role's runs read: ministries their own corridors, planners all."""
    return Scope(role, country if role == ORIGIN else "", country if role == DESTINATION else "")


def told_to(role: str, error: InputError) -> InputError:
    """The faults of a programme as a role may read them: of registers of workers, whoever doesn't keep them learns the
    column and what is wrong, neither row nor value.
    """
    if role == ORIGIN:
        return error
    private = {f"{name}.csv" for name in OF_ORIGIN}
    faults = [
        replace(fault, row=0, value="") if fault.file in private else fault  # the same fault of many rows counts once
        for fault in error.faults
    ]
    return InputError(faults, error.hint)
