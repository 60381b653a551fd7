"""What two people do: the laws of features and model, training, files, and what ships."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitruvian.classify.pair_model import PairModel, load_positions
from vitruvian.classify.pair_samples import read_pairs, read_samples
from vitruvian.classify.pair_training import PairPlan, PairSamples, train_pairs
from vitruvian.classify.pairs import FEATURES, mirrored, pair_features
from vitruvian.errors import InputError
from vitruvian.skeletons import COCO_17

SMALL = PairPlan(samples=1500, networks=1, epochs=6, hidden=(24,))


def figure(lying: bool = False) -> np.ndarray:
    """A person in metres, y up, facing +z, feet on the floor."""
    body = np.zeros((17, 3), np.float32)
    for side, x in (("left", 0.2), ("right", -0.2)):
        for name, y in (
            ("eye", 1.65), ("ear", 1.62), ("shoulder", 1.4), ("elbow", 1.1), ("wrist", 0.85),
            ("hip", 0.9), ("knee", 0.5), ("ankle", 0.08),
        ):  # fmt: skip
            body[COCO_17.index(f"{side}_{name}")] = x, y, 0
    body[0] = 0, 1.62, 0.1
    if lying:
        body = body[:, [0, 2, 1]] * (1, 1, -1) + (0, 0.1, 0.8)
    return body.astype(np.float32)


def scenes() -> PairSamples:
    """Two who stand face to face, and one who stands over one who lies."""
    rng = np.random.default_rng(0)
    poses, labels, tops = [], [], []
    for number in range(40):
        one, other = figure(), figure()
        other[:, 2] = 0.8 - other[:, 2]
        if number % 2:
            other = figure(lying=True)
            labels.append("over")
            tops.append(0)
        else:
            labels.append("facing")
            tops.append(-1)
        poses.append(np.stack([one, other]) + rng.normal(0, 0.03, (2, 17, 3)))
    return PairSamples(
        np.array(poses, np.float32), tuple(labels), np.array(tops), np.arange(40) // 2
    )


@pytest.fixture(scope="module")
def model():
    return train_pairs(scenes(), SMALL)


def seen(lying: bool) -> np.ndarray:
    """(1, 2, 17, 2) pixels, from the side."""
    other = figure(lying)
    if not lying:
        other[:, 2] = 0.8 - other[:, 2]
    pair = np.stack([figure(), other])
    return (np.stack([pair[..., 2] + 0.3 * pair[..., 0], -pair[..., 1]], -1) * 200 + 400)[None]


places = st.tuples(st.floats(-500, 500), st.floats(-500, 500))


@given(places, st.floats(0.05, 30))
def test_neither_place_nor_size_matters(place, scale):
    pair = seen(True).astype(np.float32)
    there = pair_features(pair * np.float32(scale) + np.array(place, np.float32))
    assert there.shape == (1, FEATURES)
    np.testing.assert_allclose(there, pair_features(pair), atol=2e-3)


@given(st.lists(st.integers(0, 33), max_size=34, unique=True))
def test_whatever_is_missing_features_are_finite(missing):
    pair = seen(True).reshape(34, 2).copy()
    pair[missing] = np.nan
    assert np.isfinite(pair_features(pair.reshape(1, 2, 17, 2))).all()


def test_a_mirror_twice_is_nothing():
    pair = seen(True).astype(np.float32)
    np.testing.assert_array_equal(mirrored(mirrored(pair)), pair)


def test_what_was_taught_is_known_and_who_is_on_top(model):
    found = model(np.concatenate([seen(True), seen(False)]))
    assert found.labels == ("over", "facing")
    assert found.tops.tolist() == [0, -1]
    np.testing.assert_allclose(found.probabilities.sum(1), 1, atol=1e-5)


@settings(max_examples=30)
@given(st.integers(0, 2**31))
def test_neither_order_nor_mirror_matters(model, seed):
    rng = np.random.default_rng(seed)
    pairs = rng.normal(0, 100, (3, 2, 17, 2)).astype(np.float32)
    pairs[rng.random((3, 2, 17)) < 0.2] = np.nan
    plain, swapped, flipped = model(pairs), model(pairs[:, ::-1]), model(mirrored(pairs))
    np.testing.assert_allclose(plain.probabilities, swapped.probabilities, atol=1e-5)
    np.testing.assert_allclose(plain.probabilities, flipped.probabilities, atol=1e-5)
    for top, other in zip(plain.tops.tolist(), swapped.tops.tolist(), strict=True):
        assert (top, other) in ((-1, -1), (0, 1), (1, 0))


def test_training_is_reproducible(model):
    again = train_pairs(scenes(), SMALL)
    for one, other in zip(model.networks, again.networks, strict=True):
        for a, b in zip(one.weights, other.weights, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_saved_model_says_the_same(model, tmp_path):
    path = tmp_path / "pairs.npz"
    path.write_bytes(model.save())
    again = PairModel.load(path)
    assert (again.classes, again.roles) == (model.classes, model.roles)
    found, other = (each(seen(True)).probabilities for each in (model, again))
    np.testing.assert_allclose(found, other, atol=5e-3)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\x93NUMPY"])
def test_what_is_no_model_is_refused(content, tmp_path):
    path = tmp_path / "pairs.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="train-pairs") as refused:
        PairModel.load(path)
    assert "allow_pickle" not in str(refused.value)
    with pytest.raises(InputError, match="cannot read"):
        PairModel.load(tmp_path / "none.npz")


def test_a_pickle_in_a_model_is_not_opened(tmp_path):
    path = tmp_path / "pairs.npz"
    np.savez(path, head=np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(InputError, match="train-pairs"):
        PairModel.load(path)


def test_the_shipped_model_knows_nine_positions_and_doubts_what_it_cannot_see():
    positions = load_positions()
    assert len(positions.classes) == 9
    assert positions(seen(False)).labels == ("standing",)
    nothing = positions(np.full((1, 2, 17, 2), np.nan, np.float32))
    half = seen(False).copy()
    half[:, :, ::2] = np.nan
    assert positions(half).scores[0] < positions(seen(False)).scores[0] + 1e-6
    assert nothing.scores[0] < 0.5
    assert positions(np.zeros((0, 2, 17, 2), np.float32)).labels == ()


def test_real_pairs_are_named(data):
    pairs = read_pairs(data / "vicos" / "dev.json")
    found = load_positions()(pairs.keypoints)
    right = np.array(found.labels) == np.array(pairs.positions)
    tops = pairs.tops >= 0
    assert right.mean() > 0.8
    assert (found.tops == pairs.tops)[tops].mean() > 0.9


def sample(**fields):
    return {"pose1": np.ones((17, 3)).tolist(), "pose2": np.ones((17, 2)).tolist()} | fields


def test_pairs_are_read_whoever_wrote_them(tmp_path):
    path = tmp_path / "pairs.json"
    gone = np.ones((17, 3))
    gone[3] = 5, 5, 0.0
    gone[4] = 0, 0, 0.9
    data = [
        sample(position="closed_guard1"),
        sample(position="mount2", image_id="b"),
        sample(position="hold", top=1),
        {"gt_pose1": gone.tolist(), "gt_pose2": None, "position": "standing"},
        {"pose1": [None] * 17, "pose2": [[1, None, 1]] * 17},
    ]
    path.write_text(json.dumps(data))
    pairs = read_pairs(path)
    assert pairs.ids == (0, "b", 2, 3, 4)
    assert pairs.positions == ("closed_guard", "mount", "hold", "standing", None)
    assert pairs.tops.tolist() == [1, 1, 0, -1, -1]
    missing = np.isnan(pairs.keypoints[..., 0])
    assert np.flatnonzero(missing[3, 0]).tolist() == [3, 4]
    assert missing[3, 1].all()
    assert missing[4].all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{}", "no list of pairs"),
        ("[]", "no list of pairs"),
        ('[{"pose1": null}]', "sample 0 is no pair"),
        ('[{"pose1": [[1, 2]], "pose2": null}]', "sample 0 is no pair"),
        ('[{"pose1": "x", "pose2": null}]', "sample 0 is no pair"),
        ("[3]", "sample 0 is no pair"),
    ],
)
def test_bad_files_of_pairs_are_refused_in_one_line(text, words, tmp_path):
    path = tmp_path / "pairs.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        read_pairs(path)
    assert "\n" not in str(caught.value)


def test_samples_to_learn_from(tmp_path):
    given = scenes()
    np.savez(tmp_path / "s.npz", poses=given.poses, labels=np.array(given.labels), tops=given.tops)
    assert read_samples(tmp_path / "s.npz").labels == given.labels
    (tmp_path / "bare.json").write_text(json.dumps([sample()]))
    with pytest.raises(InputError, match="no 'position'"):
        read_samples(tmp_path / "bare.json")
    (tmp_path / "one.json").write_text(json.dumps([sample(position="a"), sample(position="a")]))
    with pytest.raises(InputError, match="two classes"):
        read_samples(tmp_path / "one.json")
    np.savez(tmp_path / "odd.npz", poses=np.zeros((2, 17, 3)), labels=np.array(["a", "b"]))
    with pytest.raises(InputError, match="poses must be"):
        read_samples(tmp_path / "odd.npz")
    (tmp_path / "no.npz").write_bytes(b"nothing")
    with pytest.raises(InputError, match="cannot be read"):
        read_samples(tmp_path / "no.npz")
