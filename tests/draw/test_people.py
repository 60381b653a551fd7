from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from vitruvian.draw import Trails, draw_people
from vitruvian.draw.palette import tones
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17
from vitruvian.types import Landmarks, People

Make = Callable[..., Any]


def ground(width: int = 640, height: int = 480, shade: int = 128) -> np.ndarray:
    return np.full((height, width, 3), shade, np.uint8)


def middle(people: People, a: str, b: str) -> tuple[int, int]:
    """Row and column of the middle of a bone of the first person."""
    assert people.body is not None
    ends = people.body.xy[0, [BLAZEPOSE_33.index(a), BLAZEPOSE_33.index(b)]]
    x, y = np.rint(ends.mean(axis=0)).astype(int).tolist()
    return y, x


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    return np.abs(after.astype(int) - before).max(axis=2)


def test_the_picture_given_is_left_alone(make_standing: Make) -> None:
    image = ground()
    drawn = draw_people(image, make_standing((320, 40)))
    assert (image == 128).all()
    assert changed(image, drawn).max() > 100


def test_in_place_gives_the_same_picture(make_standing: Make) -> None:
    image, people = ground(), make_standing((200, 40), (400, 60))
    drawn = draw_people(image, people)
    assert draw_people(image, people, in_place=True) is image
    np.testing.assert_array_equal(image, drawn)


def test_nobody_is_nothing() -> None:
    np.testing.assert_array_equal(draw_people(ground(), People.none()), ground())


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_left_and_right_have_their_own_tone(shade: int, make_standing: Make) -> None:
    people = make_standing((320, 40))
    drawn = draw_people(ground(shade=shade), people)
    for side in ("left", "right"):
        at = middle(people, f"{side}_shoulder", f"{side}_elbow")
        assert tuple(drawn[at].tolist()) == getattr(tones(1), side)


def test_bones_stand_out_on_a_ground_of_their_own_colour(make_standing: Make) -> None:
    people = make_standing((320, 40))
    image = ground()
    image[:] = tones(1).left
    drawn = draw_people(image, people)
    row, column = middle(people, "left_hip", "left_knee")
    assert changed(image, drawn)[row, column - 12 : column + 13].max() > 120


def test_what_is_hidden_is_fainter(make_standing: Make) -> None:
    image = ground()
    clear = changed(image, draw_people(image, make_standing((320, 40)), boxes=False, tags=False))
    hidden = make_standing((320, 40), visibility=0.2)
    faint = changed(image, draw_people(image, hidden, boxes=False, tags=False))
    assert 0 < faint.max() < clear.max()
    assert 0 < faint.sum() < clear.sum() / 2


def test_what_is_missing_is_not_drawn(make_standing: Make) -> None:
    people = make_standing((320, 40))
    nothing = people.having(
        body=Landmarks.missing(BLAZEPOSE_33, (1,)), boxes=np.full((1, 4), np.nan, np.float32)
    )
    np.testing.assert_array_equal(draw_people(ground(), nothing), ground())
    xy = people.body.xy.copy()
    xy[0, BLAZEPOSE_33.index("left_wrist")] = np.nan
    drawn = draw_people(ground(), people.having(body=replace(people.body, xy=xy)))
    at = middle(people, "left_elbow", "left_wrist")
    assert drawn[at].tolist() == [128] * 3
    assert drawn[middle(people, "right_elbow", "right_wrist")].tolist() == list(tones(1).right)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 2), (426, 240), (6000, 300)])
@pytest.mark.parametrize("at", [(10.0, 10.0), (-500.0, -500.0), (1e9, -1e9), (3e38, 3e38)])
def test_any_picture_and_any_place_will_do(
    size: tuple[int, int], at: tuple[float, float], make_standing: Make
) -> None:
    people = make_standing((10, 10), visibility=0.6)
    xy = people.body.xy + np.array(at, np.float32)
    boxes = people.boxes + np.array(at * 2, np.float32)
    people = people.having(body=replace(people.body, xy=xy), boxes=boxes, labels=("Łukasz 跑",))
    trails = Trails()
    for time in range(3):
        trails.update(time / 10, people)
    drawn = draw_people(ground(*size), people, trails=trails)
    assert drawn.shape == (size[1], size[0], 3)


def test_lines_grow_with_the_picture_and_the_person(make_standing: Make) -> None:
    def cover(scale: int, height: float) -> float:
        image = ground(640 * scale, 480 * scale)
        people = make_standing((320 * scale, 20 * scale), height=height)
        drawn = draw_people(image, people, boxes=False, tags=False)
        return float((changed(image, drawn) > 30).sum()) / height

    assert cover(1, 60) < cover(1, 400)
    assert cover(2, 800) > 1.5 * cover(1, 400)
    assert cover(2, 120) > cover(1, 120)


def test_the_tag_stays_in_the_picture(make_standing: Make) -> None:
    image = ground()
    for at in ((0, -300), (640, -300), (-60, 100), (320, 40)):
        people = make_standing(at)
        with_tag = draw_people(image, people)
        without = draw_people(image, people, tags=False)
        assert (changed(without, with_tag) > 60).sum() > 100


def test_a_label_is_written_beside_the_id(make_standing: Make) -> None:
    people = make_standing((320, 60))
    plain = draw_people(ground(), people)
    named = draw_people(ground(), people.having(labels=("Anna",)))
    assert (changed(plain, named) > 60).sum() > 200
    nobody = draw_people(ground(), people.having(ids=None))
    np.testing.assert_array_equal(nobody, draw_people(ground(), people, tags=False))


def test_people_have_colours_of_their_own(make_standing: Make) -> None:
    people = make_standing((150, 40), (480, 40))
    drawn = draw_people(ground(), people)
    second = people[[1]]
    at = middle(second, "right_hip", "right_knee")
    assert tuple(drawn[at].tolist()) == tones(2).right


def test_masks_are_tinted_where_the_person_is(make_standing: Make) -> None:
    people = make_standing((320, 40))
    mask = np.zeros((1, 480, 640), np.float32)
    mask[0, 100:300, 20:60] = 1
    drawn = draw_people(ground(), people.having(masks=mask), boxes=False, tags=False)
    plain = draw_people(ground(), people, boxes=False, tags=False)
    tinted = changed(plain, drawn) > 0
    assert tinted[100:300, 20:60].all()
    assert tinted.sum() == 200 * 40
    # The picture still shows through.
    assert changed(ground(), drawn)[200, 40] < 80


def test_a_trail_fades_into_the_past(make_standing: Make) -> None:
    trails = Trails()
    for step in range(41):
        trails.update(step / 40, make_standing((100 + 10 * step, 40)))
    nobody = draw_people(ground(), People.none(), trails=trails)
    row = changed(ground(), nobody)[40 + round(0.52 * 400)]
    assert row[400] > 2 * row[200] > 0
    # What would lie on the body is left out.
    assert row[495] == row[550] == 0


def test_another_skeleton_is_drawn_too() -> None:
    rng = np.random.default_rng(0)
    xy = (rng.random((1, 17, 2)) * 400).astype(np.float32)
    ones = np.ones((1, 17), np.float32)
    body = Landmarks(COCO_17, xy, ones, ones, ones)
    people = People(np.array([[0, 0, 400, 400]], np.float32), np.ones(1, np.float32), body=body)
    assert changed(ground(), draw_people(ground(), people)).max() > 100
