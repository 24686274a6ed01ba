"""The report of a plan: each chart as PNG and SVG, and one page that opens from disk without any network."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from engine.atomic import refuse_occupied, written_aside
from engine.charts import charts
from engine.charts.plan_view import PlanView
from engine.charts.vega_words import vega_words

PAGE = "report.html"
PIXELS_PER_POINT = 2
# In place of each still picture the page puts the same chart with tooltips; where scripts are off, the picture stays.
DRAW_ALL = """
const read = (id) => JSON.parse(document.getElementById(id).textContent);
window.drawCharts = async () => {
  const {formatLocale, timeFormatLocale} = read("vega-words");
  for (const [name, specification] of Object.entries(read("chart-specifications"))) {
    const drawn = document.createElement("div");
    await vegaEmbed(drawn, specification, {actions: false, renderer: "svg", formatLocale, timeFormatLocale});
    document.getElementById("chart-" + name).replaceChildren(drawn);
  }
};
"""


def write_report(view: PlanView, folder: Path, language: str = "en") -> Path:
    """Write ``NAME.png``, ``NAME.svg`` of every chart and ``report.html`` to ``folder``; the path of the page.

    The folder appears whole or not at all. Raises `CallError` where it exists and is
    not empty, the language is unknown, or a drawing library is missing.
    """
    refuse_occupied(folder)
    view = replace(view, language=language)
    drawn = {name: module.draw(view).to_dict() for name, module in charts().items()}
    pictures = {name: picture(specification, language) for name, specification in drawn.items()}
    with written_aside(folder) as target:
        for name, (png, svg) in pictures.items():
            (target / f"{name}.png").write_bytes(png)
            (target / f"{name}.svg").write_text(svg, "utf-8")
        (target / PAGE).write_text(page(view, drawn, {name: svg for name, (_, svg) in pictures.items()}), "utf-8")
    return folder / PAGE


def page(view: PlanView, specifications: dict[str, dict[str, Any]], svgs: dict[str, str]) -> str:
    """The page as text: ``specifications`` are Vega-Lite by chart name, ``svgs`` the same charts as still pictures."""
    from engine.charts.report_page import render_page

    return render_page(
        view,
        svgs,
        runtime=_runtime(),
        specifications=_script_safe(specifications),
        vega_words=_script_safe(vega_words(view.language)),
    )


def picture(specification: dict[str, Any], language: str) -> tuple[bytes, str]:
    """PNG and SVG of a chart. It brings its own data: no address is allowed."""
    import vl_convert

    words = vega_words(language)
    offline: dict[str, Any] = {
        "vl_version": _vega_lite_version(),
        "allowed_base_urls": [],
        "format_locale": words["formatLocale"],
        "time_format_locale": words["timeFormatLocale"],
    }
    svg = vl_convert.vegalite_to_svg(specification, **offline)
    return vl_convert.svg_to_png(svg, scale=PIXELS_PER_POINT), svg


@cache
def _runtime() -> str:
    """Vega, Vega-Lite and Vega-Embed with our few lines, bundled by the installed vl_convert."""
    import vl_convert

    bundle = vl_convert.javascript_bundle(DRAW_ALL, vl_version=_vega_lite_version())
    return re.sub("<(?=/script|!--)", r"\\x3c", bundle, flags=re.IGNORECASE)


def _vega_lite_version() -> str:
    import altair

    return ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def _script_safe(content: Any) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
