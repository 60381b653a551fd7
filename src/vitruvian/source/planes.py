"""From the decoder's picture to `Planes`, and from planes to RGB."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from vitruvian.source.turn import Turn
from vitruvian.types import Floats, Image, Planes

if TYPE_CHECKING:
    import av
    from av.video.plane import VideoPlane

__all__ = ["Painter", "decoded_planes", "fit", "is_full", "resize", "yuv_to_rgb"]

_BT601 = (0.299, 0.114)
_BT2020 = (0.2627, 0.0593)
_LUMA = {1: (0.2126, 0.0722), 4: (0.30, 0.11), 7: (0.212, 0.087), 9: _BT2020, 10: _BT2020}
"""Kr and Kb by ITU-T H.273 matrix coefficients: BT.709, FCC, SMPTE 240M, BT.2020."""
_SWS_BT601 = 5
_FULL_CHROMA = ("yuv444p", "yuvj444p")
_LIMITED, _FULL = 1, 2
"""FFmpeg's ``AVCOL_RANGE_MPEG`` and ``AVCOL_RANGE_JPEG``."""


@cache
def yuv_to_rgb(colorspace: int, *, full: bool) -> Floats:
    """The (3, 4) matrix with RGB = matrix @ [y, u, v, 1], all in 0..255.

    Args:
        colorspace: ITU-T H.273 matrix coefficients; one that is not known is taken for BT.601,
            whatever the size, which is what FFmpeg's swscale does.
        full: Luma and chroma use 0..255, not 16..235 and 16..240.

    Example:
        >>> (yuv_to_rgb(1, full=False) @ [235, 128, 128, 1]).round().tolist()
        [255.0, 255.0, 255.0]
    """
    kr, kb = _LUMA.get(colorspace, _BT601)
    kg = 1 - kr - kb
    luma, chroma = (1.0, 1.0) if full else (255 / 219, 255 / 224)
    red, blue = 2 * (1 - kr) * chroma, 2 * (1 - kb) * chroma
    linear = np.array(
        [[luma, 0, red], [luma, -kb / kg * blue, -kr / kg * red], [luma, blue, 0]], np.float64
    )
    black = linear @ [0 if full else 16, 128, 128]
    matrix = np.column_stack([linear, -black]).astype(np.float32)
    matrix.flags.writeable = False
    return matrix


def is_full(picture: av.VideoFrame) -> bool:
    """Whether the picture's numbers use all of 0..255."""
    return picture.format.name.startswith("yuvj") or picture.color_range == _FULL


def decoded_planes(picture: av.VideoFrame) -> Planes:
    """The planes of a decoded picture of luma and chroma; 8-bit 4:2:0 and 4:4:4 are not copied.

    Views are read-only (the decoder may still refer to them) and keep the picture alive.
    """
    full = is_full(picture)
    if picture.format.name not in (*_FULL_CHROMA, "yuv420p", "yuvj420p", "nv12"):
        scale = _FULL if full else _LIMITED
        name = "yuvj420p" if full else "yuv420p"
        picture = picture.reformat(format=name, src_color_range=scale, dst_color_range=scale)
    height, width = picture.height, picture.width
    full_chroma = picture.format.name in _FULL_CHROMA
    chroma = (height, width) if full_chroma else ((height + 1) // 2, (width + 1) // 2)
    y = _view(picture.planes[0], height, width)
    if picture.format.name == "nv12":
        pairs = _view(picture.planes[1], chroma[0], 2 * chroma[1]).reshape(*chroma, 2)
        u, v = np.ascontiguousarray(pairs[..., 0]), np.ascontiguousarray(pairs[..., 1])
    else:
        u, v = _view(picture.planes[1], *chroma), _view(picture.planes[2], *chroma)
    return Planes(y, u, v, yuv_to_rgb(picture.colorspace, full=full))


def fit(planes: Planes, size: tuple[int, int], turn: Turn) -> Planes:
    """The planes scaled to ``size``, then turned upright; the same if there is nothing to do."""
    height, width = planes.y.shape
    if size == (width, height) and turn.none:
        return planes
    thin = size if planes.full_chroma else ((size[0] + 1) // 2, (size[1] + 1) // 2)
    y, u, v = (
        turn(resize(plane, to))
        for plane, to in ((planes.y, size), (planes.u, thin), (planes.v, thin))
    )
    return Planes(y, u, v, planes.to_rgb)


def resize(image: Image, size: tuple[int, int]) -> Image:
    """The image or plane at another width and height; the same if it has them already."""
    if image.shape[1::-1] == size:
        return image
    import cv2

    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)


class Painter:
    """Makes RGB of planes with FFmpeg's swscale, within 3 levels of what ``to_rgb`` gives.

    It may be called from several threads.

    Args:
        colorspace: ITU-T H.273 matrix coefficients.
        full: Luma and chroma use 0..255.
    """

    def __init__(self, colorspace: int, *, full: bool) -> None:
        from av.video.reformatter import VideoReformatter

        self._colorspace, self._range = colorspace, _FULL if full else _LIMITED
        self._scaler = VideoReformatter()
        self._picture: av.VideoFrame | None = None
        self._lock = Lock()

    def __call__(self, planes: Planes) -> Image:
        """(H, W, 3) uint8 RGB."""
        height, width = planes.y.shape
        with self._lock:
            rgb = self._scaler.reformat(
                self._copied(planes),
                format="rgb24",
                # Said outright: older PyAV takes every picture for limited BT.601 otherwise.
                src_colorspace=self._colorspace,
                dst_colorspace=_SWS_BT601,
                src_color_range=self._range,
                dst_color_range=0,
            )
        return np.ascontiguousarray(rgb.to_ndarray()[:height, :width], np.uint8)

    def _copied(self, planes: Planes) -> av.VideoFrame:
        """The planes in a picture of FFmpeg's; the same one each time, to spare page faults."""
        import av

        height, width = planes.y.shape
        # An even picture, cut afterwards: with odd sides swscale is slow and blends the chroma.
        wide, high = width + width % 2, height + height % 2
        layout = "yuv444p" if planes.full_chroma else "yuv420p"
        picture = self._picture
        if picture is None or (picture.width, picture.height, picture.format.name) != (
            wide,
            high,
            layout,
        ):
            picture = self._picture = av.VideoFrame(wide, high, layout)
            picture.colorspace, picture.color_range = self._colorspace, self._range
        luma = _rows(picture.planes[0], high)
        luma[:height, :width] = planes.y
        luma[height:], luma[:, width:wide] = luma[height - 1], luma[:, width - 1 : width]
        for plane, values in zip(picture.planes[1:], (planes.u, planes.v), strict=True):
            _rows(plane, values.shape[0])[:, : values.shape[1]] = values
        return picture


def _rows(plane: VideoPlane, height: int) -> Image:
    buffer = np.frombuffer(memoryview(plane), np.uint8, plane.line_size * height)
    return buffer.reshape(height, plane.line_size)


def _view(plane: VideoPlane, height: int, width: int) -> Image:
    view = _rows(plane, height)[:, :width]
    view.flags.writeable = False
    return view
