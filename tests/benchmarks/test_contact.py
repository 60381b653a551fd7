from __future__ import annotations

import json

import av
import numpy as np
import pytest
from benchmarks.cutout import TAKES, Cutout
from benchmarks.scenes import SCENES, Key, Part, Scene

from benchmarks import contact
from vitruvian.measure import read_mot
from vitruvian.skeletons import BLAZEPOSE_33

TALL, WIDE = 300, 100
LEFT = BLAZEPOSE_33.index("left_wrist")
RIGHT = BLAZEPOSE_33.index("right_wrist")


@pytest.fixture(autouse=True)
def _plain_people(monkeypatch):
    """People who are red rectangles, 100 x 300, in a grey place."""
    pictures = np.zeros((4, TALL + 20, WIDE + 20, 4), np.uint8)
    pictures[:, 10:-10, 10:-10] = 255, 0, 0, 255
    xy = np.full((4, 33, 2), (500 + WIDE / 2, 400 + TALL / 2), np.float32)
    xy[:, LEFT, 0], xy[:, RIGHT, 0] = 500 + 0.9 * WIDE, 500 + 0.1 * WIDE
    corners = np.tile(np.array([490, 390]), (4, 1))
    place = np.full((480, 640, 3), 100, np.uint8)
    person = Cutout(pictures, corners, xy, np.ones((4, 33), np.float32), place)
    monkeypatch.setattr(contact, "cutout", lambda name: person)


def scene(*parts, seconds=0.1):
    return Scene((640, 480), seconds, "man", tuple((part,) for part in parts))


def still(x, y, *, angle=0.0, depth=0.0, **options):
    keys = Key(0, x, y, angle, depth), Key(1, x, y, angle, depth)
    return Part("man", keys, **options)


def test_a_person_is_where_the_scene_says():
    picture, (found,) = next(contact.compose(scene(still(320, 240))))
    assert found.box.tolist() == pytest.approx([270, 90, 370, 390], abs=1)
    assert (found.inside, found.visible) == pytest.approx((1, 1), abs=0.02)
    assert not found.hidden.any()
    assert picture[240, 320].tolist() == [255, 0, 0]
    assert picture[240, 200].tolist() == [100, 100, 100]


def test_who_is_in_front_hides_and_who_is_behind_is_hidden():
    half = scene(still(320, 240, depth=1), still(370, 240))
    _, (behind, front) = next(contact.compose(half))
    assert (behind.person, front.person) == (1, 2)
    assert behind.visible == pytest.approx(0.5, abs=0.02)
    assert front.visible == pytest.approx(1, abs=0.02)
    assert behind.hidden[LEFT]
    assert not behind.hidden[RIGHT]
    assert not front.hidden.any()


def test_lying_turns_the_box_and_the_landmarks():
    _, (found,) = next(contact.compose(scene(still(320, 240, angle=90))))
    assert found.box.tolist() == pytest.approx([170, 190, 470, 290], abs=1)
    assert found.xy[LEFT].tolist() == pytest.approx([320, 280], abs=1)


def test_a_mirror_keeps_left_left():
    _, (found,) = next(contact.compose(scene(still(320, 240, mirrored=True))))
    # What was the right wrist, at the picture's left, is now at its right: a left wrist.
    assert found.xy[LEFT, 0] > found.xy[RIGHT, 0]


def test_who_goes_out_is_no_longer_in_the_truth():
    leaving = scene(Part("man", (Key(0, 320, 240), Key(1, -100, 240))), seconds=1)
    films = [people for _, people in contact.compose(leaving)]
    shares = [people[0].inside for people in films if people]
    assert shares[0] > 0.98
    assert 0.25 <= min(shares) < 0.45
    assert films[-1] == []
    assert np.all(np.diff(shares) < 0.02)


def test_the_take_runs_to_its_end_and_back():
    part = still(0, 0, start=2)
    assert [contact._frame(part, i / contact.RATE, 4) for i in range(8)] == [2, 3, 2, 1, 0, 1, 2, 3]


def test_three_files_agree_with_each_other(tmp_path):
    path = contact.make("pair", scene(still(200, 240), still(620, 240)), tmp_path)
    with av.open(str(path)) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    truth = json.loads((tmp_path / "pair.truth.json").read_text())
    tracks = read_mot(tmp_path / "pair.gt.txt")
    assert len(pictures) == len(truth["frames"]) == tracks.end == 3
    ids, boxes = tracks.at(0)
    assert ids.tolist() == [p["id"] for p in truth["frames"][0]["people"]] == [1, 2]
    assert boxes[0].tolist() == pytest.approx(truth["frames"][0]["people"][0]["box"], abs=0.2)
    assert boxes[1, 2] == 640
    assert truth["frames"][0]["people"][1]["box"][2] == pytest.approx(670, abs=1)
    assert truth["frames"][0]["people"][1]["inside"] == pytest.approx(0.7, abs=0.02)
    assert abs(pictures[0][240, 200].astype(int) - [255, 0, 0]).max() < 30


@pytest.mark.parametrize("name", SCENES)
def test_scenes_make_sense(name):
    plan = SCENES[name]
    assert 3 <= plan.seconds <= 8
    assert plan.place in TAKES or plan.place in ("PETS09-S2L1", "TUD-Campus")
    for parts in plan.people:
        times = [key.time for part in parts for key in part.keys]
        assert times == sorted(times)
        assert times[-1] <= plan.seconds
        assert all(part.take in TAKES for part in parts)


def test_who_is_led_goes_where_the_keys_say_whatever_the_take_does(monkeypatch):
    plain, step = contact.cutout("man"), 4 * np.arange(20, dtype=np.float32)[:, None]
    pictures = np.repeat(plain.pictures[:1], 20, axis=0)
    xy, visibility = plain.xy[:1] + step[:, None], np.ones((20, 33), np.float32)
    corners = plain.corners[:1] + step.astype(np.int64)
    walker = Cutout(pictures, corners, xy, visibility, plain.place)
    monkeypatch.setattr(contact, "cutout", lambda name: walker)

    def width(part):
        places = [people[0].xy[0, 0] for _, people in contact.compose(scene(part, seconds=0.5))]
        return np.ptp(places[5:10])

    assert width(still(320, 240)) == pytest.approx(16, abs=1)
    assert width(still(320, 240, led=True)) == pytest.approx(0, abs=1)
