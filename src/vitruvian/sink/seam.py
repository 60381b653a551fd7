"""The seam of the outputs: a `Sink` is given every frame and its people, then it is closed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from vitruvian.errors import InputError
from vitruvian.skeletons import Skeleton
from vitruvian.types import Frame, People

__all__ = ["About", "Sink", "Sinks", "stems"]

_SUFFIX = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{2,5}$", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_LOGIN = re.compile(r"(?<=://)[^/@]*@")


@dataclass(frozen=True, slots=True)
class About:
    """What the results are of, as far as it is known before the first frame.

    Args:
        source: Path, pattern or address of the source.
        size: Width and height in pixels; None where pictures differ in size.
        rate: Frames per second, about; None where it is not known.
        stills: Whether the frames are pictures that stand alone.
        skeleton: Names of the landmarks.
        stem: What the output files are called; made from ``source`` when empty.
        mirrored: Whether the frames are in a mirror, and people's left and right are their own.

    Example:
        >>> from vitruvian.sink import About
        >>> from vitruvian.skeletons import BLAZEPOSE_33
        >>> About("films/demo.mp4", (1768, 994), 60.0, False, BLAZEPOSE_33).stem
        'demo'
    """

    source: str
    size: tuple[int, int] | None
    rate: float | None
    stills: bool
    skeleton: Skeleton
    stem: str = ""
    mirrored: bool = False

    def __post_init__(self) -> None:
        if not self.stem:
            object.__setattr__(self, "stem", _stem(self.source))

    @property
    def title(self) -> str:
        """The source as files name it: without folders, an address without its password."""
        if "://" in self.source:
            return _LOGIN.sub("", self.source)
        return PurePath(self.source).name or self.source

    @property
    def one_picture(self) -> bool:
        """Whether the source is a single picture and not a folder or a pattern."""
        named = _SUFFIX.search(self.source) is not None
        return self.stills and named and not _UNSAFE.search(PurePath(self.source).name)


@runtime_checkable
class Sink(Protocol):
    """Somewhere that results go.

    A sink that is made has its place on the disk: whatever is wrong with the folder is said
    then, before any work is done. `close` may be called twice. An earlier result at the same
    place stays until the new one is complete.
    """

    @property
    def path(self) -> Path:
        """The file or folder where the results are."""
        ...

    def write(self, frame: Frame, people: People) -> None:
        """Add one frame.

        Raises:
            SinkError: The disk refuses; what was written before stays readable.
            InputError: The sink is closed.
        """
        ...

    def close(self, *, complete: bool = True) -> None:
        """Finish the file.

        Args:
            complete: False when the run broke off. An earlier result at the same place is
                then kept, and the new one lies beside it as ``<name>.part<suffix>``.

        Raises:
            SinkError: The disk refuses.
        """
        ...

    def __enter__(self) -> Self:
        """The sink itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close; complete unless an exception is on its way."""
        self.close(complete=kind is None)


class Sinks(Sink):
    """Several sinks as one: each is given every frame, and all are closed whatever happens.

    Args:
        sinks: The sinks; they belong to this one from now on.

    Raises:
        SinkError: One of them failed; the others were still written to or closed.
    """

    def __init__(self, sinks: Iterable[Sink]) -> None:
        self.sinks = tuple(sinks)

    @property
    def path(self) -> Path:
        """The folder that holds the results."""
        if not self.sinks:
            raise InputError("there are no sinks, so there is no path")
        return self.sinks[0].path.parent

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where each result is."""
        return tuple(sink.path for sink in self.sinks)

    def write(self, frame: Frame, people: People) -> None:
        """Give the frame to every sink, then raise the first error there was."""
        errors: list[OSError] = []
        for sink in self.sinks:
            try:
                sink.write(frame, people)
            except OSError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def close(self, *, complete: bool = True) -> None:
        """Close every sink, then raise an error if there was one."""
        with ExitStack() as stack:
            for sink in reversed(self.sinks):
                stack.callback(sink.close, complete=complete)


def stems(sources: Iterable[str]) -> list[str]:
    """What the outputs of several sources are called, so that none takes another's place.

    Args:
        sources: Paths, patterns or addresses.

    Example:
        >>> from vitruvian.sink import stems
        >>> stems(["a/demo.mp4", "b/demo.mp4", "c.mp4"])
        ['demo', 'demo_2', 'c']
    """
    names: list[str] = []
    taken: set[str] = set()
    for source in sources:
        first = name = _stem(source)
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{first}_{count}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _stem(source: str) -> str:
    parts = [part for part in _LOGIN.sub("", source).partition("?")[0].split("/") if part]
    named = [part for part in parts if not part.endswith(":") and "*" not in part]
    name = PurePath(named[-1]).name if named else source.partition("*")[0] or "result"
    if name in ("", ".."):
        name = Path(source).resolve().name
    name = _UNSAFE.sub("_", _SUFFIX.sub("", name))
    return f"camera{name}" if name.isdigit() and name == source else name or "result"
