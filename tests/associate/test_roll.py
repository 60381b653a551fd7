from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian.associate import roll


def test_the_roll_says_who_when_and_how_surely(make_film):
    clip = make_film([lambda t: 300 if t >= 30 else None, lambda t: 900])
    sure = np.where(clip.present, 0.9, np.nan).astype(np.float32)
    sure[10:16, 1] = sure[50, 1] = 0.3
    ana, other = roll(replace(clip, names=("Ana", None), id_scores=sure))
    assert (ana.id, ana.name, ana.title, other.title) == (1, "Ana", "Ana", "person 2")
    assert (ana.first, ana.last, ana.seconds) == pytest.approx((1, 59 / 30, 1))
    assert ana.sureness == pytest.approx(0.9)
    assert ana.doubts == ()
    assert np.array(other.doubts) == pytest.approx(np.array([[10 / 30, 0.5], [50 / 30, 50 / 30]]))


def test_without_scores_nothing_is_in_doubt_and_who_is_never_there_is_left_out(make_film):
    entries = roll(make_film([lambda t: 300, lambda t: None]))
    assert [(entry.title, entry.doubts) for entry in entries] == [("person 1", ())]
