"""The report of a plan: each chart as PNG and SVG, and one page that opens from disk without any network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic import refuse_occupied, written_aside
from engine.charts import charts
from engine.charts.plan_view import NARROW, WIDE, PlanView
from engine.charts.vega_words import vega_words

if TYPE_CHECKING:
    from engine.charts.style import Drawing

PAGE = "report.html"
PIXELS_PER_POINT = 2
WIDTHS = {"wide": WIDE, "narrow": NARROW}
# In place of each still picture the page puts the same chart with tooltips; where scripts are off, the picture stays.
DRAW_ALL = """
const read = (id) => JSON.parse(document.getElementById(id).textContent);
window.drawCharts = async () => {
  const {formatLocale, timeFormatLocale} = read("vega-words");
  for (const [name, widths] of Object.entries(read("chart-specifications"))) {
    for (const [width, specification] of Object.entries(widths)) {
      const drawn = document.createElement("div");
      await vegaEmbed(drawn, specification, {actions: false, renderer: "svg", formatLocale, timeFormatLocale});
      document.getElementById(`chart-${name}-${width}`).replaceChildren(drawn);
    }
  }
};
"""


@dataclass(frozen=True)
class Figure:
    """A chart as it stands in a page: by ``wide`` and ``narrow`` its Vega-Lite and the same drawn, as SVG."""

    name: str
    title: str
    specifications: Mapping[str, dict[str, Any]]
    pictures: Mapping[str, str]

    @classmethod
    def drawn(cls, name: str, title: str, draw: Callable[[int], Drawing], language: str) -> Figure:
        """Draw a chart for a desk and for a telephone; ``draw`` takes the pixels that it may be wide."""
        specifications = {word: draw(width).to_dict() for word, width in WIDTHS.items()}
        pictures = {word: picture(one, language) for word, one in specifications.items()}
        return cls(name, title, specifications, pictures)

    def write(self, folder: Path) -> None:
        """Write ``NAME.png`` and ``NAME.svg``, as on a desk, and ``NAME.narrow.svg``, as on a telephone."""
        import vl_convert

        svg = self.pictures["wide"]
        (folder / f"{self.name}.png").write_bytes(vl_convert.svg_to_png(svg, scale=PIXELS_PER_POINT))
        (folder / f"{self.name}.svg").write_text(svg, "utf-8")
        (folder / f"{self.name}.narrow.svg").write_text(self.pictures["narrow"], "utf-8")


def write_report(view: PlanView, folder: Path, language: str = "en") -> Path:
    """Write every chart (`Figure.write`) and ``report.html`` to ``folder``; the path of the page.

    The folder appears whole or not at all. Raises `CallError` where it exists and is
    not empty, the language is unknown, or a drawing library is missing.
    """
    from engine.charts.report_page import render_page

    refuse_occupied(folder)
    view = replace(view, language=language)
    figures = [_figure(view, name, module) for name, module in charts().items()]
    with written_aside(folder) as target:
        for figure in figures:
            figure.write(target)
        (target / PAGE).write_text(render_page(view, figures), "utf-8")
    return folder / PAGE


def _figure(view: PlanView, name: str, module: Any) -> Figure:
    return Figure.drawn(
        name, view.say(module.TITLE), lambda width: module.draw(replace(view, width=width)), view.language
    )


def scripts_of(figures: Sequence[Figure], language: str) -> dict[str, str]:
    """What a page with charts holds in its script elements, by the name that the template gives it."""
    return {
        "runtime": _runtime(),
        "specifications": _script_safe({figure.name: figure.specifications for figure in figures}),
        "vega_words": _script_safe(vega_words(language)),
    }


def picture(specification: dict[str, Any], language: str) -> str:
    """A chart as SVG. It brings its own data: no address is allowed."""
    import vl_convert

    words = vega_words(language)
    offline: dict[str, Any] = {
        "vl_version": _vega_lite_version(),
        "allowed_base_urls": [],
        "format_locale": words["formatLocale"],
        "time_format_locale": words["timeFormatLocale"],
    }
    svg: str = vl_convert.vegalite_to_svg(specification, **offline)
    return svg


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
