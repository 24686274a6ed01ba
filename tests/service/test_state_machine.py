"""Whatever ministries and employers do, and in which order: nothing is promised twice, everything can be matched still,
and nobody is told of another ministry's people.

Orders are filed, changed, stepped and closed; registers and agreements are changed under people who have accepted; runs
of several ministries are published one against the other; placements go on, back, and home.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from databases import Databases, service_on
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from world import ORDER, World, agreement, copied_world, workers_csv

from api.app import create_app
from api.placements.operations import STEPS
from api.storage.operation_states import HOME, STANDING
from api.storage.tables import operations, orders, registers

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"
EXAMPLES = int(os.environ.get("VAIVEN_SEQUENCES", "0"))  # 0: few, the same every time
STEPS_OF_ONE = 30 if EXAMPLES else 22
MINISTRIES, MATCHERS = ("gt", "hn", "ca", "us"), ("gt", "hn", "ca", "planner")
EMPLOYERS = {"e1": {}, "e2": {"site_id": "S2", "destination_country": "US"}}
SEASONS = (("2026-03-01", "2026-06-30"), ("2026-05-01", "2026-08-31"), ("2026-09-20", "2026-11-30"))
CLAUSES = (
    "",
    '[[clause]]\nid = "rest"\nkind = "cool_off"\nmin_days = 30\n',
    '[[clause]]\nid = "men"\nkind = "share"\nmin_share = 0.5\n[clause.where]\nsex = ["M"]\n',
    '[[clause]]\nid = "days"\nkind = "stay_window"\nmax_days = 200\nwindow_days = 365\n',
)
STATES = ("offered", "accepted", "declined", "travelling", "arrived", "home", "dropped", "withdrawn")
REFUSALS = {403, 404, 409, 412, 422}

which = st.integers(0, 30)  # one of what there is, counted round


class _Season(RuleBasedStateMachine):
    """A programme with the corridors GT-CA, HN-CA and HN-US, and what its people do to it."""

    databases: Databases
    kind: str
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        url = self.databases.copy(self.kind, "world")
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("CHECKS", "REQUESTS"):
            patch.setenv(f"VAIVEN_{name}_PER_MINUTE", "100000")
        engine = self.stack.enter_context(service_on(url))
        client = self.stack.enter_context(TestClient(create_app(), raise_server_exceptions=False))
        self.world: World = copied_world(client, engine, **self.databases.worlds[url])
        self.world.must("gt", "PUT", f"{P}/agreements/HN-CA", json={"toml": agreement("HN-CA", "HN", "CA", 4)})
        settings = self.world.must("gt", "GET", P)["settings"]
        two = settings.replace("max_placements_per_worker = 1", "max_placements_per_worker = 2")
        self.world.must("gt", "PATCH", P, json={"settings": two}, headers={"If-Match": "*"})
        self.quotas = {"GT-CA": 50, "HN-CA": 4, "HN-US": 50}
        self.starts = dict.fromkeys(self.quotas, 0)
        self.runs: list[tuple[str, str]] = []
        self.changed: set[str] = set()  # whose data are no longer those with which they were placed
        self.numbers = 100
        self.people: dict[str, set[str]] = {"gt": set(), "hn": set()}
        self._learn_people()

    def teardown(self) -> None:
        """Whatever has become of it, it can be matched."""
        try:
            for who in MATCHERS:
                self._match(who)
        finally:
            self.stack.close()

    # what anybody does

    def _tell(self, who: str, method: str, path: str, **kwargs: Any) -> Any:
        """Call as somebody; the answer is done or refused in order, and names nobody else's people."""
        answer = self.world.call(who, method, path, **kwargs)
        assert answer.status_code < 300 or answer.status_code in REFUSALS, (path, answer.text)
        self._require_discretion(who, answer.text)
        self.seen[f"{path.rpartition('/')[2]} {answer.status_code}"] += method == "POST"
        return answer

    def _require_discretion(self, who: str, text: str) -> None:
        strangers = {"gt": ("hn",), "hn": ("gt",), "us": ("gt",), "e2": ("gt",)}.get(who, ())
        for other in strangers:
            named = [worker for worker in self.people[other] if worker in text]
            assert not named, f"{who} is told of {named}"

    def _learn_people(self) -> None:
        for who, known in self.people.items():
            rows = self.world.must(who, "GET", P + "/registers/workers", params={"limit": 1000})["items"]
            known |= {row["cells"]["worker_id"] for row in rows}

    def _some(self, found: list[Any], number: int) -> Any:
        return found[number % len(found)]

    def _orders(self, who: str) -> list[dict[str, Any]]:
        return list(self._tell(who, "GET", P + "/orders", params={"limit": 1000}).json()["items"])

    def _operations(self, who: str) -> list[dict[str, Any]]:
        return list(self._tell(who, "GET", P + "/operations", params={"limit": 1000}).json()["items"])

    @initialize(places=st.integers(1, 4), season=which, last=st.sampled_from(("proposed", *STATES)))
    def begin(self, places: int, season: int, last: str) -> None:
        """A plan of each origin is published, and its people are on their way."""
        for who in ("e1", "e2", "e1"):
            self.file_order(who, places, season, 1)
        for number, who in enumerate(("gt", "hn")):
            self.match_and_publish(who, False)
            self.go_through(number, last)

    # demand

    @rule(who=st.sampled_from(sorted(EMPLOYERS)), places=st.integers(1, 4), season=which, crew=st.integers(1, 2))
    def file_order(self, who: str, places: int, season: int, crew: int) -> None:
        """An employer files an order and its ministry certifies it."""
        begin, end = self._some(list(SEASONS), season)
        content = {**EMPLOYERS[who], "start_date": begin, "end_date": end}
        self.world.certified(who, headcount=places, min_crew=min(crew, places), **content)

    @rule(who=st.sampled_from(["e1", "e2", "ca", "us"]), number=which, places=st.integers(1, 5), season=which)
    def change_order(self, who: str, number: int, places: int, season: int) -> None:
        """An order is returned, and says something else, with or without those in the way."""
        if found := self._orders(who):
            order = self._some(found, number)
            path, begun = f"{P}/orders/{order['order_id']}", self._some(list(SEASONS), season)
            ministry = "ca" if order["destination_country"] == "CA" else "us"
            query = {"withdraw": number % 2 == 0}
            self._tell(ministry, "POST", f"{path}/return", headers={"If-Match": "*"}, params=query)
            body = {name: order[name] for name in ORDER if name in order} | {"headcount": places}
            body |= {"start_date": begun[0], "end_date": begun[1]} if number % 3 == 0 else {}
            self._tell(who, "PUT", path, json=body, headers={"If-Match": "*"}, params=query)
            for step in ("submission", "certification"):
                self._tell(ministry, "POST", f"{path}/{step}", headers={"If-Match": "*"})

    @rule(who=st.sampled_from(["e1", "ca", "us"]), number=which, withdraw=st.booleans())
    def close_order(self, who: str, number: int, withdraw: bool) -> None:
        """An order takes nobody new from now on."""
        if found := self._orders(who):
            path = f"{P}/orders/{self._some(found, number)['order_id']}/closure"
            self._tell(who, "POST", path, headers={"If-Match": "*"}, params={"withdraw": withdraw})

    # registers and agreements

    @rule(who=st.sampled_from(["gt", "hn"]), number=which, what=which)
    def change_worker(self, who: str, number: int, what: int) -> None:
        """Somebody's data change, whatever is open."""
        worker = self._some(sorted(self.people[who]), number)
        profile = self._some(
            [
                {"available_from": "2026-09-01"},
                {"available_from": "2026-01-01", "available_to": "2026-12-31"},
                {"available_to": "2026-07-15"},
                {"sex": "M"},
                {"refuses": "E1"},
                {"travel_group_id": f"G-{who}"},
            ],
            what,
        )
        answer = self._tell(who, "PATCH", f"{P}/workers/{worker}", json={"profile": profile}, headers={"If-Match": "*"})
        if answer.status_code == 200:
            self.changed.add(worker)

    @rule(who=st.sampled_from(["gt", "hn"]))
    def register_worker(self, who: str) -> None:
        """Somebody new is registered."""
        self.numbers += 1
        answer = self.world.upload(who, "workers", workers_csv(who.upper(), range(self.numbers, self.numbers + 1)))
        assert answer.status_code == 201, answer.text
        self._learn_people()

    @rule(who=st.sampled_from(["gt", "hn"]), number=which, erased=st.booleans())
    def lose_worker(self, who: str, number: int, erased: bool) -> None:
        """Somebody leaves the programme, or is erased."""
        path = f"{P}/workers/{self._some(sorted(self.people[who]), number)}"
        query = {"drop_open": number % 2 == 0}
        answer = self._tell(who, "DELETE", path if erased else f"{path}/registration", params=query)
        if answer.status_code == 200:
            self.changed.add(path.rpartition("/")[2])

    @rule(identifier=st.sampled_from(["GT-CA", "HN-CA", "HN-US"]), count=st.integers(0, 6), clause=which)
    def write_agreement(self, identifier: str, count: int, clause: int) -> None:
        """A quota is cut or raised, and rules come and go."""
        origin, destination = identifier.split("-")
        text = agreement(identifier, origin, destination, count) + self._some(list(CLAUSES), clause)
        answer = self._tell("gt", "PUT", f"{P}/agreements/{identifier}", json={"toml": text}, headers={"If-Match": "*"})
        if answer.status_code == 200:
            self.quotas[identifier] = count

    # runs, plans and placements

    def _match(self, who: str) -> str:
        told = self._tell(who, "GET", P + "/soundness").json()
        assert told["sound"], told
        run = self.world.run(who, gap=0.0)
        assert run["state"] == "done", run
        self._require_discretion(who, str(run))
        path = f"{P}/runs/{run['id']}"
        for name in self.world.must(who, "GET", f"{path}/files"):
            self._require_discretion(who, self.world.call(who, "GET", f"{path}/files/{name}").text)
        return str(run["id"])

    @rule(who=st.sampled_from(MATCHERS))
    def match(self, who: str) -> None:
        """A run ends with a plan, published later or never."""
        run = self._match(who)
        if who != "planner":
            self.runs.append((who, run))

    @rule(who=st.sampled_from(["gt", "hn", "ca"]), what_fits=st.booleans())
    def match_and_publish(self, who: str, what_fits: bool) -> None:
        """A plan is published as soon as it is there."""
        self.runs.append((who, self._match(who)))
        self.publish(-1, what_fits)

    @precondition(lambda self: self.runs)
    @rule(number=which, what_fits=st.booleans())
    def publish(self, number: int, what_fits: bool) -> None:
        """A plan is published, whatever happened since it was made."""
        who, run = self._some(self.runs, number)
        self._tell(who, "POST", f"{P}/runs/{run}/publication", params={"what_fits": what_fits})

    @precondition(lambda self: self.runs)
    @rule(number=which)
    def repair(self, number: int) -> None:
        """A published plan is repaired."""
        who, run = self._some(self.runs, number)
        asked = {"kind": "rematch", "plan": run, "gap": 0.0}
        answer = self._tell(who, "POST", f"{P}/runs", json=asked)
        if answer.status_code == 202:
            from api.runs.worker import Worker

            assert Worker(self.world.engine).run_one()
            done = self._tell(who, "GET", f"{P}/runs/{answer.json()['id']}").json()
            assert done["state"] == "done", done
            self.runs.append((who, done["id"]))

    @rule(who=st.sampled_from(MINISTRIES), number=which, state=st.sampled_from(STATES), many=st.booleans())
    def step(self, who: str, number: int, state: str, many: bool) -> None:
        """One placement goes on, or all that are where this one is."""
        if found := self._operations(who):
            one = self._some(found, number)
            ids = [other["id"] for other in found if other["state"] == one["state"]] if many else [one["id"]]
            self._tell(who, "POST", P + "/operation-moves", json={"state": state, "ids": ids})

    @rule(number=which, last=st.sampled_from(STATES))
    def go_through(self, number: int, last: str) -> None:
        """The placements of an origin go on as far as they can."""
        who = ("gt", "hn")[number % 2]
        for state in ("offered", "accepted", "travelling", "arrived", "home") if last in STATES else ():
            for ministry in ("ca", "us") if state == "arrived" else (who,):
                ids = [o["id"] for o in self._operations(ministry) if state in STEPS.get(o["state"], ())]
                if ids:
                    self._tell(ministry, "POST", P + "/operation-moves", json={"state": state, "ids": ids})
            if state == last:
                return

    @rule(who=st.sampled_from(MINISTRIES), number=which, state=st.sampled_from(("proposed", *STATES)))
    def correct(self, who: str, number: int, state: str) -> None:
        """A step is taken back."""
        if found := self._operations(who):
            path = f"{P}/operations/{self._some(found, number)['id']}/correction"
            body = {"state": state, "reason": "Recorded by mistake."}
            self._tell(who, "POST", path, json=body, headers={"If-Match": "*"})

    # what holds after each of them

    def _standing(self) -> list[sa.Row[Any]]:
        with self.world.engine.connect() as connection:
            asked = sa.select(operations).where(operations.c.state.in_(STANDING))
            return list(connection.execute(asked.order_by(operations.c.worker_id, operations.c.start_date)))

    @invariant()
    def no_order_is_beyond_its_headcount(self) -> None:
        """Ended stays among them."""
        with self.world.engine.connect() as connection:
            rows = connection.execute(sa.select(orders.c.order_id, orders.c.headcount))
            places = {order: float(count) for order, count in rows}
        taken = Counter(row.order_id for row in self._standing())
        assert all(count <= places[order] for order, count in taken.items()), taken

    @invariant()
    def no_quota_is_beyond_its_count(self) -> None:
        """One that was cut below who has come already doesn't grow; nobody counts whose data say something else now."""
        with self.world.engine.connect() as connection:
            there = set(connection.scalars(sa.select(registers["workers"].c.worker_id)))
        counted = [
            row
            for row in self._standing()
            if row.worker_id in there and not (row.state == HOME and row.worker_id in self.changed)
        ]
        starts = Counter(f"{row.origin_country}-{row.destination_country}" for row in counted)
        for identifier, count in self.quotas.items():
            assert starts[identifier] <= max(count, self.starts[identifier]), (identifier, starts)
            self.starts[identifier] = starts[identifier]

    @invariant()
    def nobody_is_placed_twice_on_one_day(self) -> None:
        """By whomever."""
        for one, other in pairwise(self._standing()):
            assert one.worker_id != other.worker_id or one.end_date < other.start_date, (one, other)

    @invariant()
    def placements_are_on_the_days_of_their_orders(self) -> None:
        """No order moves away under its people."""
        with self.world.engine.connect() as connection:
            same = sa.and_(orders.c.order_id == operations.c.order_id)
            asked = sa.select(operations.c.id).join(orders, same).where(operations.c.state.in_(STANDING))
            moved = sa.or_(orders.c.start_date != operations.c.start_date, orders.c.end_date != operations.c.end_date)
            assert connection.scalars(asked.where(moved)).all() == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_sequence_of_calls_promises_anything_twice(databases: Databases, kind: str) -> None:
    """Drawn sequences of what several ministries and employers do."""
    done: Counter[str] = Counter()
    machine = type("Season", (_Season,), {"databases": databases, "kind": kind, "seen": done})
    few = settings(
        max_examples=EXAMPLES or (4 if kind == "sqlite" else 2),
        stateful_step_count=STEPS_OF_ONE,
        database=None,
        derandomize=not EXAMPLES,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if EXAMPLES else (Phase.generate,),
    )
    run_state_machine_as_test(machine, settings=few)
    assert all(done[what] > 1 for what in ("publication 201", "publication 409", "operation-moves 200")), done
