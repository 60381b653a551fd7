"""The film that a command is about."""

from __future__ import annotations

import pytest

from vitruvian.cli.film import follow, read_film
from vitruvian.errors import SourceError
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
