"""The front door in Python: open something that shows people, and iterate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from vitruvian.clip import Clip
from vitruvian.closable import Closable
from vitruvian.errors import InputError
from vitruvian.recipe import Recipe
from vitruvian.runtime import give_back
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.source import Source, Spec, open_source
from vitruvian.types import Frame, People

if TYPE_CHECKING:
    from vitruvian.associate.clicks import Click
    from vitruvian.weights import Progress

__all__ = ["Footage", "open"]


def open(
    source: Spec,
    *,
    model: str = "full",
    people: int | None = None,
    detector: str = "auto",
    smooth: bool = True,
    masks: bool = False,
    hands: bool = False,
    classify: str | None = None,
    rate: float | None = None,
    mirrored: bool = False,
    second_opinion: bool = True,
) -> Footage:
    """Open a picture, a folder, a film, a camera, a stream or arrays, to see who is in it.

    Args:
        source: A path of a picture or film, a folder or glob of pictures, a camera's index, an
            RTSP or HTTP address, an (H, W, 3) uint8 RGB array, or an iterable of such arrays.
        model: ``"lite"`` (fastest), ``"full"`` or ``"heavy"`` (most exact), or the path of a
            ``.task`` or ``.tflite`` of yours.
        people: The most people wanted; None for all.
        detector: ``"blazepose"``, ``"movenet"``, or ``"auto"`` for both, each where it is good.
        smooth: Whether landmarks are smoothed over time; pictures never are.
        masks: Whether each person's mask is wanted (``people.masks``).
        hands: Whether the 21 landmarks of each hand are wanted (``people.left_hand``,
            ``people.right_hand``).
        classify: A classifier that ``vitruvian train`` wrote: fills ``people.labels``.
        rate: Frames a second, where the source does not say: for arrays, or to make pictures
            one film.
        mirrored: Whether the source is in a mirror, as selfies are: everybody's left and right, of
            body and hands, are exchanged, and x in metres changes its sign. Pixels stay.
        second_opinion: Whether MoveNet Thunder is asked about people in pictures whose landmarks
            are in doubt; without, every landmark is the landmark model's own. With ``classify``
            or ``detector="blazepose"`` it is not asked.

    Returns:
        `Footage`. Nothing is read and no model is loaded before it is iterated.

    Raises:
        SourceNotFoundError: There is no such file.
        SourceError: The source cannot be read.
        InputError: An option is not usable; UnknownNameError suggests the nearest name.

    Example:
        >>> import vitruvian, numpy as np
        >>> for frame, people in vitruvian.open(np.zeros((240, 320, 3), np.uint8)).people():
        ...     print(frame.size, len(people))
        (320, 240) 0
    """
    recipe = Recipe(
        model,
        people,
        detector,
        smooth,
        masks,
        hands,
        classify,
        mirrored=mirrored,
        second_opinion=second_opinion,
    )
    return Footage(open_source(source, rate=rate), recipe)


class Footage(Closable):
    """Something that shows people, and how to look at it; made by `vitruvian.open`.

    Iterating again looks again from the beginning. Use it in ``with`` to free a camera or file
    as soon as you are done.

    Args:
        source: Where the frames come from.
        recipe: What is done with them.
    """

    def __init__(self, source: Source, recipe: Recipe) -> None:
        self.source = source
        self.recipe = recipe

    def people(self, *, progress: Progress | None = None) -> Iterator[tuple[Frame, People]]:
        """Each frame and the people in it, as soon as they are known.

        Args:
            progress: Told about downloads: called with a label, bytes so far, bytes in all.

        Yields:
            `Frame` and `People`. In a picture people come most prominent first, with ids 1, 2, …;
            in a film they come by id, and an id is one person from frame to frame.

        Raises:
            SourceError: The source breaks off before its first frame.
            WeightsError: Weights cannot be had.
        """
        pipeline = self.recipe.build(stills=self.source.stills, progress=progress)
        try:
            # Only this pass: another may have begun since.
            with closing(iter(self.source)) as frames:
                yield from pipeline.run(frames)
        finally:
            del pipeline
            give_back()

    def clip(self) -> Clip:
        """The whole of it as arrays: lead (T, P), NaN where somebody is not there."""
        return self._gathered(self.people())

    def who(
        self,
        people: int | None = None,
        names: str | Iterable[Click | str] = (),
        *,
        progress: Progress | None = None,
    ) -> Clip:
        """The whole of a film as arrays, with who is who decided from all of it.

        Args:
            people: How many there are, at most; None for as many as it looks like.
            names: Who is where at what time: ``"Ana=640,300@2.5"`` for whoever is at x 640, y 300
                at 2.5 seconds. A further click on the same person, or on another, corrects a
                mistake; everything between is decided again.
            progress: Told about downloads, as in `people`.

        Returns:
            `Clip`: ids from 1 in the order in which people appear, ``names`` where there are
            any, and ``id_scores`` that say how sure each moment is. Somebody who is hidden
            between two moments is filled in, with visibility 0.

        Raises:
            InputError: This is no film, or a name is not usable.
            SourceError: The source breaks off before its first frame.
            WeightsError: Weights cannot be had.
        """
        from vitruvian.associate.clicks import Click
        from vitruvian.associate.whole import settle

        what = "pictures" if self.source.stills else "live" if self.source.live else None
        if what is not None:
            raise InputError(
                f"who is who is decided over a whole film, and {self.source.name} is {what}; "
                "give a film, or pictures with rate="
            )
        given = [names] if isinstance(names, str) else names
        clicks = [Click.read(name) if isinstance(name, str) else name for name in given]
        return settle(self._gathered(self.people(progress=progress)), people, clicks)

    def _gathered(self, seen: Iterator[tuple[Frame, People]]) -> Clip:
        clip = Clip.gather(self.source.name, BLAZEPOSE_33, seen)
        return replace(clip, mirrored=self.recipe.mirrored)

    def close(self) -> None:
        """Free the file or device; may be called twice."""
        self.source.close()
