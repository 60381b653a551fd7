"""The film that a command is about: looked at now, or read from the JSON of an earlier run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vitruvian.cli.progress import RunProgress, downloads, tell_damage
from vitruvian.errors import InputError, SourceError

if TYPE_CHECKING:
    from vitruvian.clip import Clip
    from vitruvian.recipe import Recipe
    from vitruvian.source import Source
    from vitruvian.types import Frame, People

__all__ = ["follow", "given_names", "kept", "read_film"]


def read_film(
    source: str, model: str, out: Path, *, quiet: bool = False, whole: bool = False
) -> Clip:
    """A film's people over time, looked at now or read from the JSON of an earlier run.

    Args:
        source: The film or the JSON.
        model: What reads a film's landmarks.
        out: Where results will go; looking at a film in vain takes long.
        quiet: Whether to show no progress.
        whole: Whether who is who is decided from all of a film that is looked at now.

    Raises:
        InputError: It is pictures, never ends, has no frame, or shows nobody.
        SourceError: Nothing in it can be read.
        SinkError: The folder cannot be written to.
    """
    from vitruvian.sink.clip import read_clip
    from vitruvian.sink.place import check_folder

    check_folder(out)
    looked_at = not source.endswith(".json")
    clip = _look(source, model, quiet) if looked_at else read_clip(source)
    if not len(clip.times):
        raise InputError(f"{source} holds no frame; give the film, or the JSON of a run of it")
    if clip.files is not None:
        raise InputError(f"{source} is pictures; a film is needed")
    if whole and looked_at:
        from vitruvian.associate.whole import settle

        clip = settle(clip)
    if not len(clip.ids):
        raise InputError(f"nobody was found in {source}")
    return clip


@contextmanager
def kept(out: Path, clips: Mapping[str, Clip]) -> Iterator[None]:
    """Keep what was seen where it turns out that what is wanted of it cannot be had.

    Args:
        out: The folder for results; the JSON goes into ``seen`` in it.
        clips: What `read_film` gave, by what it was given.

    Raises:
        InputError: One came up inside; where a film was looked at, it says what to give instead.
    """
    try:
        yield
    except InputError as error:
        from vitruvian.sink import stems
        from vitruvian.sink.clip import write_clip

        films = [source for source in clips if not source.endswith(".json")]
        if not films:
            raise
        written = [
            f"{write_clip(clips[film], out / 'seen', stem=stem)} in place of {film}"
            for film, stem in zip(films, stems(films), strict=True)
        ]
        raise InputError(f"{error}; not to look again, give {' and '.join(written)}") from error


def _look(source: str, model: str, quiet: bool) -> Clip:
    from vitruvian.recipe import Recipe
    from vitruvian.source import open_source

    recipe = Recipe(model)
    with open_source(source) as film:
        if film.stills:
            raise InputError(f"{source} is pictures; a film is needed")
        if film.live:
            raise InputError(
                f"{film.name} does not end by itself; record it first, with "
                "vitruvian run --save json, and give that JSON"
            )
        return follow(film, recipe, quiet=quiet)


def follow(film: Source, recipe: Recipe, *, quiet: bool) -> Clip:
    """Everybody in a film over time, with a bar that shows how far it is.

    Args:
        film: Frames that end by themselves.
        recipe: How people are looked for.
        quiet: Whether to show no progress; how much of a damaged film could be read is said
            all the same.

    Raises:
        SourceError: Not one frame can be read.
        WeightsError: Weights cannot be had.
    """
    from vitruvian.clip import Clip
    from vitruvian.skeletons import BLAZEPOSE_33

    with downloads(quiet) as progress:
        pipeline = recipe.build(stills=False, progress=progress)
    with RunProgress(film, quiet=quiet) as shown, closing(iter(film)) as frames:

        def seen() -> Iterator[tuple[Frame, People]]:
            for frame, people in pipeline.run(frames):
                shown.step(len(people))
                yield frame, people

        clip = Clip.gather(film.name, BLAZEPOSE_33, seen())
    if not len(clip.times):
        raise SourceError(f"{film.name} has no frame that can be read")
    tell_damage(film, len(clip.times))
    return clip


def given_names(clip: Clip) -> dict[int, str]:
    """The names of those who have one, by id."""
    names = clip.names or (None,) * len(clip.ids)
    return {i: name for i, name in zip(clip.ids.tolist(), names, strict=True) if name}
