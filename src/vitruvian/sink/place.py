"""A place on the disk: claimed before any work is done, replaced only by a complete result."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from vitruvian.errors import InputError, SinkError

try:
    import fcntl
except ImportError:  # Windows, which refuses to replace a file that is open
    fcntl = None  # type: ignore[assignment]

__all__ = ["GrowingFile", "Place", "Shelf", "check_folder", "disk_errors"]

_SPACE = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FLUSH_SECONDS = 1.0
_FLUSH_BYTES = 1 << 18
_TRIES = 5


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn whatever the disk says into one line that names the path and what to do.

    Raises:
        SinkError: An `OSError` came up inside.
    """
    try:
        yield
    except SinkError:
        raise
    except OSError as error:
        raise SinkError(f"cannot write {path}: {_advice(error, path)}") from error


def _advice(error: OSError, path: Path) -> str:
    if error.errno in _SPACE:
        return "no space is left; free some, or choose another folder with --out"
    if error.errno in _DENIED:
        return "the folder may not be written to; choose another with --out"
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return "a file is where a folder is needed; choose another folder with --out"
    if error.errno == errno.EISDIR:
        return "a folder is where the file would go; move it, or choose another with --out"
    if error.errno == errno.ENAMETOOLONG:
        return f"the name is too long ({len(path.name)} characters); rename the source"
    return f"{error.strerror or error}; choose another folder with --out"


class Place:
    """Where a file will be, and where it is while it is being written.

    The folder is made. Where an earlier result lies, the new one is written beside it as
    ``<name>.part<suffix>``, and `settle` puts it in its place. Until then the file is locked.

    Args:
        target: The file to be.

    Raises:
        SinkError: The folder cannot be made, or the file cannot be written, or another run is
            writing it.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        with disk_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            fresh = not os.path.lexists(target)
            self.path = target if fresh else target.with_name(f"{target.stem}.part{target.suffix}")
            self._held = _claimed(self.path)

    def settle(self, *, complete: bool, empty: bool) -> None:
        """Put a complete result where it belongs, and take away one that never began."""
        if fcntl is None:
            self._held.close()
        try:
            with disk_errors(self._target):
                if complete and self.path != self._target:
                    self.path.replace(self._target)
                    self.path = self._target
                elif empty and not complete:
                    self.path.unlink(missing_ok=True)
        finally:
            # Sooner, and another run could empty the file on its way to its place.
            self._held.close()


def _claimed(path: Path) -> IO[bytes]:
    """The file, emptied, and locked for as long as it is open."""
    for _ in range(_TRIES):
        file = path.open("ab")
        if not _locked(file) or _is_there(file, path):
            file.truncate(0)
            return file
        # Between opening and locking another run has put this very file in its place.
        file.close()
    raise _taken(path)


def _locked(file: IO[bytes]) -> bool:
    """Whether the file is locked now; not every system or disk knows locks."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise _taken(Path(file.name)) from None
    except OSError:
        return False
    return True


def _taken(path: Path) -> SinkError:
    return SinkError(
        f"another run is writing {path}; wait for it, or choose another folder with --out"
    )


def _is_there(file: IO[bytes], path: Path) -> bool:
    """Whether a locked file is still the one of that name; others of our handles may write it."""
    try:
        if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return False
        path.write_bytes(b" ")
    except FileNotFoundError:
        return False
    except OSError:
        # On SMB shares a lock keeps out every handle but its own. Of a full disk the sink tells.
        fcntl.flock(file, fcntl.LOCK_UN)
    return True


