from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PRINT = "import runpy, sys; sys.stdout.buffer.write(runpy.run_path(sys.argv[1])['page']().encode())"


def test_the_page_says_what_help_says():
    # A command remembers how it was first called, so it is asked in a process of its own.
    command = [sys.executable, "-c", PRINT, str(DOCS / "cli.py")]
    page = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    written = (DOCS / "cli.md").read_text(encoding="utf-8")
    # Releases of click break lines differently.
    assert written.split() == page.split(), "run: python docs/cli.py"
