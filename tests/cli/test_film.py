"""The film that a command is about."""

from __future__ import annotations

import pytest

from vitruvian import read_clip
from vitruvian.cli.film import follow, kept, read_film
from vitruvian.errors import InputError, SourceError
from vitruvian.recipe import Recipe
from vitruvian.source import Source, open_source


class Unreadable(Source):
    """A film that could be opened, and of which not one frame comes."""

    def read(self):
        yield from ()


def test_everybody_of_a_film_over_time(film):
    with open_source(film) as source:
        clip = follow(source, Recipe("lite"), quiet=True)
    assert (clip.source, len(clip.times), len(clip.ids)) == ("walk.mp4", 12, 2)


def test_a_film_of_which_no_frame_can_be_read_is_not_one_without_people(tmp_path, monkeypatch):
    with pytest.raises(SourceError, match=r"^bad.mp4 has no frame that can be read$"):
        follow(Unreadable("bad.mp4"), Recipe("lite"), quiet=True)
    monkeypatch.setattr("vitruvian.source.open_source", lambda spec: Unreadable(spec))
    with pytest.raises(SourceError, match="has no frame that can be read"):
        read_film("bad.mp4", "lite", tmp_path)


@pytest.mark.parametrize(
    "command",
    ["angles", "count", "positions", "lift", "place", "fit", "export", "run", "who"],
)
def test_a_folder_that_cannot_be_is_said_before_a_film_is_looked_at(
    run, film, tmp_path, monkeypatch, command
):
    (tmp_path / "taken").write_text("mine")
    monkeypatch.setattr("vitruvian.pipeline.Pipeline.run", lambda *_: pytest.fail("looked"))
    done = run(command, film, "--model", "lite", "--out", tmp_path / "taken")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "choose another folder with --out" in done.err


def test_a_folder_is_not_left_behind_in_vain(run, film, tmp_path, monkeypatch):
    monkeypatch.setattr("vitruvian.pipeline.Pipeline.run", lambda *_: iter(()))
    assert run("angles", film, "--model", "lite", "--out", tmp_path / "out").code == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("fit", ("--person", "99")),
        ("export", ("--person", "9")),
        ("export", ()),  # nobody is seen for a second
        ("lift", ("--height", "7=1.8")),
        ("place", ("--height", "7=1.8")),
        ("positions", ("--ids", "7,8")),
    ],
)
def test_what_was_seen_is_kept_where_it_does_not_have_what_is_asked_for(
    run, film, tmp_path, command, asked
):
    done = run(command, film, "--model", "lite", "--out", tmp_path, *asked)
    seen = tmp_path / "seen" / "walk.json"
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.endswith(f"; not to look again, give {seen} in place of {film}\n")
    assert len(read_clip(seen).times) == 12
    again = run(command, seen, "--out", tmp_path, *asked)
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "not to look again" not in again.err


def test_films_of_one_name_are_kept_apart(film, tmp_path):
    with open_source(film) as source:
        clip = follow(source, Recipe("lite"), quiet=True)
    clips = {"a/walk.mp4": clip, "b/walk.mp4": clip, "c/walk.json": clip}
    with (
        pytest.raises(InputError, match=r"^no; not to look again, give .* and ") as caught,
        kept(tmp_path, clips),
    ):
        raise InputError("no")
    assert "c/walk.json" not in str(caught.value)
    assert len(list((tmp_path / "seen").iterdir())) == 2
