"""Why promises can't be kept: a smallest set of clauses that clash, in the words of the agreements (QuickXplain).

Junker (2004), QuickXplain: preferred explanations and relaxations for over-constrained problems. Every clause that is
left is needed: without any one of them what is wanted would be possible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from engine.audit.lasting_rules import rule_in_words
from engine.clauses.base import Clause, Reserve
from engine.errors import ClashError, SolverError
from engine.problem.problem import compile_problem
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.words import message

Possible = Callable[[Programme], bool]


@dataclass(frozen=True)
class ClashExplanation:
    """``clash`` is whether the commitments can't be kept, ``clauses`` the names of a set that clashes with them.

    An empty set with a clash means that the rules that always hold suffice.
    """

    clash: bool
    clauses: tuple[str, ...]
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_commitments(programme: Programme) -> ClashExplanation:
    """Whether the commitments can be kept, and which clauses are in their way if not."""
    if keepable(programme):
        line = message("All commitments can be kept.")
        return ClashExplanation(False, (), (line,))
    core = smallest_clash(programme, keepable)
    if core is None:
        rules, told = _clash_without_clauses(programme)
        line = message("The commitments clash with rules that hold whatever the clauses say: {rules}.", rules=rules)
        return ClashExplanation(True, (), (line, told))
    lines = [message("The commitments clash with these together; any one less would do:")]
    lines += [message("  {name}: {text}", name=clause.name, text=rule_in_words(clause)) for clause in core]
    return ClashExplanation(True, tuple(clause.name for clause in core), tuple(lines))


def _clash_without_clauses(programme: Programme) -> tuple[tuple[str, ...], str]:
    """What matching says of the promises of a programme without its clauses: the rules, and whom they concern."""
    try:
        match(compile_problem(drawn_order(with_clauses(programme, []), 0)[0]), "optimal", 1.0, Budget(600.0))
    except ClashError as error:
        return error.rules, error.message
    raise SolverError(message("What clashed a moment ago clashes no more."), message("Please report this."))


def smallest_clash(programme: Programme, possible: Possible) -> list[Clause] | None:
    """Clauses with which something is not possible, and without any one of which it is.

    ``possible`` says whether what is wanted can be had under a programme's clauses; fewer clauses never make it
    impossible. None where it can't be had even without clauses.
    """
    if not possible(with_clauses(programme, [])):
        return None
    return _quick(programme, possible, [], [], list(programme.all_clauses()))


def _quick(
    programme: Programme, possible: Possible, background: list[Clause], added: list[Clause], left: list[Clause]
) -> list[Clause]:
    """The clauses of ``left`` that are needed for a clash beside ``background``, to which ``added`` came last."""
    if added and not possible(with_clauses(programme, background)):
        return []
    if len(left) == 1:
        return left
    half = len(left) // 2
    first, second = left[:half], left[half:]
    of_second = _quick(programme, possible, background + first, first, second)
    of_first = _quick(programme, possible, background + of_second, of_second, first)
    return of_first + of_second


def with_clauses(programme: Programme, clauses: list[Clause]) -> Programme:
    """The programme with these of its clauses alone; a set-aside stays only beside its cap."""
    kept = {(clause.agreement_id, clause.id) for clause in clauses}

    def holds(clause: Clause) -> bool:
        rule = clause.rule
        needs = (clause.agreement_id, rule.within) in kept if isinstance(rule, Reserve) else True
        return (clause.agreement_id, clause.id) in kept and needs

    agreements = tuple(
        replace(agreement, clauses=tuple(filter(holds, agreement.clauses))) for agreement in programme.agreements
    )
    return replace(programme, agreements=agreements, clauses=tuple(filter(holds, programme.clauses)))


def keepable(programme: Programme) -> bool:
    """Whether some legal plan keeps every commitment."""
    try:
        match(compile_problem(drawn_order(programme, 0)[0]), "optimal", 1.0, Budget(600.0))
    except ClashError:
        return False
    return True
