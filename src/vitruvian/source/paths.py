"""What a text on the command line means: a camera, a URL, pictures, or a film."""

from __future__ import annotations

import difflib
import glob
import re
from collections.abc import Sequence
from pathlib import Path

from vitruvian.errors import SourceError, SourceNotFoundError

__all__ = ["FILMS", "PICTURES", "find", "is_camera", "is_picture", "is_url"]

PICTURES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .webp .bmp .dib .tif .tiff .jp2 .ppm .pgm .pbm .pnm .avif .heic"
    " .heif .exr .hdr".split()
)
"""Endings of files that are taken for pictures; every other file is taken for a film."""
FILMS = frozenset(
    ".mp4 .m4v .mov .mkv .webm .avi .wmv .flv .mpg .mpeg .ts .mts .m2ts .3gp .gif .ogv .mxf".split()
)
"""Endings that a folder's error message recognises as films."""


def is_camera(spec: str) -> bool:
    """Whether a text is a camera's index: ``0``; a file of that name is ``./0``."""
    return spec.isascii() and spec.isdigit()


def is_url(spec: str) -> bool:
    """Whether a text is the address of a stream."""
    return re.match(r"(rtsps?|https?|rtmps?|udp|tcp|srt|rtp|mms)://", spec, re.I) is not None


def is_picture(path: Path) -> bool:
    """Whether a file is taken for a picture, by its ending."""
    return path.suffix.lower() in PICTURES


def find(spec: str | Path) -> list[Path]:
    """The files meant by a path, a folder or a glob pattern, in plain name order.

    Of a folder these are the pictures directly in it (links are followed, hidden files are not
    taken); of a pattern, every picture and film that matches (``**`` reaches into folders).

    Raises:
        SourceNotFoundError: Nothing is there, or nothing matches.
        SourceError: A folder without pictures, or a place that may not be looked at.
    """
    if spec == "":
        # As a path it would be the folder one is in.
        raise SourceNotFoundError("expected a file, a folder or a pattern, not an empty name")
    try:
        return _find(spec, Path(spec).expanduser())
    except SourceError:
        raise
    except OSError as error:
        raise SourceError(f"{spec} cannot be read ({error.strerror or error})") from error
    except RuntimeError as error:  # of expanduser
        raise SourceNotFoundError(f"there is no user whose home {str(spec)!r} could be") from error


def _find(spec: str | Path, path: Path) -> list[Path]:
    if path.is_dir():
        return _pictures_in(path)
    if path.exists():
        return [path]
    if path.is_symlink():
        raise SourceNotFoundError(f"{path} is a link to a file that is not there")
    if glob.has_magic(str(spec)):
        matches = sorted(Path(match) for match in glob.glob(str(path), recursive=True))
        known = [match for match in matches if match.suffix.lower() in PICTURES | FILMS]
        if not known:
            raise SourceNotFoundError(f"no picture or film matches {str(spec)!r}")
        return known
    if str(spec) == "-":
        raise SourceNotFoundError("there is no file '-'; what comes through a pipe is /dev/stdin")
    raise SourceNotFoundError(f"there is no file {str(path)!r}{_hint(path)}")


def _pictures_in(folder: Path) -> list[Path]:
    try:
        files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    except OSError as error:
        raise SourceError(f"folder {folder} cannot be read ({error.strerror})") from error
    pictures = [file for file in files if is_picture(file) and not file.is_dir()]
    if pictures:
        return pictures
    films = [file for file in files if file.suffix.lower() in FILMS]
    if films:
        raise SourceError(f"folder {folder} holds films and no pictures; name a film: {films[0]}")
    raise SourceError(f"folder {folder} holds no pictures")


def _hint(path: Path) -> str:
    try:
        names = [file.name for file in path.parent.iterdir()]
    except OSError:
        return ""
    near: Sequence[str] = difflib.get_close_matches(path.name, names, n=1)
    return f"; did you mean {str(path.with_name(near[0]))!r}?" if near else ""
