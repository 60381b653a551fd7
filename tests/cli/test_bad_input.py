"""Bad input, one row each: the exit code, the one line on stderr, and what is kept."""

from __future__ import annotations

import errno
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from vitruvian import read_clip

LITE = ("--model", "lite")


@dataclass(frozen=True)
class Row:
    """A source, made of bytes or by a fixture, and how the command ends."""

    name: str
    said: str
    content: bytes | None = None
    options: tuple[object, ...] = field(default=())


SOURCES = [
    Row("none.mp4", "there is no file"),
    Row("none.png", "there is no file"),
    Row("empty.mp4", "empty.mp4", b""),
    Row("empty.png", "empty.png", b""),
    Row(
        "text.mp4", "text.mp4 cannot be opened: expected a film", b"To whom it may concern.\n" * 40
    ),
    Row("text.jpg", "text.jpg", b"To whom it may concern.\n" * 40),
    Row("noise.mkv", "noise.mkv", bytes(np.random.default_rng(0).integers(0, 256, 5000, np.uint8))),
    Row("x" * 300 + ".mp4", "cannot be read"),
    Row("half.png", "half.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
]


@pytest.fixture
def refused(run, tmp_path):
    """Runs a command that must fail with one line, and leave nothing where its results go."""

    def call(*arguments, said, out=None):
        out = out or tmp_path / "out"
        done = run("run", *arguments, "--out", out)
        assert done.code == 1, done
        lines = done.err.splitlines()
        assert len(lines) == 1, done.err
        assert lines[0].startswith("vitruvian: ")
        assert said in lines[0]
        assert "Traceback" not in done.err
        assert done.out == ""
        left = [path for path in out.rglob("*") if path.is_file()] if out.is_dir() else []
        assert left == []

    return call


@pytest.mark.parametrize("row", SOURCES, ids=lambda row: row.name)
def test_a_source_that_is_none(row, refused, tmp_path):
    path = tmp_path / row.name
    if row.content is not None:
        path.write_bytes(row.content)
    refused(path, *LITE, *row.options, said=row.said)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("999999999999", "camera 999999999999 cannot be opened"),
        ("~nobody-here/x.mp4", "there is no user whose home"),
        ("", "not an empty name"),
    ],
)
def test_a_name_that_is_none(refused, source, said):
    refused(source, *LITE, said=said)


def test_a_source_that_may_not_be_looked_at(refused, monkeypatch):
    def denied(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "private/clip.mp4")

    monkeypatch.setattr("vitruvian.source.paths._find", denied)
    refused("private/clip.mp4", *LITE, said="private/clip.mp4 cannot be read (Permission denied)")


def test_whatever_else_the_system_refuses_is_one_line(refused, two_people_file, monkeypatch):
    def denied(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "mine.task")

    monkeypatch.setattr("vitruvian.weights.open_bundle", denied)
    refused(two_people_file, "--model", "mine.task", said="Permission denied: 'mine.task'")


def test_a_json_that_breaks_off_is_used_and_said_in_one_line(start, run, film, tmp_path):
    assert run("run", film, "--out", tmp_path, "--save", "json", "--quiet", *LITE).code == 0
    saved = tmp_path / "walk.json"
    saved.write_bytes(saved.read_bytes()[:-100])
    process = start("export", saved, "--to", "trc", "--person", 1, "--out", tmp_path / "out")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err == f"vitruvian: {saved} breaks off after 11 frames\n"
    assert "walk.person_1.trc" in out


def test_a_film_without_pictures(refused, sound):
    refused(sound, *LITE, said="song.mp4 holds no video, only audio")


def test_a_film_without_a_single_frame(refused, film, tmp_path):
    path = tmp_path / "none.mkv"
    with av.open(str(film)) as source, av.open(str(path), "w") as target:
        target.add_stream_from_template(source.streams.video[0])
        target.start_encoding()
    refused(path, *LITE, said="none.mkv")


def test_an_empty_folder_and_one_without_pictures(refused, tmp_path):
    folder = tmp_path / "shots"
    folder.mkdir()
    refused(folder, *LITE, said="shots")
    (folder / "notes.txt").write_text("no picture")
    refused(folder, *LITE, said="shots")
    refused(tmp_path / "*.nef", *LITE, said="*.nef")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--model", "ful"), "no model is called 'ful'; did you mean 'full'?"),
        (("--model", "nothing"), "no model is called 'nothing'; known: full, heavy, lite"),
        (("--model", "mine.tflite"), "mine.tflite"),
        (("--model", "mine.task"), "mine.task"),
        (("--detector", "movnet"), "no detector is called 'movnet'; did you mean 'movenet'?"),
        (("--people", 0), "people must be 1 or more"),
        (("--people", -3), "people must be 1 or more"),
        (("--save", "jsn", *LITE), "did you mean 'json'?"),
        (("--save", "json,gif", *LITE), "'gif'"),
        (("--rate", 0, *LITE), "rate must be"),
    ],
)
def test_an_option_that_cannot_be(refused, two_people_file, options, said):
    refused(two_people_file, *options, said=said)


@pytest.mark.usefixtures("lent_cache")
def test_a_model_of_yours_that_is_no_model(refused, two_people_file, tmp_path):
    for name in ("mine.tflite", "mine.task"):
        (tmp_path / name).write_bytes(b"not a model")
        refused(two_people_file, "--model", tmp_path / name, said=name)


