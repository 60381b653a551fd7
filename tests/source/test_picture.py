from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from vitruvian.errors import SourceError
from vitruvian.source import open_source
from vitruvian.source.decode import read_picture

Draw = Callable[..., np.ndarray]
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encoded(ending: str, image: np.ndarray) -> bytes:
    return bytes(cv2.imencode(ending, image)[1])


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(image: np.ndarray, colour_type: int, extra: bytes = b"") -> bytes:
    """A PNG written by hand, for the colour types that OpenCV does not write."""
    height, width = image.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in image)
    data = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows))
    return SIGNATURE + data + chunk(b"IEND", b"")


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("ending", [".png", ".bmp", ".tiff", ".webp", ".ppm", ".jpg", ".JPEG"])
def test_formats(tmp_path: Path, draw: Draw, ending: str) -> None:
    data = encoded(ending.lower(), draw()[..., ::-1])
    with open_source(saved(tmp_path / f"picture{ending}", data)) as source:
        (frame,) = source
    assert source.stills
    assert source.count == 1
    assert source.size == (64, 48)
    assert frame.name == f"picture{ending}"
    assert np.abs(frame.image - draw().astype(int)).mean() < 6


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The JPEG with an EXIF segment that holds one entry, the orientation (tag 0x0112)."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


UPRIGHT = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}
"""What brings a stored picture upright, by EXIF 2.3 section 4.6.4 A."""


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_exif_is_turned_upright(tmp_path: Path, draw: Draw, orientation: int) -> None:
    data = with_orientation(encoded(".jpg", draw()[..., ::-1]), orientation)
    image = read_picture(saved(tmp_path / "phone.jpg", data))
    expected = UPRIGHT[orientation](draw())
    assert image.shape == expected.shape
    assert np.abs(image - expected.astype(int)).mean() < 6


def test_16_bits_keep_the_upper_8(tmp_path: Path, draw: Draw) -> None:
    deep = draw().astype(np.uint16) * 256 + 77
    image = read_picture(saved(tmp_path / "deep.png", encoded(".png", deep[..., ::-1])))
    assert np.array_equal(image, draw())


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_floats_run_from_black_to_white(tmp_path: Path, kind: type) -> None:
    bgr = np.zeros((4, 5, 3), kind)
    bgr[1] = (0.2, 0.4, 0.6)
    bgr[2] = (np.nan, 7, -1)
    assert cv2.imwrite(str(tmp_path / "floats.tiff"), bgr)
    read = read_picture(tmp_path / "floats.tiff")
    assert read.dtype == np.uint8
    assert read[0:3, 0].tolist() == [[0, 0, 0], [153, 102, 51], [0, 255, 0]]


def test_grey_floats_become_rgb(tmp_path: Path) -> None:
    assert cv2.imwrite(str(tmp_path / "floats.tiff"), np.full((4, 5), 0.4, np.float32))
    assert read_picture(tmp_path / "floats.tiff").tolist() == np.full((4, 5, 3), 102).tolist()


def test_grey_becomes_rgb(tmp_path: Path, draw: Draw) -> None:
    grey = draw()[..., 0]
    for dtype, factor in ((np.uint8, 1), (np.uint16, 257)):
        path = saved(tmp_path / "grey.png", encoded(".png", grey.astype(dtype) * dtype(factor)))
        assert np.array_equal(read_picture(path), np.dstack([grey] * 3))


def test_transparent_is_white(tmp_path: Path) -> None:
    rgb, alpha = np.full((8, 12, 3), (200, 100, 0), np.uint8), np.zeros((8, 12), np.uint8)
    alpha[:, 4:8], alpha[:, 8:] = 128, 255
    rgba = np.dstack([rgb, alpha])
    deep = rgba[..., [2, 1, 0, 3]].astype(np.uint16) * 257
    grey = np.dstack([rgb[..., 1], alpha])
    for data, solid in (
        (png(rgba, 6), (200, 100, 0)),
        (encoded(".png", deep), (200, 100, 0)),
        (png(grey, 4), (100, 100, 100)),
    ):
        image = read_picture(saved(tmp_path / "glass.png", data))
        assert (image[:, :4] == 255).all()
        assert np.abs(image[:, 4:8] - (np.array(solid) + 255.0) / 2).max() <= 1
        assert (image[:, 8:] == solid).all()


def test_transparent_webp_is_white(tmp_path: Path) -> None:
    bgra = np.zeros((16, 16, 4), np.uint8)
    bgra[:, 8:] = (10, 20, 200, 255)
    image = read_picture(saved(tmp_path / "glass.webp", encoded(".webp", bgra)))
    assert (image[:, :6] == 255).all()
    assert np.abs(image[:, 10:] - np.array((200.0, 20, 10))).max() < 12


def test_palette(tmp_path: Path) -> None:
    palette = chunk(b"PLTE", bytes((0, 0, 0, 250, 10, 20, 5, 6, 7)))
    indices = np.array([[1, 2], [0, 1]], np.uint8)
    opaque = read_picture(saved(tmp_path / "a.png", png(indices, 3, palette)))
    assert opaque.tolist() == [[[250, 10, 20], [5, 6, 7]], [[0, 0, 0], [250, 10, 20]]]
    glass = palette + chunk(b"tRNS", bytes((0, 255, 255)))
    assert (
        read_picture(saved(tmp_path / "b.png", png(indices, 3, glass)))[1, 0].tolist() == [255] * 3
    )


def test_extreme_sizes(tmp_path: Path) -> None:
    for width, height in ((1, 1), (12000, 40)):
        image = np.full((height, width, 3), 90, np.uint8)
        for ending in (".png", ".jpg"):
            with open_source(saved(tmp_path / f"p{ending}", encoded(ending, image))) as source:
                assert [frame.size for frame in source] == [(width, height)]


