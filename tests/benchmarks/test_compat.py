from __future__ import annotations

import argparse

import pytest
from benchmarks.report import Report

from benchmarks import compat


@pytest.mark.parametrize(
    "run",
    [
        lambda: compat.soak_here("hands", "calls", 10),
        lambda: compat.soak(Report(), argparse.Namespace(calls=10, lives=10)),
    ],
    ids=["soaking", "all"],
)
def test_a_soak_without_its_film_says_what_is_missing(tmp_path, monkeypatch, run):
    monkeypatch.setenv("VITRUVIAN_DATA", str(tmp_path / "data"))
    with pytest.raises(SystemExit, match="set VITRUVIAN_DATA to the folder of ground truth") as end:
        run()
    assert "\n" not in str(end.value)
