"""Recalls after grievances and transfers: who is compared, the planted employer found, chance held to its level."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from adversarial_programmes import Draft, draft
from command_line import run_command
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom

import vaiven
from engine.planning.fairness.exact_tests import LEVEL, TwoRates, p_value_of_all

EACH = 20


def _season(recalled: dict[str, tuple[int, int]], spoke: int = 8) -> Draft:
    """Crews of `EACH` of whom ``spoke`` transferred; by employer so many (of these, of the others) are recalled."""
    made = draft(2)
    chosen = list(made.tables["orders"].drop_duplicates("employer_id")["employer_id"])[: len(recalled)]
    orders = made.tables["orders"].drop_duplicates("employer_id").set_index("employer_id")["order_id"]
    one = made.tables["workers"].head(1)
    workers = pd.concat([one] * EACH * len(chosen), ignore_index=True)
    workers["worker_id"] = [f"w{row}" for row in range(len(workers))]
    workers["travel_group_id"] = workers["household_id"] = ""
    as_of = pd.Timestamp(made.settings["as_of"])
    stays, asked = [], []
    for number, (employer, (of_spoke, of_others)) in enumerate(zip(chosen, recalled.values(), strict=True)):
        for place in range(EACH):
            worker = f"w{number * EACH + place}"
            reason = "transferred" if place < spoke else "completed"
            days = as_of - pd.Timedelta(days=200), as_of - pd.Timedelta(days=60)
            stays.append((worker, employer, "9211", "CA", *(day.date().isoformat() for day in days), reason))
            if place < of_spoke or spoke <= place < spoke + of_others:
                asked.append((orders[employer], worker))
    columns = list(made.tables["history"].columns)
    named = ["worker_id", "employer_id", "isco08", "destination_country", "start_date", "end_date", "exit_reason"]
    made.tables["history"] = pd.DataFrame(stays, columns=named)[columns]
    made.tables["recalls"] = pd.DataFrame(asked, columns=["order_id", "worker_id"])
    for name in ("preferences", "commitments", "exclusions", "scores"):
        made.tables[name] = made.tables[name].head(0)
    made.tables["workers"] = workers
    return made


def _programme(made: Draft) -> vaiven.Programme:
    return vaiven.Programme.from_frames(made.settings, made.agreements, **made.tables)


def test_the_planted_employer_is_found_and_no_other() -> None:
    """One of three recalls hardly anybody who transferred and most of the others."""
    table = vaiven.recalls_after_speaking(_programme(_season({"a": (5, 8), "b": (0, 11), "c": (6, 8)})))
    assert sorted(table["verdict"]) == ["no_sign", "no_sign", "sign"]
    (row,) = table[table["verdict"] == "sign"].to_dict("records")
    assert (row["spoke"], row["spoke_recalled"], row["others"], row["others_recalled"]) == (8, 0, 12, 11)
    assert row["p_value"] == pytest.approx(3 * fisher_exact([[0, 8], [11, 1]], alternative="less").pvalue)


def test_who_recalls_nobody_and_who_has_few_gets_no_verdict() -> None:
    nobody = vaiven.recalls_after_speaking(_programme(_season({"a": (0, 0)})))
    assert list(nobody["verdict"]) == ["recalls_nobody"]
    few = vaiven.recalls_after_speaking(_programme(_season({"a": (0, 8)}, spoke=1)))
    assert list(few["verdict"]) == ["too_small"] and few["p_value"].isna().all()


def test_grievances_count_where_a_table_tells_them(tmp_path: Path) -> None:
    """Within the year and against this employer; every fault of a row is named at once."""
    made = _season({"a": (0, 12)}, spoke=0)
    made.programme(tmp_path / "season")
    employer = made.tables["history"]["employer_id"].iloc[0]
    as_of = pd.Timestamp(made.settings["as_of"])
    quiet, old = as_of - pd.Timedelta(days=90), as_of - pd.Timedelta(days=800)
    lines = [f"w{row},{employer},{quiet.date()}" for row in range(12, 20)] + [f"w0,{employer},{old.date()}"]
    (tmp_path / "grievances.csv").write_text("worker_id,employer_id,filed_on\n" + "\n".join(lines), "utf-8")
    asked = ("--grievances", tmp_path / "grievances.csv")
    done = run_command("fairness", "recalls", tmp_path / "season", tmp_path / "out", *asked)
    assert done.returncode == 0, done.stderr
    (row,) = pd.read_csv(tmp_path / "out" / "recalls.csv").to_dict("records")
    assert (row["grievances"], row["transferred"], row["spoke_recalled"], row["others_recalled"]) == (8, 0, 0, 12)
    assert row["verdict"] == "sign"
    (tmp_path / "wrong.csv").write_text("worker_id,employer_id,filed_on\nnobody,somebody-else,soon\n", "utf-8")
    done = run_command("fairness", "recalls", tmp_path / "season", "--grievances", tmp_path / "wrong.csv")
    assert done.returncode == 2 and all(word in done.stderr for word in ("nobody", "somebody-else", "soon"))


def test_who_left_early_is_left_aside() -> None:
    """Somebody who neither spoke nor completed is in neither group; somebody's stay of long ago is in no crew."""
    made = _season({"a": (2, 6)})
    made.tables["history"].loc[EACH - 1, "exit_reason"] = "early_return"
    made.tables["history"].loc[EACH - 2, ["start_date", "end_date"]] = ["2020-01-01", "2020-02-01"]
    (row,) = vaiven.recalls_after_speaking(_programme(made)).to_dict("records")
    assert (row["spoke"], row["others"]) == (8, 10)


counts = st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 5), st.integers(0, 4))


@given(st.lists(counts, min_size=1, max_size=3))
def test_the_test_over_all_is_exact(drawn: list[tuple[int, int, int, int]]) -> None:
    """Against the sum over everything that could have been drawn with the same totals."""
    pairs = [TwoRates(a, a + b, c, c + d) for a, b, c, d in drawn if a + b and c + d]
    each = []
    for pair in pairs:
        chosen = pair.chosen + pair.others_chosen
        law = hypergeom(pair.size + pair.others, chosen, pair.size)
        each.append([(k, law.pmf(k)) for k in range(min(pair.size, chosen) + 1)])
        assert pair.p_value == pytest.approx(
            fisher_exact(
                [[pair.chosen, pair.size - pair.chosen], [pair.others_chosen, pair.others - pair.others_chosen]],
                alternative="less",
            ).pvalue
        )
        assert pair.least_p_value <= pair.p_value + 1e-12
    total = sum(pair.chosen for pair in pairs)
    expected = sum(
        np.prod([likely for _, likely in draw]) for draw in product(*each) if sum(k for k, _ in draw) <= total
    )
    assert p_value_of_all(pairs) == pytest.approx(expected)


def test_chance_alone_is_held_to_its_level() -> None:
    """Two employers who call back whoever they like: over all that can be drawn, a sign for any is as rare as said."""
    spoke, others, recalled = 8, 12, 12
    law = hypergeom(spoke + others, recalled, spoke)
    least = {k: TwoRates(k, spoke, recalled - k, others).p_value for k in range(spoke + 1)}
    alarm = sum(
        law.pmf(one) * law.pmf(other)
        for one, other in product(range(spoke + 1), repeat=2)
        if min(least[one], least[other]) * 2 < LEVEL
    )
    assert 0 < alarm <= LEVEL
