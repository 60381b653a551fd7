"""Pictures as vectors: the image embedding of a model, and how alike two of them are."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian import weights
from vitruvian.errors import InputError
from vitruvian.geometry import regions, warps
from vitruvian.runtime import Session, open_session
from vitruvian.types import Floats, Frame, Image

__all__ = ["ImageEmbedder"]

Vector = NDArray[np.float32] | NDArray[np.int8]
_MODEL = "mobilenet-v2"
_MOST_THREADS = 4


class ImageEmbedder:
    """Turns a picture, or a part of one, into a vector; like pictures give like vectors.

    The options mean what they mean in MediaPipe's ImageEmbedder: first the norm, then the
    whole numbers.

    Args:
        model: ``"mobilenet-v2"`` (1280 values), or an embedder's ``.tflite`` or ``.task`` of
            yours. It is given pixels in 0..1, or as its metadata ask for them.
        l2_normalize: Whether vectors have length 1.
        quantize: Whether vectors are int8, the values times 128.

    Raises:
        UnknownNameError: The model is neither a known one nor a file.
        InputError: The file is not a model that takes a picture and gives a vector.
        WeightsError: Weights cannot be had.

    Example:
        >>> import numpy as np
        >>> from vitruvian import ImageEmbedder
        >>> embedder = ImageEmbedder(l2_normalize=True)
        >>> embedder.embed(np.zeros((240, 320, 3), np.uint8)).shape
        (1280,)
    """

    def __init__(
        self,
        model: str | os.PathLike[str] = _MODEL,
        *,
        l2_normalize: bool = False,
        quantize: bool = False,
    ) -> None:
        self._normalize, self._quantize = l2_normalize, quantize
        self._mean: Floats = np.zeros(1, np.float32)
        self._deviation: Floats = np.full(1, 255, np.float32)
        if os.fspath(model) == _MODEL:
            self._session: Session = weights.load(_MODEL, _opened)
        else:
            self._session = self._yours(os.fspath(model))
        (shape, self._dtype), *others = self._session.inputs
        if others or len(shape) != 4 or shape[0] != 1 or shape[3] != 3 or min(shape) < 1:
            raise InputError(f"{model} takes {shape}; an image embedder takes 1xHxWx3")
        if self._dtype not in (np.float32, np.uint8):
            raise InputError(
                f"{model} takes {self._dtype}; an image embedder takes float32 or uint8"
            )
        self._size = (shape[2], shape[1])

    def _yours(self, model: str) -> Session:
        path = weights.open_model(weights.obtain(model))
        session = _opened(path)
        if path.suffix == ".tflite":
            from vitruvian.weights.metadata import read_metadata

            about = read_metadata(path)
            if about.mean is not None and about.std is not None:
                self._mean, self._deviation = about.mean, about.std
        return session

    def embed(
        self,
        picture: str | os.PathLike[str] | Image | Frame,
        *,
        box: Floats | tuple[float, float, float, float] | None = None,
        region: Floats | tuple[float, float, float, float] | None = None,
    ) -> Vector:
        """The vector of a picture, or of a part of it.

        Args:
            picture: A path, an (H, W, 3) uint8 RGB array, or a frame.
            box: (4,) x0, y0, x1, y1 in pixels, such as a row of ``people.boxes``.
            region: (4,) centre x, centre y, side, angle: a turned square, such as a row of
                ``people.regions``.

        Returns:
            (D,) float32, or int8 where ``quantize`` is asked for. Of a model with several heads
            it is the first one's.

        Raises:
            SourceError: The file is not a picture that can be read.
            InputError: The array is not a picture, or the part is empty.
        """
        return self.heads(picture, box=box, region=region)[0]

    def heads(
        self,
        picture: str | os.PathLike[str] | Image | Frame,
        *,
        box: Floats | tuple[float, float, float, float] | None = None,
        region: Floats | tuple[float, float, float, float] | None = None,
    ) -> tuple[Vector, ...]:
        """As `embed`, the vector of every head of the model."""
        frame = _frame(picture)
        matrix = _part(frame, self._size, box, region)
        crop = warps.crop(frame, matrix, self._size, replicate=True)
        outputs = self._session.run(self._tensor(crop)[None])
        return tuple(self._finished(np.asarray(output).ravel()) for output in outputs)

    @staticmethod
    def cosine_similarity(a: Vector, b: Vector) -> float:
        """The cosine of the angle between two vectors: 1 for the same direction.

        Args:
            a: (D,) floats or int8.
            b: (D,) of the same kind.

        Returns:
            -1..1.

        Raises:
            InputError: They differ in length, one is int8 and the other not, or one is empty or
                all 0.

        Example:
            >>> import numpy as np
            >>> from vitruvian import ImageEmbedder
            >>> ImageEmbedder.cosine_similarity(np.array([3.0, 4.0]), np.array([4.0, 3.0]))
            0.96
        """
        u, v = np.asarray(a), np.asarray(b)
        if u.ndim != 1 or u.shape != v.shape:
            raise InputError(
                f"vectors to compare must have one length, not {u.shape} and {v.shape}"
            )
        if (u.dtype == np.int8) != (v.dtype == np.int8):
            raise InputError("vectors to compare must both be quantized or both be floats")
        if not len(u):
            raise InputError("vectors to compare must not be empty")
        left, right = np.asarray(u, np.float64), np.asarray(v, np.float64)
        lengths = float(np.linalg.norm(left) * np.linalg.norm(right))
        if not lengths > 0:
            raise InputError("a vector of zeros is like nothing; vectors to compare need a length")
        return float(left @ right) / lengths

    def _tensor(self, crop: Floats) -> NDArray[Any]:
        if self._dtype == np.uint8:
            return np.rint(crop * 255).astype(np.uint8)
        return np.asarray((crop * 255 - self._mean) / self._deviation, np.float32)

    def _finished(self, values: NDArray[Any]) -> Vector:
        """What MediaPipe's TensorsToEmbeddingsCalculator makes of an output."""
        vector = values.astype(np.float32)
        if self._normalize:
            length = np.sqrt(np.square(vector, dtype=np.float64).sum())
            vector = np.asarray(vector / (length or 1), np.float32)
        return quantized(vector) if self._quantize else vector


