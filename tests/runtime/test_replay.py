from __future__ import annotations

import numpy as np
import pytest

from vitruvian.errors import InputError
from vitruvian.runtime import ReplaySession, Session, open_session, record


class Doubling:
    """A session without an engine: it doubles and it counts."""

    inputs = (((2, 3), np.dtype(np.float32)), ((1,), np.dtype(np.uint8)))

    def run(self, first, second):
        return first * 2, second + first.sum().astype(np.uint8)


ONE = (np.ones((2, 3), np.float32), np.array([4], np.uint8))
TWO = (np.zeros((2, 3), np.float32), np.array([4], np.uint8))


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "answers.npz"
    with record(Doubling(), path) as session:
        assert isinstance(session, Session)
        session.run(*ONE)
        session.run(*TWO)
    return path


def test_it_answers_what_was_recorded(recording):
    session = open_session(recording)
    assert isinstance(session, ReplaySession)
    assert isinstance(session, Session)
    assert session.inputs == Doubling.inputs
    for inputs in (TWO, ONE):
        for found, expected in zip(session.run(*inputs), Doubling().run(*inputs), strict=True):
            np.testing.assert_array_equal(found, expected)
            assert found.dtype == expected.dtype


def test_answers_are_the_callers_own(recording):
    session = open_session(recording)
    session.run(*ONE)[0][:] = -1
    np.testing.assert_array_equal(session.run(*ONE)[0], ONE[0] * 2)


def test_what_was_never_recorded_is_refused(recording):
    with pytest.raises(InputError, match="record it again"):
        open_session(recording).run(ONE[0] + 1, ONE[1])


def test_what_does_not_fit_is_refused(recording):
    with pytest.raises(InputError, match="the model takes"):
        open_session(recording).run(ONE[0])


def test_a_recording_survives_a_failure_in_the_block(tmp_path):
    path = tmp_path / "answers.npz"

    def work():
        with record(Doubling(), path) as session:
            session.run(*ONE)
            session.run(ONE[0])

    with pytest.raises(TypeError):
        work()
    assert len(open_session(path).run(*ONE)) == 2


@pytest.mark.parametrize("data", [b"", b"text", b"PK\x03\x04" + bytes(40)])
def test_what_is_no_recording_is_refused(data, tmp_path):
    path = tmp_path / "answers.npz"
    path.write_bytes(data)
    with pytest.raises(InputError, match="is not a recording"):
        open_session(path)


def test_another_archive_of_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(InputError, match="is not a recording"):
        open_session(tmp_path / "other.npz")
    with (tmp_path / "bare.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    for name in ("none.npz", "bare.npz"):
        with pytest.raises(InputError, match="is not a recording"):
            open_session(tmp_path / name)
