"""The language of answers: problems, hints, faults and sentences in the one that Accept-Language likes best."""

from __future__ import annotations

from typing import Any

import pytest
from world import ORDER, World

P = "/v1/programmes/{p}"
TITLES = {"en": "There is no such thing here", "es": "Aquí no existe tal cosa", "fr": "Rien de tel n'existe ici"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "en"), ("fr-CA, fr;q=0.9, en;q=0.5", "fr"), ("de, es;q=0.5, en;q=0.4", "es"), ("de", "en")],
)
def test_a_problem_speaks_the_language_asked(world: World, accepted: str, language: str) -> None:
    """Title, detail and hint; the header says in which language."""
    told = world.call("gt", "GET", P + "/orders/none", headers={"Accept-Language": accepted})
    assert told.status_code == 404 and told.json()["title"] == TITLES[language]
    assert told.headers["content-language"].startswith(language) and "Accept-Language" in told.headers["vary"]


def test_faults_of_the_content_speak_too(world: World) -> None:
    """Those that the interface finds, and those that the engine finds."""
    missing = {name: value for name, value in ORDER.items() if name != "headcount"}
    for body in (missing, {**ORDER, "end_date": "2026-01-01"}):
        told = world.call("e1", "POST", P + "/orders", json=body, headers={"Accept-Language": "es"})
        assert told.status_code == 422 and told.json()["title"] == "El contenido tiene errores"
        assert [fault["problem"] for fault in told.json()["faults"]] in (["falta"], ["es anterior a start_date"])


def test_nobody_known_is_told_so_in_the_language(world: World) -> None:
    """Before anybody is known, too."""
    told = world.client.get("/v1/me", headers={"Accept-Language": "fr"})
    assert told.status_code == 401 and told.json()["detail"] == "Dites qui vous êtes."


def test_every_problem_is_in_the_catalogue(world: World) -> None:
    """In a language that nobody speaks, nothing of a problem stands outside of its brackets."""
    asked: list[tuple[str, str, str, dict[str, Any]]] = [
        ("gt", "GET", P + "/orders/none", {}),
        ("planner", "POST", P + "/orders", {"json": ORDER}),
        ("e1", "POST", P + "/orders", {"json": {**ORDER, "headcount": 0, "start_date": "soon", "extra": 1}}),
        ("e1", "POST", P + "/orders", {"json": {**ORDER, "min_crew": 9}}),
        ("e1", "POST", P + "/orders", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        ("gt", "POST", P + "/runs", {"json": {"kind": "explain", "plan": "none", "lang": "en"}}),
        ("gt", "POST", P + "/runs", {"json": {"kind": "report", "plan": "none", "lang": "tlh"}}),
    ]
    for who, method, path, content in asked:
        headers = {"Accept-Language": "en-XA", **content.pop("headers", {})}
        problem = world.call(who, method, path, headers=headers, **content).json()
        said = [problem["title"], problem["detail"], problem["hint"]]
        said += [fault[key] for fault in problem["faults"] for key in ("problem", "expected")]
        assert not [text for text in said if text and not text.startswith("⟦")], (path, said)
