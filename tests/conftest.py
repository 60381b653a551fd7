"""What all tests share: the settings of Hypothesis, and models that are loaded once."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import settings

from vitruvian import weights
from vitruvian.detect import BlazePoseFinder, Candidates, MoveNetFinder
from vitruvian.geometry import regions
from vitruvian.landmark import BodyReader
from vitruvian.landmark.blazepose import Reading
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
from vitruvian.types import Frame
from vitruvian.weights import cache

# A machine that is busy with something else is no reason for a test to fail.
settings.register_profile("vitruvian", deadline=None)
settings.load_profile("vitruvian")

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def reader():
    """The landmark model, lite."""
    reader = weights.load("blazepose-lite-nomask", BodyReader)
    yield reader
    reader.close()


@pytest.fixture(scope="session")
def blazepose():
    """BlazePose's detector."""
    return weights.load("blazepose-detector", BlazePoseFinder)


@pytest.fixture(scope="session")
def movenet():
    """MoveNet MultiPose for the whole view."""
    return weights.load("movenet-multipose-256", MoveNetFinder)


@pytest.fixture
def lent_cache(tmp_path, monkeypatch):
    """A cache with the models of the common one: what a test's own models leave goes with it."""
    folder = tmp_path / "lent_cache"
    folder.mkdir()
    for file in cache.directory().glob("*"):
        if file.suffix != ".lock":
            (folder / file.name).symlink_to(file)
    monkeypatch.setenv("VITRUVIAN_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def two_people_file():
    """A drawn picture of two people."""
    return HERE / "golden" / "movenet" / "two_people.png"


@pytest.fixture(scope="session")
def data():
    """The folder of pictures with known answers, for the tests that compare."""
    folder = Path(os.environ.get("VITRUVIAN_DATA", HERE.parent.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs pictures with known answers in {folder} (VITRUVIAN_DATA)")
    return folder


_FRAMES = range(48, 68)
_SIZE = (884, 496)


def _pictures(wanted):
    """Some frames of the sample film at half their size."""
    with av.open(str(weights.obtain("demo-film"))) as film:
        for number, picture in enumerate(film.decode(video=0)):
            if number in wanted:
                yield cv2.resize(picture.to_ndarray(format="rgb24"), _SIZE)
            if number >= wanted[-1]:
                return


@pytest.fixture(scope="session")
def roof_film(tmp_path_factory):
    """Two thirds of a second: a man on a roof swings both arms over his head."""
    path = tmp_path_factory.mktemp("film") / "roof.mp4"
    with av.open(str(path), "w") as part:
        stream = part.add_stream("mpeg4", rate=30)
        stream.width, stream.height = _SIZE
        stream.bit_rate = 8_000_000
        for image in _pictures(_FRAMES):
            part.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        part.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def roof_photo(tmp_path_factory):
    """The man has both arms up, and a woman walks on the lawn."""
    path = tmp_path_factory.mktemp("photo") / "roof.png"
    (image,) = _pictures([60])
    cv2.imwrite(str(path), image[..., ::-1])
    return path


PARTS = {"eye": 0, "ear": 0, "nose": 5, "mouth": 12, "shoulder": 50, "hip": 150, "knee": 220}
PARTS |= {"ankle": 290, "heel": 298, "foot": 300}
ARMS = {
    "down": {"elbow": (25, 90), "wrist": (25, 130), "hand": (25, 140)},
    "up": {"elbow": (35, 15), "wrist": (30, -40), "hand": (30, -50)},
    "out": {"elbow": (65, 52), "wrist": (110, 50), "hand": (120, 50)},
}


@pytest.fixture(scope="session")
def figure():
    """Makes the 33 landmarks of somebody: ears at (x, y), height from there to the toes."""

    def make(x, y, height=200.0, *, arms="down", turn=0.0):
        xy = np.zeros((len(BLAZEPOSE_33), 2), np.float32)
        for i, name in enumerate(BLAZEPOSE_33.landmarks):
            side = {"left": 1, "right": -1, "middle": 0}[BLAZEPOSE_33.side(i)]
            part = next(
                (word for word in name.split("_") if word in {**PARTS, **ARMS[arms]}), "hand"
            )
            part = "hand" if "index" in name and "foot" not in name else part
            width, down = ARMS[arms].get(part) or (20 if part != "mouth" else 6, PARTS[part])
            xy[i] = side * width, down
        hips = np.array([0, PARTS["hip"]], np.float32)
        cos, sin = np.cos(turn), np.sin(turn)
        xy = (xy - hips) @ np.array([[cos, sin], [-sin, cos]], np.float32) + hips
        return (xy * (height / 300) + np.array([x, y])).astype(np.float32)

    return make


class Scene:
    """A film whose people are known: both a finder and a reader, without a model.

    Args:
        bodies: From a frame's index to the (33, 2) landmarks of each who is in it.
        size: Width and height of its frames.
    """

    input_size = 256

    def __init__(self, bodies, size=(640, 480)):
        self._bodies = bodies if callable(bodies) else lambda index: bodies
        self.size = size
        self.looks: list[int] = []
        """The frames at which the finder was asked, once for each view."""
        self.readings = 0

    def frames(self, count, *, rate=30.0, start=0):
        image = np.zeros((*self.size[::-1], 3), np.uint8)
        image.flags.writeable = False
        return [Frame(image, index=i, time=i / rate) for i in range(start, start + count)]

    def find(self, frame, view):
        self.looks.append(frame.index)
        bodies = self._bodies(frame.index)
        if not len(bodies):
            return Candidates.joined([])
        xy = np.stack(bodies)
        places = regions.from_landmarks(xy, (11, 12), (23, 24))
        inverse = np.linalg.inv(np.vstack([view, [0, 0, 1]]))
        inside = regions.apply(inverse[:2].astype(np.float32), places[:, :2])
        seen = ((inside >= 0) & (inside <= self.input_size)).all(1)
        scores = np.full(len(xy), 0.9, np.float32)
        return Candidates(places, scores, xy[:, list(blazepose_to_coco)])[seen]

    def read(self, frame, places, *, mirrored=False, without=None):
        self.readings += len(places)
        covers = [None] * len(places) if without is None else without
        return [
            self._reading(frame, place, mirrored, () if cover is None else cover.others)
            for place, cover in zip(places, covers, strict=True)
        ]

    def rest(self):
        """Nothing to let go."""

    def _reading(self, frame, place, mirrored, covered):
        """What the model would say: the body whose hips are nearest to the region's centre."""
        points, world = np.zeros((39, 3), np.float32), np.zeros((33, 3), np.float32)
        bodies = [
            body
            for body in self._bodies(frame.index)
            if all(np.abs(body - other).mean() > 5 for other in covered)
        ]
        centres = [xy[[23, 24]].mean(0) for xy in bodies]
        gaps = [np.linalg.norm(centre - place[:2]) / place[2] for centre in centres]
        score = 0.01
        if gaps and min(gaps) < 0.4:
            xy, score = bodies[int(np.argmin(gaps))], 0.97
            ((x, y, side, angle),) = regions.from_landmarks(xy[None], (11, 12), (23, 24))
            radius = side / 2 / regions.ROI_SCALE
            rim = [x + radius * np.sin(angle), y - radius * np.cos(angle)]
            matrix = np.vstack([regions.affine(place, 256), [0, 0, 1]]).astype(np.float64)
            every = np.concatenate([xy, [[x, y], rim], np.zeros((4, 2))])
            points[:, :2] = ((every - matrix[:2, 2]) @ np.linalg.inv(matrix[:2, :2]).T) / 256
            world[:, :2] = (xy - [x, y]) / side
        if mirrored:
            partners = list(BLAZEPOSE_33.mirror)
            points = points[[*partners, *range(33, 39)]]
            points[:, 0] = 255 / 256 - points[:, 0]
            world = world[partners] * np.array([-1, 1, 1], np.float32)
        sure = np.full(39, 0.95, np.float32)
        mask = np.full((256, 256), score, np.float32)
        return Reading(points, sure, sure, world, score, mask)


@pytest.fixture(scope="session")
def make_scene():
    """`Scene`."""
    return Scene


def _json_frames(path):
    return [frame["index"] for frame in json.loads(path.read_text("utf-8"))["frames"]]


def _csv_frames(path):
    with path.open(encoding="utf-8", newline="") as file:
        return sorted({int(row["frame"]) for row in csv.DictReader(file)})


def _parquet_frames(path):
    parquet = pytest.importorskip("pyarrow.parquet")
    return sorted(set(parquet.read_table(path).column("frame").to_pylist()))


def _video_frames(path):
    with av.open(str(path)) as film:
        return [round(frame.time * 25) for frame in film.decode(video=0)]


def _picture_frames(path):
    """Of pictures that stand alone, or of masks, whose names go on with the person."""
    files = sorted(path.iterdir())
    assert all(cv2.imread(str(file)) is not None for file in files)
    return sorted({int(file.stem.split("_")[0]) for file in files})


_READERS = {
    ".json": _json_frames, ".csv": _csv_frames, ".parquet": _parquet_frames, ".mp4": _video_frames
}  # fmt: skip


@pytest.fixture(scope="session")
def frames_in():
    """The frames that a result holds, in order, by ordinary readers; a film's are of 25 fps."""

    def read(path):
        return _READERS.get(path.suffix, _picture_frames)(path) if path.exists() else []

    return read
