"""The catalog: every model the library knows by name, and the files it is made of."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from vitruvian.errors import InputError, UnknownNameError

__all__ = ["File", "Package", "Row", "Source", "parse", "row", "rows"]


@dataclass(frozen=True, slots=True)
class Package:
    """A published package.

    Args:
        name: Its name in the catalog.
        client: ``"npm"`` or ``"pypi"``.
        spec: Name and version as the client wants them.
    """

    name: str
    client: str
    spec: str


@dataclass(frozen=True, slots=True)
class Source:
    """One place inside a package where a file is found, and what it must be there."""

    package: Package
    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class File:
    """A file that is fetched as it is.

    Args:
        name: Its name in the cache.
        sha256: Of the file.
        size: Bytes.
        urls: Addresses of this very file, in the order to ask.
        sources: Packages that hold it, in the order to ask.
    """

    name: str
    sha256: str
    size: int
    urls: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def accepted(self) -> dict[str, int]:
        """Every sha256 the file may have, with its size."""
        return {self.sha256: self.size, **{s.sha256: s.size for s in self.sources}}


@dataclass(frozen=True, slots=True)
class Row:
    """One model (or film): what it is, and what it is made of.

    Args:
        name: What the user types.
        kind: ``"detector"``, ``"landmarks"``, ``"embedder"``, ``"body"`` or
            ``"film"``.
        licence: SPDX identifier, with a word where the package leaves something open.
        files: What is fetched for it.
        recipe: How it is made from ``files``; empty when it is the one file itself.
        input: Shape, dtype and range of the input.
        outputs: Shape and meaning of every output, by position.
        skeleton: The name of the skeleton of its landmarks, if it has any.
    """

    name: str
    kind: str
    licence: str
    files: tuple[File, ...]
    recipe: str = ""
    input: str = ""
    outputs: tuple[str, ...] = ()
    skeleton: str | None = None

    @property
    def size(self) -> int:
        """Bytes to fetch when nothing is cached."""
        return sum(file.size for file in self.files)


def rows() -> tuple[Row, ...]:
    """Every model of the catalog.

    Example:
        >>> from vitruvian import weights
        >>> any(row.name == "blazepose-full" for row in weights.rows())
        True
    """
    return tuple(_catalog().values())


def row(name: str) -> Row:
    """One model by name; ``movenet-multipose-HxW`` exists for all sides that 32 divides.

    Raises:
        UnknownNameError: There is no such model; the message suggests the nearest.
        InputError: MoveNet MultiPose cannot have that size.

    Example:
        >>> from vitruvian import weights
        >>> weights.row("movenet-multipose-256x448").input
        '1x256x448x3 uint8 RGB'
    """
    known = _catalog()
    if name in known:
        return known[name]
    sized = re.fullmatch(r"movenet-multipose-(\d{1,5})(?:x(\d{1,5}))?", name)
    if sized is None:
        raise UnknownNameError("model", name, known)
    height, width = int(sized[1]), int(sized[2] or sized[1])
    if height % 32 or width % 32 or not (64 <= height <= 2048 and 64 <= width <= 2048):
        raise InputError(f"{name}: height and width must be multiples of 32 from 64 to 2048")
    return _sized(known["movenet-multipose-256"], height, width)


def _sized(square: Row, height: int, width: int) -> Row:
    """MultiPose at another size, always under the same name for the same size."""
    size = str(height) if height == width else f"{height}x{width}"
    return replace(
        square,
        name=f"movenet-multipose-{size}",
        recipe=f"movenet to tflite size {height}x{width}",
        input=f"1x{height}x{width}x3 uint8 RGB",
    )


def parse(text: str) -> dict[str, Row]:
    """Read a catalog."""
    table = tomllib.loads(text)
    packages = {
        name: Package(name, *next(iter(entry.items()))) for name, entry in table["package"].items()
    }
    files = {
        name: _file(name, entry, packages, table["cdn"]) for name, entry in table["file"].items()
    }
    return {name: _row(name, entry, files) for name, entry in table["model"].items()}


def _row(name: str, entry: dict[str, Any], files: dict[str, File]) -> Row:
    entry["files"] = tuple(files[file] for file in entry["files"])
    entry["outputs"] = tuple(entry.get("outputs", ()))
    return Row(name, **entry)


def _file(name: str, entry: dict[str, Any], packages: dict[str, Package], cdn: list[str]) -> File:
    sha256, size = entry["sha256"], entry["size"]
    sources = tuple(
        Source(
            packages[source["package"]],
            source["path"],
            source.get("sha256", sha256),
            source.get("size", size),
        )
        for source in entry["sources"]
    )
    urls = [entry["url"]] if "url" in entry else []
    urls += [
        template.format(package=source.package.spec, path=source.path)
        for source in sources
        if source.package.client == "npm"
        for template in cdn
    ]
    return File(name, sha256, size, tuple(urls), sources)


@cache
def _catalog() -> dict[str, Row]:
    return parse(Path(__file__).with_name("catalog.toml").read_text(encoding="utf-8"))
