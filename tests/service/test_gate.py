"""What leaves a run tells nothing of other states: everything that is served to a ministry is searched for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from world import World

from api.identity.access import DESTINATION, ORIGIN, PLANNER
from api.runs.audience import Audience, audience_of
from api.runs.gate import declared, gated, gated_problem
from api.runs.job import Results
from api.runs.worker import Worker
from api.storage.database import transaction
from api.storage.tables import agreements, operations, persons, registers, run_files
from engine.errors import ClashError, Fault, InputError

P = "/v1/programmes/{p}"
SIZE = {"gap": 0.01}
OF_PLAN = ("rights", "accounts", "development", "impact", "recalls")
NAMES = {"worker_id", "household_id", "travel_group_id", "origin_region"}
CODE = re.compile(r"<script(?![^>]*application/json).*?</script>", re.DOTALL)


def _run(world: World, who: str, **options: Any) -> dict[str, Any]:
    begun = world.must(who, "POST", P + "/runs", json={**SIZE, **options})
    assert Worker(world.engine).run_one()
    found: dict[str, Any] = world.must(who, "GET", f"{P}/runs/{begun['id']}")
    return found


def _secrets(world: World, country: str) -> set[str]:
    """Ids, regions and names of workers of other states, and of agreements that a state has no part in."""
    workers = registers["workers"].c
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(workers.origin_country, *(workers[name] for name in NAMES))).all()
        known = connection.execute(sa.select(persons.c.origin_country, persons.c.register_number, persons.c.name)).all()
        texts = connection.execute(sa.select(agreements.c.agreement_id, agreements.c.content)).all()
    own = {str(cell) for row in rows if row.origin_country == country for cell in row[1:]}
    others = {str(cell) for row in rows if row.origin_country != country for cell in row[1:]}
    others |= {str(cell) for row in known if row.origin_country != country for cell in row[1:]}
    others |= {name for name, content in texts if f'"{country}"' not in content.partition("[[")[0]}
    return {term for term in others - own if len(term) > 2}


def _told(world: World, who: str) -> dict[str, str]:
    """Everything of runs that is served to somebody, by where it is served."""
    found = {"list": world.call(who, "GET", P + "/runs").text}
    for run in world.must(who, "GET", P + "/runs")["items"]:
        here = f"{P}/runs/{run['id']}"
        paths = [here, here + "/events", here + "/placements?limit=1000", here + "/files"]
        paths += [f"{here}/export?form={form}" for form in ("csv", "ics")]
        paths += [f"{here}/files/{name}" for name in world.must(who, "GET", here + "/files") if name[-4:] != ".png"]
        for path in paths:
            answer = world.call(who, "GET", path)
            assert answer.status_code == 200, (path, answer.text)
            found[f"{run['kind']} {path}"] = CODE.sub("", answer.text)
    return found


def _leaks(told: dict[str, str], secrets: set[str]) -> list[tuple[str, str]]:
    marks = re.compile(r"[\w.~#@/-]+")
    found = []
    for place, text in told.items():
        tokens = {part.strip(".-/") for part in marks.findall(text)} | set(marks.findall(text))
        found += [(place, term) for term in secrets & tokens]
        found += [(place, term) for term in secrets if " " in term and term in text]
    return found


def _accepted(world: World, who: str, kept: int = 6) -> set[str]:
    """A plan published and partly accepted; the workers who are under way."""
    run = _run(world, who)
    world.must(who, "POST", f"{P}/runs/{run['id']}/publication")
    ids = [operation["id"] for operation in world.operations(who, limit=kept)]
    for state in ("offered", "accepted"):
        assert world.move(who, state, ids).status_code == 200
    return {operation["worker_id"] for operation in world.operations(who, limit=kept)}


@pytest.mark.computes
def test_a_ministry_of_origin_is_told_nothing_of_others(generated_world: World) -> None:
    """Matches, repairs, what-ifs, sweeps, explanations, reports and failures, while workers of others hold places."""
    world = generated_world
    others = _accepted(world, "hn") | _accepted(world, "sv")
    secrets = _secrets(world, "GT")
    plan = _run(world, "gt")
    assert plan["state"] == "done" and others <= secrets
    with transaction(world.engine, read_only=True) as connection:
        held = connection.execute(sa.select(operations).where(operations.c.worker_id.in_(others))).all()
        named = sa.select(agreements.c.agreement_id).where(agreements.c.agreement_id.startswith("HN-US"))
        foreign = str(connection.scalars(named).first())
    world.must("gt", "POST", f"{P}/runs/{plan['id']}/publication")
    clause = _capped_clause(world, foreign)
    for options in (
        {"kind": "rematch", "plan": plan["id"]},
        {"kind": "what_if", "what_ifs": ["hurricane-in-florida"]},
        {"kind": "what_if", "what_ifs": [f'[[edit]]\nagreement = "{foreign}"\nclause = "{clause}"\ncount = 0\n']},
        {"kind": "sweep", "sweep": _sweep(foreign, clause)},
        {"kind": "compare", "mechanisms": ["stable"], "gap": 0.05},
        {"kind": "harmonise", "agreements": _own_agreements(world, "gt"), "most": 1, "gap": 0.05},
        {"kind": "report", "plan": plan["id"], "lang": "es"},
        *({"kind": kind, "plan": plan["id"]} for kind in OF_PLAN),
        {"kind": "frontier", "equity": ["households"], "steps": 1, "gap": 0.05},
        {"kind": "explain", "plan": plan["id"], "order": held[0].order_id},
        {"kind": "explain", "plan": plan["id"], "clause": clause},
        {"kind": "explain", "plan": plan["id"], "commitments": True},
        {"kind": "explain", "plan": plan["id"], "worker": held[0].worker_id},
        {"kind": "explain", "plan": plan["id"], "worker": held[0].worker_id, "order": held[0].order_id},
        {"kind": "explain", "plan": plan["id"], "worker": _unplaced(world, plan["id"])},
    ):
        answer = world.call("gt", "POST", P + "/runs", json={**SIZE, **options})
        assert answer.status_code in (202, 422), answer.text
        if answer.status_code == 202:
            assert Worker(world.engine).run_one()
    _break_a_row(world, held[0].worker_id)
    assert _run(world, "gt")["state"] == "failed"
    told = _told(world, "gt")
    assert _leaks({place: _without_options(text) for place, text in told.items()}, secrets) == []
    assert len(told) > 80


def _own_agreements(world: World, who: str) -> list[str]:
    """Two agreements that a state has a part in."""
    every = world.must(who, "GET", P + "/agreements")["items"]
    return [one["agreement_id"] for one in every if one["agreement_id"].startswith(f"{who.upper()}-")][:2]


def _without_options(text: str) -> str:
    """What somebody has written into a request stands in the options of its run."""
    return re.sub(r'"options":\{.*?\},"progress"', '"progress"', text)


def _capped_clause(world: World, agreement: str) -> str:
    text = world.must("gt", "GET", P + f"/agreements/{agreement}")["toml"]
    return str(re.findall(r'\[\[clause\]\]\s+id = "([^"]+)"\s+kind = "cap"', text)[0])


def _sweep(agreement: str, clause: str) -> str:
    edit = f'edit = {{ agreement = "{agreement}", clause = "{clause}", count = "VALUE" }}'
    return f'[[vary]]\nname = "count"\n{edit}\nvalues = [0, 1]\n'


def _unplaced(world: World, run: str) -> str:
    text = world.call("gt", "GET", f"{P}/runs/{run}/files/unplaced.csv").text
    return text.splitlines()[1].split(",")[0]


def _break_a_row(world: World, worker: str) -> None:
    """What an older version let in, or somebody wrote by hand."""
    rows = registers["workers"]
    with transaction(world.engine) as connection:
        mine = rows.update().where(rows.c.worker_id == worker)
        connection.execute(mine.values(available_from="2030-01-01", available_to="2020-01-01"))


def test_a_ministry_of_destination_is_told_nothing_of_others_employers(generated_world: World) -> None:
    """Neither in its plan nor where a register of another has faults."""
    world = generated_world
    employers, sites = registers["employers"], registers["sites"]
    with transaction(world.engine) as connection:
        theirs = connection.execute(sa.select(employers).where(employers.c.country == "US")).all()
        ids = [row.employer_id for row in theirs]
        places = list(connection.scalars(sa.select(sites.c.site_id).where(sites.c.employer_id.in_(ids))))
    secrets = {*ids, *(row.name for row in theirs if row.name), *places}
    plan = _run(world, "ca")
    assert plan["state"] == "done"
    _run(world, "ca", kind="report", plan=plan["id"])
    with transaction(world.engine) as connection:
        connection.execute(employers.update().where(employers.c.employer_id == ids[0]).values(debarred_from="soon"))
    failed = _run(world, "ca")
    assert failed["state"] == "failed" and failed["problem"]["faults"]
    assert _leaks(_told(world, "ca"), secrets) == []


def test_a_file_that_is_not_declared_is_neither_kept_nor_served(world: World) -> None:
    """Whatever it is and however it came there."""
    world.certified()
    run = world.run()
    with transaction(world.engine) as connection:
        values = {"run_id": run["id"], "name": "profiles.csv", "sha256": "", "content": b"secret"}
        connection.execute(run_files.insert().values(**values))
    here = f"{P}/runs/{run['id']}/files"
    assert "profiles.csv" not in world.must("gt", "GET", here)
    assert world.call("gt", "GET", here + "/profiles.csv").status_code == 404
    for name in ("input.tar.gz", "begun_from/prices.csv", "checkpoint/x"):
        assert world.call("gt", "GET", f"{here}/{name}").status_code == 404
    kept = gated(Results({"profiles.csv": b"a"}, {}), Audience(ORIGIN, "GT", frozenset()))
    assert kept.files == {}


OTHERS = Audience(ORIGIN, "GT", frozenset({"WHN1", "Islas de la Bahía", "HN-US", "HH-7"}))


@pytest.mark.parametrize(
    "name", sorted(name for name in declared() if name.endswith((".csv", ".json", ".svg", ".html")))
)
def test_each_kind_of_file_is_made_ones_own_or_withheld(name: str) -> None:
    """A name of another in any place of it doesn't come through."""
    for term in sorted(OTHERS.hidden):
        if name.endswith(".csv"):
            content = f"worker_id,limit,reason,name\nW1,GT-CA|quota|,fine,Petén\n{term},HN-US|a|,{term},{term}\n"
        elif name == "certificate.json":
            content = f'{{"checks": [{{"rule": "{term}|a"}}, {{"rule": "GT-CA|quota"}}], "note": "{term}"}}'
        else:
            content = f'{{"a": ["{term} and W1"], "{term}": 1}}'
        own = gated(Results({name: content.encode()}, {"x": content}), OTHERS)
        told = "".join(one.decode() for one in own.files.values()) + str(own.manifest)
        assert term not in told
        assert name.endswith((".svg", ".html")) or "W1" in told or "GT-CA" in told


