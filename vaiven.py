"""Vaivén matches seasonal workers to job orders abroad under bilateral agreements, provably well, and says why.

>>> import vaiven
>>> programme = vaiven.generate("northern-triangle", workers=200)
>>> plan = vaiven.match(programme)
>>> plan.certificate.status
'optimal'
"""

from engine.audit.audit import Audit, Breach
from engine.discovery import discover
from engine.errors import (
    AuditError,
    CallError,
    ClashError,
    ExtensionError,
    Fault,
    InputError,
    SolverError,
    VaivenError,
)
from engine.face.accounts import PlanAccounts, accounts
from engine.face.agreements import compare_agreements, harmonise, lint_agreements, try_agreements
from engine.face.certificate import Certificate
from engine.face.development import DevelopmentReport, development
from engine.face.fairness import (
    EquityFrontier,
    ScoreAudit,
    adverse_impact,
    equity_frontier,
    recalls_after_speaking,
    score_audit,
)
from engine.face.outlook import outlook
from engine.face.plan import Plan, read_plan
from engine.face.principles import PrinciplesTable, compare
from engine.face.rights import RightsReport, rights
from engine.face.season import SeasonTable, season
from engine.face.verbs import audit, explain, generate, match, report
from engine.face.what_ifs import Comparison, SweepTable, rematch, sweep, what_if
from engine.kernel import software_version
from engine.planning.outlook.many_futures import Futures
from engine.programme import Programme, read_programme
from engine.run import Options
from engine.tuning import Tuning

__version__ = software_version()
__all__ = [
    "Audit",
    "AuditError",
    "Breach",
    "CallError",
    "Certificate",
    "ClashError",
    "Comparison",
    "DevelopmentReport",
    "EquityFrontier",
    "ExtensionError",
    "Fault",
    "Futures",
    "InputError",
    "Options",
    "Plan",
    "PlanAccounts",
    "PrinciplesTable",
    "Programme",
    "RightsReport",
    "ScoreAudit",
    "SeasonTable",
    "SolverError",
    "SweepTable",
    "Tuning",
    "VaivenError",
    "accounts",
    "adverse_impact",
    "audit",
    "compare",
    "compare_agreements",
    "development",
    "discover",
    "equity_frontier",
    "explain",
    "generate",
    "harmonise",
    "lint_agreements",
    "match",
    "outlook",
    "read_plan",
    "read_programme",
    "recalls_after_speaking",
    "rematch",
    "report",
    "rights",
    "score_audit",
    "season",
    "sweep",
    "try_agreements",
    "what_if",
]
