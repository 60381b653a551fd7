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


def test_a_film_of_which_no_frame_can_be_read_is_not_one_without_people(monkeypatch):
    with pytest.raises(SourceError, match=r"^bad.mp4 has no frame that can be read$"):
        follow(Unreadable("bad.mp4"), Recipe("lite"), quiet=True)
    monkeypatch.setattr("vitruvian.source.open_source", lambda spec: Unreadable(spec))
    with pytest.raises(SourceError, match="has no frame that can be read"):
        read_film("bad.mp4", "lite")