def test_a_picture_stored_as_film_codecs_do(tmp_path: Path) -> None:
    """AVIF: by OpenCV if it was built with it, else by FFmpeg."""
    av = pytest.importorskip("av")
    path = tmp_path / "picture.avif"
    try:
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libsvtav1", options={"svtav1-params": "lp=1"})
            stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
            image = np.full((64, 64, 3), (200, 50, 50), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
            container.mux(stream.encode(None))
    except (ValueError, av.error.FFmpegError) as error:
        pytest.skip(f"this FFmpeg writes no AVIF: {error}")
    assert np.abs(read_picture(path) - image.astype(int)).max() < 12


def test_one_picture_is_decoded_once_a_pass(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counting(path: Path) -> np.ndarray:
        read.append(path)
        return read_picture(path)

    monkeypatch.setattr("vitruvian.source.picture.read_picture", counting)
    with open_source(picture) as source:
        first = next(iter(source))
        assert len(read) == 1
        assert np.array_equal(next(iter(source)).image, first.image)
        assert len(read) == 2


def test_folder_in_name_order_with_links(tmp_path: Path, draw: Draw) -> None:
    elsewhere = saved(tmp_path / "kept.png", encoded(".png", draw(10, 10)))
    folder = tmp_path / "pictures"
    (folder / "deeper.png").mkdir(parents=True)
    for name in ("b.png", "a10.png", "a9.png", ".hidden.png"):
        saved(folder / name, encoded(".png", draw(12, 10)))
    saved(folder / "notes.txt", b"not a picture")
    (folder / "c.png").symlink_to(elsewhere)
    with open_source(folder) as source:
        frames = list(source)
    assert [frame.name for frame in frames] == ["a10.png", "a9.png", "b.png", "c.png"]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.size for frame in frames] == [(12, 10)] * 3 + [(10, 10)]
    assert (source.name, source.count, source.size, source.skipped) == ("pictures", 4, None, [])


def test_unreadable_pictures_in_a_folder_are_reported(tmp_path: Path, draw: Draw) -> None:
    saved(tmp_path / "a.jpg", b"no picture")
    saved(tmp_path / "b.png", encoded(".png", draw()))
    saved(tmp_path / "c.png", b"")
    (tmp_path / "d.png").symlink_to(tmp_path / "gone.png")
    with open_source(tmp_path) as source:
        for _ in range(2):
            assert [(f.index, f.name) for f in source] == [(1, "b.png")]
            assert [name for name, _ in source.skipped] == ["a.jpg", "c.png", "d.png"]
            assert all("\n" not in reason for _, reason in source.skipped)


def test_a_folder_of_nothing_but_damage(tmp_path: Path) -> None:
    for name in "ab":
        saved(tmp_path / f"{name}.jpg", b"no picture")
    with (
        open_source(tmp_path) as source,
        pytest.raises(SourceError, match=r"none of the 2 pictures .* can be read; the first: a"),
    ):
        list(source)


def test_pictures_with_a_rate_are_a_film_of_one_size(tmp_path: Path, draw: Draw) -> None:
    for i, width in enumerate((20, 20, 40)):
        saved(tmp_path / f"{i}.png", encoded(".png", draw(width, 10)))
    saved(tmp_path / "1.png", b"damaged")
    with open_source(tmp_path, rate=10) as source:
        frames = list(source)
    assert not source.stills
    assert source.size == (20, 10)
    assert [(f.index, f.time, f.size) for f in frames] == [(0, 0.0, (20, 10)), (2, 0.2, (20, 10))]


def test_equal_names_from_several_folders_are_told_apart(tmp_path: Path, draw: Draw) -> None:
    for name in ("left", "right"):
        (tmp_path / name).mkdir()
        saved(tmp_path / name / "0.png", encoded(".png", draw()))
    with open_source([tmp_path / "right", tmp_path / "left"]) as source:
        assert source.name == "2 pictures"
        assert [frame.name for frame in source] == ["right/0.png", "left/0.png"]


def test_damaged_pictures_say_nothing_on_stderr(tmp_path: Path, draw: Draw) -> None:
    whole = {ending: encoded(ending, draw()) for ending in (".png", ".jpg", ".tiff", ".webp")}
    for ending, data in whole.items():
        saved(tmp_path / f"half{ending}", data[: len(data) // 2])
        saved(tmp_path / f"head{ending}", data[:30])
    flipped = bytearray(whole[".png"])
    flipped[60] ^= 0xFF
    saved(tmp_path / "sum.png", bytes(flipped))
    saved(
        tmp_path / "wide.png",
        SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 2**22, 1, 8, 0, 0, 0, 0)),
    )
    saved(tmp_path / "ok.png", whole[".png"])
    script = (
        "import sys; from vitruvian.source import open_source\n"
        "with open_source(sys.argv[1]) as s: print([f.name for f in s], len(s.skipped))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, timeout=30
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "['ok.png'] 10"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    data = SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    path = saved(tmp_path / "bomb.png", data + chunk(b"IEND", b""))
    with pytest.raises(SourceError, match=r"more than 2\^30 pixels"):
        read_picture(path)


@pytest.mark.parametrize("extra", [b"", b"\0" * 200])
def test_a_colour_profile_that_libpng_dislikes_is_not_spoken_of(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], extra: bytes
) -> None:
    profile = chunk(b"iCCP", b"ICC\0\0" + zlib.compress(b"no profile" + extra))
    image = np.full((4, 5), 90, np.uint8)
    (tmp_path / "a.png").write_bytes(png(image, 0, profile))
    assert (read_picture(tmp_path / "a.png") == 90).all()
    assert capfd.readouterr() == ("", "")
