from __future__ import annotations

import csv
import runpy
from pathlib import Path

import cv2
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
FRAMES = 20


def run(number, *arguments):
    (script,) = EXAMPLES.glob(f"{number}_*.py")
    runpy.run_path(str(script))["main"](*map(str, arguments))


def test_every_example_is_run_here_and_is_short():
    scripts = sorted(EXAMPLES.glob("*.py"))
    assert [script.name[:2] for script in scripts] == ["01", "02", "03", "04", "05"]
    for script in scripts:
        assert len(script.read_text().splitlines()) < 40, script.name


def test_who_is_in_a_picture(roof_photo, capsys):
    run("01", roof_photo)
    head, first, second = capsys.readouterr().out.splitlines()
    assert head == "roof.png: 2 people"
    noses = sorted(tuple(map(int, row.split("nose at ")[1].split(", "))) for row in (first, second))
    man, woman = noses
    assert man == pytest.approx((313, 48), abs=25)
    assert woman == pytest.approx((667, 285), abs=25)


def test_a_film_as_a_table(roof_film, tmp_path):
    run("02", roof_film, tmp_path / "wrists.csv")
    with (tmp_path / "wrists.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    people = {row["person"]: [r for r in table if r["person"] == row["person"]] for row in table}
    # The man is the one whose wrists go up and down.
    rows = max(people.values(), key=lambda rows: float(rows[0]["left_y"]) - least(rows))
    assert len(rows) == FRAMES
    times = [float(row["time"]) for row in rows]
    assert times == pytest.approx([i / 30 for i in range(FRAMES)], abs=2e-3)
    for side in ("left", "right"):
        assert float(rows[0][f"{side}_y"]) - least(rows, side) > 60, side


def least(rows, side="left"):
    return min(float(row[f"{side}_y"]) for row in rows)


def test_skeletons_on_frames(roof_film, tmp_path):
    run("03", roof_film, tmp_path / "drawn", 8)
    names = sorted(path.name for path in (tmp_path / "drawn").iterdir())
    assert names == [f"{i:06d}.jpg" for i in range(0, FRAMES, 8)]
    drawn = cv2.imread(str(tmp_path / "drawn" / names[0]))
    capture = cv2.VideoCapture(str(roof_film))
    plain = capture.read()[1]
    capture.release()
    changed = (abs(drawn.astype(int) - plain).max(2) > 60).sum()
    assert 500 < changed < 0.1 * plain.shape[0] * plain.shape[1]


def test_who_raises_both_hands(roof_film, capsys):
    run("04", roof_film)
    (line,) = capsys.readouterr().out.splitlines()
    seconds, said = line.split(" s: person ")
    assert said.endswith(" raises both hands")
    assert 0.05 < float(seconds) < 0.4


def test_how_far_knees_are_bent(roof_film, capsys):
    run("05", roof_film)
    lines = capsys.readouterr().out.splitlines()
    left, right = lines[:2]
    assert left.startswith("person 1, left knee: ")
    assert right.startswith("person 1, right knee: ")
    for line in (left, right):
        median = int(line.split("median ")[1].split("°")[0])
        least_angle = int(line.split("most bent ")[1].split("°")[0])
        assert 90 < least_angle <= median <= 180