def quantized(vector: Floats) -> NDArray[np.int8]:
    """128 times each value, rounded (halves away from zero) and held within int8."""
    scaled = vector.astype(np.float64) * 128
    return (np.sign(scaled) * np.floor(np.abs(scaled) + 0.5)).clip(-128, 127).astype(np.int8)


def _opened(path: os.PathLike[str]) -> Session:
    return open_session(path, threads=min(os.cpu_count() or 1, _MOST_THREADS))


def _frame(picture: str | os.PathLike[str] | Image | Frame) -> Frame:
    if isinstance(picture, Frame):
        return picture
    if isinstance(picture, str | os.PathLike):
        from pathlib import Path

        from vitruvian.source.decode import read_picture

        return Frame(read_picture(Path(picture)))
    return Frame(picture)


def _part(frame: Frame, size: tuple[int, int], box: Any, region: Any) -> Floats:
    """The map from the model's input to the picture."""
    if box is not None and region is not None:
        raise InputError("give a box or a region, not both")
    if region is not None:
        place = _four("region", region)
        if place[2] <= 0:
            raise InputError(f"a region needs a side above 0, not {place[2]}")
        square = regions.affine(place, 1)
        square[:, :2] /= np.array(size, np.float32)
        return square
    x0, y0, x1, y1 = (0, 0, *frame.size) if box is None else _four("box", box).tolist()
    if x1 <= x0 or y1 <= y0:
        raise InputError(f"a box is x0, y0, x1, y1 with x0 < x1 and y0 < y1, not {box}")
    return np.array([[(x1 - x0) / size[0], 0, x0], [0, (y1 - y0) / size[1], y0]], np.float32)


def _four(name: str, values: Any) -> Floats:
    four = np.asarray(values, np.float32)
    if four.shape != (4,) or not np.isfinite(four).all():
        raise InputError(f"a {name} is four numbers, not {values}")
    return four
