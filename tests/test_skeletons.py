from __future__ import annotations

import pytest

from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, SKELETONS, Skeleton, blazepose_to_coco

every = pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=list(SKELETONS))


@every
def test_the_mirror_undoes_itself_and_changes_sides(skeleton):
    for i, partner in enumerate(skeleton.mirror):
        assert skeleton.mirror[partner] == i
        sides = {skeleton.side(i), skeleton.side(partner)}
        assert sides in ({"left", "right"}, {"middle"})


@every
def test_bones_mirror_onto_bones_and_join_everything_that_is_joined(skeleton):
    bones = {frozenset(bone) for bone in skeleton.bones}
    assert len(bones) == len(skeleton.bones)
    assert {frozenset(skeleton.mirror[i] for i in bone) for bone in bones} == bones
    assert {i for bone in bones for i in bone} == set(range(len(skeleton)))


def test_names_stand_where_mediapipe_and_coco_have_them():
    assert (len(BLAZEPOSE_33), len(BLAZEPOSE_33.bones)) == (33, 35)
    assert (len(COCO_17), len(COCO_17.bones)) == (17, 16)
    known = {"nose": 0, "left_ear": 7, "mouth_right": 10, "left_shoulder": 11, "right_wrist": 16}
    known |= {"left_thumb": 21, "right_hip": 24, "left_ankle": 27, "right_foot_index": 32}
    assert {name: BLAZEPOSE_33.index(name) for name in known} == known
    # Left is odd and right is even from the ears on.
    for i in range(7, 33):
        assert BLAZEPOSE_33.side(i) == ("left" if i % 2 else "right")


def test_the_way_to_coco_keeps_the_names():
    assert tuple(BLAZEPOSE_33.landmarks[i] for i in blazepose_to_coco) == COCO_17.landmarks


def test_what_is_no_skeleton_is_refused():
    with pytest.raises(ValueError, match="twice"):
        Skeleton("odd", ("nose", "nose"), ())
    with pytest.raises(ValueError, match="bone"):
        Skeleton("odd", ("nose", "chin"), ((0, 2),))
    with pytest.raises(ValueError, match="no landmark is called 'tail'"):
        BLAZEPOSE_33.index("tail")
