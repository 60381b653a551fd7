from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from vitruvian.detect import MoveNetFinder
from vitruvian.detect.movenet import decode
from vitruvian.runtime import open_session
from vitruvian.skeletons import COCO_17
from vitruvian.types import Frame

RECORDING = Path(__file__).parents[1] / "golden" / "movenet" / "multipose-256.npz"
VIEW = np.array([[1, 0, 64], [0, 1, 32]], np.float32)
JOINTS = {
    "nose": ((80, 40), (188, 55)),
    "left_shoulder": ((95, 56), (202, 69)),
    "right_shoulder": ((64, 55), (174, 70)),
    "left_wrist": ((130, 90), (245, 100)),
    "right_wrist": ((34, 90), (158, 98)),
    "left_ankle": ((103, 154), (201, 155)),
    "right_ankle": ((60, 154), (158, 155)),
}
"""Read off the picture by eye: the person on the left, the one on the right."""


@pytest.fixture(scope="module")
def frame(two_people_file) -> Frame:
    """The picture with a border of 64 pixels, as it was when the recording was made."""
    image = cv2.cvtColor(cv2.imread(str(two_people_file)), cv2.COLOR_BGR2RGB)
    return Frame(np.pad(image, [(64, 64), (64, 64), (0, 0)], mode="edge"))


@pytest.fixture(scope="module")
def output():
    ((answer,),) = (list(a.values()) for a in open_session(RECORDING)._answers.values())
    return answer[0]


def test_decoding_is_the_model_card_s_written_down_once_more(output):
    keypoints, sure, scores = decode(output, 0.15)
    rows = [row for row in output.tolist() if row[55] >= 0.15]
    assert len(rows) == len(scores) == 2
    for n, row in enumerate(rows):
        assert scores[n] == pytest.approx(row[55])
        for k in range(17):
            y, x, score = row[3 * k : 3 * k + 3]
            assert keypoints[n, k].tolist() == pytest.approx([x, y])
            assert sure[n, k] == pytest.approx(score)


def test_the_bar_keeps_out_who_is_below(output):
    assert len(decode(output, 0.0)[2]) == 6
    assert decode(output, 1.01)[0].shape == (0, 17, 2)


def test_the_finder_finds_both_people_joint_by_joint_without_weights(frame):
    found = MoveNetFinder(RECORDING).find(frame, VIEW)
    assert len(found) == 2
    order = np.argsort(found.regions[:, 0])
    for person, row in enumerate(order):
        for name, at in JOINTS.items():
            joint = found.keypoints[row, COCO_17.index(name)]
            np.testing.assert_allclose(joint - 64, at[person], atol=6, err_msg=name)
        assert abs(found.regions[row, 3]) < 0.1
        reach = np.linalg.norm(found.keypoints[row] - found.regions[row, :2], axis=1).max()
        assert reach < found.regions[row, 2] / 2


def test_nobody_above_the_bar_is_nobody(frame):
    found = MoveNetFinder(RECORDING, min_score=1.01).find(frame, VIEW)
    assert (len(found), found.keypoints.shape) == (0, (0, 17, 2))
