from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from vitruvian.source import Source, open_source

MakeFilm = Callable[..., Path]


def times(path: Path) -> list[float]:
    with open_source(path) as source:
        return [frame.time for frame in source]


def remux(
    source: Path,
    target: Path,
    change: Callable[[int, av.Packet], None] = lambda i, packet: None,
    **options: str,
) -> Path:
    """The same packets in another container, each changed on the way."""
    with av.open(str(source)) as old, av.open(str(target), "w", options=options) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        packets = (packet for packet in old.demux(video=0) if packet.dts is not None)
        for i, packet in enumerate(packets):
            packet.stream = stream
            change(i, packet)
            new.mux(packet)
    return target


CLOCKWISE, COUNTERCLOCKWISE, HALF = (0, 1, -1, 0), (0, -1, 1, 0), (-1, 0, 0, -1)


@pytest.mark.parametrize("matrix", [None, CLOCKWISE, HALF, COUNTERCLOCKWISE])
def test_turned_as_opencv_turns_it(
    make_film: MakeFilm, tmp_path: Path, matrix: tuple[int, ...] | None
) -> None:
    path = make_film(tmp_path / "film.mp4", matrix=matrix)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    good, expected = capture.read()
    capture.release()
    assert good
    with open_source(path) as source:
        image = next(iter(source)).image
        assert source.size == expected.shape[1::-1]
    assert np.abs(image - expected[..., ::-1].astype(int)).mean() < 2


@pytest.mark.parametrize(("axis", "matrix"), [(1, (-1, 0, 0, 1)), (0, (1, 0, 0, -1))])
def test_mirrored(
    make_film: MakeFilm, tmp_path: Path, draw: MakeFilm, axis: int, matrix: tuple[int, ...]
) -> None:
    path = make_film(tmp_path / "film.mp4", matrix=matrix)
    expected = np.flip(draw(), axis)
    with open_source(path) as source:
        image = next(iter(source)).image
    assert np.abs(image - expected.astype(int)).mean() < 4


def test_rgb_film_is_turned_too(make_film: MakeFilm, tmp_path: Path, draw: MakeFilm) -> None:
    path = make_film(
        tmp_path / "film.mov",
        codec="qtrle",
        pix_fmt="rgb24",
        matrix=COUNTERCLOCKWISE,
    )
    with open_source(path) as source:
        assert np.array_equal(next(iter(source)).image, np.rot90(draw()))


def test_odd_sides_turned(make_film: MakeFilm, tmp_path: Path) -> None:
    path = make_film(
        tmp_path / "film.mp4",
        size=(63, 47),
        codec="mpeg4",
        matrix=COUNTERCLOCKWISE,
    )
    with open_source(path) as source:
        frame = next(iter(source))
    assert source.size == frame.size == (47, 63)
    assert frame.image.shape == (63, 47, 3)


@pytest.mark.parametrize(
    ("aspect", "size"), [(Fraction(4, 3), (85, 48)), (Fraction(1, 2), (64, 96)), (None, (64, 48))]
)
def test_pixels_are_made_square(
    make_film: MakeFilm, tmp_path: Path, aspect: Fraction | None, size: tuple[int, int]
) -> None:
    def prepare(stream: av.VideoStream) -> None:
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect

    with open_source(make_film(tmp_path / "film.mp4", prepare=prepare)) as source:
        assert source.size == size
        assert {frame.size for frame in source} == {size}


def test_size_that_changes_on_the_way_is_scaled_to_the_first(
    make_film: MakeFilm, tmp_path: Path
) -> None:
    parts = [make_film(tmp_path / f"{w}.ts", size=(w, 48), frames=6) for w in (64, 128)]
    joined = tmp_path / "joined.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    with open_source(joined) as source:
        frames = list(source)
    assert len(frames) >= 11
    assert {frame.size for frame in frames} == {(64, 48)}
    assert all(a.time < b.time for a, b in pairwise(frames))


def test_times_are_the_container_s_own(make_film: MakeFilm, tmp_path: Path) -> None:
    stamps = [0, 40, 90, 200, 210, 500]
    path = make_film(tmp_path / "film.mkv", stamps=stamps)
    assert times(path) == pytest.approx([0, 0.04, 0.09, 0.2, 0.21, 0.5])


@pytest.mark.parametrize("ending", ["mkv", "mp4", "ts"])
def test_time_counts_from_the_container_s_start(
    make_film: MakeFilm, tmp_path: Path, ending: str
) -> None:
    path = make_film(tmp_path / f"film.{ending}", stamps=[700, 750, 800])
    assert times(path) == pytest.approx([0, 0.05, 0.1], abs=1e-3)


def test_times_before_zero_are_moved(make_film: MakeFilm, tmp_path: Path) -> None:
    def early(i: int, packet: av.Packet) -> None:
        packet.pts = packet.dts = round((i - 2) * 0.04 / packet.time_base)

    plain = make_film(tmp_path / "plain.mkv", codec="mpeg4", frames=3)
    path = remux(plain, tmp_path / "film.mkv", early, avoid_negative_ts="disabled")
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).pts < 0
    assert times(path) == pytest.approx([0, 0.04, 0.08], abs=1e-3)


