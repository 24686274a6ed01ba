"""Collects the keys of the catalogue from the source, keeps the files of languages in step, and says what is wrong.

Babel reads the source: what stands in ``message("…")``, ``plural("…", "…", n=…)`` and ``msgid("…")``, in Python and in
templates of pages; and the titles of the library's what-ifs. The help of commands needs no mark; see
`engine.words.command_helps`.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from engine.words.catalogue import FOLDER
from engine.words.command_helps import helps_in
from engine.words.english import has_words, placeholders

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "scenarios", "api", "vaiven.py")
LIBRARY = "scenarios/what_ifs"  # what-ifs, whose titles pages tell
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
KEYWORDS = {"message": None, "plural": (1, 2), "msgid": None}
HEADER = "# Sentences of Vaivén. Written by: python -m engine.words extract\n#"


def template() -> Catalog:
    """Every key of the source, with the files it stands in."""
    catalogue = Catalog(project="Vaivén", charset="utf-8", fuzzy=False, header_comment=HEADER)
    for file in sources():
        place = file.relative_to(ROOT).as_posix()
        with file.open("rb") as source:
            for _, key, comments, _ in extract(METHODS[file.suffix], source, KEYWORDS, ["Translators:"]):
                if has_words(key if isinstance(key, str) else key[0]):
                    catalogue.add(key, locations=[(place, 0)], auto_comments=comments)
        if file.suffix == ".py":
            for said in helps_in(file.read_text("utf-8")):
                catalogue.add(said, locations=[(place, 0)])
    for file in sorted((ROOT / LIBRARY).glob("*.toml")):
        title = str(tomllib.loads(file.read_text("utf-8")).get("title", ""))
        if title:
            catalogue.add(title, locations=[(f"{LIBRARY}/{file.name}", 0)])
    return catalogue


def sources() -> Iterator[Path]:
    """The files that may hold keys, but not those of the catalogue itself."""
    for package in PACKAGES:
        found = sorted((ROOT / package).rglob("*")) if (ROOT / package).is_dir() else [ROOT / package]
        for file in found:
            if file.suffix in METHODS and file.is_file() and "migrations" not in file.parts:
                yield file


def read_language(file: Path) -> Catalog:
    """The catalogue in a language's file."""
    with file.open("rb") as source:
        return read_po(source)


def updated(catalogue: Catalog, keys: Catalog) -> str:
    """A language's file as it should be: every key of the source, no other, what is said already kept."""
    fresh = Catalog(catalogue.locale, project="Vaivén", charset="utf-8", fuzzy=False, header_comment=HEADER)
    for entry in _entries(keys):
        known = catalogue.get(entry.id if isinstance(entry.id, str) else entry.id[0])
        said = known.string if known is not None and isinstance(known.id, str) == isinstance(entry.id, str) else ""
        fresh.add(entry.id, said or None, locations=entry.locations, auto_comments=entry.auto_comments)
    text = io.BytesIO()
    write_po(text, fresh, width=0, sort_output=True, omit_header=True, include_lineno=False)
    return f"{_header(catalogue)}\n{text.getvalue().decode('utf-8')}"


def _header(catalogue: Catalog) -> str:
    """The head of a language's file; no dates, which would differ with each writing."""
    lines = [
        "Project-Id-Version: Vaivén",
        f"Language: {catalogue.locale_identifier}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalogue.plural_forms}",
    ]
    return HEADER + '\nmsgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def write_languages() -> None:
    """Bring the file of every language in step with the source."""
    keys = template()
    for file in sorted(FOLDER.glob("*.po")):
        file.write_text(updated(read_language(file), keys), "utf-8")


def faults(file: Path, keys: Catalog) -> list[str]:
    """What is wrong with a language's file: missing and stale keys, placeholders that differ, forms of plurals."""
    catalogue = read_language(file)
    wanted = {_name(entry): entry for entry in _entries(keys)}
    said = {_name(entry): entry for entry in _entries(catalogue)}
    found = [f"missing: {name}" for name in wanted if name not in said]
    found += [f"stale: {name}" for name in said if name not in wanted]
    for name in sorted(set(wanted) & set(said)):
        found += [f"{problem}: {name}" for problem in _faults_of(said[name], wanted[name], catalogue.num_plurals)]
    return found


def _faults_of(said: Message, wanted: Message, plural_count: int) -> Iterator[str]:
    if isinstance(said.id, str) != isinstance(wanted.id, str):
        yield "plural in one, none in the other"
        return
    forms = [said.string] if isinstance(said.string, str) else list(said.string or ())
    if not forms or not all(forms):
        yield "not said"
        return
    if not isinstance(wanted.id, str) and len(forms) != plural_count:
        yield f"{len(forms)} forms of {plural_count}"
    ids = [wanted.id] if isinstance(wanted.id, str) else list(wanted.id)
    implied = {"n"} if len(ids) > 1 else set()
    allowed = implied.union(*map(placeholders, ids))
    for form in forms:
        names = placeholders(form) | implied
        if names != allowed:
            yield f"placeholders {sorted(names)} for {sorted(allowed)}"
        if any(form[side].isspace() != ids[0][side].isspace() for side in (0, -1)):
            yield "blanks at an end"


def _entries(catalogue: Catalog) -> Iterator[Message]:
    return (entry for entry in catalogue if entry.id)


def _name(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]
