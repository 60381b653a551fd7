from __future__ import annotations

import csv
import runpy
from pathlib import Path

import av
import cv2
import pytest

from vitruvian.weights import obtain

EXAMPLES = Path(__file__).parents[2] / "examples"
FRAMES = range(48, 68)
SIZE = (884, 496)


def pictures(wanted):
    """Some frames of the sample film at half their size."""
    with av.open(str(obtain("demo-film"))) as film:
        for number, picture in enumerate(film.decode(video=0)):
            if number in wanted:
                yield cv2.resize(picture.to_ndarray(format="rgb24"), SIZE)
            if number >= wanted[-1]:
                return


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Two thirds of a second: a man on a roof swings both arms over his head."""
    path = tmp_path_factory.mktemp("film") / "roof.mp4"
    with av.open(str(path), "w") as part:
        stream = part.add_stream("mpeg4", rate=30)
        stream.width, stream.height = SIZE
        stream.bit_rate = 8_000_000
        for image in pictures(FRAMES):
            part.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        part.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """The man stands on the roof, and a woman walks on the lawn."""
    path = tmp_path_factory.mktemp("photo") / "roof.png"
    (image,) = pictures([84])
    cv2.imwrite(str(path), image[..., ::-1])
    return path


def run(number, *arguments):
    (script,) = EXAMPLES.glob(f"{number}_*.py")
    runpy.run_path(str(script))["main"](*map(str, arguments))


def test_every_example_is_run_here_and_is_short():
    scripts = sorted(EXAMPLES.glob("*.py"))
    assert [script.name[:2] for script in scripts] == ["01", "02", "03", "04", "05"]
    for script in scripts:
        assert len(script.read_text().splitlines()) < 40, script.name


def test_who_is_in_a_picture(photo, capsys):
    run("01", photo)
    head, first, second = capsys.readouterr().out.splitlines()
    assert head == "roof.png: 2 people"
    noses = sorted(tuple(map(int, row.split("nose at ")[1].split(", "))) for row in (first, second))
    man, woman = noses
    assert man == pytest.approx((315, 58), abs=25)
    assert woman == pytest.approx((583, 283), abs=25)


def test_a_film_as_a_table(film, tmp_path):
    run("02", film, tmp_path / "wrists.csv")
    with (tmp_path / "wrists.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    people = {row["person"]: [r for r in table if r["person"] == row["person"]] for row in table}
    # The man is the one whose wrists go up and down.
    rows = max(people.values(), key=lambda rows: float(rows[0]["left_y"]) - least(rows))
    assert len(rows) == len(FRAMES)
    times = [float(row["time"]) for row in rows]
    assert times == pytest.approx([i / 30 for i in range(len(FRAMES))], abs=2e-3)
    for side in ("left", "right"):
        assert float(rows[0][f"{side}_y"]) - least(rows, side) > 60, side


def least(rows, side="left"):
    return min(float(row[f"{side}_y"]) for row in rows)


def test_skeletons_on_frames(film, tmp_path):
    run("03", film, tmp_path / "drawn", 8)
    names = sorted(path.name for path in (tmp_path / "drawn").iterdir())
    assert names == [f"{i:06d}.jpg" for i in range(0, len(FRAMES), 8)]
    drawn = cv2.imread(str(tmp_path / "drawn" / names[0]))
    capture = cv2.VideoCapture(str(film))
    plain = capture.read()[1]
    capture.release()
    changed = (abs(drawn.astype(int) - plain).max(2) > 60).sum()
    assert 500 < changed < 0.1 * plain.shape[0] * plain.shape[1]


def test_who_raises_both_hands(film, capsys):
    run("04", film)
    (line,) = capsys.readouterr().out.splitlines()
    seconds, said = line.split(" s: person ")
    assert said.endswith(" raises both hands")
    assert 0.05 < float(seconds) < 0.4


def test_how_far_knees_are_bent(film, capsys):
    run("05", film)
    lines = capsys.readouterr().out.splitlines()
    left, right = lines[:2]
    assert left.startswith("person 1, left knee: ")
    assert right.startswith("person 1, right knee: ")
    for line in (left, right):
        median = int(line.split("median ")[1].split("°")[0])
        least_angle = int(line.split("most bent ")[1].split("°")[0])
        assert 90 < least_angle <= median <= 180
