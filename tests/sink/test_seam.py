from __future__ import annotations

import subprocess
import sys

import pytest

from vitruvian.sink import About, stems
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
        ("star*.mp4", "star"),
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


def test_no_source_takes_the_place_of_another() -> None:
    sources = ["a/demo.mp4", "b/demo.mov", "demo", "Demo.jpg", "demo_2.mp4", "x.mp4"]
    assert stems(sources) == ["demo", "demo_2", "demo_3", "Demo_4", "demo_2_2", "x"]


def test_importing_the_outputs_loads_nothing_heavy() -> None:
    names = "video film picture masks parquet json csv clip place seam"
    script = (
        "import sys, vitruvian.sink, vitruvian.draw;"
        f"[__import__('vitruvian.sink.' + name) for name in '{names}'.split()];"
        "sys.exit(' '.join({'av', 'cv2', 'pyarrow', 'rich'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.stderr.strip() == ""
