"""Small agreements for tests, written as files are."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import tomli_w

from engine.agreements.agreement_text import AgreementText, texts_of
from engine.programme.toml_files import parse_toml

HEAD: dict[str, Any] = {
    "id": "GT-CA",
    "version": "1",
    "title": "GT to CA",
    "origins": ["GT"],
    "destination": "CA",
    "sectors": ["A01"],
    "effective_from": date(2026, 1, 1),
    "effective_to": date(2026, 12, 31),
    "source": "A published text",
}


def clause(identifier: str, kind: str, **parameters: Any) -> dict[str, Any]:
    """A clause with an article and a sure source, so that lint has nothing against it by itself."""
    return {"id": identifier, "kind": kind, "source": f"Art. {identifier}", "source_kind": "text of law", **parameters}


def text(*clauses: dict[str, Any], examples: Any = (), own: Any = (), **head: Any) -> AgreementText:
    """An agreement with these clauses and examples, under a programme's ``own`` clauses, read as a file would be."""
    content = {**copy.deepcopy(HEAD), **head, "clause": list(clauses), "examples": list(examples)}
    contents = {"agreements/gt-ca.toml": content, "programme.toml": {"clause": list(own)}}
    read = {name: parse_toml(tomli_w.dumps(one).encode(), name, _refuse) for name, one in contents.items()}
    found = texts_of({name: one for name, one in read.items() if one is not None})
    return next(one for one in found if one.agreement is not None)


def _refuse(fault: object) -> None:
    raise AssertionError(fault)
