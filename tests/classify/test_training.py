from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian.classify import NONE, Plan, class_scores, train
from vitruvian.classify.augment import Variety, varied
from vitruvian.classify.others import other_poses
from vitruvian.classify.training import fold_of
from vitruvian.errors import InputError
from vitruvian.skeletons import blazepose_to_coco


def test_it_learns_and_says_so_of_what_was_held_back(trained, make_table):
    other = make_table(seed=7)
    answers = trained.model.probabilities(*other.inputs(trained.model))
    assert (answers[:, :-1].argmax(1) == other.truth).mean() > 0.95
    assert trained.model.labels == ("down", "out", "up", NONE)
    assert trained.model.held_back["accuracy"] > 0.9
    np.testing.assert_allclose(answers.sum(1), 1, atol=1e-5)


def test_the_same_seed_gives_the_same_classifier(table, trained):
    again = train(table, Plan(folds=3))
    for ours, theirs in zip(trained.model.branches, again.model.branches, strict=True):
        for a, b in zip(ours.network.weights, theirs.network.weights, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_pose_and_its_mirror_image_are_one(trained, table):
    (body, keypoints) = table.inputs(trained.model)
    flipped = []
    for rows, branch in zip((body, keypoints), trained.model.branches, strict=True):
        rows = rows[:, list(branch.features.skeleton.mirror)].copy()
        rows[..., 0] *= -1
        if rows.shape[2] == 5:
            rows[..., 2] *= -1
        flipped.append(rows)
    np.testing.assert_allclose(
        trained.model.probabilities(*flipped), trained.model.probabilities(body, keypoints),
        atol=1e-4,
    )  # fmt: skip


def test_limbs_turned_far_are_none_of_these(trained, make_table):
    other = make_table(seed=4)
    far = Variety(bend=1.2, swap=0.0, lost=0.0)
    rows = other.inputs(trained.model)
    (body, _) = trained.model.branches
    strange = varied(body.features, rows[0], np.random.default_rng(1), far)
    points = strange[:, list(blazepose_to_coco), :2]
    none = len(trained.model.labels) - 1
    refused = (trained.model.logits(strange, points).argmax(1) == none).mean()
    known = (trained.model.logits(*rows).argmax(1) == none).mean()
    assert known < 0.1
    assert refused > 0.6


def test_what_people_do_elsewhere_is_none_of_these(trained):
    poses = other_poses()[200:]
    bodies = np.concatenate([poses[..., :2] * 200, poses], 2)
    logits = trained.model.logits(bodies, bodies[:, list(blazepose_to_coco), :2])
    assert (logits.argmax(1) == len(trained.model.labels) - 1).mean() > 0.7


def test_uneven_classes_count_the_same(make_table):
    table = make_table((30, 4, 30))
    model = train(table, Plan(folds=2)).model
    other = make_table(seed=5)
    answers = model.probabilities(*other.inputs(model))[:, :-1].argmax(1)
    assert min(class_scores(other.truth, answers, 3).recall) > 0.9


def test_a_class_with_one_pose_is_learned_and_not_asked(make_table):
    table = make_table((8, 1, 8))
    found = train(table, Plan(folds=2))
    assert found.model.held_back["asked"] == 16
    assert np.isnan(found.held_back[table.truth == 1]).all()


def test_nothing_need_be_held_back(table):
    found = train(table, Plan(folds=0))
    assert found.model.held_back["asked"] == 0
    assert found.model.held_back["accuracy"] is None
    assert np.isnan(found.held_back).all()


def test_one_class_is_not_enough(table):
    with pytest.raises(InputError, match="two classes"):
        train(table[table.truth == 0])


def test_pictures_of_one_scene_stay_together(table):
    names = tuple(f"{f.split('/')[0]}/anna{i % 4}_x{i:03d}.jpg" for i, f in enumerate(table.files))
    fold = fold_of(replace(table, files=names), 4)
    for anna in range(4):
        scene = [i for i, name in enumerate(names) if f"anna{anna}_" in name]
        for label in range(3):
            parts = {int(fold[i]) for i in scene if table.truth[i] == label}
            assert len(parts) == 1
    # One scene cannot be cut by scene: then it is cut by picture.
    alone = replace(table, files=tuple(f"a/x{i:03d}.jpg" for i in range(len(table))))
    assert set(fold_of(alone, 4)) == {0, 1, 2, 3}
