"""What is shown while something takes its time."""

from __future__ import annotations

import io
import sys

import pytest

from vitruvian.cli.progress import steps


class Stderr(io.StringIO):
    """Of a terminal, or not."""

    def __init__(self, terminal):
        super().__init__()
        self._terminal = terminal

    def isatty(self):
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "quiet", "shown"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_steps_are_shown_where_somebody_watches(monkeypatch, terminal, quiet, shown):
    stderr = Stderr(terminal)
    monkeypatch.setattr(sys, "stderr", stderr)
    with steps("fitting", quiet=quiet) as step:
        step(1, 4)
    assert ("fitting" in stderr.getvalue()) is shown