def test_where_results_go_is_a_file(refused, two_people_file, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("mine")
    said = "a file is where a folder is needed; choose another folder with --out"
    refused(two_people_file, *LITE, said=said, out=taken)
    refused(two_people_file, *LITE, said=said, out=taken / "deeper")
    assert taken.read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder nobody may write to")
def test_where_results_go_cannot_be_written_to(refused, two_people_file):
    out = Path("/proc/vitruvian")
    refused(two_people_file, *LITE, said=f"cannot write {out}", out=out)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("save", ["json", "csv", "video"])
def test_no_space_is_left(start, film, tmp_path, save):
    import resource

    limit = 30_000 if save != "video" else 5_000

    def little_space():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = start("run", film, "--out", tmp_path, "--save", save, *LITE, preexec_fn=little_space)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    lines = err.splitlines()
    assert len(lines) == 1, err
    assert "no space is left; free some, or choose another folder with --out" in lines[0]
    assert out == ""
    kept = {path.name: path for path in tmp_path.iterdir()}
    if save == "json":
        assert 1 <= len(read_clip(kept["walk.json"]).times) < 12
    if save == "csv":
        text = kept["walk.csv"].read_text()
        assert text.startswith("frame,time")
        assert text.endswith("\n")
        assert {line.count(",") for line in text.splitlines()} == {21}
    for path in kept.values():
        assert path.stat().st_size <= limit
        if path.suffix == ".mp4":
            with av.open(str(path)) as container:
                assert container.streams.video


def test_a_bad_film_does_not_cost_the_good_ones(run, film, two_people_file, tmp_path):
    bad = tmp_path / "text.mp4"
    bad.write_text("To whom it may concern.\n" * 40)
    out = tmp_path / "out"
    done = run("run", bad, film, "--out", out, "--save", "json", *LITE)
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert "text.mp4" in done.err
    assert [path.name for path in out.iterdir()] == ["walk.json"]
    assert len(read_clip(out / "walk.json").times) == 12


def test_a_damaged_picture_among_good_ones_is_left_out_and_said_once(run, two_people, tmp_path):
    folder = tmp_path / "shots"
    folder.mkdir()
    for name in ("a.png", "c.png"):
        cv2.imwrite(str(folder / name), two_people[..., ::-1])
    whole = (folder / "a.png").read_bytes()
    (folder / "b.png").write_bytes(whole[: len(whole) // 3])
    done = run("run", folder, "--out", tmp_path / "out", "--save", "json", *LITE)
    assert done.code == 0
    said = [line for line in (done.out + done.err).splitlines() if "b.png" in line]
    assert len(said) == 1
    assert "Traceback" not in done.err
    frames = json.loads((tmp_path / "out" / "shots.json").read_text())["frames"]
    assert [(frame["name"], len(frame["people"])) for frame in frames] == [
        ("a.png", 2),
        ("c.png", 2),
    ]


def test_a_film_cut_off_keeps_what_decodes(run, two_people, film, tmp_path):
    whole = tmp_path / "whole.mkv"
    with av.open(str(film)) as source, av.open(str(whole), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    data = whole.read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(data[: len(data) // 2])
    done = run("run", cut, "--out", tmp_path / "out", "--save", "json", *LITE)
    assert done.code == 0
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) <= 1
    clip = read_clip(tmp_path / "out" / "cut.json")
    assert 1 <= len(clip.times) < 12
    assert clip.present.all()


def test_the_first_half_of_the_demo_film_gives_one_line_or_its_frames(run, tmp_path):
    from vitruvian import weights

    data = weights.obtain("demo-film").read_bytes()
    cut = tmp_path / "demo.mp4"
    cut.write_bytes(data[: len(data) // 2])
    options = ("--people", 1, "--detector", "blazepose", "--save", "json", *LITE)
    done = run("run", cut, "--out", tmp_path / "out", *options)
    assert len(done.err.splitlines()) <= 1
    assert "Traceback" not in done.err
    if data.index(b"moov") < len(data) // 2:
        assert done.code == 0
        assert 30 < len(read_clip(tmp_path / "out" / "demo.json").times) < 200
    else:
        # Its table of contents was in the other half, so nothing can be decoded.
        assert done.code == 1
        assert "demo.mp4" in done.err
        assert not list((tmp_path / "out").glob("*"))


def test_damaged_weights_offline_are_one_line_and_made_anew_where_they_can_be(
    run, two_people_file, tmp_path, monkeypatch
):
    from vitruvian import weights

    home = tmp_path / "cache"
    home.mkdir()
    names = ["blazepose-lite", "blazepose-lite-nomask", "blazepose-detector"]
    files = {name: weights.obtain(name) for name in names}
    for path in files.values():
        (home / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("VITRUVIAN_CACHE", str(home))
    monkeypatch.setenv("VITRUVIAN_OFFLINE", "1")
    options = ("--detector", "blazepose", "--save", "json", *LITE)

    made = home / files["blazepose-lite-nomask"].name
    made.write_bytes(made.read_bytes()[:5000])
    done = run("run", two_people_file, "--out", tmp_path / "out", *options)
    assert (done.code, done.err) == (0, "")
    assert made.read_bytes() == files["blazepose-lite-nomask"].read_bytes()

    fetched = home / files["blazepose-detector"].name
    fetched.write_bytes(b"damaged" * 100)
    done = run("run", two_people_file, "--out", tmp_path / "more", *options)
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert "offline" in done.err.lower()
    assert "Traceback" not in done.err
    assert not list((tmp_path / "more").glob("*"))


@pytest.mark.parametrize(
    "line",
    [
        "embed none.png --out taken/x.npy",
        "evaluate none.mp4 gt.txt --save json --out taken",
        "train none --out taken/x.tflite",
        "train-pairs none.json --out taken/x.npz",
    ],
)
def test_where_results_cannot_go_is_said_before_anything_is_read(run, tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    Path("taken").write_text("mine")
    done = run(*line.split())
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "a file is where a folder is needed" in done.err
