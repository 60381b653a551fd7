"""What every `Stage` keeps to, whichever fact it adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace

import numpy as np
import pytest

from vitruvian.associate import Associate
from vitruvian.classify import Classify
from vitruvian.detect import Survey, Watch
from vitruvian.embed import Describe
from vitruvian.fit import Articulate
from vitruvian.geometry import regions
from vitruvian.landmark import Fingers, Landmark, RejectHands, Study
from vitruvian.landmark.hand import HandReading
from vitruvian.segment import Outline
from vitruvian.skeletons import BLAZEPOSE_33, HAND_21
from vitruvian.smooth import Smooth
from vitruvian.stage import Stage
from vitruvian.types import Landmarks, People

_HAND = np.random.default_rng(5).uniform(0.4, 0.6, (21, 3)).astype(np.float32)


class _AnyHand:
    """A hand reader that sees a hand in the middle of every region."""

    def read(self, frame, places):
        return [HandReading(_HAND, _HAND, 0.9, 0.5) for _ in places]


class NoPalms:
    """A palm detector that finds none."""

    input_size = 192

    def find(self, frame, view):
        return self

    def regions(self):
        return np.zeros((0, 4), np.float32)


class Always:
    """A classifier that knows one answer."""

    labels = ("standing", "none of these")

    def probabilities(self, body, keypoints=None):
        return np.tile(np.array([0.9, 0.1], np.float32), (len(body.xy), 1))


STAGES: dict[str, Callable] = {
    "survey": lambda scene: Survey([lambda: scene]),
    "survey without tiles": lambda scene: Survey([lambda: scene], tiles=False),
    "survey of two": lambda scene: Survey([lambda: scene, lambda: scene]),
    "watch": lambda scene: Watch([lambda: scene]),
    "watch of two": lambda scene: Watch([lambda: scene, lambda: scene]),
    "watch for one": lambda scene: Watch([lambda: scene], most=1),
    "landmark": lambda scene: Landmark(scene),
    "landmark with masks": lambda scene: Landmark(scene, masks=True),
    "study": lambda scene: Study(scene),
    "study with masks": lambda scene: Study(scene, masks=True),
    "describe": lambda scene: Describe(),
    "associate": lambda scene: Associate(),
    "associate one": lambda scene: Associate(most=1),
    "smooth": lambda scene: Smooth(),
    "outline": lambda scene: Outline(),
    "fingers": lambda scene: Fingers(_AnyHand()),
    "reject hands": lambda scene: RejectHands(_AnyHand(), NoPalms),
    "reject hands, pictures": lambda scene: RejectHands(_AnyHand(), NoPalms, stills=True),
    "articulate": lambda scene: Articulate(),
    "classify": lambda scene: Classify(Always()),
    "classify pictures": lambda scene: Classify(Always(), stills=True),
}


@pytest.fixture
def scene(make_scene, figure):
    """Two people, one of whom walks."""
    return make_scene(lambda i: [figure(150 + 3 * i, 120, arms="out"), figure(450, 140)])


@pytest.fixture(params=STAGES)
def stage(request, scene) -> Stage:
    return STAGES[request.param](scene)


@pytest.fixture
def given(stage, scene, make_people) -> Callable[[int], People]:
    """People as the stage may be given them, read-only.

    A first stage, which needs nothing, is given all that was found in the frame before; another
    one only the columns it needs.
    """

    def at(index: int) -> People:
        everyone = make_people(scene, index, ids=(7, -1) if "id_scores" in stage.adds else (7, 9))
        optional = {"ids", "id_scores", "regions", "body", "masks", "labels"}
        optional |= {"left_hand", "right_hand"}
        people = everyone
        if stage.needs:
            people = everyone.having(**dict.fromkeys(optional - stage.needs))
        for array in arrays(people):
            array.flags.writeable = False
        return people

    return at


@pytest.fixture
def make_people():
    """The people of a scene, all columns filled."""

    def make(scene, index, ids):
        (frame,) = scene.frames(1, start=index)
        found = scene.find(frame, np.eye(2, 3, dtype=np.float32) * max(scene.size) / 256)
        xy = np.stack(scene._bodies(index))
        flat = np.full(xy.shape[:2], 0.9, np.float32)
        body = Landmarks(
            BLAZEPOSE_33, xy, flat, flat.copy(), flat.copy(), np.zeros((2, 33, 3), "f4")
        )
        boxes = np.concatenate([xy.min(1), xy.max(1)], 1)
        sure = np.full((2, 21), 0.9, np.float32)
        hands = Landmarks(HAND_21, 50 + 40 * np.stack([_HAND[:, :2]] * 2), sure, sure, sure)
        hands = replace(hands, world=np.stack([_HAND] * 2))
        scene.looks.clear()
        return People(
            boxes,
            found.scores,
            np.array(ids, np.int64),
            found.scores,
            found.regions,
            body,
            hands,
            Landmarks.missing(HAND_21, (2,)),
        )

    return make


def arrays(people: People) -> Iterator[np.ndarray]:
    for field in fields(people):
        column = getattr(people, field.name)
        if isinstance(column, np.ndarray):
            yield column
    for points in (people.body, people.left_hand, people.right_hand):
        if points is not None:
            for name in ("xy", "z", "visibility", "presence", "world"):
                yield getattr(points, name)


def same(a: People, b: People) -> None:
    for ours, theirs in zip(arrays(a), arrays(b), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_it_is_a_stage_and_says_what_it_needs_and_adds(stage):
    assert isinstance(stage, Stage)
    columns = {field.name for field in fields(People)}
    assert stage.needs <= columns
    assert stage.adds <= columns


def test_what_it_needs_is_enough_and_what_it_adds_is_there(stage, scene, given):
    for frame in scene.frames(3):
        found = stage(frame, given(frame.index))
        assert len(found)
        for column in stage.adds | stage.needs:
            assert getattr(found, column) is not None, column


def test_columns_are_of_the_types_that_are_promised(stage, scene, given):
    (frame,) = scene.frames(1)
    found = stage(frame, given(0))
    for column in ("boxes", "scores", "id_scores", "regions", "masks"):
        value = getattr(found, column)
        assert value is None or value.dtype == np.float32, column
    assert found.ids is None or found.ids.dtype == np.int64
    if found.body is not None:
        assert found.body.xy.dtype == found.body.z.dtype == np.float32
        assert found.body.visibility.dtype == found.body.world.dtype == np.float32
    if found.masks is not None:
        assert found.masks.shape == (len(found), *frame.size[::-1])


def test_it_does_not_write_into_what_it_was_given(stage, scene, given):
    # The arrays are read-only, so that writing would be an error; their copies tell the rest.
    for frame in scene.frames(3):
        people = given(frame.index)
        before = [array.copy() for array in arrays(people)]
        stage(frame, people)
        for array, copy in zip(arrays(people), before, strict=True):
            np.testing.assert_array_equal(array, copy)


def test_reset_forgets(stage, scene, given):
    first = [stage(frame, given(frame.index)) for frame in scene.frames(4)]
    stage.reset()
    again = [stage(frame, given(frame.index)) for frame in scene.frames(4)]
    for ours, theirs in zip(first, again, strict=True):
        same(ours, theirs)


@pytest.mark.parametrize("name", STAGES)
def test_where_nobody_is_nobody_is_found(name, make_scene):
    empty = make_scene([])
    stage = STAGES[name](empty)
    for frame in empty.frames(3):
        found = stage(frame, People.none())
        assert len(found) == 0
        assert found.boxes.shape == (0, 4)


def test_regions_are_where_the_people_are(stage, scene, given):
    (frame,) = scene.frames(1)
    found = stage(frame, given(0))
    centres = np.stack([xy[[23, 24]].mean(0) for xy in scene._bodies(0)])
    if found.regions is not None:
        gap = np.linalg.norm(found.regions[:, None, :2] - centres[None], axis=-1)
        assert (gap.min(1) < 3).all()
        assert (np.abs(found.regions[:, 3]) < regions.ROI_SCALE / 10).all()
