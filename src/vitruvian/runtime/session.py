"""The seam to an inference engine: arrays in, arrays out."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import InputError

__all__ = ["Array", "Session", "Shape", "Spec", "check_inputs"]

Array = NDArray[Any]
Shape = tuple[int, ...]
Spec = tuple[Shape, np.dtype[Any]]
"""Shape and dtype of one input."""


@runtime_checkable
class Session(Protocol):
    """A loaded model. It does not resize, normalise or change the layout of anything.

    Inputs and outputs go by position; what an output means is known to its decoder. A session
    is used by one thread at a time; two sessions of the same file run side by side.
    """

    @property
    def inputs(self) -> tuple[Spec, ...]:
        """Shape and dtype of every input, by position."""
        ...

    def run(self, *arrays: Array) -> tuple[Array, ...]:
        """Run the model once; the arrays returned belong to the caller.

        Raises:
            InputError: An array has another shape or dtype than ``inputs`` says.
        """
        ...


def check_inputs(inputs: tuple[Spec, ...], arrays: tuple[Array, ...]) -> None:
    """Compare arrays with what a model takes.

    Raises:
        InputError: A number, shape or dtype is not as the model needs it.
    """
    if len(arrays) != len(inputs):
        raise InputError(f"the model takes {len(inputs)} arrays, not {len(arrays)}")
    for (shape, dtype), array in zip(inputs, arrays, strict=True):
        if array.shape != shape or array.dtype != dtype:
            raise InputError(f"the model takes {shape} {dtype}, not {array.shape} {array.dtype}")
