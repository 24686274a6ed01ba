"""What the tests of charts share: a small matched programme, and the same programme with an empty plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.charts.plan_view import PlanView
from engine.run import Matched, Options, match_to_folder
from scenarios.presets import northern_triangle

WORKERS = 400


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programme and, once it is matched, the plan are."""
    return tmp_path_factory.mktemp("season")


@pytest.fixture(scope="session")
def matched(season: Path) -> Matched:
    """A certified plan of a small synthetic programme with agreements, quotas, beds and return placements."""
    northern_triangle.build(WORKERS, 1).write(season / "programme")
    return match_to_folder(season / "programme", season / "plan", Options(gap=0.01))


@pytest.fixture
def view(matched: Matched) -> PlanView:
    """That plan, to be drawn."""
    return PlanView.from_matched(matched)


@pytest.fixture
def empty(view: PlanView) -> PlanView:
    """The programme with no placement and no limit."""
    nobody = np.empty(0, np.int64)
    certificate = {**view.certificate, "placements": 0, "objective": 0.0, "bound": 0.0, "gap": 0.0, "checks": []}
    return replace(view, worker=nobody, order=nobody, prices=view.prices.slice(0, 0), certificate=certificate)
