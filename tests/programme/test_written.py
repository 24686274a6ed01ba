"""A programme written: its digest, its data package, and whole files or none."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from sound_programme import (
    FORMATS,
    TABLES,
    TOML_FILES,
    cells_of_text,
    change_bytes,
    write_sound,
)
from sound_reading import documents, frames, read_sound, written

from engine.errors import CallError
from engine.programme import read_programme, write_programme


def expected_digest(folder: Path, files: list[str]) -> str:
    """FORMAT's digest: of the sorted lines `file name, space, sha256 of the file`."""
    lines = sorted(f"{name} {hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n" for name in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("table_format", FORMATS)
def test_the_digest_is_that_of_all_files_of_the_programme(table_format: str, tmp_path: Path) -> None:
    """Proves that `programme_sha256` is as FORMAT defines it, by another hand."""
    folder = write_sound(tmp_path / "programme", table_format)
    tables = ["programme.xlsx"] if table_format == "xlsx" else [f"{name}.{table_format}" for name in TABLES]
    assert read_programme(folder).sha256 == expected_digest(folder, [*TOML_FILES, *tables])


def test_the_digest_tells_changes_and_nothing_else(tmp_path: Path) -> None:
    """Proves that each file that is read counts, while the place of the folder and other files do not."""
    digest = read_sound(tmp_path).sha256
    folder = write_sound(tmp_path / "elsewhere")
    (folder / "datapackage.json").write_text("{}")
    (folder / "README.md").write_text("mine")
    assert read_programme(folder).sha256 == digest
    seen = {digest}
    for file in (*TOML_FILES, *(f"{name}.csv" for name in TABLES)):
        change_bytes(folder, file, lambda raw: raw + b"\n")
        seen.add(read_programme(folder).sha256)
    assert len(seen) == 1 + len(TOML_FILES) + len(TABLES)


FRICTIONLESS_TYPES = {"string", "number", "integer", "boolean", "date", "datetime", "any"}


@pytest.mark.parametrize("table_format", FORMATS)
def test_the_data_package_lists_the_tables(table_format: str, tmp_path: Path) -> None:
    """Proves that datapackage.json has what Frictionless asks: a name, and for each table its file and its fields."""
    written(tmp_path, frames(), table_format)
    folder = tmp_path / table_format
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert re.fullmatch(r"[a-z0-9._/-]+", package["name"])
    assert [resource["name"] for resource in package["resources"]] == list(TABLES)
    for resource in package["resources"]:
        assert (folder / resource["path"]).is_file()
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == cells_of_text(TABLES[resource["name"]])[0]
        assert {field["type"] for field in fields} <= FRICTIONLESS_TYPES


def test_the_data_package_names_the_sheet_of_each_table(tmp_path: Path) -> None:
    """Proves that tables which share a workbook can be told apart."""
    written(tmp_path, frames(), "xlsx")
    package = json.loads((tmp_path / "xlsx" / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        assert resource["name"] in json.dumps(resource.get("dialect", {}))


@pytest.mark.parametrize("identifier", ["Norte-2026", "año-2026", "plan#2026"])
def test_the_data_package_has_a_valid_name_for_any_id(identifier: str, tmp_path: Path) -> None:
    """Proves that an id that Frictionless would not take still gives a valid package."""
    settings, agreements = documents()
    write_programme(tmp_path / "out", {**settings, "id": identifier}, agreements, frames())
    assert read_programme(tmp_path / "out").settings.id == identifier
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    assert re.fullmatch(r"[a-z0-9._/-]+", package["name"])


def test_a_written_programme_has_the_fields_typed_as_they_read(tmp_path: Path) -> None:
    """Proves that every cell that is not empty fits the type that the data package states for it."""
    written(tmp_path, frames(), "csv")
    package = json.loads((tmp_path / "csv" / "datapackage.json").read_text("utf-8"))
    fits = {
        "integer": re.compile(r"\d+"),
        "number": re.compile(r"\d+(\.\d+)?"),
        "date": re.compile(r"\d{4}-\d\d-\d\d"),
        "string": re.compile(r"(?s).*"),
    }
    for resource in package["resources"]:
        header, *rows = cells_of_text((tmp_path / "csv" / resource["path"]).read_text("utf-8"))
        kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        for row in rows:
            for name, text in zip(header, row, strict=True):
                assert not text or fits[kinds[name]].fullmatch(text), (resource["name"], name, text)


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """Proves that a table that cannot be written leaves nothing behind."""
    tables = frames()
    tables["workers"] = tables["workers"].drop(columns="sex")
    with pytest.raises(CallError, match="workers lacks sex"):
        write_programme(tmp_path / "out", *documents(), tables)
    with pytest.raises(CallError, match="no table format"):
        write_programme(tmp_path / "out", *documents(), frames(), "ods")
    with pytest.raises(CallError, match="no table of a programme"):
        write_programme(tmp_path / "out", *documents(), {"wages": tables["workers"]})
    assert list(tmp_path.iterdir()) == []


def test_an_agreement_cannot_be_written_outside_its_folder(tmp_path: Path) -> None:
    """Proves that an id with a path in it is refused or kept inside, and that no file lands beside the programme."""
    settings, agreements = documents()
    agreements[0]["id"] = "../../stray"
    with suppress(CallError):
        write_programme(tmp_path / "out", settings, agreements, frames())
    assert not list(tmp_path.glob("stray*"))
    assert not list(tmp_path.glob("out/stray*"))


def test_a_number_that_is_not_finite_is_not_written(tmp_path: Path) -> None:
    """Proves that infinity is refused when a programme is written, and does not become some other number."""
    tables = frames()
    tables["sites"] = tables["sites"].assign(beds=[np.inf, 3.0])
    with pytest.raises(CallError, match="beds"):
        write_programme(tmp_path / "out", *documents(), tables)
