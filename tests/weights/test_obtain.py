from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from vitruvian import weights
from vitruvian.errors import InputError, UnknownNameError, WeightsError
from vitruvian.runtime import open_session
from vitruvian.weights import cache

LITE = "blazepose-lite"
MADE = "blazepose-lite-nomask"


@pytest.fixture
def filled(tmp_path, monkeypatch):
    """A cache of one's own, offline, with the source files of two models and nothing else."""
    sources = [weights.obtain(LITE), weights.obtain("movenet-lightning")]
    names = [file.name for row in (LITE, "movenet-lightning") for file in weights.row(row).files]
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in names:
        shutil.copy(sources[0].parent / name, folder / name)
    monkeypatch.setenv("VITRUVIAN_CACHE", str(folder))
    monkeypatch.setenv("VITRUVIAN_OFFLINE", "1")
    return folder


def test_a_model_is_made_from_its_files_once(filled):
    row = weights.row(MADE)
    path = weights.obtain(MADE)
    assert path.parent == filled
    made = path.stat().st_mtime_ns
    assert weights.obtain(MADE) == path
    assert path.stat().st_mtime_ns == made
    assert weights.state(row) == "cached"


def test_a_made_model_stays_usable_when_its_files_are_gone(filled):
    path = weights.obtain(MADE)
    (filled / "pose_landmark_lite.tflite").unlink()
    assert weights.obtain(MADE) == path


def test_a_damaged_made_model_is_made_again(filled):
    path = weights.obtain(MADE)
    right = path.read_bytes()
    path.write_bytes(right[:1000])
    assert weights.state(weights.row(MADE)) == "damaged"
    assert weights.obtain(MADE).read_bytes() == right


def test_states(filled):
    assert weights.state(weights.row(LITE)) == "cached"
    assert weights.state(weights.row("blazepose-heavy")) == "missing"
    (filled / "pose_landmark_lite.tflite").write_bytes(b"?")
    assert weights.state(weights.row(LITE)) == "damaged"


def test_what_is_missing_offline_is_one_clear_line(filled):
    with pytest.raises(WeightsError, match=r"pose_landmark_heavy\.tflite .*OFFLINE") as error:
        weights.obtain("blazepose-heavy")
    assert "\n" not in str(error.value)


def test_a_path_is_taken_as_it_is(tmp_path):
    path = tmp_path / "mine.tflite"
    path.touch()
    assert weights.obtain(path) == path
    assert weights.obtain(str(path)) == path


@pytest.mark.parametrize("name", ["missing.tflite", "folder/missing"])
def test_a_path_to_nothing_is_refused(name):
    with pytest.raises(InputError, match=f"there is no file {name}"):
        weights.obtain(name)


def test_a_name_of_nothing_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'blazepose-lite'"):
        weights.obtain("blazepose-lit")


def spoil(path: Path) -> None:
    """Change a file so that neither its size nor its time tells."""
    state = path.stat()
    data = bytearray(path.read_bytes())
    data[4:400] = bytes(396)
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_damage_that_shows_only_on_loading_is_healed(filled):
    path = weights.obtain(MADE)
    spoil(path)
    assert weights.obtain(MADE) == path
    session = weights.load(MADE, open_session)
    assert len(session.run(np.zeros((1, 256, 256, 3), np.float32))) == 4


def test_damage_that_cannot_be_healed_is_one_clear_line(filled):
    path = weights.obtain(LITE)
    spoil(path)
    with pytest.raises(WeightsError, match="cannot get pose_landmark_lite"):
        weights.load(LITE, open_session)


def test_a_right_file_that_cannot_be_opened_is_the_weights_fault(filled):
    def opener(path):
        raise InputError("no engine")

    with pytest.raises(WeightsError, match="is what it should be, yet: no engine"):
        weights.load(LITE, opener)


def test_a_users_file_that_cannot_be_opened_is_the_users(tmp_path):
    path = tmp_path / "mine.tflite"
    path.write_bytes(b"text")
    with pytest.raises(InputError, match=r"mine\.tflite is not a TFLite model"):
        weights.load(path, open_session)


def test_a_cached_model_is_had_at_once():
    weights.obtain("movenet-multipose-256")
    weights.obtain("movenet-multipose-256")
    start = time.perf_counter()
    for _ in range(20):
        weights.obtain("movenet-multipose-256")
    assert (time.perf_counter() - start) / 20 < 0.005


def test_a_cached_model_needs_nothing_heavy():
    weights.obtain("movenet-multipose-256")
    script = (
        "import sys; from vitruvian import weights; weights.obtain('movenet-multipose-256');"
        "print(*sorted({'numpy', 'ai_edge_litert', 'urllib.request', 'http', 'socket', 'tarfile',"
        " 'zipfile', 'subprocess', 'rich', 'click'} & sys.modules.keys()))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    # The root package may load NumPy; weights do not.
    assert set(done.stdout.split()) <= {"numpy"}


def test_the_cache_is_moved_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("VITRUVIAN_CACHE", str(tmp_path / "here"))
    assert cache.directory() == tmp_path / "here"
    monkeypatch.delenv("VITRUVIAN_CACHE")
    assert cache.directory().name.lower() in {"vitruvian", "cache"}


@pytest.mark.parametrize("kind", ["full", "lite"])
def test_palm_detectors_are_cut_whole_out_of_the_file_that_holds_both(kind):
    session = open_session(weights.obtain(f"palm-{kind}"))
    outputs = session.run(np.zeros((1, 192, 192, 3), np.float32))
    assert sorted(output.shape for output in outputs) == [(1, 2016, 1), (1, 2016, 18)]


def test_what_lies_elsewhere_in_the_file_is_not_taken_for_it(tmp_path):
    from vitruvian.weights.obtain import _cut

    source, made = tmp_path / "packed.data", tmp_path / "made.tflite"
    source.write_bytes(bytes(range(100)))
    with pytest.raises(WeightsError, match="something else"):
        _cut(source, made, 10, 20, "0" * 64)
    assert not made.exists()
    _cut(source, made, 10, 20, hashlib.sha256(bytes(range(10, 30))).hexdigest())
    assert made.read_bytes() == bytes(range(10, 30))
