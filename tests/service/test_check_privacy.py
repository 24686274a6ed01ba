"""What an employer can find out of one person by checking an order in many variants."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from world import ORDER, World

from api.orders.check_privacy import FEW, SCALE, Blur
from api.settings import settings
from api.storage.tables import registers

P = "/v1/programmes/{p}"
TRIES = 112  # with which the person was found before


def _number(told: str) -> int:
    return 0 if told.startswith("fewer") else int(told)


def _check(world: World, order: str, who: str = "e1", **changes: Any) -> Any:
    """Change an order and check it."""
    path = f"{P}/orders/{order}"
    changed = world.call("e1", "PUT", path, json={**ORDER, **changes}, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    return world.call(who, "GET", path + "/check")


@pytest.fixture
def many_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the checks of a minute be as many as a test needs."""
    monkeypatch.setenv("VAIVEN_CHECKS_PER_MINUTE", "1000")
    settings.cache_clear()


@pytest.mark.usefixtures("many_checks")
def test_an_answer_depends_on_the_content_alone(world: World) -> None:
    """Neither on what was asked before, nor on how often, nor on columns that admit nobody."""
    order = world.order(submit=False)["order_id"]
    contents = [{"min_experience_months": months} for months in (0, 12, 24, 36)]
    first = [_check(world, order, **content).json() for content in contents]
    again = [_check(world, order, **content).json() for content in reversed(contents)]
    assert first == again[::-1]
    assert _check(world, order, **contents[0], headcount=7, min_crew=2).json() == first[0]
    assert _check(world, order, **contents[0], required_skills=["b", "a"]).json() == (
        _check(world, order, **contents[0], required_skills=["a", "b"]).json()
    )
    other = world.order(submit=False, headcount=1)["order_id"]
    assert _check(world, other, **contents[1]).json() == first[1]


@pytest.mark.usefixtures("many_checks")
def test_the_variants_of_a_day_are_counted(world: World) -> None:
    """Eight of an order; what was checked before is told again, and what asks the same is no other variant."""
    order = world.order(submit=False)["order_id"]
    found = [_check(world, order, hourly_wage=15 + n / 8).status_code for n in range(9)]
    assert found == [200] * 8 + [429]
    assert _check(world, order, hourly_wage=16).status_code == 429, "what was refused is not known either"
    assert _check(world, order, hourly_wage=15).status_code == 200
    assert _check(world, order, hourly_wage=15, headcount=5).status_code == 200
    assert _check(world, order, who="ca", hourly_wage=17).status_code == 200, "of cells, as often as it likes"


