"""The documentation as pages: made without a warning, and open without a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_are_made_and_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Every page of docs/ is in them; scripts, styles and pictures are files beside them."""
    call = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", str(tmp_path / "read")]
    subprocess.run([*call, str(ROOT / "docs"), str(tmp_path / "site")], check=True, capture_output=True)
    sources = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}
    sources = {page for page in sources if "outside" not in page.parts}
    made = {page.relative_to(tmp_path / "site") for page in (tmp_path / "site").rglob("*.html")}
    assert sources and sources <= made
    loaded = re.compile(r'(?:src|<link[^>]*href)="([^"]+)"')
    for page in made:
        for address in loaded.findall((tmp_path / "site" / page).read_text("utf-8")):
            assert "//" not in address, (page, address)
