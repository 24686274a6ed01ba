"""The rights report as files: a row a line, a row for each placement that a line marks, JSON, and a page to print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.audit.lasting_rules import rule_code
from engine.charts import require_drawing_packages
from engine.rights.line import Finding, Mark
from engine.rights.report import Line, Rights
from engine.spreadsheet_text import neutral_table
from engine.words import Message, message, msgid, plural
from engine.words.wording import worded, worded_all

MOST_SHOWN = 5
MARKS = {Mark.BREACH: msgid("breach"), Mark.REMARK: msgid("remark"), Mark.EDGE: msgid("at the edge")}


def lines_table(found: Rights, language: str = "en") -> pa.Table:
    """A row a line: counts, what is cited, and what the data can't tell, in a language."""
    rows = [_row(line) for line in found.lines]
    told = worded_all([{**row, "principles": _listed(row["principles"])} for row in rows], language)
    return pa.Table.from_pylist(
        [row | {name: "; ".join(row[name]) for name in ("clauses", "articles")} for row in told]
    )


def marked_table(found: Rights, language: str = "en") -> pa.Table:
    """A row for each placement that a line marks, once for each reason, breaches first within a line."""
    workers = found.judged.placements.programme.workers.id_text("worker_id")
    orders = found.judged.placements.programme.orders.id_text("order_id")
    columns: dict[str, list[Any]] = {name: [] for name in MARKED}
    for line, one in _findings(found):
        many = len(one.rows)
        texts = (line.name, str(one.mark), _code(one), _article(one), worded(one.says, language))
        for name, text in zip(("line", "mark", "rule", "article", "reason"), texts, strict=True):
            columns[name].append(pa.repeat(pa.scalar(text, pa.string()), many))
        columns["worker_id"].append(pa.array(workers[found.judged.placements.worker[one.rows]], pa.string()))
        columns["order_id"].append(pa.array(orders[found.judged.placements.order[one.rows]], pa.string()))
        columns["figure"].append(pa.array(np.round(line.judgement.figure[one.rows], 4), from_pandas=True))
    kinds = {name: pa.float64() if name == "figure" else pa.string() for name in MARKED}
    return pa.table({name: pa.chunked_array(parts, kinds[name]) for name, parts in columns.items()})


MARKED = ("line", "worker_id", "order_id", "mark", "rule", "article", "figure", "reason")


def rights_told(found: Rights, most: int = MOST_SHOWN) -> dict[str, Any]:
    """The report as plain values and sentences: what it comes to, and for each line its counts, what it cites and what
    it found, with ``most`` of the placements at most.
    """
    settings = found.judged.placements.programme.settings
    lines = [_row(line) | {"found": [_told(found, one, most) for one in _own(line)]} for line in found.lines]
    told = {"programme": settings.id, "as_of": str(settings.as_of), "placements": found.judged.placements.size}
    return {**told, "clean": found.clean, "told": in_words(found), "lines": lines}


def as_json(found: Rights, language: str = "en", most: int = MOST_SHOWN) -> dict[str, Any]:
    """The report as JSON, in a language."""
    answer: dict[str, Any] = worded_all(rights_told(found, most), language)
    return answer


def write_rights(folder: Path, found: Rights, language: str = "en", most: int = MOST_SHOWN) -> None:
    """Write ``lines.csv``, ``marked.csv``, ``rights.json`` and the page ``rights.html``, for people to print.

    ``rights.json`` and the page name ``most`` placements at most of each finding. Raises `CallError` where what pages
    are made with is missing.
    """
    require_drawing_packages()
    from engine.charts.report_page import rendered

    options = pa_csv.WriteOptions(quoting_style="needed")
    pa_csv.write_csv(neutral_table(lines_table(found, language)), folder / "lines.csv", options)
    pa_csv.write_csv(neutral_table(marked_table(found, language)), folder / "marked.csv", options)
    told = as_json(found, language, most)
    (folder / "rights.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    page = rendered(
        "rights_page.html",
        language,
        (),
        settings=found.judged.placements.programme.settings,
        placements=told["placements"],
        told=told["told"],
        lines=[_shown(line, language) for line in told["lines"]],
    )
    (folder / "rights.html").write_text(page, "utf-8")


def in_words(found: Rights) -> Message:
    """What the report comes to, in a sentence."""
    marked = {mark: sum(len(line.rows(mark)) for line in found.lines) for mark in Mark}
    if found.clean:
        return message("No placement is marked as a breach; remarks: {remarks:,}.", remarks=marked[Mark.REMARK])
    broken = sum(bool(len(line.rows(Mark.BREACH))) for line in found.lines)
    return plural(
        "{n} line has breaches; remarks: {remarks:,}.",
        "{n} lines have breaches; remarks: {remarks:,}.",
        n=broken,
        remarks=marked[Mark.REMARK],
    )


def _row(line: Line) -> dict[str, Any]:
    counts = {str(mark): len(line.rows(mark)) for mark in Mark}
    return {
        "line": line.name,
        "title": line.kind.TITLE,
        "asks": line.kind.ASKS,
        "counted": line.counted,
        **counts,
        "principles": [cited.in_words for cited in line.kind.PRINCIPLES],
        "clauses": [clause.name for clause in line.clauses],
        "articles": list(dict.fromkeys(clause.source for clause in line.clauses if clause.source)),
        "figure": line.kind.FIGURE,
        "unknown": line.kind.UNKNOWN,
    }


def _listed(texts: list[Message]) -> Message:
    return message("{texts:each}", texts=tuple(texts))


def _own(line: Line) -> list[Finding]:
    """What a line found, gravest first, without what nobody has."""
    order = list(Mark)
    return sorted((one for one in line.judgement.findings if len(one.rows)), key=lambda one: order.index(one.mark))


def _findings(found: Rights) -> Iterator[tuple[Line, Finding]]:
    return ((line, one) for line in found.lines for one in _own(line))


def _code(finding: Finding) -> str:
    return "" if finding.rule is None else rule_code(finding.rule)


def _article(finding: Finding) -> str:
    return "" if finding.rule is None or isinstance(finding.rule, str) else finding.rule.source


def _told(found: Rights, one: Finding, most: int) -> dict[str, Any]:
    placements = found.judged.placements
    some = one.rows[:most]
    workers = placements.programme.workers.id_text("worker_id")[placements.worker[some]]
    orders = placements.programme.orders.id_text("order_id")[placements.order[some]]
    pairs = [{"worker_id": str(w), "order_id": str(o)} for w, o in zip(workers, orders, strict=True)]
    told = {"mark": str(one.mark), "rule": _code(one), "article": _article(one), "reason": one.says}
    return told | {"placements": len(one.rows), "some": pairs}


def _shown(line: dict[str, Any], language: str) -> dict[str, Any]:
    """A line as the page shows it."""
    found = [
        {
            "says": one["reason"],
            "rule": " · ".join(part for part in (one["rule"], one["article"]) if part),
            "mark": worded(Message(MARKS[Mark(one["mark"])], {}), language),
            "placements": one["placements"],
            "some": "\n".join(f"{pair['worker_id']} → {pair['order_id']}" for pair in one["some"]),
        }
        for one in line["found"]
    ]
    return {**line, "found": found}
