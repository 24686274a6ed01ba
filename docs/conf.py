"""How `make docs` makes the documentation into pages that open without a network."""

from __future__ import annotations

project = "Vaivén"
html_title = "Vaivén"
extensions = ["myst_parser"]
myst_heading_anchors = 4
exclude_patterns = ["dev/outside/**"]
html_theme = "furo"
html_show_sourcelink = False
html_copy_source = False
# Links to files of the checkout lead out of the pages (tests/docs follows all of them); calls to copy have no language.
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]
