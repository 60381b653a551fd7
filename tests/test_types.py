from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian import BLAZEPOSE_33, COCO_17, HAND_21, Clip, Frame, InputError, Landmarks, People
from vitruvian.types import Planes

K = len(BLAZEPOSE_33)


def body_of(n: int, *, world: bool = True) -> Landmarks:
    values = np.random.default_rng(n).random((n, K, 8)).astype(np.float32)
    return Landmarks(
        BLAZEPOSE_33,
        values[..., :2],
        values[..., 2],
        values[..., 3],
        values[..., 4],
        values[..., 5:] if world else None,
    )


def people_of(n: int) -> People:
    every = np.arange(n, dtype=np.float32)
    return People(
        every[:, None] + np.arange(4, dtype=np.float32),
        every / 10,
        ids=np.arange(n, dtype=np.int64) + 7,
        id_scores=every / 20,
        regions=every[:, None] * np.ones(4, np.float32),
        body=body_of(n),
        masks=np.zeros((n, 3, 5), np.float32) + every[:, None, None],
        labels=tuple(f"person {i}" for i in range(n)),
    )


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (np.zeros((4, 4), np.uint8), r"\(4, 4\)"),
        (np.zeros((4, 4, 4), np.uint8), r"\(4, 4, 4\)"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
        (np.zeros((0, 4, 3), np.uint8), "one pixel"),
        ([[1, 2, 3]], "list"),
        (None, "planes"),
    ],
)
def test_a_frame_refuses_what_is_no_picture(image, said):
    with pytest.raises(InputError, match=said):
        Frame(image)


def test_a_frame_of_planes_is_rendered_once_and_only_when_asked():
    made = []

    def render():
        made.append(1)
        return np.full((3, 5, 3), 9, np.uint8)

    y, half = np.zeros((3, 5), np.uint8), np.zeros((2, 3), np.uint8)
    planes = Planes(y, half, half, np.zeros((3, 4), np.float32))
    frame = Frame(planes=planes, render=render, index=4, time=0.5, name="a.png")
    assert frame.size == (5, 3)
    assert repr(frame) == "Frame(index=4, time=0.500, 5x3, name='a.png')"
    assert not made
    assert frame.image is frame.image
    assert made == [1]
    with pytest.raises(InputError, match="render"):
        Frame(planes=planes)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (((3, 5), (1, 3), (2, 3), (3, 4)), "chroma"),
        (((3, 5), (2, 3), (2, 2), (3, 4)), "chroma"),
        (((3, 5), (2, 3), (2, 3), (3, 3)), "to_rgb"),
    ],
)
def test_planes_must_fit_each_other(shapes, said):
    y, u, v = (np.zeros(shape, np.uint8) for shape in shapes[:3])
    with pytest.raises(InputError, match=said):
        Planes(y, u, v, np.zeros(shapes[3], np.float32))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("xy", (2, 32, 2)),
        ("xy", (2, K, 3)),
        ("z", (2, K, 1)),
        ("visibility", (K,)),
        ("presence", (3, K)),
        ("world", (2, K, 2)),
    ],
)
def test_landmarks_must_fit_the_skeleton_and_each_other(name, shape):
    good = body_of(2)
    columns = {n: getattr(good, n) for n in ("xy", "z", "visibility", "presence", "world")}
    columns[name] = np.zeros(shape, np.float32)
    with pytest.raises(InputError, match="must be"):
        Landmarks(BLAZEPOSE_33, **columns)


def test_landmarks_of_another_skeleton_are_not_guessed():
    good = body_of(1)
    with pytest.raises(InputError, match="17"):
        Landmarks(COCO_17, good.xy, good.z, good.visibility, good.presence)


@pytest.mark.parametrize("lead", [(), (2,), (4, 3)])
@pytest.mark.parametrize("world", [True, False])
def test_missing_landmarks_are_nan_everywhere_and_share_nothing(lead, world):
    body = Landmarks.missing(COCO_17, lead, world=world)
    assert body.lead == lead
    columns = [body.xy, body.z, body.visibility, body.presence, *([body.world] if world else [])]
    assert all(column.dtype == np.float32 and np.isnan(column).all() for column in columns)
    body.z[...] = 1
    assert np.isnan(body.visibility).all()
    assert np.isnan(body.presence).all()
    assert (body.world is not None) == world


def test_landmarks_index_every_column_alike():
    body = body_of(5)
    some = body[[3, 1]]
    assert some.lead == (2,)
    for name in ("xy", "z", "visibility", "presence", "world"):
        np.testing.assert_array_equal(getattr(some, name), getattr(body, name)[[3, 1]])
    assert body_of(2, world=False)[0].world is None
    assert body[2].lead == ()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("boxes", np.zeros((3, 5), np.float32)),
        ("boxes", np.zeros((2, 4), np.float32)),
        ("ids", np.zeros(2, np.int64)),
        ("ids", np.zeros((3, 1), np.int64)),
        ("id_scores", np.zeros(4, np.float32)),
        ("regions", np.zeros((3, 5), np.float32)),
        ("body", body_of(2)),
        ("masks", np.zeros((2, 4, 4), np.float32)),
        ("labels", ("one", "two")),
    ],
)
def test_people_refuse_a_column_of_another_length(column, value):
    with pytest.raises(InputError, match=column):
        people_of(3).having(**{column: value})


