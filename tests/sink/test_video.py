from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitruvian.errors import SinkError
from vitruvian.sink import About, film
from vitruvian.sink.video import VideoSink
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, People

Make = Callable[..., Any]


def about(size: tuple[int, int] = (64, 48), rate: float | None = 25.0) -> About:
    return About("demo.mov", size, rate, False, BLAZEPOSE_33)


def decode(path: Path) -> tuple[list[float], list[np.ndarray], str]:
    import av

    with av.open(str(path)) as container:
        name = container.streams.video[0].codec_context.name
        frames = list(container.decode(video=0))
    return (
        [float(f.time or 0) for f in frames],
        [f.to_ndarray(format="rgb24") for f in frames],
        name,
    )


TIMES = {
    "constant": [i / 25 for i in range(30)],
    "NTSC": [float(Fraction(i * 1001, 30000)) for i in range(30)],
    "variable": [0.0, 0.04, 0.05, 0.9, 0.9334, 3.0, 3.0001, 7.25],
    "late start": [1.5 + i / 30 for i in range(20)],
    "long": [3600.0 + i / 60 for i in range(20)],
}


@pytest.mark.parametrize("times", TIMES.values(), ids=TIMES)
def test_every_frame_keeps_its_time(times: list[float], out: Path, make_frame: Make) -> None:
    with VideoSink(out, about()) as sink:
        for index, time in enumerate(times):
            sink.write(make_frame(index, time=time), People.none())
    got, _, codec = decode(out / "demo_annotated.mp4")
    np.testing.assert_allclose(got, times, atol=1 / 90_000)
    assert codec in ("h264", "mpeg4")


def test_times_that_stand_still_are_moved_on_by_a_hair(out: Path, make_frame: Make) -> None:
    with VideoSink(out, about()) as sink:
        for index, time in enumerate([0.0, 0.5, 0.5, 0.4, 0.6]):
            sink.write(make_frame(index, time=time), People.none())
    got, _, _ = decode(sink.path)
    assert len(got) == 5
    assert (np.diff(got) > 0).all()
    np.testing.assert_allclose(got, [0.0, 0.5, 0.5, 0.5, 0.6], atol=0.001)


def test_colours_and_sizes_are_kept(out: Path) -> None:
    image = np.zeros((51, 75, 3), np.uint8)
    image[:, :40], image[:, 40:] = (200, 40, 40), (30, 60, 210)
    with VideoSink(out, about((75, 51))) as sink:
        for index in range(3):
            sink.write(Frame(image, index=index, time=index / 25), People.none())
    _, (first, *_), _ = decode(sink.path)
    assert first.shape == (52, 76, 3)
    np.testing.assert_allclose(first[10:40, 5:30].mean((0, 1)), image[0, 0], atol=6)
    np.testing.assert_allclose(first[10:51, 50:70].mean((0, 1)), image[0, -1], atol=6)


@pytest.mark.parametrize("size", [(1, 1), (3, 1), (17, 400), (5000, 30)])
def test_any_size_will_do(size: tuple[int, int], out: Path, make_frame: Make) -> None:
    with VideoSink(out, about(size)) as sink:
        for index in range(3):
            sink.write(make_frame(index, size=size), People.none())
    _, frames, _ = decode(sink.path)
    even = (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)
    assert [frame.shape for frame in frames] == [even] * 3


def test_what_no_encoder_takes_is_said(out: Path, make_frame: Make) -> None:
    sink = VideoSink(out, about((40_000, 2)))
    sink.write(make_frame(0, size=(40_000, 2)), People.none())
    with pytest.raises(SinkError, match="cannot write"):
        sink.close()


def test_a_frame_of_another_size_is_fitted(out: Path, make_frame: Make) -> None:
    with VideoSink(out, about()) as sink:
        sink.write(make_frame(0), People.none())
        sink.write(make_frame(1, size=(128, 96), shade=200), People.none())
    _, frames, _ = decode(sink.path)
    assert [frame.shape for frame in frames] == [(48, 64, 3)] * 2
    assert abs(float(frames[1].mean()) - 200) < 4


def test_people_are_drawn(out: Path, make_frame: Make, make_people: Make) -> None:
    with VideoSink(out, about((320, 240))) as sink:
        sink.write(make_frame(0, size=(320, 240)), People.none())
        sink.write(make_frame(1, size=(320, 240)), make_people(1))
    _, (empty, drawn), _ = decode(sink.path)
    assert np.abs(empty.astype(int) - 90).max() < 12
    assert np.abs(drawn.astype(int) - 90).max() > 60


@pytest.mark.parametrize("encoder", ["libx264", "mpeg4"])
def test_it_can_be_read_while_it_grows(
    encoder: str, out: Path, make_frame: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "ENCODERS", {encoder: film.ENCODERS[encoder]})
    sink = VideoSink(out, about())
    for index in range(80):
        sink.write(make_frame(index, shade=index), People.none())
    times, _, codec = decode(sink.path)
    assert len(times) >= 25
    assert codec == ("mpeg4" if encoder == "mpeg4" else "h264")
    sink.close()
    np.testing.assert_allclose(decode(sink.path)[0], [i / 25 for i in range(80)], atol=1e-4)


def test_the_next_encoder_is_taken_where_one_is_missing(
    out: Path, make_frame: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "ENCODERS", {"no_such_encoder": {}, "mpeg4": {}})
    with VideoSink(out, about()) as sink:
        sink.write(make_frame(0), People.none())
    times, _, codec = decode(sink.path)
    assert (times, codec) == ([0.0], "mpeg4")


def test_without_an_encoder_it_says_so(
    out: Path, make_frame: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "ENCODERS", {"no_such_encoder": {}})
    sink = VideoSink(out, about())
    sink.write(make_frame(0), People.none())
    with pytest.raises(SinkError, match="no encoder"):
        sink.close()
    assert not list(out.iterdir())


def test_an_error_in_the_thread_comes_up_in_the_caller(out: Path, make_frame: Make) -> None:
    class Spoiled(Frame):
        @property
        def image(self) -> np.ndarray:
            raise OSError(5, "the film's end is missing")

    sink = VideoSink(out, about())
    sink.write(make_frame(0), People.none())
    sink.write(Spoiled(np.zeros((48, 64, 3), np.uint8), index=1, time=1.0), People.none())
    with pytest.raises(SinkError, match="missing"):
        sink.close()
    assert decode(sink.path)[0] == [0.0]
