"""A session that answers from a recording: decoders are tested without weights or engine."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from vitruvian.errors import InputError
from vitruvian.runtime.session import Array, Session, Spec, check_inputs

__all__ = ["Recorder", "ReplaySession", "record"]


class ReplaySession:
    """Gives the outputs that were recorded for the same inputs.

    Args:
        path: An ``.npz`` that `record` wrote.

    Raises:
        InputError: The file is not a recording.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            # np.load closes only what it understands, so the file is opened here.
            with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
                arrays = dict(archive)
            shapes = [arrays[f"shape/{i}"] for i in range(len(arrays["dtypes"]))]
            self._inputs: tuple[Spec, ...] = tuple(
                (tuple(int(n) for n in shape), np.dtype(str(dtype)))
                for shape, dtype in zip(shapes, arrays["dtypes"], strict=True)
            )
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise InputError(f"{path} is not a recording of a session: {error}") from error
        self._answers: dict[str, dict[int, Array]] = {}
        for name, array in arrays.items():
            kind, *place = name.split("/")
            if kind == "answer":
                self._answers.setdefault(place[0], {})[int(place[1])] = array

    @property
    def inputs(self) -> tuple[Spec, ...]:
        """Shape and dtype of every input, by position."""
        return self._inputs

    def run(self, *arrays: Array) -> tuple[Array, ...]:
        """The recorded outputs for these arrays.

        Raises:
            InputError: An array does not fit ``inputs``, or was never recorded.
        """
        check_inputs(self._inputs, arrays)
        try:
            answer = self._answers[_key(arrays)]
        except KeyError:
            raise InputError("this input is not in the recording; record it again") from None
        return tuple(answer[i].copy() for i in range(len(answer)))


class Recorder:
    """A session that passes everything on and remembers it; ``save`` writes the recording."""

    def __init__(self, session: Session, path: str | os.PathLike[str]) -> None:
        self._session = session
        self._path = Path(path)
        self._answers: dict[str, tuple[Array, ...]] = {}

    @property
    def inputs(self) -> tuple[Spec, ...]:
        """Shape and dtype of every input, by position."""
        return self._session.inputs

    def run(self, *arrays: Array) -> tuple[Array, ...]:
        """Run the session, and remember what it gave."""
        answer = self._session.run(*arrays)
        self._answers[_key(arrays)] = answer
        return answer

    def save(self) -> None:
        """Write every answer so far."""
        arrays: dict[str, Array] = {
            "dtypes": np.array([dtype.str for _, dtype in self.inputs]),
            **{f"shape/{i}": np.array(shape) for i, (shape, _) in enumerate(self.inputs)},
        }
        for key, answer in self._answers.items():
            arrays |= {f"answer/{key}/{i}": array for i, array in enumerate(answer)}
        with self._path.open("wb") as file:
            # Its stub takes any name for an option of its own.
            save: Callable[..., None] = np.savez_compressed
            save(file, **arrays)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.save()


def record(session: Session, path: str | os.PathLike[str]) -> Recorder:
    """Wrap a session so that all it answers goes into a file for `ReplaySession`.

    Args:
        session: Any session.
        path: The ``.npz`` to write when the ``with`` block ends.
    """
    return Recorder(session, path)


def _key(arrays: tuple[Array, ...]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()[:32]
