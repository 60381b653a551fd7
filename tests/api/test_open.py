from __future__ import annotations

import gc
import sys
from itertools import islice
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

import vitruvian
from vitruvian import (
    BLAZEPOSE_33,
    InputError,
    SourceNotFoundError,
    UnknownNameError,
    weights,
)  # fmt: skip


@pytest.fixture(scope="module")
def two_people(two_people_file):
    return cv2.cvtColor(cv2.imread(str(two_people_file)), cv2.COLOR_BGR2RGB)


def test_a_picture_in_three_lines(two_people_file):
    for frame, people in vitruvian.open(two_people_file, model="lite").people():
        assert (frame.name, frame.size) == ("two_people.png", (256, 192))
        assert people.ids.tolist() == [1, 2]
        assert people.body.xy.shape == (2, 33, 2)
        noses = people.body.xy[np.argsort(people.boxes[:, 0]), 0]
        np.testing.assert_allclose(noses, [(80, 40), (188, 55)], atol=6)
        assert (people.scores > 0.9).all()
        assert people.masks is None


@pytest.mark.parametrize("detector", ["auto", "blazepose", "movenet"])
def test_every_detector_finds_both(two_people, detector):
    ((_, people),) = vitruvian.open(two_people, model="lite", detector=detector).people()
    assert len(people) == 2


def test_one_is_wanted_and_one_is_given(two_people):
    ((_, people),) = vitruvian.open(two_people, model="lite", people=1).people()
    assert people.ids.tolist() == [1]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_second_opinion_can_be_left_out(two_people, wanted, monkeypatch):
    fetched, obtain = [], weights.obtain
    monkeypatch.setattr(
        weights, "obtain", lambda name, **more: [fetched.append(name), obtain(name, **more)][1]
    )
    footage = vitruvian.open(two_people, model="lite", second_opinion=wanted)
    ((_, people),) = footage.people()
    assert len(people) == 2
    assert ("movenet-thunder" in fetched) == wanted


def test_masks_cover_the_people_and_not_the_ground(two_people):
    ((_, people),) = vitruvian.open(two_people, model="lite", masks=True).people()
    assert people.masks.shape == (2, 192, 256)
    assert people.masks.dtype == np.float32
    for mask, body in zip(people.masks, people.body.xy, strict=True):
        chest = body[[11, 12, 23, 24]].mean(0).astype(int)
        assert mask[chest[1], chest[0]] > 0.8
        assert mask[185:, :].max() < 0.3
        assert 0.03 < (mask > 0.5).mean() < 0.4


def test_arrays_are_a_film_with_ids_and_a_clip_holds_it(two_people):
    film = [np.roll(two_people, 2 * i, axis=1) for i in range(5)]
    footage = vitruvian.open(film, model="lite", rate=25)
    clip = footage.clip()
    assert clip.ids.tolist() == [1, 2]
    assert clip.present.all()
    np.testing.assert_allclose(clip.times, np.arange(5) / 25)
    assert (clip.size, clip.body.skeleton) == ((256, 192), BLAZEPOSE_33)
    # Both walk to the right, eight pixels in all.
    walked = clip.body.xy[4, :, :, 0].mean(1) - clip.body.xy[0, :, :, 0].mean(1)
    np.testing.assert_allclose(walked, 8, atol=3)
    again = footage.clip()
    np.testing.assert_array_equal(again.body.xy, clip.body.xy)
    assert again.ids.tolist() == [1, 2]


def test_a_pass_that_is_let_go_does_not_end_the_one_after_it(two_people):
    footage = vitruvian.open([two_people] * 4, model="lite", rate=25)
    first = footage.people()
    next(first)
    second = footage.people()
    next(second)
    first.close()
    assert [frame.index for frame, _ in second] == [1, 2, 3]


def test_smoothing_is_a_choice(two_people):
    rng = np.random.default_rng(0)
    film = [
        np.clip(two_people + rng.normal(0, 12, two_people.shape), 0, 255).astype(np.uint8)
        for _ in range(6)
    ]
    raw, smooth = (
        vitruvian.open(film, model="lite", smooth=choice).clip().body.xy for choice in (False, True)
    )
    np.testing.assert_array_equal(raw[0], smooth[0])
    assert np.abs(np.diff(smooth, axis=0)).mean() < np.abs(np.diff(raw, axis=0)).mean()


def test_nothing_is_loaded_before_it_is_iterated_and_it_can_be_left_early(two_people, tmp_path):
    with vitruvian.open([two_people] * 4, model="lite") as footage:
        first = next(footage.people())
        assert first[0].index == 0
    footage.close()
    assert len(list(footage.people())) == 4


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"model": "ful"}, UnknownNameError, "did you mean 'full'"),
        ({"detector": "movnet"}, UnknownNameError, "did you mean 'movenet'"),
        ({"people": 0}, InputError, "people must be 1 or more"),
        ({"rate": 0}, InputError, "rate must be"),
        ({"rate": "25"}, InputError, "rate must be"),
        ({"model": None}, UnknownNameError, "no model is called None"),
        ({"detector": 3}, UnknownNameError, "no detector is called 3; known: auto"),
        ({"people": "2"}, InputError, "people must be 1 or more, .* not '2'"),
        ({"people": 1.5}, InputError, "people must be 1 or more, .* not 1.5"),
        ({"classify": 3}, InputError, "a classifier's file, not 3"),
    ],
)
def test_a_wrong_option_is_said_at_once(two_people_file, options, kind, said):
    with pytest.raises(kind, match=said):
        vitruvian.open(two_people_file, **options)


def test_a_missing_file_is_said_at_once(tmp_path):
    with pytest.raises(SourceNotFoundError, match=r"none\.mp4"):
        vitruvian.open(tmp_path / "none.mp4")


@pytest.mark.parametrize("image", [np.zeros((3, 3), np.uint8), np.zeros((3, 3, 3))])
def test_an_array_that_is_no_picture_is_refused(image):
    with pytest.raises(InputError, match=r"\(H, W, 3\)|uint8"):
        list(vitruvian.open(image).people())


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="counts references")
def test_frames_are_let_go_while_a_clip_is_gathered(two_people):
    seen = SimpleNamespace(alive=0, most=0)

    class Watched(np.ndarray):
        def __del__(self):
            seen.alive -= 1

    def film():
        for _ in range(12):
            seen.alive += 1
            seen.most = max(seen.most, seen.alive)
            yield np.array(two_people).view(Watched)

    vitruvian.open(film(), model="lite", detector="movenet").clip()
    gc.collect()
    assert seen.most < 10


def test_an_iterable_that_never_ends_is_read_as_it_comes(two_people):
    def endless():
        while True:
            yield two_people

    found = list(islice(vitruvian.open(endless(), model="lite").people(), 3))
    assert [frame.index for frame, _ in found] == [0, 1, 2]
