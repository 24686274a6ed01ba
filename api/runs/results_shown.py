"""What came of a run that has no plan, as a page: its template and what that is told, by the kind of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.identity.access import MINISTRIES, Principal
from api.runs.ahead_shown import outlook_shown, season_shown
from api.runs.comparison_shown import compared
from api.runs.explanation_shown import explanation_shown
from api.runs.harmonisation_shown import harmonisation_shown
from api.runs.plain_words import plainly
from api.runs.plan_shown import seen_agreements
from api.runs.plan_words import Agreements
from api.runs.principles_shown import principles_shown
from api.runs.result_files import names_of
from api.runs.sweep_shown import sweep_shown
from engine.planning.accounts_files import SHOWN, unit_in_words
from engine.planning.rights_files import MARKS


@dataclass(frozen=True)
class Result:
    """A finished run as somebody looks at it, with the agreements that he or she sees."""

    connection: sa.Connection
    principal: Principal
    run: sa.Row[Any]
    known: Agreements


def _nothing_more(_: Result) -> dict[str, Any]:
    return {}


def _explanation(of: Result) -> dict[str, Any]:
    may = of.principal.role in MINISTRIES and of.principal.may("run.start")
    return {"may_change": may, **explanation_shown(of.run.manifest["explanation"], of.known)}


def _overview(of: Result) -> dict[str, Any]:
    return {"seen": plainly(of.run.manifest["overview"], of.known, asks=True)}


def _comparison(of: Result) -> dict[str, Any]:
    return compared(of.run.manifest["comparison"], of.known)


def _sweep(of: Result) -> dict[str, Any]:
    return sweep_shown(of.connection, of.run.id)


def _rights(_: Result) -> dict[str, Any]:
    return {"marks": MARKS}


def _principles(of: Result) -> dict[str, Any]:
    return principles_shown(of.run.manifest["principles"])


def _accounts(of: Result) -> dict[str, Any]:
    told = of.run.manifest["accounts"]
    units = [unit_in_words(line["unit"], told["currency"]) for line in told["lines"]]
    return {"units": units, "headings": [line["title"] for line in told["lines"] if line["line"] in SHOWN]}


def _season(of: Result) -> dict[str, Any]:
    return season_shown(of.run.manifest["season"])


def _outlook(of: Result) -> dict[str, Any]:
    return outlook_shown(of.run.manifest["outlook"])


def _harmonisation(of: Result) -> dict[str, Any]:
    return harmonisation_shown(of.run.manifest["harmonisation"], of.known)


PAGES: Mapping[str, tuple[str, Callable[[Result], dict[str, Any]]]] = {
    "report": ("runs/pictures.html", _nothing_more),
    "replay": ("runs/replay.html", _nothing_more),
    "overview": ("runs/overview.html", _overview),
    "explain": ("runs/explanation.html", _explanation),
    "what_if": ("runs/comparison.html", _comparison),
    "sweep": ("runs/sweep.html", _sweep),
    "rights": ("runs/rights.html", _rights),
    "compare": ("runs/principles.html", _principles),
    "accounts": ("runs/accounts.html", _accounts),
    "development": ("runs/development.html", _nothing_more),
    "season": ("runs/season.html", _season),
    "outlook": ("runs/outlook.html", _outlook),
    "harmonise": ("runs/harmonisation.html", _harmonisation),
}
OF_ANY = ("runs/done.html", _nothing_more)


def result_shown(connection: sa.Connection, principal: Principal, run: sa.Row[Any]) -> tuple[str, dict[str, Any]]:
    """The template of a finished run's page, and what it is told beside the run: always its ``files``."""
    template, shown = PAGES.get(run.kind, OF_ANY)
    known = seen_agreements(connection, principal, run.programme_id)
    return template, {"files": list(names_of(connection, run.id)), **shown(Result(connection, principal, run, known))}