class GrowingFile:
    """A file that is whole after every flush, though more is to come.

    What is appended is kept for a second at most, then written over the closing ``tail``
    together with a new one. When the disk is full the file is cut back to its last good end.

    Args:
        target: The file to be.
        head: The bytes it begins with.
        tail: The bytes it must end with to be whole.

    Raises:
        SinkError: The file cannot be written.
    """

    def __init__(self, target: Path, head: bytes, tail: bytes = b"") -> None:
        self._place = Place(target)
        self._tail = tail
        self._waiting: list[bytes] = []
        self._size = 0
        self._end = 0
        self._flushed = 0.0
        self._empty = True
        with disk_errors(self.path):
            self._file = self.path.open("r+b", buffering=0)
        try:
            self._put(head)
        except SinkError:
            self.close(complete=False)
            raise

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._place.path

    @property
    def empty(self) -> bool:
        """Whether nothing has been appended yet."""
        return self._empty

    def append(self, data: bytes) -> None:
        """Add some bytes after which the file, with its tail, is whole.

        Raises:
            SinkError: The disk refuses; the file is whole up to an earlier append.
            InputError: The file is closed.
        """
        if self._file.closed:
            raise InputError(f"{self.path} is closed; write before close()")
        self._waiting.append(data)
        self._empty = False
        self._size += len(data)
        if self._size > _FLUSH_BYTES or time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what waits; what the disk refuses is dropped."""
        try:
            self._put(b"".join(self._waiting))
        except SinkError:
            self._drop()
            raise
        self._drop()
        self._flushed = time.monotonic()

    def close(self, *, complete: bool = True) -> None:
        """Write what waits and put the file in its place; a second call does nothing."""
        if self._file.closed:
            return
        try:
            # Even with nothing waiting: a stop in the middle of a flush is mended here.
            self.flush()
            self._file.truncate(self._end + len(self._tail))
        except SinkError:
            complete = False
            raise
        finally:
            self._file.close()
            self._place.settle(complete=complete, empty=self._empty)

    def _drop(self) -> None:
        self._waiting.clear()
        self._size = 0

    def _put(self, data: bytes) -> None:
        with disk_errors(self.path):
            try:
                self._write(data + self._tail)
            except OSError:
                self._repair()
                raise
        self._end += len(data)

    def _write(self, data: bytes) -> None:
        self._file.seek(self._end)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) or 0 :]

    def _repair(self) -> None:
        # The old tail's place is already ours, so this needs no new space.
        with suppress(OSError):
            self._file.seek(self._end)
            self._file.write(self._tail)
            self._file.truncate(self._end + len(self._tail) if self._end else 0)


class Shelf:
    """A folder of small files, each of which is there as a whole or not at all.

    Args:
        folder: The folder; it is made with its parents, and all are taken away if it stays empty.

    Raises:
        SinkError: The folder cannot be made or written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: set[str] = set()
        with disk_errors(folder):
            self._made = [each for each in (folder, *folder.parents) if not each.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".vitruvian.{os.getpid()}.part"
            probe.open("wb").close()
            probe.unlink()

    def put(self, name: str, data: bytes) -> None:
        """Write one file, over an earlier one of that name.

        Raises:
            SinkError: The disk refuses; an earlier file is as it was.
        """
        path = self.folder / name
        part = self.folder / f".{name}.{os.getpid()}.part"
        with disk_errors(path):
            try:
                part.write_bytes(data)
                part.replace(path)
                self._names.add(name)
            except OSError:
                with suppress(OSError):
                    part.unlink()
                raise

    def close(self) -> None:
        """Take the folders away that were made in vain."""
        with suppress(OSError):
            for each in self._made:
                each.rmdir()

    def clear(self, pattern: re.Pattern[str]) -> None:
        """Take away the files of earlier runs whose whole name fits a pattern."""
        with disk_errors(self.folder):
            for file in self.folder.iterdir():
                if file.name not in self._names and pattern.fullmatch(file.name):
                    file.unlink()


def check_folder(folder: Path) -> None:
    """Say whatever is wrong with a folder for results before the work is done.

    Args:
        folder: It need not be there; it is not left behind.

    Raises:
        SinkError: It cannot be made or written to.
    """
    Shelf(folder).close()
