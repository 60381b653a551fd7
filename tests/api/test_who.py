from __future__ import annotations

import numpy as np
import pytest

import vitruvian
from vitruvian import InputError


@pytest.fixture(scope="module")
def settled(roof_film):
    with vitruvian.open(roof_film, model="lite") as footage:
        return footage.who(people=1)


def test_a_film_gives_a_clip_in_which_ids_are_settled(settled):
    assert settled.ids.tolist() == [1]
    assert settled.names is None
    assert settled.boxes.shape == (20, 1, 4)
    known = settled.id_scores[settled.present]
    assert ((known > 0) & (known <= 1)).all()


def test_a_click_names_and_the_name_is_in_every_frame(roof_film, settled):
    x0, y0, x1, y1 = settled.boxes[10, 0]
    click = f"Jo={(x0 + x1) / 2:.0f},{(y0 + y1) / 2:.0f}@{settled.times[10]:.3f}"
    with vitruvian.open(roof_film, model="lite") as footage:
        clip = footage.who(1, [click])
    assert clip.names == ("Jo",)
    assert all(clip.people(t).names == ("Jo",) for t in np.flatnonzero(clip.present[:, 0]))


def test_pictures_and_clicks_that_cannot_be_read_are_refused_before_any_work(roof_photo, roof_film):
    with pytest.raises(InputError, match="over a whole film"):
        vitruvian.open(roof_photo).who()
    with pytest.raises(InputError, match="NAME=X,Y@SECONDS"):
        vitruvian.open(roof_film, model="none.tflite").who(names=["Jo"])
    with pytest.raises(InputError, match="not 'Jo'"):
        vitruvian.open(roof_film, model="none.tflite").who(names="Jo")