def test_video_that_starts_after_its_sound(tmp_path: Path, draw: MakeFilm) -> None:
    with av.open(str(tmp_path / "film.mkv"), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), "s16", "mono")
        sound.rate, sound.pts = 8000, 0
        container.mux(audio.encode(sound))
        for step in range(3):
            frame = av.VideoFrame.from_ndarray(draw(), "rgb24")
            frame.pts, frame.time_base = 10 + step, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    assert times(tmp_path / "film.mkv") == pytest.approx([0.4, 0.44, 0.48], abs=2e-3)


def test_no_times_at_all(make_film: MakeFilm, tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.h264", frames=5)
    assert times(path) == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])


def test_times_that_repeat_are_told_apart(make_film: MakeFilm, tmp_path: Path) -> None:
    def stall(i: int, packet: av.Packet) -> None:
        step = round(0.04 / packet.time_base)
        packet.dts = (i - 8) * step
        packet.pts = (2 if i in (3, 4) else i) * step

    plain = make_film(tmp_path / "plain.mkv", codec="ffv1", frames=7)
    repeated = times(remux(plain, tmp_path / "film.mkv", stall))
    assert len(repeated) == 7
    assert all(a < b for a, b in pairwise(repeated))
    assert [repeated[i] for i in (0, 1, 2, 5, 6)] == pytest.approx([0, 0.04, 0.08, 0.2, 0.24])


def test_clock_set_anew_in_the_middle(make_film: MakeFilm, tmp_path: Path) -> None:
    late = make_film(tmp_path / "late.ts", stamps=[20000 + 40 * i for i in range(10)])
    early = make_film(tmp_path / "early.ts", frames=10)
    joined = tmp_path / "joined.ts"
    joined.write_bytes(late.read_bytes() + early.read_bytes())
    seconds = times(joined)
    assert len(seconds) >= 19
    assert np.diff(seconds) == pytest.approx(0.04, abs=0.021)


def test_several_passes_and_early_stops(film: Path) -> None:
    with open_source(film) as source:
        for _ in source:
            break
        again = [frame.index for frame in source]
    assert again == list(range(12))
    assert [frame.index for frame in source] == again, "a closed film can be read again"
    source.close()


def test_a_new_pass_ends_the_one_before(film: Path) -> None:
    with open_source(film) as source:
        first = iter(source)
        next(first)
        assert len(list(source)) == 12
        assert list(first) == []


def cut(path: Path, part: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_truncated_film_gives_what_is_there(
    make_film: MakeFilm, tmp_path: Path, ending: str
) -> None:
    whole = make_film(tmp_path / "whole.mp4", frames=50, options={"g": "10"})
    path = cut(remux(whole, tmp_path / f"film.{ending}", movflags="faststart"), 0.7)
    with open_source(path) as source:
        frames = list(source)
        assert 5 < len(frames) < 50
        assert source.damage
        assert "\n" not in source.damage
        assert len(list(source)) == len(frames)


def test_whole_films_are_not_called_damaged(make_film: MakeFilm, tmp_path: Path) -> None:
    for ending in ("mp4", "mkv", "ts", "avi", "gif"):
        codec = {"gif": "gif", "avi": "mpeg4"}.get(ending, "libx264")
        path = make_film(
            tmp_path / f"film.{ending}",
            codec=codec,
            pix_fmt="rgb8" if ending == "gif" else "yuv420p",
            frames=50,
        )
        with open_source(path) as source:
            assert len(list(source)) == 50
            assert source.damage is None


def test_damage_in_the_middle_is_gone_over_in_silence(make_film: MakeFilm, tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", codec="mjpeg", pix_fmt="yuvj420p", full=True, frames=30)
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(path.read_bytes())
    for at, size in packets[10:13]:
        data[at : at + size] = bytes(size)
    path.write_bytes(data)
    script = (
        "import sys; from vitruvian.source import open_source\n"
        "with open_source(sys.argv[1]) as s: print(len(list(s)), s.damage)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, timeout=30
    )
    assert done.stderr == ""
    number, damage = done.stdout.strip().split(maxsplit=1)
    assert number == "27"
    assert damage != "None"


def test_nothing_waits_for_the_garbage_collector(make_film: MakeFilm, tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", size=(98, 76))
    gc.collect()
    gc.disable()
    try:
        with open_source(path) as source:
            for _ in range(2):
                list(source)
            next(iter(source))
        left = [thing for thing in gc.get_objects() if isinstance(thing, av.VideoFrame)]
        assert [frame for frame in left if (frame.width, frame.height) == (98, 76)] == []
    finally:
        gc.enable()


def test_memory_does_not_grow_with_the_film(make_film: MakeFilm, tmp_path: Path) -> None:
    """No more than a handful of pictures are decoded ahead of a caller who stands still."""
    path = make_film(tmp_path / "film.mp4", frames=200)
    with open_source(path) as source:
        frames = iter(source)
        next(frames)
        assert waiting(source) <= 3


def waiting(source: Source) -> int:
    return len(source._pass._waiting)  # type: ignore[union-attr]
