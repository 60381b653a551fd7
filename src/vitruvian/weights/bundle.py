"""The user's own model: MediaPipe's ``.task`` (a zip of two models), or a bare ``.tflite``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vitruvian.errors import InputError
from vitruvian.weights import cache

__all__ = ["Bundle", "members", "open_bundle", "open_model"]

_DETECTOR = "pose_detector.tflite"
_LANDMARKS = "pose_landmarks_detector.tflite"
# The largest published one is 28 MB; no more than this is unpacked whatever a zip promises.
_LARGEST = 256 * 1024 * 1024
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Bundle:
    """The models inside a user's file, as files that a session can load.

    Args:
        landmarks: The landmark model without mask; outputs (1, 195), (1, 1), (1, 64, 64, 39),
            (1, 117).
        masked: The same with its mask as output 2, or None when it has none.
        detector: The person detector, or None for a bare ``.tflite``.
    """

    landmarks: Path
    masked: Path | None
    detector: Path | None


def open_bundle(path: str | os.PathLike[str]) -> Bundle:
    """Take the models out of a user's ``.task`` or ``.tflite``.

    They go into the cache, under the sha256 of the user's file, so that it is done once.

    Args:
        path: The file.

    Raises:
        InputError: The file is missing, or is neither of the two, or holds other models.
        WeightsError: The cache cannot be written.
    """
    import zipfile

    source = Path(path)
    if not source.is_file():
        raise InputError(f"there is no file {source}; give a .task or a .tflite")
    key = cache.digest(source)[:16]
    with cache.locked(key), cache.explained(cache.directory()):
        if not zipfile.is_zipfile(source) or _is_tflite(source):
            return Bundle(*_arranged(source, key), None)
        detector = _extracted(source, _DETECTOR, key)
        return Bundle(*_arranged(_extracted(source, _LANDMARKS, key), key), detector)


def members(path: str | os.PathLike[str], names: Sequence[str]) -> list[Path]:
    """Take models out of a user's ``.task``, once, into the cache.

    Args:
        path: The file.
        names: What the models are called in there.

    Raises:
        InputError: The file is missing or is no ``.task``, or does not hold these models.
        WeightsError: The cache cannot be written.
    """
    import zipfile

    source = Path(path)
    if not source.is_file():
        raise InputError(f"there is no file {source}; give a .task")
    if not zipfile.is_zipfile(source) or _is_tflite(source):
        raise InputError(f"{source} is no .task, which is a zip of {' and '.join(names)}")
    key = cache.digest(source)[:16]
    with cache.locked(key), cache.explained(cache.directory()):
        return [_extracted(source, name, key) for name in names]


def open_model(path: str | os.PathLike[str]) -> Path:
    """The one model in a user's ``.tflite``, or in a ``.task`` or zip that holds one.

    Args:
        path: The file.

    Raises:
        InputError: The file is missing, or holds no model or several.
        WeightsError: The cache cannot be written.
    """
    import zipfile

    source = Path(path)
    if not source.is_file():
        raise InputError(f"there is no file {source}; give a .task or a .tflite")
    if not zipfile.is_zipfile(source) or _is_tflite(source):
        return source
    try:
        with zipfile.ZipFile(source) as archive:
            models = [name for name in archive.namelist() if name.endswith(".tflite")]
    except zipfile.BadZipFile as error:
        raise InputError(f"{source} is a damaged .task: {error}") from error
    if len(models) != 1:
        raise InputError(f"{source} holds {len(models)} models, expected one")
    key = cache.digest(source)[:16]
    with cache.locked(key), cache.explained(cache.directory()):
        return _extracted(source, models[0], key)


def _is_tflite(path: Path) -> bool:
    # A .tflite may carry label files as a zip at its end, and still is a .tflite.
    with path.open("rb") as file:
        return file.read(8)[4:] == b"TFL3"


def _arranged(model: Path, key: str) -> tuple[Path, Path | None]:
    """The landmark model without and with its mask."""
    bare, masked = (_place(key, f"landmarks{kind}.tflite") for kind in ("", "-masked"))
    if not (cache.is_right(bare) and cache.is_right(masked)):
        from vitruvian.weights.prune import arrange_landmarks, has_mask

        for place, mask in ((bare, False), (masked, True)):
            if not cache.is_right(place) and (not mask or has_mask(model)):
                arrange_landmarks(model, place, mask=mask)
                cache.stamp(place, cache.digest(place))
    return bare, masked if cache.is_right(masked) else None


def _extracted(task: Path, name: str, key: str) -> Path:
    import zipfile
    import zlib

    target = _place(key, Path(name).name)
    if cache.is_right(target):
        return target
    try:
        with zipfile.ZipFile(task) as archive:
            entry = archive.getinfo(name)
            if entry.file_size > _LARGEST:
                raise InputError(f"{name} in {task} claims {entry.file_size} bytes; too large")
            with archive.open(entry) as packed, cache.writing(target) as out:
                while chunk := packed.read(_CHUNK):
                    out.write(chunk)
    except KeyError:
        raise InputError(f"{task} holds no {name}; another task's file was given") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise InputError(f"{task} is a damaged .task: {error}") from error
    except RuntimeError as error:
        # What zipfile raises for an entry with a password.
        raise InputError(f"{task} cannot be opened: {error}") from error
    cache.stamp(target, cache.digest(target))
    return target


def _place(key: str, name: str) -> Path:
    return cache.directory() / f"user-{key}-{name}"
