"""The folder of fetched and made files: whole or absent, known to be right, shared safely.

Beside every file lies a stamp with the sha256, size and time it had when it was found right. As
long as size and time agree the file is not read again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

from vitruvian.errors import WeightsError

__all__ = ["digest", "directory", "is_right", "locked", "stamp", "workspace", "writing"]

_STALE_SECONDS = 3600


def directory() -> Path:
    """The cache folder: ``VITRUVIAN_CACHE``, or the user's own for this system."""
    moved = os.environ.get("VITRUVIAN_CACHE")
    if moved:
        return Path(moved).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("vitruvian")


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(path: Path, sha256: str) -> None:
    """Note that a file is right as it is now."""
    state = path.stat()
    note = {"sha256": sha256, "size": state.st_size, "mtime_ns": state.st_mtime_ns}
    # A cache that may be read but not written works too; it is only checked more slowly.
    with suppress(OSError):
        part = _part(_stamp_path(path))
        part.write_text(json.dumps(note))
        os.replace(part, _stamp_path(path))


def is_right(
    path: Path, accepted: Collection[str] | None = None, *, thorough: bool = False
) -> bool | None:
    """Whether a cached file is what it should be; None when it is not there.

    Args:
        path: The file.
        accepted: The sha256 it may have; None takes the one of its stamp, and a file without
            a stamp is then not right.
        thorough: Read the file even when its size and time agree with the stamp.
    """
    try:
        state = path.stat()
    except OSError:
        return None
    note = _read_stamp(path)
    if accepted is None:
        accepted = {str(note["sha256"])} if "sha256" in note else set()
    if note.get("sha256") not in accepted:
        note = {}
    unchanged = (note.get("size"), note.get("mtime_ns")) == (state.st_size, state.st_mtime_ns)
    if unchanged and not thorough:
        return True
    if not accepted:
        return False
    try:
        found = digest(path)
    except OSError as error:
        raise WeightsError(f"cannot read {path}: {error.strerror}") from error
    if found in accepted:
        stamp(path, found)
        return True
    # Its size and time may still agree, and the next look must not believe them.
    with suppress(OSError):
        _stamp_path(path).unlink(missing_ok=True)
    return False


@contextmanager
def writing(target: Path) -> Iterator[IO[bytes]]:
    """A file to fill; ``target`` appears when the block ends well, and not otherwise."""
    for left in target.parent.glob(f".{escape(target.name)}.*.part"):
        # Nobody writes for so long: its process was killed.
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                left.unlink()
    part = _part(target)
    try:
        with part.open("wb") as file:
            yield file
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let one process or thread at a time work on ``name``.

    The system lets go of the lock when its holder dies, so a stale one cannot be left behind.
    Where the file system knows no locks nobody waits: work is then done twice, never wrongly.

    Raises:
        WeightsError: The cache folder cannot be written.
    """
    folder = directory()
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / f".{_safe(name)}.lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(handle)
        yield
    finally:
        # Closing gives the lock back, on every system.
        os.close(handle)


@contextmanager
def workspace(name: str) -> Iterator[Path]:
    """A temporary folder in the cache for the holder of the lock ``name``."""
    import shutil

    folder = directory()
    prefix = f".{_safe(name)}.work-"
    for left in folder.glob(f"{prefix}*"):
        # Whoever made it held the lock that we hold now, so it died.
        shutil.rmtree(left, ignore_errors=True)
    with explained(folder):
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what the system says about a folder that cannot be written into one clear line."""
    try:
        yield
    except WeightsError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            why = "there is no space left"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            why = "it is read-only"
        elif error.errno in (errno.ENOTDIR, errno.EEXIST):
            why = "it is not a folder"
        else:
            why = error.strerror or str(error)
        raise WeightsError(
            f"cannot write weights into {folder}: {why}; set VITRUVIAN_CACHE to another folder"
        ) from error


def _part(path: Path) -> Path:
    """Where this thread, and no other, writes what will be moved to ``path``."""
    name = path.name.removeprefix(".")
    return path.with_name(f".{name}.{os.getpid()}-{threading.get_ident()}.part")


def _stamp_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.stamp")


def _read_stamp(path: Path) -> dict[str, object]:
    try:
        note = json.loads(_stamp_path(path).read_text())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
                return
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EDEADLK):
                    return
                time.sleep(0.1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
