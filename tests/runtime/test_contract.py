"""What every session promises, for each way there is to have one."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian import weights
from vitruvian.errors import InputError
from vitruvian.runtime import Session, open_session, record

MODELS = ["blazepose-lite-nomask", "movenet-lightning"]


def inputs_for(session, seed):
    random = np.random.default_rng(seed)
    return [(random.random(shape) * 200).astype(dtype) for shape, dtype in session.inputs]


@pytest.fixture(scope="module", params=MODELS)
def litert(request):
    return open_session(weights.obtain(request.param))


@pytest.fixture(scope="module")
def replay(litert, tmp_path_factory):
    path = tmp_path_factory.mktemp("replay") / "recording.npz"
    with record(litert, path) as session:
        for seed in (1, 2):
            session.run(*inputs_for(session, seed))
    return open_session(path)


@pytest.fixture(params=["litert", "replay"])
def session(request, litert, replay):
    return {"litert": litert, "replay": replay}[request.param]


def test_it_says_what_it_takes(session):
    assert isinstance(session, Session)
    for shape, dtype in session.inputs:
        assert all(isinstance(length, int) and length > 0 for length in shape)
        assert isinstance(dtype, np.dtype)


def test_outputs_are_the_callers_own_and_repeatable(session):
    inputs = inputs_for(session, 1)
    kept = [array.copy() for array in inputs]
    first = session.run(*inputs)
    expected = [array.copy() for array in first]
    for array in first:
        array[...] = -1
    session.run(*inputs_for(session, 2))
    for array, expectation in zip(session.run(*inputs), expected, strict=True):
        np.testing.assert_array_equal(array, expectation)
    for array, copy in zip(inputs, kept, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_different_inputs_give_different_outputs(session):
    one, two = (session.run(*inputs_for(session, seed)) for seed in (1, 2))
    assert any((a != b).any() for a, b in zip(one, two, strict=True))


def test_what_does_not_fit_is_refused(session):
    (array,) = inputs_for(session, 1)
    for wrong in ((), (array, array), (array[0],), (array.astype(np.float64),)):
        with pytest.raises(InputError, match="the model takes"):
            session.run(*wrong)


def test_a_recording_gives_what_the_engine_gave(litert, replay):
    assert replay.inputs == litert.inputs
    inputs = inputs_for(litert, 2)
    for a, b in zip(replay.run(*inputs), litert.run(*inputs), strict=True):
        np.testing.assert_array_equal(a, b)
