from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from vitruvian.sink import About
from vitruvian.sink.masks import MaskSink
from vitruvian.types import People

Make = Callable[..., Any]


def test_each_person_of_each_frame_has_a_grey_picture(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    masks = np.zeros((3, 48, 64), np.float32)
    masks[0, :10], masks[1, :20], masks[2, :30] = 1, 0.5, np.nan
    people: People = make_people(3, -1, 104).having(masks=masks)
    with MaskSink(out, film) as sink:
        sink.write(make_frame(12), people)
        sink.write(make_frame(13), people[:1].having(ids=None))
        sink.write(make_frame(14), make_people(1))
    folder = out / "demo_masks"
    files = sorted(file.name for file in folder.iterdir())
    assert files == [
        "000012_id104.png",
        "000012_id3.png",
        "000012_person1.png",
        "000013_person0.png",
    ]
    pictures = [cv2.imread(str(folder / name), cv2.IMREAD_UNCHANGED) for name in files]
    assert [(image.dtype, image.shape) for image in pictures] == [(np.uint8, (48, 64))] * 4
    assert [image[0, 0] for image in pictures] == [0, 255, 128, 255]
    assert [image[40, 0] for image in pictures] == [0, 0, 0, 0]


def test_without_masks_there_is_no_folder(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    with MaskSink(out, film) as sink:
        sink.write(make_frame(0), make_people(1))
    assert not sink.path.exists()


def test_a_complete_run_takes_away_the_masks_of_an_earlier_one(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    def run(*ids: int, complete: bool = True) -> set[str]:
        sink = MaskSink(out, film)
        people = make_people(*ids)
        sink.write(make_frame(1), people.having(masks=np.ones((len(ids), 48, 64), np.float32)))
        sink.close(complete=complete)
        return {file.name for file in sink.path.iterdir()}

    assert run(1, 2) == {"000001_id1.png", "000001_id2.png"}
    (out / "demo_masks" / "mine.png").write_bytes(b"")
    assert run(3, complete=False) == {f"000001_id{i}.png" for i in (1, 2, 3)} | {"mine.png"}
    assert run(4) == {"000001_id4.png", "mine.png"}
