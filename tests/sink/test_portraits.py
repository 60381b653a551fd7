from __future__ import annotations

import cv2
import numpy as np
import pytest

from vitruvian import InputError
from vitruvian.clip import Clip
from vitruvian.draw.portraits import PORTRAIT, portrait, portrait_sheet, portrait_strip
from vitruvian.sink import About
from vitruvian.sink.portraits import PortraitSink, _moments
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

COLOURS = np.array([[220, 30, 30], [30, 30, 220]], np.uint8)


def moments(count=20):
    """Two people, red and blue, who stand where they stand; the second is seen from frame 10 on."""
    for t in range(count):
        image = np.full((120, 200, 3), 90, np.uint8)
        boxes = np.array([[20, 20, 50, 110], [120, 20, 150, 110]], np.float32)[: 1 + (t >= 10)]
        for box, colour in zip(boxes.astype(int), COLOURS, strict=False):
            image[box[1] : box[3], box[0] : box[2]] = colour
        ids = np.array([3, 5])[: len(boxes)]
        names = (None, "Ana/Lí")[: len(boxes)]
        scores = np.full(len(boxes), 0.9, np.float32)
        yield Frame(image, index=t, time=t / 10), People(boxes, scores, ids=ids, names=names)


@pytest.fixture
def written(tmp_path):
    clip = Clip.gather("red.mp4", BLAZEPOSE_33, moments())
    with PortraitSink(tmp_path, About("red.mp4", (200, 120), 10, False, BLAZEPOSE_33), clip) as s:
        for t, (frame, _) in enumerate(moments()):
            s.write(frame, clip.people(t))
    return s


def test_each_has_a_strip_and_all_have_a_sheet(written):
    assert written.path.name == "red_who"
    assert sorted(p.name for p in written.path.iterdir()) == [
        "3.png",
        "5_Ana_Lí.png",
        "everybody.png",
    ]
    red, blue = (
        cv2.imdecode(np.fromfile(written.path / name, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
        for name in ("3.png", "5_Ana_Lí.png")
    )
    for strip, colour in ((red, COLOURS[0]), (blue, COLOURS[1])):
        for n in range(8):
            middle = strip[strip.shape[0] // 2, 4 + n * (PORTRAIT[0] + 4) + PORTRAIT[0] // 2]
            assert np.abs(middle.astype(int) - colour).max() < 10
    sheet = cv2.imread(str(written.path / "everybody.png"))
    assert sheet.shape == (2 * red.shape[0], red.shape[1], 3)


def test_portraits_are_of_people_alone_and_whole(tmp_path):
    """The second comes into the picture, and walks past the first."""

    def met(count=50):
        for t in range(count):
            image = np.zeros((120, 200, 3), np.uint8)
            boxes = np.array([[80, 20, 110, 110], [196 - 4 * t, 20, 226 - 4 * t, 110]], np.float32)
            body = Landmarks.missing(BLAZEPOSE_33, (2,))
            body.xy[:] = np.linspace(boxes[:, :2], boxes[:, 2:], 33, axis=1)
            people = People(boxes, np.full(2, 0.9, np.float32), ids=np.array([1, 2]), body=body)
            yield Frame(image, index=t, time=t / 10), people

    clip = Clip.gather("met.mp4", BLAZEPOSE_33, met())
    chosen = {n: [t for t, ids in _moments(clip).items() if n in ids] for n in (1, 2)}
    assert [len(times) for times in chosen.values()] == [8, 8]
    # Of the first frames those in which most is inside, of the meeting those after it.
    assert min(chosen[2]) == 6
    assert {32, 37} & {*chosen[1]} == {37}


def test_a_later_run_takes_old_strips_away_and_a_broken_one_writes_nothing(written, tmp_path):
    clip = Clip.gather("red.mp4", BLAZEPOSE_33, moments(5))
    about = About("red.mp4", (200, 120), 10, False, BLAZEPOSE_33)
    broken = PortraitSink(tmp_path, about, clip)
    broken.close(complete=False)
    assert (written.path / "5_Ana_Lí.png").exists()
    sink = PortraitSink(tmp_path, about, clip)
    for frame, people in moments(5):
        sink.write(frame, people)
    sink.close()
    sink.close()
    assert sorted(p.name for p in sink.path.iterdir()) == ["3.png", "everybody.png"]
    with pytest.raises(InputError, match="closed"):
        sink.write(*next(moments()))


def test_a_portrait_fits_whatever_the_box_is():
    image = np.full((100, 200, 3), 200, np.uint8)
    for box in ([10, 10, 20, 90], [-50, -50, 400, 300], [300, 300, 310, 320], [50, 50, 50, 50]):
        assert portrait(image, np.array(box, np.float32)).shape == (PORTRAIT[1], PORTRAIT[0], 3)
    assert (portrait(image, np.array([50, 10, 100, 90], np.float32)) == 200).mean() > 0.5


def test_a_strip_has_room_for_so_many():
    picture = np.zeros((PORTRAIT[1], PORTRAIT[0], 3), np.uint8)
    strip = portrait_strip([(picture, "0.00 s")] * 9, "Ana", (255, 0, 0), count=4)
    short = portrait_strip([(picture, "0.00 s")], "Ana", (255, 0, 0), count=4)
    assert strip.shape == short.shape
    assert portrait_sheet([strip, short]).shape[0] == 2 * strip.shape[0]
