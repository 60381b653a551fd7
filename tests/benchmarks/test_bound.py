from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import bound


@pytest.mark.parametrize(("cores", "alone", "shared"), [(1, 60, 60), (2, 30, 30), (8, 20, 7.5)])
def test_a_frame_takes_what_the_cores_there_are_need_for_it(monkeypatch, cores, alone, shared):
    # One inference is not split further than into three.
    monkeypatch.setattr(bound, "_inference", lambda weights, threads: 60 / min(threads, 3))
    monkeypatch.setattr(bound, "_decode", lambda film: 5)
    monkeypatch.setattr(bound, "CORES", cores)
    least = bound.bound(Path("film.mp4"), "lite")
    assert least == bound.Bound(5, alone, shared)
    assert least.per_frame(1) == 5 + alone
    assert least.per_frame(4) == 5 + 4 * shared
