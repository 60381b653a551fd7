from __future__ import annotations

import re
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from vitruvian import weights
from vitruvian.errors import InputError
from vitruvian.runtime import LiteRTSession, Session, open_session

MODEL = "blazepose-lite-nomask"
PICTURE = np.random.default_rng(3).random((1, 256, 256, 3), np.float32)


@pytest.fixture(scope="module")
def path():
    return weights.obtain(MODEL)


@pytest.fixture
def session(path):
    return open_session(path)


def test_it_is_a_session_with_known_inputs(session):
    assert isinstance(session, Session)
    assert session.inputs == (((1, 256, 256, 3), np.dtype(np.float32)),)


def test_two_threads_in_one_session_give_nearly_the_same(path, session):
    pairs = zip(session.run(PICTURE), open_session(path, threads=2).run(PICTURE), strict=True)
    for one, two in pairs:
        np.testing.assert_allclose(one, two, rtol=1e-3, atol=1e-2)


def test_a_shape_of_its_own_gives_the_same(path):
    session = open_session(path, shape=(2, 256, 256, 3))
    assert session.inputs == (((2, 256, 256, 3), np.dtype(np.float32)),)
    twice = session.run(np.concatenate([PICTURE, PICTURE[:, ::-1]]))
    for both, one in zip(twice, open_session(path).run(PICTURE), strict=True):
        np.testing.assert_allclose(both[:1], one, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("shape", [(2, 256), (1, 256, 256, 5), (-1, 256, 256, 3)])
def test_a_shape_that_the_model_cannot_have_is_refused_in_one_line(path, shape):
    with pytest.raises(InputError, match=re.escape(f"with an input of {shape}")) as error:
        open_session(path, shape=shape)
    assert "\n" not in str(error.value)


def test_an_array_with_gaps_is_taken(session):
    mirrored = PICTURE[:, :, ::-1]
    for a, b in zip(session.run(mirrored), session.run(mirrored.copy()), strict=True):
        np.testing.assert_array_equal(a, b)


def test_others_work_while_it_runs(path):
    """A thread beside a running model is never kept waiting for as long as one run."""
    session = open_session(weights.obtain("blazepose-heavy-nomask"))
    session.run(PICTURE)
    gaps, done = [], threading.Event()

    def watch():
        last = time.perf_counter()
        while not done.is_set():
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    for _ in range(4):
        session.run(PICTURE)
    whole = time.perf_counter() - start
    done.set()
    watcher.join()
    # Were Python's lock held, the watcher would see little but four gaps, each as long as a run.
    assert sum(gap for gap in gaps if gap > whole / 8) < whole / 3


def test_sessions_of_one_file_run_side_by_side(path, session):
    expected = session.run(PICTURE)
    found = {}

    def work(name):
        own = open_session(path)
        for _ in range(5):
            found[name] = own.run(PICTURE)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in found.values():
        for a, b in zip(answer, expected, strict=True):
            np.testing.assert_array_equal(a, b)


def test_sessions_of_one_file_share_it_and_a_new_file_is_read(path, tmp_path):
    copy = tmp_path / "model.tflite"
    copy.write_bytes(path.read_bytes())
    one, other = (LiteRTSession(copy, threads=threads) for threads in (1, 2))
    assert one._file is other._file
    another = weights.obtain("blazepose-full-nomask")
    copy.write_bytes(another.read_bytes())
    fresh = LiteRTSession(copy)
    expected = open_session(another).run(PICTURE)
    for found, wanted in zip(fresh.run(PICTURE), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    # Whoever has the old one goes on with it.
    for a, b in zip(one.run(PICTURE), open_session(path).run(PICTURE), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("data", [b"", b"just some text", bytes(4096), b"....TFL3" + bytes(500)])
def test_what_is_no_model_is_refused_in_one_line(data, tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"model\.tflite is not a TFLite model") as error:
        open_session(path)
    assert "\n" not in str(error.value)


def test_a_model_cut_short_is_refused(path, tmp_path):
    cut = tmp_path / "cut.tflite"
    cut.write_bytes(path.read_bytes()[:1_000_000])
    with pytest.raises(InputError, match=r"cut\.tflite is not a TFLite model"):
        open_session(cut)


def test_a_missing_file_and_no_threads_are_refused(path, tmp_path):
    with pytest.raises(InputError, match="there is no model at"):
        open_session(tmp_path / "none.tflite")
    with pytest.raises(InputError, match="threads must be at least 1, not 0"):
        LiteRTSession(path, threads=0)


def test_loading_and_running_says_nothing(path):
    script = (
        "import sys, numpy as np; from vitruvian.runtime import open_session;"
        "session = open_session(sys.argv[1], threads=2);"
        "session.run(np.zeros((1, 256, 256, 3), np.float32));"
        "print('kept', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "kept\n", 0)
