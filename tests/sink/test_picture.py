from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from vitruvian.sink import About
from vitruvian.sink.picture import PictureSink
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import People

Make = Callable[..., Any]


def names(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.*"))


def test_pictures_keep_their_names_and_none_is_lost(
    out: Path, stills: About, make_frame: Make
) -> None:
    given = ["a.jpg", "b.JPEG", "c.png", "c.webp", "x/a.jpg", "y/a.jpg", "A.jpg", "a.jpg"]
    with PictureSink(out, stills) as sink:
        for index, name in enumerate(given):
            sink.write(make_frame(index, name=name, shade=10 * index), People.none())
    folder = out / "shots_annotated"
    assert sink.path == folder
    assert names(folder) == sorted(
        ["a.jpg", "b.JPEG", "c.png", "c_2.png", "x_a.jpg", "y_a.jpg", "A_2.jpg", "a_3.jpg"]
    )
    shades = {name: round(float(cv2.imread(str(folder / name)).mean())) for name in names(folder)}
    assert shades == {
        "a.jpg": 0,
        "b.JPEG": 10,
        "c.png": 20,
        "c_2.png": 30,
        "x_a.jpg": 40,
        "y_a.jpg": 50,
        "A_2.jpg": 60,
        "a_3.jpg": 70,
    }


@pytest.mark.parametrize(
    ("source", "name"), [("p.jpg", "p_annotated.jpg"), ("p.webp", "p_annotated.png")]
)
def test_a_single_picture_lies_beside(source: str, name: str, out: Path, make_frame: Make) -> None:
    about = About(f"in/{source}", (64, 48), None, True, BLAZEPOSE_33)
    with PictureSink(out, about) as sink:
        sink.write(make_frame(0, name=source), People.none())
    assert sink.path == out / name
    assert names(out) == [name]


def test_colours_are_right_and_people_are_drawn(
    out: Path, stills: About, make_people: Make, make_frame: Make
) -> None:
    frame = make_frame(0, name="a.png", size=(320, 240))
    frame.image[:] = (200, 30, 60)
    with PictureSink(out, stills) as sink:
        sink.write(frame, make_people(1))
    got = cv2.imread(str(out / "shots_annotated" / "a.png"))
    assert got[-1, -1].tolist() == [60, 30, 200]
    assert (np.abs(got.astype(int) - [60, 30, 200]).max(axis=2) > 60).any()


def test_no_half_written_file_is_left(
    out: Path, stills: About, make_frame: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PictureSink(out, stills) as sink:
        sink.write(make_frame(0, name="a.png", shade=1), People.none())
    before = (out / "shots_annotated" / "a.png").read_bytes()

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:9])
        raise OSError(28, "No space left on device")

    with PictureSink(out, stills) as sink, monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match=r"a\.png: no space is left"):
            sink.write(make_frame(0, name="a.png", shade=200), People.none())
    assert [file.name for file in (out / "shots_annotated").iterdir()] == ["a.png"]
    assert (out / "shots_annotated" / "a.png").read_bytes() == before
