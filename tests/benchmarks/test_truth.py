from __future__ import annotations

import numpy as np
import pytest

from benchmarks import truth
from vitruvian.geometry.boxes import overlap_of

CORNERS = (slice(0, 2), slice(2, 4))


@pytest.fixture(autouse=True)
def _ground_truth(data, monkeypatch):
    monkeypatch.setenv("VITRUVIAN_DATA", str(data))


def test_mot_counts_frames_from_nought_and_every_frame_has_people():
    for film in truth.films().values():
        assert min(film.boxes) == 0
        assert set(film.compared) <= set(film.boxes)
        assert all((boxes[:, 2:] > boxes[:, :2]).all() for boxes in film.boxes.values())


def test_who_is_there_and_not_labelled_is_excused_while_they_are_there():
    film = truth.films()["PETS09-S2L1"]
    edges = len(film.excused(0))
    assert edges == 2
    first, last = (film.excused(i)[edges:] for i in (94, 172))
    assert first[0, 0] > last[0, 0]
    middle = film.excused(133)[edges:]
    np.testing.assert_allclose(middle, (first + last) / 2, atol=0.01)
    assert len(film.excused(173)) == edges
    for index in range(94, 173):
        her, labelled = film.excused(index)[edges:], film.boxes[index]
        assert (overlap_of(labelled, her) < 0.5).all()


def test_people_without_labelled_keypoints_are_excused():
    crowds = [crowd for _, crowd in truth.keypoint_pictures("coco")]
    assert sum(len(crowd.boxes) for crowd in crowds) == 12
    assert sum(len(crowd.excused) for crowd in crowds) == 2
    assert all(np.isfinite(crowd.keypoints).any(axis=(1, 2)).all() for crowd in crowds)


def test_crowdpose_joints_land_where_coco_has_them():
    crowds = [crowd for _, crowd in truth.keypoint_pictures("crowdpose")]
    keypoints = np.concatenate([crowd.keypoints for crowd in crowds])
    assert np.isnan(keypoints[:, :5]).all()
    low, high = (np.concatenate([c.boxes[:, None, side] for c in crowds]) for side in CORNERS)
    inside = ((keypoints >= low - 1) & (keypoints <= high + 1)).all(axis=-1)
    # Some hidden joints were labelled where they must be, below the box's edge.
    assert inside[np.isfinite(keypoints[..., 0])].mean() > 0.85
    shoulders, hips = keypoints[:, 5:7, 1], keypoints[:, 11:13, 1]
    assert (np.nanmean(shoulders, axis=1) < np.nanmean(hips, axis=1)).all()


def test_leeds_torsos_and_the_reference_pose_have_the_expected_shapes():
    paths, joints = truth.lspet()
    assert joints.shape == (len(paths), 12, 2)
    path, pose = truth.reference_pose()
    assert path.is_file()
    assert pose.shape == (33, 2)
    assert ((pose > 0) & (pose < 1)).all()
