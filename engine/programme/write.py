"""Writing a programme folder, whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import tomli_w

from engine.atomic import written_aside
from engine.errors import CallError
from engine.programme.schema import TABLES, TableSchema
from engine.programme.workbook import WORKBOOK
from engine.words import message

TABLE_FORMATS = ("csv", "parquet", "xlsx")
_FRICTIONLESS_TYPES = {"number": "number", "share": "number", "integer": "integer", "date": "date", "moment": "string"}


def write_programme(
    folder: Path | str,
    settings: Mapping[str, Any],
    agreements: Sequence[Mapping[str, Any]],
    tables: Mapping[str, pd.DataFrame],
    table_format: str = "csv",
) -> None:
    """Write a programme: ``settings`` as programme.toml, each agreement as a file, each table in ``table_format``.

    Dates are datetime64 (NaT empty) or text, numbers may be NaN (empty). The folder appears whole, with a Frictionless
    ``datapackage.json``; raises `CallError` where it exists and is not empty.
    """
    if table_format not in TABLE_FORMATS:
        raise CallError(
            message("{table_format} is no table format.", table_format=repr(table_format)),
            message("Use one of {names}.", names=tuple(TABLE_FORMATS)),
        )
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        raise CallError(
            message("{names}: no table of a programme.", names=", ".join(unknown)),
            message("Use {names}.", names=tuple(TABLES)),
        )
    unsafe = [agreement["id"] for agreement in agreements if Path(str(agreement["id"])).name != agreement["id"]]
    if unsafe:
        raise CallError(
            message("{names}: no file can have such a name.", names=", ".join(map(str, unsafe))),
            message("Use ids without a slash."),
        )
    with written_aside(Path(folder)) as target:
        (target / "agreements").mkdir()
        (target / "programme.toml").write_text(tomli_w.dumps(dict(settings)), "utf-8")
        for agreement in agreements:
            (target / "agreements" / f"{agreement['id']}.toml").write_text(tomli_w.dumps(dict(agreement)), "utf-8")
        texts = {name: _text_table(TABLES[name], table) for name, table in tables.items()}
        _write_tables(target, texts, table_format)
        package = json.dumps(_data_package(settings, texts, table_format), indent=1)
        (target / "datapackage.json").write_text(package, "utf-8")


def _write_tables(target: Path, texts: Mapping[str, pa.Table], table_format: str) -> None:
    if table_format == "xlsx":
        plain = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
        with pd.ExcelWriter(target / WORKBOOK, engine="xlsxwriter", engine_kwargs=plain) as writer:
            for name, table in texts.items():
                table.to_pandas().to_excel(writer, sheet_name=name, index=False)
        return
    for name, table in texts.items():
        if table_format == "csv":
            pa_csv.write_csv(table, target / f"{name}.csv", pa_csv.WriteOptions(quoting_style="needed"))
        else:
            pa_parquet.write_table(table, target / f"{name}.parquet")


def _text_table(schema: TableSchema, frame: pd.DataFrame) -> pa.Table:
    missing = [column.name for column in schema.columns if column.name not in frame and not column.optional]
    if missing:
        raise CallError(message("The table {name} lacks {names}.", name=schema.name, names=", ".join(missing)))
    names = [name for name in schema.column_names if name in frame]
    names += [str(name) for name in frame.columns if name not in names]
    return pa.table({name: _text_column(frame[name]) for name in names})


def _text_column(column: pd.Series[Any]) -> pa.Array:
    if column.dtype.kind == "M":
        moments = column.to_numpy()
        whole_days = bool((moments[~np.isnat(moments)] == moments[~np.isnat(moments)].astype("datetime64[D]")).all())
        texts = np.datetime_as_string(moments, unit="D" if whole_days else "s").astype(object)
        return pa.array(np.where(column.isna(), "", texts), pa.string())
    if column.dtype.kind == "f":
        values = column.to_numpy()
        if np.isinf(values).any():
            raise CallError(message("The column {name} holds an infinite number.", name=column.name))
        whole = np.nan_to_num(values) == np.floor(np.nan_to_num(values))
        if whole.all():
            return pa.array(np.nan_to_num(values).astype(np.int64), mask=np.isnan(values))
        return pa.array(values, pa.float64(), mask=np.isnan(values))
    if column.dtype.kind in "iub":
        return pa.array(column.to_numpy())
    return pa.array(column.fillna("").astype(str), pa.string())


def _data_package(settings: Mapping[str, Any], texts: Mapping[str, pa.Table], table_format: str) -> dict[str, Any]:
    resources = []
    for name, table in texts.items():
        path = WORKBOOK if table_format == "xlsx" else f"{name}.{table_format}"
        kinds = {column.name: column.kind for column in TABLES[name].columns}
        fields = [
            {"name": n, "type": _FRICTIONLESS_TYPES.get(kinds.get(n, "text"), "string")} for n in table.column_names
        ]
        resource = {"name": name, "path": path, "format": table_format, "schema": {"fields": fields}}
        resources.append(resource | ({"dialect": {"sheetName": name}} if table_format == "xlsx" else {}))
    package_name = re.sub(r"[^a-z0-9._-]+", "-", str(settings["id"]).lower())
    return {"name": package_name, "title": settings.get("title", ""), "resources": resources}
