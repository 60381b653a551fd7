from __future__ import annotations

import pytest

from vitruvian.sink import About
from vitruvian.skeletons import BLAZEPOSE_33


@pytest.mark.parametrize(
    ("source", "stem"),
    [
        ("films/demo.mp4", "demo"),
        ("demo.v2.final.MOV", "demo.v2.final"),
        ("photos/", "photos"),
        ("photos.2024", "photos.2024"),
        ("photos/*.jpg", "photos"),
        ("photos/**/*.jpg", "photos"),
        ("*.jpg", "result"),
        ("0", "camera0"),
        ("camera 0", "camera 0"),
        ("rtsp://me:secret@cam.local:554/live/door?x=1", "door"),
        ("rtsp://me:secret@cam.local:554", "cam.local_554"),
        ("跑步.mp4", "跑步"),
        ("array", "array"),
        ("", "result"),
    ],
)
def test_outputs_are_called_after_the_source(source: str, stem: str) -> None:
    assert About(source, None, None, False, BLAZEPOSE_33).stem == stem


@pytest.mark.parametrize(
    ("source", "stills", "one"),
    [
        ("a/p.jpg", True, True),
        ("a", True, False),
        ("a/*.jpg", True, False),
        ("a.mp4", False, False),
    ],
)
def test_a_single_picture_is_told_from_a_folder(source: str, stills: bool, one: bool) -> None:
    assert About(source, None, None, stills, BLAZEPOSE_33).one_picture is one