@given(st.integers(0, 6), st.data())
def test_people_index_by_mask_number_slice_and_list(n, data):
    people = people_of(n)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), np.bool_)
    rows = data.draw(st.lists(st.integers(0, max(n - 1, 0)), max_size=6 if n else 0))
    choices = [(mask, np.flatnonzero(mask)), (slice(1, None, 2), np.arange(n)[1::2])]
    choices.append((np.array(rows, np.int64), np.array(rows, np.int64)))
    if n:
        choices.append((-1, np.array([n - 1])))
    for index, expected in choices:
        some = people[index]
        assert len(some) == len(expected)
        for name in ("boxes", "scores", "ids", "id_scores", "regions", "masks"):
            np.testing.assert_array_equal(getattr(some, name), getattr(people, name)[expected])
        np.testing.assert_array_equal(some.body.xy, people.body.xy[expected])
        assert some.labels == tuple(people.labels[i] for i in expected)


def test_columns_nobody_filled_stay_none_and_outside_is_an_error():
    people = People(np.zeros((2, 4), np.float32), np.zeros(2, np.float32))
    assert people[:1].ids is None
    assert people[:1].body is None
    with pytest.raises(IndexError):
        people[2]


def test_types_are_frozen():
    with pytest.raises(AttributeError):
        people_of(1).scores = np.zeros(1, np.float32)
    with pytest.raises(AttributeError):
        body_of(1).xy = np.zeros((1, K, 2), np.float32)


def frame_at(index: int, size: tuple[int, int] = (8, 6), name: str | None = None) -> Frame:
    image = np.zeros((*size[::-1], 3), np.uint8)
    return Frame(image, index=index, time=index / 10, name=name)


def test_a_clip_gathers_people_by_id_and_leaves_gaps_missing():
    both = people_of(2)
    moments = [
        (frame_at(0), both),
        (frame_at(1), People.none()),
        (frame_at(3), both[[1, 0]]),
        (frame_at(4), both[1]),
    ]
    clip = Clip.gather("film.mp4", BLAZEPOSE_33, moments)
    assert (clip.source, clip.size, clip.files) == ("film.mp4", (8, 6), None)
    assert clip.times.tolist() == [0.0, 0.1, 0.3, 0.4]
    assert clip.indices.tolist() == [0, 1, 3, 4]
    assert clip.ids.tolist() == [7, 8]
    assert clip.present.tolist() == [[True, True], [False, False], [True, True], [False, True]]
    np.testing.assert_array_equal(clip.boxes[2], both.boxes)
    np.testing.assert_array_equal(clip.body.xy[3, 1], both.body.xy[1])
    np.testing.assert_array_equal(clip.body.world[0], both.body.world)
    assert np.isnan(clip.body.xy[1]).all()
    assert np.isnan(clip.body.xy[3, 0]).all()


def test_a_clip_of_pictures_has_names_and_a_size_only_if_they_share_it():
    moments = [(frame_at(i, name=f"{i}.png"), People.none()) for i in range(2)]
    assert Clip.gather("shots", BLAZEPOSE_33, moments).files == ("0.png", "1.png")
    moments.append((frame_at(2, (6, 8)), People.none()))
    clip = Clip.gather("shots", BLAZEPOSE_33, moments)
    assert (clip.size, clip.files, clip.ids.tolist()) == (None, None, [])


def test_a_clip_of_nothing_has_no_rows():
    clip = Clip.gather("nothing", BLAZEPOSE_33, [])
    assert (len(clip.times), len(clip.ids), clip.body.lead) == (0, 0, (0, 0))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("indices", np.zeros(3, np.int64)),
        ("boxes", np.zeros((2, 1, 3), np.float32)),
        ("scores", np.zeros((1, 2), np.float32)),
        ("body", Landmarks.missing(BLAZEPOSE_33, (2, 2))),
        ("names", ("one", "two")),
        ("files", ("one",)),
        ("id_scores", np.zeros((2, 2), np.float32)),
        ("labels", np.full((1, 1), None)),
        ("left_hand", Landmarks.missing(HAND_21, (2, 2))),
        ("vectors", np.zeros((2, 2, 8), np.float32)),
    ],
)
def test_a_clip_refuses_columns_that_do_not_fit(column, value):
    columns = {
        "times": np.zeros(2),
        "indices": np.zeros(2, np.int64),
        "ids": np.ones(1, np.int64),
        "boxes": np.zeros((2, 1, 4), np.float32),
        "scores": np.zeros((2, 1), np.float32),
        "body": Landmarks.missing(BLAZEPOSE_33, (2, 1)),
    }
    with pytest.raises(InputError, match=column):
        Clip("film.mp4", (8, 6), **{**columns, column: value})


def test_a_clip_gives_back_the_people_of_a_frame():
    scores = np.array([0.5, 0.75], np.float32)
    boxes = np.arange(8, dtype=np.float32).reshape(2, 4)
    given = People(boxes, scores, ids=np.array([4, 2]), names=("Ana", None), labels=("guard", None))
    clip = Clip.gather("film.mp4", BLAZEPOSE_33, [(Frame(np.zeros((4, 4, 3), np.uint8)), given)])
    people = clip.people(0)
    assert people.ids.tolist() == [2, 4]
    assert (people.names, people.labels) == ((None, "Ana"), (None, "guard"))
    np.testing.assert_array_equal(people.boxes, boxes[::-1])
    assert people.body.lead == (2,)
    assert people.vectors is None


@pytest.mark.parametrize("world", [True, False])
def test_stacked_landmarks_are_those_they_are_made_of(world):
    body = body_of(3, world=world)
    stacked = Landmarks.stacked([body[i] for i in range(3)])
    for name in ("xy", "z", "visibility", "presence", "world"):
        made, given = getattr(stacked, name), getattr(body, name)
        assert (made is None) == (given is None) == (name == "world" and not world)
        if given is not None:
            assert made.dtype == np.float32
            assert (made == given).all()
            assert not np.shares_memory(made, given)


def test_a_column_that_is_not_one_cannot_be_replaced():
    with pytest.raises(TypeError):
        people_of(2).having(nonsense=1)
