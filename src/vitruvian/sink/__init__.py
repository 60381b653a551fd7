"""Results as files.

A sink is made for one source, is given every frame with its people, and is closed. What each
must do is in `vitruvian.sink.seam.Sink`; ``tests/contracts/test_sink.py`` holds every one of
them to it. Names come from the source: ``demo.mp4`` gives ``demo.json``, ``demo.csv``,
``demo.parquet``, ``demo_annotated.mp4``, ``demo_views.mp4`` and ``demo_masks/``; a folder of
pictures gives ``<folder>_annotated/``, a single picture ``<stem>_annotated.jpg``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from vitruvian.errors import UnknownNameError
from vitruvian.sink.clip import read_clip
from vitruvian.sink.seam import About, Sink, Sinks, stems

__all__ = ["SINKS", "About", "Sink", "Sinks", "make_sinks", "read_clip", "stems"]

SINKS = {
    "json": "vitruvian.sink.json:JsonSink",
    "csv": "vitruvian.sink.csv:CsvSink",
    "parquet": "vitruvian.sink.parquet:ParquetSink",
    "video": "vitruvian.sink.video:VideoSink",
    "views": "vitruvian.sink.video:ViewsSink",
    "masks": "vitruvian.sink.masks:MaskSink",
}
"""Every kind of output and the class that writes it."""
_STILLS = {
    "video": "vitruvian.sink.picture:PictureSink",
    "views": "vitruvian.sink.picture:ViewsPictureSink",
}
"""What those that are films of a film are of pictures."""


def make_sinks(kinds: Iterable[str], out: Path, about: About) -> list[Sink]:
    """Make one sink of each kind; none of them is left open if one cannot be made.

    Args:
        kinds: Names from `SINKS`; where ``about.stills``, ``"video"`` and ``"views"`` are pictures.
        out: The folder, which is made if need be.
        about: What the results are of.

    Raises:
        UnknownNameError: There is no such kind.
        MissingExtraError: A kind needs an optional dependency.
        SinkError: The folder cannot be written to.
    """
    makers = [_maker(kind, about.stills) for kind in dict.fromkeys(kinds)]
    sinks: list[Sink] = []
    try:
        for maker in makers:
            sinks.append(maker(Path(out), about))  # noqa: PERF401 - closed below on failure
    except BaseException:
        Sinks(sinks).close(complete=False)
        raise
    return sinks


def _maker(kind: str, stills: bool) -> Callable[[Path, About], Sink]:
    if kind not in SINKS:
        raise UnknownNameError("kind of output", kind, SINKS)
    where = _STILLS.get(kind, SINKS[kind]) if stills else SINKS[kind]
    module, _, name = where.partition(":")
    maker: Callable[[Path, About], Sink] = getattr(import_module(module), name)
    return maker
