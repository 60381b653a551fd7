"""From folders of pictures and clips, one for each class, to a table of poses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vitruvian.classify.keypoints import KeypointReader
from vitruvian.classify.table import PoseTable
from vitruvian.errors import InputError, SourceError, SourceNotFoundError, UnknownNameError
from vitruvian.source import Source, open_source
from vitruvian.source.paths import FILMS, is_picture
from vitruvian.types import Floats, Frame, People

__all__ = ["EVERY", "NOBODY", "SEVERAL", "Collected", "LeftOut", "classes_in", "collect"]

SEVERAL = ("first", "all", "none")
"""Who counts where several people are: the most prominent, everybody, or nobody."""
EVERY = 0.2
"""Seconds between the frames of a clip that are taken."""
NOBODY = "nobody was found in it"
"""Why a picture or clip is left out in which no pose could be read."""

Look = Callable[[Source], Iterable[tuple[Frame, People]]]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A picture that is in no class.

    Args:
        file: Its name, with its class's folder.
        path: Where it is, or None for a row of a CSV.
        reason: Why.
    """

    file: str
    path: Path | None
    reason: str


@dataclass(slots=True)
class Collected:
    """What folders gave.

    Args:
        table: The poses.
        paths: The picture of each pose; of a clip's frames, the clip.
        left_out: What could not be used.
        several: How many pictures showed several people.
    """

    table: PoseTable
    paths: list[Path] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    several: int = 0


def classes_in(root: Path) -> dict[str, list[Path]]:
    """The pictures and clips of each class: of every folder in ``root``, by name.

    Raises:
        SourceNotFoundError: There is no such folder.
        SourceError: It holds no folders, or none of them a picture or clip.
    """
    if not root.is_dir():
        raise SourceNotFoundError(f"there is no folder {root}; expected one with a folder a class")
    try:
        folders = sorted(f for f in root.iterdir() if f.is_dir() and f.name[0] != ".")
        found = {folder.name: _usable(folder) for folder in folders}
    except OSError as error:
        raise SourceError(f"{root} cannot be read ({error.strerror})") from error
    if not any(found.values()):
        raise SourceError(
            f"{root} holds no folders with pictures; expected a folder for each class, such as "
            f"{root / 'tree'}"
        )
    return found


def _usable(folder: Path) -> list[Path]:
    files = sorted(f for f in folder.iterdir() if f.is_file() and f.name[0] != ".")
    return [f for f in files if is_picture(f) or f.suffix.lower() in FILMS]


def collect(
    root: Path,
    look: Look,
    keypoints: KeypointReader | None = None,
    *,
    several: str = "first",
    seen: Callable[[int, int], None] | None = None,
) -> Collected:
    """Read everybody's pose in folders of pictures and clips.

    Args:
        root: A folder with a folder for each class.
        look: Finds the people in a source; `Pipeline.run`.
        keypoints: Reads the 17 keypoints too, if they are wanted.
        several: Who counts where several people are, one of `SEVERAL`.
        seen: Told how many files of how many are done.

    Raises:
        SourceError: There are no such folders, or nobody can be seen in them.
        UnknownNameError: ``several`` is none of `SEVERAL`.
    """
    if several not in SEVERAL:
        raise UnknownNameError("rule for several people", several, SEVERAL)
    files = classes_in(root)
    gathering = _Gathering(tuple(files), keypoints, several)
    every = [(path, number) for number, paths in enumerate(files.values()) for path in paths]
    pictures = [pair for pair in every if is_picture(pair[0])]
    done = 0
    for _ in gathering.pictures(pictures, look):
        done += 1
        if seen is not None:
            seen(done, len(every))
    for path, number in every:
        if not is_picture(path):
            gathering.clip(path, number, look)
            done += 1
            if seen is not None:
                seen(done, len(every))
    return gathering.result(root)


class _Gathering:
    """The poses so far."""

    def __init__(
        self, classes: tuple[str, ...], keypoints: KeypointReader | None, several: str
    ) -> None:
        self._classes = classes
        self._keypoints = keypoints
        self._rule = several
        self._files: list[str] = []
        self._paths: list[Path] = []
        self._truth: list[int] = []
        self._bodies: list[Floats] = []
        self._points: list[Floats] = []
        self._left_out: list[LeftOut] = []
        self._several = 0

    def pictures(self, pairs: Sequence[tuple[Path, int]], look: Look) -> Iterator[None]:
        """Take pictures of any classes; yields once for each that was looked at."""
        if not pairs:
            return
        paths = [path for path, _ in pairs]
        looked: set[int] = set()
        try:
            with open_source(paths) as source:
                for frame, people in look(source):
                    path, number = pairs[frame.index]
                    looked.add(frame.index)
                    self._take(path, number, path.name, frame, people)
                    yield
                reasons = [reason for _, reason in source.skipped]
        except SourceError as error:
            reasons = [str(error)] * len(pairs)
        missed = [pair for i, pair in enumerate(pairs) if i not in looked]
        for (path, number), reason in zip(missed, reasons, strict=False):
            self._leave(path, number, reason)
            yield

    def clip(self, path: Path, number: int, look: Look) -> None:
        """Take a frame of a clip every fifth of a second."""
        due, taken = 0.0, 0
        try:
            with open_source(path) as source:
                for frame, people in look(source):
                    if frame.time >= due and len(people):
                        due = frame.time + EVERY
                        taken += 1
                        self._take(path, number, f"{path.name}#{frame.time:.2f}", frame, people)
        except SourceError as error:
            self._leave(path, number, str(error))
            return
        if not taken:
            self._leave(path, number, NOBODY)

    def result(self, root: Path) -> Collected:
        """All of it as a table."""
        if not self._files:
            reason = self._left_out[0].reason if self._left_out else "it holds no pictures"
            raise SourceError(f"no pose can be read in {root}; the first picture: {reason}")
        table = PoseTable(
            tuple(self._files),
            self._classes,
            np.array(self._truth, np.int64),
            np.stack(self._bodies),
            np.stack(self._points) if self._points else None,
        )
        return Collected(table, self._paths, self._left_out, self._several)

    def _take(self, path: Path, number: int, name: str, frame: Frame, people: People) -> None:
        if people.body is None or not len(people):
            self._leave(path, number, NOBODY)
            return
        self._several += len(people) > 1
        if len(people) > 1 and self._rule == "none":
            self._leave(path, number, f"{len(people)} people are in it")
            return
        for row in range(len(people)) if self._rule == "all" else [_first(people)]:
            self._files.append(f"{self._classes[number]}/{name}")
            self._paths.append(path)
            self._truth.append(number)
            self._bodies.append(_body(people, row))
            if self._keypoints is not None:
                self._points.append(self._keypoints.read(frame, people.boxes[row]))

    def _leave(self, path: Path, number: int, reason: str) -> None:
        self._left_out.append(LeftOut(f"{self._classes[number]}/{path.name}", path, reason))


def _first(people: People) -> int:
    """The most prominent: pictures have them first; in a film it is who is largest."""
    extent = people.boxes[:, 2:] - people.boxes[:, :2]
    moving = people.id_scores is not None
    return int(np.nanargmax(extent.prod(1))) if moving else 0


def _body(people: People, row: int) -> Floats:
    """(33, 6) x, y, visibility and the three world coordinates."""
    body = people.body
    if body is None or body.world is None:
        raise InputError("poses are learned from landmarks in metres, and these have none")
    return np.concatenate([body.xy[row], body.visibility[row][:, None], body.world[row]], 1)
