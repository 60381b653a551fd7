from __future__ import annotations

import numpy as np
import pytest
from benchmarks.hiding import SCENES, drawn_scenes


@pytest.mark.parametrize("scene", [*SCENES, *drawn_scenes(1, 12)], ids=lambda scene: scene.name)
def test_films_go_on_frame_by_frame_to_and_fro(scene):
    for shown in scene.moments(100):
        assert (np.abs(np.diff(shown)) == 1).all()
        assert 0 <= shown.min() <= shown.max() <= 99
        assert len(shown) == 1 + 99 * scene.passes


def test_whoever_is_in_front_goes_backwards_in_time():
    behind, before = SCENES[0].moments(100)
    assert behind[:3].tolist() == [0, 1, 2]
    assert before[:3].tolist() == [99, 98, 97]


def test_a_seed_draws_the_same_scenes():
    assert drawn_scenes(3, 4) == drawn_scenes(3, 4)[:4] == drawn_scenes(3, 5)[:4]
    assert drawn_scenes(3, 4) != drawn_scenes(4, 4)
    assert all(scene.behind != scene.before for scene in drawn_scenes(3, 20))
