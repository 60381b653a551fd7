from __future__ import annotations

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.measure import Tracks, box_moments, read_mot
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, People


@pytest.fixture
def mot(tmp_path):
    def write(text):
        path = tmp_path / "gt.txt"
        path.write_text(text)
        return path

    return write


def test_frames_and_pixels_count_from_one_there_and_from_nought_here(mot):
    tracks = read_mot(mot("1,3,11,21,30,40,1,-1,-1,-1\n3,3,1,1,5,5\n"))
    ids, boxes = tracks.at(0)
    assert (ids.tolist(), boxes.tolist()) == ([3], [[10, 20, 40, 60]])
    assert len(tracks.at(1)[0]) == 0
    assert tracks.end == 3


def test_rows_that_do_not_count_are_left_out(mot):
    tracks = read_mot(mot("1,1,1,1,9,9,0,1,1\n1,2,1,1,9,9,1,1,0.5\n"))
    assert tracks.at(0)[0].tolist() == [2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("1,2,3\n", "line 1 .* is not frame, id, left"),
        ("1,1,1,1,9,9\nhello\n", "line 2 .*'hello'"),
        ("0,1,1,1,9,9\n", "line 1"),
        ("1,1,1,1,-9,9\n", "line 1"),
        ("1,1,nan,1,9,9\n", "line 1"),
        ("1.5,1,1,1,9,9\n", "line 1"),
        ("1,1,1,1,9,9\n1,1,2,2,9,9\n", "id 1 twice in frame 1"),
    ],
)
def test_what_is_no_mot_file_is_named(mot, text, says):
    with pytest.raises(InputError, match=says):
        read_mot(mot(text))


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_mot(tmp_path / "no.txt")
    with pytest.raises(InputError, match="cannot read"):
        read_mot(tmp_path)
    (tmp_path / "film.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not text"):
        read_mot(tmp_path / "film.txt")


def test_a_clip_has_tracks():
    def people(*ids):
        boxes = np.array([[i, 0, i + 9, 9] for i in ids], np.float32).reshape(-1, 4)
        return People(boxes, np.ones(len(ids), np.float32), ids=np.array(ids, np.int64))

    image = np.zeros((20, 20, 3), np.uint8)
    moments = [(Frame(image, index=i), p) for i, p in enumerate((people(1, 4), people(4)))]
    tracks = Tracks.of_clip(Clip.gather("film", BLAZEPOSE_33, moments))
    assert [tracks.at(i)[0].tolist() for i in range(3)] == [[1, 4], [4], []]
    assert tracks.at(1)[1].tolist() == [[4, 0, 13, 9]]


def test_only_labelled_frames_are_compared():
    box = np.array([[0, 0, 10.0, 10]])
    here, there = np.array([1]), np.array([2])
    truth = Tracks({0: (here, box), 1: (here, box)})
    found = Tracks({0: (there, box), 1: (there, box + 5), 2: (there, box)})
    moments = box_moments(truth, found)
    assert len(moments) == 2
    assert [table.item() for table in moments.similarity] == [1, pytest.approx(25 / 175)]
    assert Tracks({}).end == 0
