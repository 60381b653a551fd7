"""The file or the name of the model that a task's options ask for."""

from __future__ import annotations

import logging
import os
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vitruvian.compat.mediapipe.tasks.python.core.base_options import BaseOptions

__all__ = ["model_asset"]

_log = logging.getLogger(__name__)


@contextmanager
def model_asset(
    options: BaseOptions, names: Collection[str], members: Sequence[str] = ()
) -> Iterator[str]:
    """The name or path of the model, for as long as it takes to load it.

    Args:
        options: What the caller of the task gave.
        names: Models that Vitruvian has; a file of the same name counts first.
        members: The models that a ``.task`` must hold; none where a ``.tflite`` is wanted.

    Raises:
        FileNotFoundError: There is no such file, or it holds other models.
        RuntimeError: It is no model file at all.
        ValueError: Neither a path nor a buffer is given.
    """
    if options.delegate == BaseOptions.Delegate.GPU:
        _log.warning("the GPU delegate is ignored: Vitruvian runs on the CPU")
    if options.model_asset_path:
        path = os.fspath(options.model_asset_path)
        if Path(path).exists():
            _check(Path(path), members)
        elif path not in names:
            raise FileNotFoundError(f"Unable to open file at {path}")
        yield path
    elif options.model_asset_buffer:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "model.task" if members else "model.tflite")
            file.write_bytes(options.model_asset_buffer)
            _check(file, members)
            yield str(file)
    else:
        raise ValueError(
            "ExternalFile must specify at least one of 'file_content', 'file_name', "
            "'file_pointer_meta' or 'file_descriptor_meta'."
        )


def _check(path: Path, members: Sequence[str]) -> None:
    if not path.is_file():
        raise RuntimeError(f"Unable to map file to memory buffer: {path} is a folder.")
    with path.open("rb") as file:
        is_tflite = file.read(8)[4:] == b"TFL3"
    if is_tflite:
        return
    if not zipfile.is_zipfile(path):
        raise RuntimeError("Unable to open zip archive.")
    with zipfile.ZipFile(path) as archive:
        held = archive.namelist()
    for name in members:
        if name not in held:
            raise FileNotFoundError(
                f"No file with name: {name}. All files in the model asset bundle are: "
                f"{', '.join(held)}."
            )
