"""What flows through the house: a `Frame` goes in, `People` come out.

Conventions, stated once. N people in a frame, K landmarks, T times, P identities.

* colour is RGB, ``uint8``; an image is (H, W, 3)
* positions are pixels of the upright frame, origin at the top left corner, x right, y down
* a box is x0, y0, x1, y1; an angle is in radians; a time is in seconds; world is in metres
* floats are ``float32``; missing is NaN, never 0; a person without identity has id -1

The types are frozen and their shapes are checked on construction. They need NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import InputError
from vitruvian.skeletons import Skeleton

__all__ = [
    "LANDMARK_COLUMNS",
    "Bools",
    "Floats",
    "Frame",
    "Image",
    "Ints",
    "Landmarks",
    "People",
    "Planes",
    "check_shape",
]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Image = NDArray[np.uint8]

LANDMARK_COLUMNS = ("body", "left_hand", "right_hand")
"""The columns of `People` and `Clip` that are `Landmarks`."""

HIDDEN = 0.28
"""The score up to which somebody is only believed to be there, behind another."""


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """A decoded picture as the codec left it, so that a crop never converts the rest.

    Args:
        y: (H, W) luma.
        u: Blue difference: (ceil(H/2), ceil(W/2)) of 4:2:0, (H, W) of 4:4:4.
        v: Same shape as ``u``, red difference.
        to_rgb: (3, 4), float32: RGB in 0..255 is ``to_rgb @ [y, u, v, 1]``.
    """

    y: Image
    u: Image
    v: Image
    to_rgb: Floats

    def __post_init__(self) -> None:
        half = ((self.y.shape[0] + 1) // 2, (self.y.shape[1] + 1) // 2)
        if self.u.shape not in (half, self.y.shape) or self.v.shape != self.u.shape:
            raise InputError(
                f"planes of a {self.y.shape} picture need {half} or {self.y.shape} chroma, not "
                f"{self.u.shape} and {self.v.shape}"
            )
        if self.to_rgb.shape != (3, 4):
            raise InputError(f"to_rgb must be (3, 4), not {self.to_rgb.shape}")

    @property
    def full_chroma(self) -> bool:
        """Whether every pixel has chroma of its own, as in 4:4:4."""
        return self.u.shape == self.y.shape


class Frame:
    """One picture and its place in time.

    Args:
        image: (H, W, 3) uint8 RGB, or None when ``planes`` and ``render`` are given.
        index: Which frame of its source this is, from 0.
        time: Seconds, from the container's own time stamps where there are any.
        name: The file's name, for a frame that is a picture of its own.
        planes: The decoded planes, if the source has them; crops are then taken from these.
        render: Makes the RGB image when somebody first asks for it.

    Raises:
        InputError: The image is not (H, W, 3) uint8.

    Example:
        >>> import numpy as np
        >>> from vitruvian import Frame
        >>> Frame(np.zeros((480, 640, 3), np.uint8), time=1.5).size
        (640, 480)
    """

    __slots__ = ("_image", "_miniature", "_render", "index", "name", "planes", "time")

    def __init__(
        self,
        image: Image | None = None,
        *,
        index: int = 0,
        time: float = 0.0,
        name: str | None = None,
        planes: Planes | None = None,
        render: Callable[[], Image] | None = None,
    ) -> None:
        if image is not None:
            _check_image(image)
        elif planes is None or render is None:
            raise InputError("a frame needs an image, or planes and a way to render them")
        self.index = index
        self.time = time
        self.name = name
        self.planes = planes
        self._image = image
        self._miniature: Image | None = None
        self._render = render

    @property
    def image(self) -> Image:
        """(H, W, 3) uint8 RGB; made from the planes on first use."""
        if self._image is None:
            render = self._render
            if render is None:  # pragma: no cover - the constructor rules it out
                raise InputError("this frame has no picture")
            self._image = render()
        return self._image

    @property
    def miniature(self) -> Image:
        """(18, 32) 0..255: how bright it is, thumbnail size, from a few of its pixels.

        Kept, since pixels that lie far apart take long to fetch.
        """
        if self._miniature is None:
            luma = self.image[..., 1] if self.planes is None else self.planes.y
            rows, columns = _few(*luma.shape)
            few = luma[rows, columns].astype(np.uint16)
            pairs = few[::2] + few[1::2]
            self._miniature = ((pairs[:, ::2] + pairs[:, 1::2] + 2) >> 2).astype(np.uint8)
        return self._miniature

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = (self.planes.y if self.planes is not None else self.image).shape[:2]
        return width, height

    def __repr__(self) -> str:
        width, height = self.size
        name = f", name={self.name!r}" if self.name else ""
        return f"Frame(index={self.index}, time={self.time:.3f}, {width}x{height}{name})"


@cache
def _few(height: int, width: int) -> tuple[Ints, Ints]:
    """Rows (36, 1) and columns (64,) spread over a picture."""
    rows, columns = (
        (np.arange(count) * side + side // 2) // count
        for count, side in ((36, height), (64, width))
    )
    return rows[:, None], columns


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Landmarks with any leading axes: (N,) for the people of a frame, (T, P) for a clip.

    Args:
        skeleton: Names and bones; K is its length.
        xy: (…, K, 2) pixels.
        z: (…, K) depth in pixels, relative to the hips, smaller is nearer to the camera.
        visibility: (…, K) 0..1, how likely the landmark is in view and not hidden.
        presence: (…, K) 0..1, how likely the landmark is inside the picture at all.
        world: (…, K, 3) metres, origin at the hips' midpoint, or None.

    Raises:
        InputError: The shapes do not fit the skeleton or each other.
    """

    skeleton: Skeleton
    xy: Floats
    z: Floats
    visibility: Floats
    presence: Floats
    world: Floats | None = None

    def __post_init__(self) -> None:
        lead = self.xy.shape[:-2]
        points = (*lead, len(self.skeleton))
        check_shape("xy", self.xy, (*points, 2))
        check_shape("z", self.z, points)
        check_shape("visibility", self.visibility, points)
        check_shape("presence", self.presence, points)
        if self.world is not None:
            check_shape("world", self.world, (*points, 3))

    def __getitem__(self, index: Any) -> Landmarks:
        """The same landmarks for some of the leading axes; NumPy indexing."""
        return Landmarks(
            self.skeleton,
            self.xy[index],
            self.z[index],
            self.visibility[index],
            self.presence[index],
            None if self.world is None else self.world[index],
        )

    @property
    def lead(self) -> tuple[int, ...]:
        """The leading axes: (N,) in a frame, (T, P) in a clip."""
        return self.xy.shape[:-2]

    @classmethod
    def joined(cls, parts: Sequence[Landmarks]) -> Landmarks:
        """Several along their first axis; world landmarks where all of them have some."""
        return cls._made_of(parts, np.concatenate)

    @classmethod
    def stacked(cls, parts: Sequence[Landmarks]) -> Landmarks:
        """Several along a new first axis; world landmarks where all of them have some."""
        return cls._made_of(parts, np.array)

    @classmethod
    def _made_of(
        cls, parts: Sequence[Landmarks], laid: Callable[[list[Floats]], Floats]
    ) -> Landmarks:
        worlds = [part.world for part in parts if part.world is not None]
        return cls(
            parts[0].skeleton,
            laid([part.xy for part in parts]),
            laid([part.z for part in parts]),
            laid([part.visibility for part in parts]),
            laid([part.presence for part in parts]),
            laid(worlds) if len(worlds) == len(parts) else None,
        )

    @classmethod
    def missing(
        cls, skeleton: Skeleton, lead: tuple[int, ...] = (), *, world: bool = True
    ) -> Landmarks:
        """Landmarks of which every number is NaN."""
        points = (*lead, len(skeleton))
        nan = np.full(points, np.nan, np.float32)
        return cls(
            skeleton,
            np.full((*points, 2), np.nan, np.float32),
            nan,
            nan.copy(),
            nan.copy(),
            np.full((*points, 3), np.nan, np.float32) if world else None,
        )


