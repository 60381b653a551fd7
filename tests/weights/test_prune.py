from __future__ import annotations

import numpy as np
import pytest

from vitruvian import weights
from vitruvian.errors import InputError
from vitruvian.runtime import open_session
from vitruvian.weights.prune import arrange_landmarks, has_mask
from vitruvian.weights.tflite import ModelWriter, packed, read

PICTURE = np.random.default_rng(7).random((1, 256, 256, 3), np.float32)


@pytest.mark.parametrize("kind", ["lite", "full"])
def test_without_its_mask_a_model_gives_the_same_numbers(kind):
    whole = open_session(weights.obtain(f"blazepose-{kind}")).run(PICTURE)
    bare = open_session(weights.obtain(f"blazepose-{kind}-nomask")).run(PICTURE)
    assert [array.shape for array in bare] == [(1, 195), (1, 1), (1, 64, 64, 39), (1, 117)]
    for kept, index in zip(bare, (0, 1, 3, 4), strict=True):
        np.testing.assert_array_equal(kept, whole[index])


@pytest.mark.parametrize(
    ("kind", "before", "after"), [("lite", 305, 258), ("full", 332, 286), ("heavy", 689, 643)]
)
def test_what_only_the_mask_needs_is_gone(kind, before, after):
    def operators(name):
        return len(read(weights.obtain(name)).subgraphs[0].operators)

    assert operators(f"blazepose-{kind}") == before
    assert operators(f"blazepose-{kind}-nomask") == after


@pytest.fixture
def shuffled(tmp_path):
    """A landmark model with its outputs in another order."""
    model = read(weights.obtain("blazepose-lite"))
    graph = model.subgraphs[0]
    graph.outputs = [graph.outputs[i] for i in (3, 1, 4, 0, 2)]
    path = tmp_path / "shuffled.tflite"
    path.write_bytes(packed(model))
    return path


@pytest.mark.parametrize("mask", [True, False])
def test_outputs_are_found_by_shape_not_by_place(shuffled, tmp_path, mask):
    path = arrange_landmarks(shuffled, tmp_path / "out.tflite", mask=mask)
    expected = open_session(weights.obtain("blazepose-lite" if mask else "blazepose-lite-nomask"))
    for found, array in zip(open_session(path).run(PICTURE), expected.run(PICTURE), strict=True):
        np.testing.assert_array_equal(found, array)


def test_a_mask_is_known_when_there_is_one():
    assert has_mask(weights.obtain("blazepose-lite"))
    assert not has_mask(weights.obtain("blazepose-lite-nomask"))


def test_a_model_without_mask_cannot_be_given_one(tmp_path):
    bare = weights.obtain("blazepose-lite-nomask")
    with pytest.raises(InputError, match="is not a BlazePose landmark model"):
        arrange_landmarks(bare, tmp_path / "out.tflite", mask=True)
    assert not (tmp_path / "out.tflite").exists()


def test_another_model_is_refused_with_what_it_has(tmp_path):
    writer = ModelWriter("adds one to itself")
    x, y = (writer.tensor(name, (1, 4), np.float32) for name in "xy")
    writer.operator("ADD", [x, x], [y], "AddOptions")
    path = tmp_path / "other.tflite"
    path.write_bytes(writer.finish([x], [y]))
    (doubled,) = open_session(path).run(np.float32([[1, 2, 3, 4]]))
    np.testing.assert_array_equal(doubled, [[2, 4, 6, 8]])
    with pytest.raises(InputError, match="its outputs are 1x4, expected 1x195"):
        arrange_landmarks(path, tmp_path / "out.tflite", mask=False)


@pytest.mark.parametrize("size", [0, 7, 100, 500_000])
def test_a_file_cut_short_is_refused(size, tmp_path):
    path = tmp_path / "cut.tflite"
    path.write_bytes(weights.obtain("blazepose-lite").read_bytes()[:size])
    with pytest.raises(InputError, match=r"cut\.tflite is not a TFLite model") as error:
        arrange_landmarks(path, tmp_path / "out.tflite", mask=False)
    assert "\n" not in str(error.value)