def test_counts_by_state_of_origin_are_told_to_that_state(tmp_path: Path) -> None:
    """Of a cap by state of origin a ministry of origin is told its own use, a planner everybody's."""
    tmp_path.joinpath("workers.csv").write_text("worker_id,origin_country\nW1,GT\nW2,HN\n")
    rows = [f"own|origin_country={one}|2026-06-19,own,origin_country={one} 2026-06-19,7,60" for one in ("GT", "HN")]
    prices = "\n".join(["limit,clause_id,scope,used,count", *rows, ""]).encode()
    for role, seen in ((ORIGIN, ["GT"]), (PLANNER, ["GT", "HN"])):
        told = gated(Results({"prices.csv": prices}, {}), audience_of(role, "GT", tmp_path)).files["prices.csv"]
        assert re.findall(r"^own\|origin_country=(\w+)", told.decode(), re.M) == seen


def test_problems_are_told_as_ones_own(tmp_path: Path) -> None:
    """Faults of rows of others without value and row, and texts without names."""
    (tmp_path / "workers.csv").write_text("worker_id,origin_country,birth_date\nW1,GT,x\nWHN1,HN,y\n", "utf-8")
    faults = [
        Fault("workers.csv", row, "birth_date", value, "is no day", "a day") for row, value in ((2, "x"), (3, "y"))
    ]
    told = gated_problem(InputError(faults), OTHERS, tmp_path)
    assert [(one["row"], one["value"]) for one in told["faults"]] == [(0, ""), (2, "x")]
    clash = gated_problem(
        ClashError("They break HN-US|a: WHN1 of Islas de la Bahía.", ("HN-US|a",), ""), OTHERS, tmp_path
    )
    assert "WHN1" not in str(clash) and "HN-US" not in str(clash) and "Islas" not in str(clash)
    other = Audience(DESTINATION, "CA", frozenset({"E9"}))
    assert "E9" not in str(gated_problem(ClashError("E9 is full.", (), "See E9."), other, tmp_path))
