"""Every spec offers what the registry asks for, and its dial turns what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_programs import compiled

from benchmarks.draft_edits import with_headcounts_alone, with_tighter_caps, with_travel_groups
from benchmarks.program import program_of
from benchmarks.registry import rivals, specs
from benchmarks.rivals.min_cost_flow import order_row_of
from scenarios.presets import nation, northern_triangle

SYNTHETIC = [name for name in specs() if name != "h2a-fy16"]


@pytest.mark.parametrize("name", list(specs()))
def test_a_spec_says_what_it_is(name: str) -> None:
    """It has sizes, severities, words for its dial, and rivals that exist."""
    spec = specs()[name]
    assert spec.summary and spec.dial and spec.sizes and spec.severities[0] == 1.0
    assert set(spec.rivals) <= set(rivals())
    assert min(spec.sizes) >= spec.smoke


@pytest.mark.parametrize("name", SYNTHETIC)
def test_a_spec_builds_a_programme(name: str, tmp_path: Path) -> None:
    """At its least size and at a higher severity there are still pairs to choose from."""
    spec = specs()[name]
    spec.build(150, tmp_path / "programme", 2.0)
    assert program_of(compiled(tmp_path / "programme")).pairs > 0


def test_severity_one_leaves_the_quotas_alone() -> None:
    """The dial's rest position is the preset itself."""
    drawn = northern_triangle.build(100, 1)
    made = with_tighter_caps(drawn, 1.0)
    assert made.agreements == drawn.agreements and made.settings == drawn.settings


def test_severity_two_halves_every_quota_and_spares_the_preset() -> None:
    """Quotas are divided, one place stays, and the draft that was drawn is not touched."""
    drawn = nation.build(300, 1)
    before = [clause.get("count") for agreement in drawn.agreements for clause in agreement["clause"]]
    made = with_tighter_caps(drawn, 2.0)
    after = [clause.get("count") for agreement in made.agreements for clause in agreement["clause"]]
    assert after == [None if count is None else max(1, count // 2) for count in before]
    assert before == [clause.get("count") for agreement in drawn.agreements for clause in agreement["clause"]]


def test_headcounts_alone_make_a_network(tmp_path: Path) -> None:
    """Every column has its party's row and at most one of an order."""
    with_headcounts_alone(nation.build(200, 1), 1.0).write(tmp_path / "programme")
    program = program_of(compiled(tmp_path / "programme"))
    assert (order_row_of(program) >= program.party_count).any()


def test_chains_are_longer_than_single_placements(tmp_path: Path) -> None:
    """The two specs on one programme differ in the placements a column may hold."""
    longest = {}
    for name in ("northern-triangle", "single"):
        specs()[name].build(300, tmp_path / name)
        longest[name] = program_of(compiled(tmp_path / name)).placements.max()
    assert longest["northern-triangle"] > longest["single"]


def test_travel_groups_are_pairs_of_one_origin() -> None:
    """A tenth of the workers travel in twos, from the same country."""
    import numpy as np

    workers = with_travel_groups(nation.build(200, 1), 0.1, np.random.default_rng(1)).tables["workers"]
    grouped = workers[workers["travel_group_id"] != ""]
    assert len(grouped) == 20
    assert (grouped.groupby("travel_group_id").size() == 2).all()
    assert (grouped.groupby("travel_group_id")["origin_country"].nunique() == 1).all()
