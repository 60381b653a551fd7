from __future__ import annotations

import cv2
import numpy as np
import pytest

from vitruvian.classify import collect
from vitruvian.classify.collect import classes_in
from vitruvian.errors import SourceError, SourceNotFoundError, UnknownNameError
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks, People


@pytest.fixture
def poses(tmp_path):
    """Two classes; the brightness of a picture is how many people are in it."""
    for name, crowd in {"dog": (1, 1, 0), "tree": (1, 3)}.items():
        (tmp_path / name).mkdir()
        for i, count in enumerate(crowd):
            cv2.imwrite(str(tmp_path / name / f"{i}.png"), np.full((8, 8, 3), count, np.uint8))
    (tmp_path / "tree" / "bad.png").write_bytes(b"nothing")
    (tmp_path / "tree" / "notes.txt").write_text("nothing")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def look(source):
    for frame in source:
        n = int(frame.image[0, 0, 0])
        body = Landmarks.missing(BLAZEPOSE_33, (n,))
        for column in (body.xy, body.world, body.visibility):
            column[:] = np.arange(n).reshape(-1, *[1] * (column.ndim - 1))
        boxes = np.tile(np.array([0, 0, 4, 8], np.float32), (n, 1))
        yield frame, People(boxes, np.ones(n, np.float32), ids=np.arange(1, n + 1), body=body)


def test_every_folder_is_a_class_and_what_is_left_out_has_a_reason(poses):
    told = []
    found = collect(poses, look, seen=lambda *step: told.append(step))
    assert found.table.classes == ("dog", "tree")
    assert found.table.files == ("dog/0.png", "dog/1.png", "tree/0.png", "tree/1.png")
    assert found.table.truth.tolist() == [0, 0, 1, 1]
    reasons = {item.file: item.reason for item in found.left_out}
    assert reasons["dog/2.png"] == "nobody was found in it"
    assert "damaged" in reasons["tree/bad.png"]
    assert len(reasons) == 2
    assert told[-1] == (6, 6)
    # The most prominent is the first.
    assert (found.table.body[3] == 0).all()


def test_the_rule_for_several_people(poses):
    assert len(collect(poses, look, several="all").table) == 6
    alone = collect(poses, look, several="none")
    assert len(alone.table) == 3
    assert any(item.reason == "3 people are in it" for item in alone.left_out)
    with pytest.raises(UnknownNameError, match="did you mean 'first'"):
        collect(poses, look, several="frist")


def test_folders_without_poses_are_refused(tmp_path, poses):
    with pytest.raises(SourceNotFoundError, match="there is no folder"):
        classes_in(tmp_path / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(SourceError, match="a folder for each class"):
        classes_in(empty)
    with pytest.raises(SourceError, match="no pose can be read"):
        collect(poses, lambda source: ((frame, People.none()) for frame in source))