_TAILS = (
    ("ids", ()), ("id_scores", ()), ("regions", (4,)), ("label_scores", ()), ("root", (3,)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The people of one frame: one row per person, one column per fact.

    A column that no stage has filled is None. Indexing with a mask, a slice, an index or a
    list of indices gives the same columns for fewer people.

    Args:
        boxes: (N, 4) x0, y0, x1, y1 round the whole person, in pixels.
        scores: (N,) 0..1, how sure it is that there is a person.
        ids: (N,) int64; -1 is nobody in particular.
        id_scores: (N,) 0..1, how sure the id is.
        regions: (N, 4) centre x, centre y, side, angle: the square the body model looks at,
            turned clockwise by angle (y points down); NaN where it is not known.
        body: `Landmarks` with lead (N,).
        left_hand: `Landmarks` with lead (N,), the person's own left; NaN where there is none.
        right_hand: Likewise.
        masks: (N, H, W) 0..1, the person's outline in the frame.
        names: N texts, who it is, or None.
        labels: N texts, what the person does, or None.
        label_scores: (N,) 0..1, how sure the label is.
        vectors: (N, D), what the person looks like; NaN where that cannot be seen.
        root: (N, 3) metres to the person's hips, from the camera or in its room: x right, y down,
            z away.

    Raises:
        InputError: A column has another length than the others.

    Example:
        >>> from vitruvian import People
        >>> len(People.none())
        0
    """

    boxes: Floats
    scores: Floats
    ids: Ints | None = None
    id_scores: Floats | None = None
    regions: Floats | None = None
    body: Landmarks | None = None
    left_hand: Landmarks | None = None
    right_hand: Landmarks | None = None
    masks: Floats | None = None
    names: tuple[str | None, ...] | None = None
    labels: tuple[str | None, ...] | None = None
    label_scores: Floats | None = None
    vectors: Floats | None = None
    root: Floats | None = None

    def __post_init__(self) -> None:
        n = len(self.scores)
        check_shape("boxes", self.boxes, (n, 4))
        check_shape("scores", self.scores, (n,))
        for name, tail in _TAILS:
            column = getattr(self, name)
            if column is not None:
                check_shape(name, column, (n, *tail))
        for name in LANDMARK_COLUMNS:
            column = getattr(self, name)
            if column is not None and column.lead != (n,):
                raise InputError(f"{name} must have lead ({n},), not {column.lead}")
        for name in ("masks", "names", "labels", "vectors"):
            column = getattr(self, name)
            if column is not None and len(column) != n:
                raise InputError(f"{name} must have {n} rows, not {len(column)}")

    def __len__(self) -> int:
        """How many people there are."""
        return len(self.scores)

    @property
    def seen(self) -> Bools:
        """(N,) who was seen in this frame; the others are hidden, and believed to be there."""
        return self.scores > HIDDEN

    def __getitem__(self, index: Any) -> People:
        """The same columns for fewer people, or in another order."""
        count = len(self)
        rows = np.arange(count)[index].reshape(-1)
        if rows.tolist() == [*range(count)]:
            return self  # which is what most masks come to, frame after frame
        return People(*[_rows(column, rows) for column in _columns(self)])

    def having(self, **columns: Any) -> People:
        """The same people with some columns replaced."""
        return People(**dict(zip(_COLUMNS, _columns(self), strict=True)) | columns)

    @classmethod
    def none(cls) -> People:
        """Nobody."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), ids=np.zeros(0, np.int64))


_COLUMNS = tuple(field.name for field in fields(People))
_columns = attrgetter(*_COLUMNS)


def _rows(column: Any, rows: Ints) -> Any:
    if column is None:
        return None
    return tuple(column[i] for i in rows) if isinstance(column, tuple | list) else column[rows]


def check_shape(name: str, array: Any, shape: tuple[int, ...]) -> None:
    """Refuse an array of another shape.

    Raises:
        InputError: It has another shape.
    """
    found = array.shape if isinstance(array, np.ndarray) else np.shape(array)
    if found != shape:
        raise InputError(f"{name} must be {shape}, not {found}")


def _check_image(image: Any) -> None:
    if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3:
        shape = getattr(image, "shape", type(image).__name__)
        raise InputError(f"an image must be (H, W, 3) RGB, not {shape}")
    if image.dtype != np.uint8:
        raise InputError(f"an image must be uint8 (0..255), not {image.dtype}")
    if 0 in image.shape:
        raise InputError(f"an image needs at least one pixel, not {image.shape}")
