from __future__ import annotations

import shutil

import cv2
import numpy as np
import pytest

from vitruvian.classify import collect_quickly
from vitruvian.errors import SourceError


class Reader:
    """Reads the brightness of the picture as everything, and as its score."""

    def read(self, frame, box=None, *, room=2):
        return np.full((17, 3), frame.image[0, 0, 0] / 255, np.float32)


class Near:
    """Sees somebody at a place, and notes where it was asked to look."""

    def __init__(self):
        self.boxes = []

    def read(self, frame, box=None, *, room=2):
        self.boxes.append(box)
        return np.array([[2, 3, 0.9]] * 8 + [[5, 7, 0.9]] * 8 + [[90, 90, 0.1]], np.float32)


def test_the_second_look_is_where_the_first_saw_somebody(poses):
    reader = Near()
    collect_quickly(poses, [reader])
    first, second, *_ = reader.boxes
    assert first is None
    assert second.tolist() == [2, 3, 5, 7]


@pytest.fixture
def poses(tmp_path):
    for name, bright in {"dog": (250, 0, 200), "tree": (240, 230)}.items():
        (tmp_path / name).mkdir()
        for i, value in enumerate(bright):
            picture = np.full((8, 8, 3), value, np.uint8)
            cv2.imwrite(str(tmp_path / name / f"{i}.png"), picture)
    (tmp_path / "tree" / "bad.png").write_bytes(b"nothing")
    return tmp_path


@pytest.mark.parametrize("readers", [1, 3])
def test_poses_come_in_the_order_of_the_files_however_many_read(poses, readers):
    told = []
    found = collect_quickly(
        poses, [Reader() for _ in range(readers)], seen=lambda *step: told.append(step)
    )
    assert found.table.files == ("dog/0.png", "dog/2.png", "tree/0.png", "tree/1.png")
    assert found.table.truth.tolist() == [0, 0, 1, 1]
    assert found.table.body is None
    assert found.table.keypoints[:, 0, 0] * 255 == pytest.approx([250, 200, 240, 230])
    assert [path.name for path in found.paths] == ["0.png", "2.png", "0.png", "1.png"]
    reasons = {item.file: item.reason for item in found.left_out}
    assert reasons["dog/1.png"] == "nobody was found in it"
    assert "damaged" in reasons["tree/bad.png"]
    assert told[-1] == (6, 6)


def test_clips_are_looked_at_every_fifth_of_a_second(tmp_path, roof_film):
    (tmp_path / "wave").mkdir()
    shutil.copy(roof_film, tmp_path / "wave" / "roof.mp4")
    found = collect_quickly(tmp_path, [Reader()])
    times = [float(file.split("#")[1]) for file in found.table.files]
    assert len(times) >= 3
    assert all(0.19 < gap < 0.3 for gap in np.diff(times))


def test_folders_without_anybody_are_refused(tmp_path):
    (tmp_path / "dog").mkdir()
    cv2.imwrite(str(tmp_path / "dog" / "0.png"), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(SourceError, match="nobody was found"):
        collect_quickly(tmp_path, [Reader()])
