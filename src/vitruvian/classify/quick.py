"""The quick way from folders to a table: MoveNet's 17 keypoints, and nobody is looked for first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from vitruvian.classify.collect import EVERY, NOBODY, Collected, LeftOut, classes_in
from vitruvian.classify.keypoints import KeypointReader
from vitruvian.classify.table import PoseTable
from vitruvian.errors import SourceError
from vitruvian.source import open_source
from vitruvian.source.paths import is_picture
from vitruvian.types import Floats, Frame

__all__ = ["collect_quickly", "read_twice"]

_SURE = 0.2
"""The median score of the keypoints below which nobody is there."""

_FOUND, _ENOUGH = 0.15, 4
"""The score and the number of keypoints that tell where to look again."""
_ROOM = 1.4

_Read = tuple[str, Floats]


def collect_quickly(
    root: Path,
    readers: Sequence[KeypointReader],
    *,
    seen: Callable[[int, int], None] | None = None,
) -> Collected:
    """Read one person's 17 keypoints in each picture of folders, several pictures at once.

    The whole picture is shown to MoveNet, which reads one person, and then where that person is;
    whether there are others is not known.

    Args:
        root: A folder with a folder for each class.
        readers: One for each picture that is read at the same time.
        seen: Told how many files of how many are done.

    Raises:
        SourceError: There are no such folders, or nobody can be seen in them.
    """
    folders = classes_in(root)
    jobs = [(path, number) for number, paths in enumerate(folders.values()) for path in paths]
    free: SimpleQueue[KeypointReader] = SimpleQueue()
    for reader in readers:
        free.put(reader)

    def read(path: Path) -> list[_Read] | str:
        reader = free.get()
        try:
            return list(_poses(path, reader)) or NOBODY
        except SourceError as error:
            return str(error)
        finally:
            free.put(reader)

    classes, files, paths, truth, points = tuple(folders), [], [], [], []
    left_out: list[LeftOut] = []
    with ThreadPoolExecutor(len(readers)) as pool:
        every = zip(jobs, pool.map(read, (path for path, _ in jobs)), strict=True)
        for done, ((path, number), found) in enumerate(every, 1):
            if isinstance(found, str):
                left_out.append(LeftOut(f"{classes[number]}/{path.name}", path, found))
                found = []
            for name, keypoints in found:
                files.append(f"{classes[number]}/{name}")
                paths.append(path)
                truth.append(number)
                points.append(keypoints)
            if seen is not None:
                seen(done, len(jobs))
    if not files:
        raise SourceError(f"no pose can be read in {root}; the first: {left_out[0].reason}")
    table = PoseTable(tuple(files), classes, np.array(truth, np.int64), None, np.stack(points))
    return Collected(table, paths, left_out)


def _poses(path: Path, reader: KeypointReader) -> Iterator[_Read]:
    """The person of a picture, or of a frame of a clip every fifth of a second."""
    due = 0.0
    with open_source(path) as source:
        for frame in source:
            if frame.time < due:
                continue
            keypoints = read_twice(frame, reader)
            if np.median(keypoints[:, 2]) >= _SURE:
                due = frame.time + EVERY
                name = path.name if is_picture(path) else f"{path.name}#{frame.time:.2f}"
                yield name, keypoints


def read_twice(frame: Frame, reader: KeypointReader) -> Floats:
    """(17, 3) the person, looked at from near if the first look says where."""
    first = reader.read(frame)
    there = first[first[:, 2] > _FOUND, :2]
    if len(there) < _ENOUGH:
        return first
    return reader.read(frame, np.concatenate([there.min(0), there.max(0)]), room=_ROOM)
