from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_says_what_help_says():
    script = runpy.run_path(str(DOCS / "cli.py"))
    written = (DOCS / "cli.md").read_text(encoding="utf-8")
    # Releases of click break lines differently.
    assert written.split() == script["page"]().split(), "run: python docs/cli.py"
