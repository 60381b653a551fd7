from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from vitruvian.source import open_source
from vitruvian.source.layout import Layout
from vitruvian.source.planes import yuv_to_rgb
from vitruvian.types import Frame

BT709, BT601, SMPTE240, BT2020, UNSPECIFIED = 1, 5, 7, 9, 2


def by_matrix(frame: Frame) -> np.ndarray:
    """RGB that ``to_rgb`` gives, each chroma sample standing for its pixel or its four."""
    planes = frame.planes
    assert planes is not None
    height, width = planes.y.shape
    cell = np.ones((1, 1) if planes.full_chroma else (2, 2))
    u, v = (np.kron(p, cell)[:height, :width] for p in (planes.u, planes.v))
    return np.clip(np.stack([planes.y, u, v, u * 0 + 1], -1) @ planes.to_rgb.T, 0, 255)


def first(path: Path) -> Frame:
    with open_source(path) as source:
        return next(iter(source))


def by_pyav(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("colorspace", [BT709, BT601, SMPTE240, BT2020, UNSPECIFIED])
def test_matrix_and_image_have_the_colours_that_were_drawn(
    make_film: Callable[..., Path],
    tmp_path: Path,
    draw: Callable[..., np.ndarray],
    colorspace: int,
    full: bool,
) -> None:
    path = make_film(
        tmp_path / "film.mkv", colorspace=colorspace, full=full, frames=2, options={"qp": "0"}
    )
    frame = first(path)
    assert np.abs(frame.image - by_matrix(frame)).max() <= 3.5
    # At the edges of patches four pixels share one chroma sample.
    assert np.quantile(np.abs(frame.image - draw().astype(int)), 0.85) <= 3


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("kr_kb", [(0.2126, 0.0722), (0.299, 0.114)])
def test_matrix_undoes_the_standard_s_own_equations(kr_kb: tuple[float, float], full: bool) -> None:
    kr, kb = kr_kb
    rgb = np.random.default_rng(1).uniform(0, 255, (50, 3))
    luma = rgb @ [kr, 1 - kr - kb, kb]
    chroma = (rgb[:, [2, 0]] - luma[:, None]) / (2 * (1 - np.array([kb, kr])))
    y, uv = (luma, chroma) if full else (16 + luma * 219 / 255, chroma * 224 / 255)
    yuv1 = np.column_stack([y, uv + 128, np.ones(50)])
    matrix = yuv_to_rgb(BT709 if kr < 0.25 else BT601, full=full)
    assert np.allclose(yuv1 @ matrix.T, rgb, atol=1e-3)


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "ending", "full"),
    [
        ("ffv1", "yuv420p10le", "mkv", False),
        ("ffv1", "yuv422p", "mkv", False),
        ("ffv1", "gray", "mkv", False),
        ("ffv1", "gray16le", "mkv", False),
        ("mjpeg", "yuvj422p", "avi", True),
        ("mjpeg", "yuvj420p", "avi", True),
        ("rawvideo", "nv12", "nut", False),
    ],
)
@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_other_layouts(
    make_film: Callable[..., Path],
    tmp_path: Path,
    codec: str,
    pix_fmt: str,
    ending: str,
    full: bool,
    size: tuple[int, int],
) -> None:
    path = make_film(
        tmp_path / f"film.{ending}", codec=codec, pix_fmt=pix_fmt, full=full, frames=2, size=size
    )
    frame = first(path)
    assert frame.size == size
    assert np.abs(frame.image - by_matrix(frame)).max() <= 3.5
    # Away from the edges of patches, where chroma of 4:2:2 is thinned out.
    difference = np.abs(frame.image - by_pyav(path)).max(-1)
    assert np.quantile(difference, 0.85) <= 3


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "ending"),
    [("png", "rgb24", "mov"), ("qtrle", "rgb24", "mov"), ("gif", "rgb8", "gif")],
)
def test_rgb_stays_rgb(
    make_film: Callable[..., Path], tmp_path: Path, codec: str, pix_fmt: str, ending: str
) -> None:
    path = make_film(tmp_path / f"film.{ending}", codec=codec, pix_fmt=pix_fmt, frames=2)
    frame = first(path)
    assert frame.planes is None
    assert np.array_equal(frame.image, by_pyav(path))


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_full_chroma_is_not_thinned(
    make_film: Callable[..., Path], tmp_path: Path, full: bool, size: tuple[int, int]
) -> None:
    path = tmp_path / "film.mkv"
    make_film(path, codec="ffv1", pix_fmt="yuv444p", full=full, frames=2, size=size)
    frame = first(path)
    assert frame.size == size
    assert frame.planes is not None
    assert frame.planes.u.shape == frame.planes.v.shape == size[::-1]
    assert np.abs(frame.image - by_matrix(frame)).max() <= 3.5
    assert np.abs(frame.image - by_pyav(path)).max() <= 3


def test_full_chroma_is_scaled_along(make_film: Callable[..., Path], tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mkv", codec="ffv1", pix_fmt="yuv444p", frames=2)
    with av.open(str(path)) as container:
        picture = next(container.decode(video=0))
    frame = Layout(picture, size=(33, 21)).frame(picture, 0, 0.0)
    assert frame.planes is not None
    assert frame.planes.u.shape == (21, 33)
    assert np.abs(frame.image - by_matrix(frame)).max() <= 3.5


def test_transparent_film_is_laid_on_white(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "film.mov"), "w") as container:
        stream = container.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = 8, 8, "rgba"
        rgba = np.zeros((8, 8, 4), np.uint8)
        rgba[:, 4:] = (10, 20, 30, 255)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(rgba, "rgba")))
        container.mux(stream.encode(None))
    image = first(tmp_path / "film.mov").image
    assert (image[:, :4] == 255).all()
    assert (image[:, 4:] == (10, 20, 30)).all()


def test_planes_are_views_that_nobody_can_write(make_film: Callable[..., Path], tmp_path: Path):
    planes = first(make_film(tmp_path / "film.mp4")).planes
    assert planes is not None
    for plane in (planes.y, planes.u, planes.v):
        assert plane.base is not None
        assert not plane.flags.writeable
        assert plane.strides[1] == 1


def test_many_frames_keep_their_own_pictures(make_film: Callable[..., Path], tmp_path: Path):
    path = make_film(tmp_path / "film.mp4", frames=40, options={"qp": "0"})
    with open_source(path) as source:
        seen = [(frame, frame.planes.y.copy()) for frame in source if frame.planes is not None]
    assert len(seen) == 40
    assert all(np.array_equal(frame.planes.y, copy) for frame, copy in seen)
    white = [int(frame.image[24].sum(-1).argmax()) for frame, _ in seen]
    assert white == list(range(40))