def test_no_order_of_an_employer_has_a_share_of_its_own_without_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times as many over all orders: filing another one gives no more."""
    monkeypatch.setenv("VAIVEN_CHECK_VARIANTS_PER_DAY", "1")
    monkeypatch.setenv("VAIVEN_CHECKS_PER_MINUTE", "1000")
    settings.cache_clear()
    found = []
    for n in range(11):
        order = world.order(submit=False, hourly_wage=20 + n)["order_id"]
        found.append(world.call("e1", "GET", f"{P}/orders/{order}/check").status_code)
    assert found == [200] * 10 + [429]


@pytest.mark.usefixtures("many_checks")
def test_who_is_registered_is_told_alike_in_every_variant(world: World) -> None:
    """No order has a part in it, so no variants average its noise away."""
    with world.engine.begin() as connection:
        rows = [
            dict(row._mapping) | {"worker_id": f"{row.worker_id}{n}"}
            for row in connection.execute(sa.select(registers["workers"]))
            for n in range(4)
        ]
        connection.execute(registers["workers"].insert(), rows)
    order = world.order(submit=False)["order_id"]
    told = {_check(world, order, hourly_wage=15 + n).json()["registered"] for n in range(8)}
    assert len(told) == 1 and _number(told.pop()) >= FEW


def _guesses(with_conditions: bool) -> float:
    """How often an employer who asks 300 times with and without a skill is right about whether one person has it."""
    right = 0
    for attack in range(200):
        key, there = attack.to_bytes(4), attack % 2
        steps = []
        for n in range(300):
            skill = ("skill",) if with_conditions else ()
            without = Blur(key, f"{n}", ()).count("admitted", 40)
            steps.append(without - Blur(key, f"{n} skill", skill).count("admitted", 40 - there))
        right += (sum(steps) / len(steps) > 0.5) == bool(there)
    return right / 200


def test_no_number_of_variants_averages_the_noise_of_a_condition_away() -> None:
    """As many as there may be in a month: hardly better than a guess, where it was sure before."""
    assert _guesses(with_conditions=False) > 0.75
    assert _guesses(with_conditions=True) < 0.65


@pytest.mark.parametrize("who", ["e1", "ca"])
def test_no_variant_splits_finer_than_a_cell(world: World, who: str) -> None:
    """Two registers that differ within a worker's cells alone are told alike, with a threshold between the two: to an
    employer, and to a ministry of destination, which is told everybody's numbers without noise.
    """
    order = world.order(submit=False, min_experience_months=30)["order_id"]
    workers, told = registers["workers"], []
    for months, income in ((25, 300), (35, 349)):
        with world.engine.begin() as connection:
            values = {"occupations": f"9211:{months}", "reservation_weekly_income": str(income)}
            connection.execute(workers.update().where(workers.c.origin_country == "GT").values(values))
            assert connection.scalar(sa.select(sa.func.count()).select_from(workers)) == 14
        told.append(world.must(who, "GET", f"{P}/orders/{order}/check"))
    assert told[0] == told[1]


def test_the_attack_of_many_thresholds_finds_nobody() -> None:
    """One person stands at one of 112 thresholds: the largest step told is no better a guess than any other."""
    hits = 0
    for attack in range(300):
        place = (attack * 37) % (TRIES - 1) + 1
        blurs = [Blur(attack.to_bytes(4), str(n)) for n in range(TRIES)]
        told = [_number(blur.told("admitted", 20 if n < place else 19)) for n, blur in enumerate(blurs)]
        steps = [one - other for one, other in pairwise(told)]
        hits += steps.index(max(steps)) == place - 1
    assert hits / 300 < 5 / TRIES, hits


def test_one_person_more_or_less_is_hardly_told() -> None:
    """Each answer is about as likely with the person as without: no likelier than the noise's scale allows."""
    with_one, without = (
        Counter(Blur(draw.to_bytes(4), "v").told("admitted", count) for draw in range(20_000)) for count in (10, 9)
    )
    for told in with_one | without:
        if min(with_one[told], without[told]) > 500:
            assert abs(math.log(with_one[told] / without[told])) < 1 / SCALE + 0.1, told
    assert f"fewer than {FEW}" in with_one and "10" in without


def test_counts_are_told_by_steps_of_a_ladder() -> None:
    """From far below to a million, never above the blurred count."""
    ladder = {0, 10, 20, 30, 50, 75}
    for exact in (0, 3, 11, 99, 480, 999, 1000, 7600, 123_456, 999_999):
        blur = Blur(b"key", str(exact))
        told = _number(blur.told("x", exact))
        assert told <= blur.count("x", exact)
        while told >= 100:
            assert told % 10 == 0
            told //= 10
        assert told in ladder | {15, 10}, (exact, told)


def test_each_worker_counts_in_one_count_of_a_check_alone(world: World) -> None:
    """Whom one condition alone leaves out is told there; whom two leave out, nowhere."""
    one = world.order(languages=["en:A2"])["order_id"]
    told = world.must("ca", "GET", f"{P}/orders/{one}/check")
    assert told["admitted"] == "0" and told["left_out"]["language"] == "10"
    assert set(told["left_out"]) == {"occupation", "language", "availability", "reservation"}
    two = world.order(languages=["en:A2"], required_skills=["pruning"])["order_id"]
    told = world.must("ca", "GET", f"{P}/orders/{two}/check")
    assert {told["left_out"]["language"], told["left_out"]["skills"], told["admitted"]} == {"0"}
    for order in (one, two):
        told = world.must("ca", "GET", f"{P}/orders/{order}/check")
        counted = [int(count) for count in (told["admitted"], *told["left_out"].values())]
        assert sum(counted) <= int(told["registered"])


def test_whom_a_condition_leaves_out_tells_no_more_of_one_person() -> None:
    """Asked 300 times in ways that make no difference: the noise of all conditions stays in the count."""
    right, conditions = 0, ("skill", "income 5", "start_date 2026-03")
    for attack in range(400):
        key, there = attack.to_bytes(4), attack % 2
        counts = [Blur(key, f"{n}", conditions).count("left_out skills", 40 + there) for n in range(300)]
        right += (sum(counts) / len(counts) > 40.5) == bool(there)
    assert right / 400 < 0.65
