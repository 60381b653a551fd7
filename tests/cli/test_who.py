"""``vitruvian who`` as a user runs it."""

from __future__ import annotations

import json
import shutil

import av
import cv2
import numpy as np
import pytest

from vitruvian import read_clip

LITE = ("--model", "lite")


@pytest.fixture(scope="module")
def walked(film, tmp_path_factory):
    """A saved clip of a first run, beside its film."""
    from vitruvian.cli import cli

    folder = tmp_path_factory.mktemp("walked")
    shutil.copy(film, folder / "walk.mp4")
    line = ["who", str(folder / "walk.mp4"), "--save", "json", "--out", str(folder), "-q", *LITE]
    assert cli.main(line, standalone_mode=False) == 0
    return folder


def middle(clip, column):
    """Where somebody of the first frame is, as a click has it."""
    box = clip.boxes[0, column]
    return f"{(box[0] + box[2]) / 2:.0f},{(box[1] + box[3]) / 2:.0f}@0"


def test_people_are_listed_and_shown(run, film, tmp_path):
    done = run("who", film, "--out", tmp_path, *LITE)
    assert (done.code, done.err) == (0, "")
    head, first, second, *paths = done.out.splitlines()
    assert head == "walk.mp4: 2 people in 12 frames"
    assert first.startswith("  person 1: 0.00 s to 0.44 s, in view for 0.5 s, ")
    assert second.startswith("  person 2: ")
    assert first.endswith("% sure") or "in doubt at" in first
    assert [path.strip() for path in paths] == [
        str(tmp_path / name) for name in ("walk.json", "walk_annotated.mp4", "walk_who")
    ]
    names = sorted(path.name for path in (tmp_path / "walk_who").iterdir())
    assert names == ["1.png", "2.png", "everybody.png"]
    strip, sheet = (cv2.imread(str(tmp_path / "walk_who" / n)) for n in ("1.png", "everybody.png"))
    assert sheet.shape == (2 * strip.shape[0], strip.shape[1], 3)
    assert strip[60:200].std() > 20
    with av.open(str(tmp_path / "walk_annotated.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 12


def test_a_click_names_through_the_whole_film_and_every_output(run, walked, tmp_path):
    where = middle(read_clip(walked / "walk.json"), 1)
    done = run(
        "who", walked / "walk.mp4", "--name", f"Ana Lí={where}", "--people", 2, "--out", tmp_path,
        "--save", "json,csv", *LITE,
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert "  Ana Lí (id 2): 0.00 s" in done.out
    data = json.loads((tmp_path / "walk.json").read_text())
    assert [[p.get("name") for p in f["people"]] for f in data["frames"]] == [[None, "Ana Lí"]] * 12
    assert "Ana Lí" in (tmp_path / "walk.csv").read_text(encoding="utf-8")
    assert {p.name for p in (tmp_path / "walk_who").glob("2*")} == {"2_Ana_Lí.png"}


def test_a_saved_clip_is_named_without_looking_at_the_film_again(run, walked, tmp_path):
    saved = tmp_path / "walk.json"
    shutil.copy(walked / "walk.json", saved)
    before = read_clip(saved)
    done = run("who", saved, "--name", f"Ana={middle(before, 0)}", "--out", tmp_path)
    assert done.code == 0
    assert "walk.mp4 does not lie beside" in done.err
    after = read_clip(saved)
    assert after.names == ("Ana", None)
    np.testing.assert_allclose(after.boxes, before.boxes, atol=0.02)
    again = run("who", walked / "walk.json", "--name", f"Bo={middle(before, 1)}", "--out", tmp_path)
    assert (again.code, again.err) == (0, "")
    assert (tmp_path / "walk_annotated.mp4").exists()
    assert (tmp_path / "walk_who" / "2_Bo.png").exists()


def test_quiet_is_quiet(run, walked, tmp_path):
    done = run("who", walked / "walk.json", "--out", tmp_path, "-q")
    assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--name", "Ana=250,5@0.2"), "Ana=250,5@0.2 is on nobody; near are, at 0.20 s: person"),
        (("--name", "Ana=10,10@9"), "Ana=10,10@9 is outside of the film"),
        (("--name", "Ana"), "a name is NAME=X,Y@SECONDS, such as Ana=640,300@2.5, not 'Ana'"),
        (("--name", "=10,10@0"), "a name is NAME=X,Y@SECONDS"),
        (("--people", 0), "people must be 1 or more"),
        (("--save", "masks"), "no kind of output is called 'masks'"),
        (("--save", "jsn"), "did you mean 'json'?"),
        (("--model", "ful"), "did you mean 'full'?"),
    ],
)
@pytest.mark.parametrize("source", ["walk.json", "walk.mp4"])
def test_bad_input_is_one_line(run, walked, tmp_path, options, said, source):
    if source == "walk.mp4" and "is o" in said:
        options = (*options, *LITE)
    done = run("who", walked / source, *options, "--out", tmp_path / "out", "-q")
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert line.startswith("vitruvian: ")
    assert said in line
    left = [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()]
    # A film that was looked at is kept, whatever was wrong with the clicks.
    assert left == (["walk.json"] if source == "walk.mp4" and "is o" in said else [])


def test_a_click_on_nobody_does_not_cost_the_film(run, film, tmp_path):
    done = run("who", film, "--name", "Ana=250,5@0.2", "--out", tmp_path / "out", "-q", *LITE)
    assert done.code == 1
    (line,) = done.err.splitlines()
    kept = tmp_path / "out" / "walk.json"
    assert line.startswith("vitruvian: Ana=250,5@0.2 is on nobody; near are, at 0.20 s: person")
    assert line.endswith(f"; then type: vitruvian who {kept} --name …")
    clip = read_clip(kept)
    assert len(clip.times) == 12
    again = run("who", kept, "--name", f"Ana={middle(clip, 0)}", "--out", tmp_path / "more", "-q")
    assert again.code == 0
    assert read_clip(tmp_path / "more" / "walk.json").names == ("Ana", None)


def test_a_click_outside_of_the_picture_is_refused_before_the_film_is_looked_at(
    run, film, tmp_path, monkeypatch
):
    monkeypatch.setattr("vitruvian.cli.who.follow", lambda *_, **__: pytest.fail("was looked at"))
    done = run("who", film, "--name", "Ana=5000,5@0.2", "--out", tmp_path / "out", "-q")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "Ana=5000,5@0.2 is outside of walk.mp4, which is " in done.err


def test_the_same_person_twice_and_two_people_with_one_name(run, walked, tmp_path):
    clip = read_clip(walked / "walk.json")
    one, two = middle(clip, 0), middle(clip, 1)
    for clicks, said in (
        ((f"Ana={one}", f"Bo={one}"), "are the same person"),
        ((f"Ana={one}", f"Ana={two}"), "Ana cannot be two people"),
    ):
        names = [part for click in clicks for part in ("--name", click)]
        done = run("who", walked / "walk.json", *names, "--out", tmp_path)
        assert done.code == 1
        assert said in done.err
    names = ["--name", f"Ana={one}", "--name", f"Bo={two}", "--people", 1]
    done = run("who", walked / "walk.json", *names, "--out", tmp_path)
    assert "2 names (Ana, Bo) do not fit 1 person" in done.err


def test_pictures_and_what_never_ends_are_refused(run, two_people_file, tmp_path):
    done = run("who", two_people_file, "--out", tmp_path, *LITE)
    assert done.code == 1
    assert "is no film; type: vitruvian run" in done.err
    assert run("who", tmp_path / "none.mp4", "--out", tmp_path).code == 1
    (tmp_path / "other.json").write_text("{}")
    done = run("who", tmp_path / "other.json", "--out", tmp_path)
    assert done.code == 1
    assert "is not a clip" in done.err


def test_a_film_of_one_frame(run, two_people, tmp_path):
    path = tmp_path / "one.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 256, 192, "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(two_people, format="rgb24")))
        container.mux(stream.encode())
    done = run("who", path, "--out", tmp_path, *LITE)
    assert done.code == 0
    assert "one.mp4: 2 people in 1 frame" in done.out
