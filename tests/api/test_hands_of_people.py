"""Hands from a picture and a film to memory and files, as a user asks for them."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import vitruvian
from vitruvian.cli import cli
from vitruvian.fit import bone_lengths


@pytest.fixture(scope="module")
def moments(roof_film):
    footage = vitruvian.open(roof_film, model="lite", people=1, hands=True)
    return [people for _, people in footage.people()]


def test_a_hand_hangs_on_its_own_wrist(moments):
    seen = 0
    for people in moments:
        for wrist, hand in ((15, people.left_hand), (16, people.right_hand)):
            assert hand.lead == (len(people),)
            there = np.isfinite(hand.xy).all((1, 2))
            gap = np.linalg.norm(hand.xy[there, 0] - people.body.xy[there, wrist], axis=1)
            height = people.boxes[there, 3] - people.boxes[there, 1]
            assert (gap < 0.1 * height).all()
            seen += there.sum()
    assert seen


def test_a_hand_is_one_mechanism(moments):
    for people in moments:
        for hand in (people.left_hand, people.right_hand):
            world = hand.world[np.isfinite(hand.world).all((1, 2))]
            assert np.abs(world[:, [5, 9, 13, 17]].mean(1)).max(initial=0) < 1e-6
            lengths = bone_lengths(world)
            assert ((lengths > 0.008) & (lengths < 0.08)).all()


def test_without_asking_there_are_no_hands(roof_photo):
    ((_, people),) = vitruvian.open(roof_photo, model="lite", people=1).people()
    assert people.left_hand is people.right_hand is None


def test_files_have_them(roof_film, tmp_path, moments):
    options = ["--hands", "--model", "lite", "--people", "1", "--save", "json,csv", "-q"]
    out = ["--out", str(tmp_path)]
    assert cli.main(["run", str(roof_film), *options, *out], standalone_mode=False) == 0
    clip = vitruvian.read_clip(tmp_path / "roof.json")
    for side in ("left_hand", "right_hand"):
        seen = [np.isfinite(getattr(people, side).xy).all((1, 2)).any() for people in moments]
        column = getattr(clip, side)
        written = (
            [False] * len(seen) if column is None else np.isfinite(column.xy).all((2, 3)).any(1)
        )
        assert list(written) == seen
    with (tmp_path / "roof.csv").open(encoding="utf-8") as file:
        landmarks = {row["landmark"] for row in csv.DictReader(file)}
    assert "right_hand_index_finger_tip" in landmarks
