from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from vitruvian.errors import InputError, SourceError, SourceNotFoundError
from vitruvian.source import gather, open_source

RGB = np.zeros((4, 6, 3), np.uint8)


def sound(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
        frame.rate, frame.pts = 8000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def folder(path: Path, *names: str) -> Path:
    path.mkdir()
    for name in names:
        (path / name).write_bytes(b"x")
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def half(path: Path) -> Path:
    return written(path, path.read_bytes()[: path.stat().st_size // 2])


def linked(path: Path) -> Path:
    path.symlink_to(path.with_name("gone"))
    return path


BAD: dict[str, tuple[Callable[[Path], Any], type[Exception], str]] = {
    "missing": (
        lambda at: at / "walk.mp4",
        SourceNotFoundError,
        r"there is no file '.*walk\.mp4'; did you mean '.*walks\.mp4'\?",
    ),
    "missing folder": (lambda at: at / "a" / "b.jpg", SourceNotFoundError, r"no file '.*b\.jpg'"),
    "long name": (
        lambda at: at / f"{'x' * 300}.mp4",
        SourceError,
        r"cannot be read \(.*too long",
    ),
    "no such user": (lambda at: "~nobody-here/x.mp4", SourceNotFoundError, "there is no user"),
    "camera beyond all": (lambda at: 10**12, SourceError, r"camera 10+ cannot be opened"),
    "empty name": (lambda at: "", SourceNotFoundError, "not an empty name"),
    "dangling link": (lambda at: linked(at / "l.mp4"), SourceNotFoundError, r"l\.mp4 is a link to"),
    "no match": (lambda at: str(at / "*.jpg"), SourceNotFoundError, r"no picture or film matches"),
    "empty film": (
        lambda at: written(at / "e.mp4", b""),
        SourceError,
        r"e\.mp4 is empty; expected",
    ),
    "empty picture": (lambda at: written(at / "e.jpg", b""), SourceError, r"e\.jpg is empty; exp"),
    "text as film": (
        lambda at: written(at / "t.mp4", b"Dear diary,\n" * 50),
        SourceError,
        r"t\.mp4 cannot be opened: expected a film or a picture \(Invalid data",
    ),
    "text as picture": (
        lambda at: written(at / "t.jpg", b"Dear diary,\n" * 50),
        SourceError,
        r"t\.jpg is damaged or no picture; expected JPEG",
    ),
    "film cut off": (lambda at: half(at / "walks.mp4"), SourceError, r"walks\.mp4 cannot be open"),
    "sound only": (
        lambda at: sound(at / "s.m4a"),
        SourceError,
        r"s\.m4a holds no video, only audio",
    ),
    "empty folder": (lambda at: folder(at / "no"), SourceError, r"folder .*no holds no pictures$"),
    "folder of films": (
        lambda at: folder(at / "films", "a.mp4", "b.mov"),
        SourceError,
        r"folder .*films holds films and no pictures; name a film: .*a\.mp4",
    ),
    "film and picture": (
        lambda at: [at / "walks.mp4", written(at / "p.jpg", b"x")],
        InputError,
        r"expected one film or any number of pictures, not 2 files with walks\.mp4 among them",
    ),
    "no such camera": (lambda at: 93, SourceError, r"camera 93 cannot be opened; is it connected"),
    "camera as text": (lambda at: "93", SourceError, r"camera 93 cannot be opened"),
    "negative camera": (lambda at: -1, InputError, r"a camera's index is 0 or more, not -1"),
    "nobody answers": (
        lambda at: "http://user:secret@127.0.0.1:9/film.mp4",
        SourceError,
        r"^http://127\.0\.0\.1:9/film\.mp4 cannot be opened.*refused",
    ),
    "grey array": (lambda at: RGB[..., 0], InputError, r"must be \(H, W, 3\) RGB, not \(4, 6\)"),
    "alpha array": (lambda at: np.zeros((4, 6, 4), np.uint8), InputError, r"RGB, not \(4, 6, 4\)"),
    "float array": (lambda at: RGB / 255, InputError, r"must be uint8 \(0\.\.255\), not float64"),
    "array without pixels": (
        lambda at: RGB[:0],
        InputError,
        r"at least one pixel, not \(0, 6, 3\)",
    ),
    "no arrays": (lambda at: [], InputError, r"expected at least one \(H, W, 3\) uint8 RGB array"),
    "bytes": (lambda at: b"film.mp4", InputError, r"expected a path, .* not bytes"),
    "nothing": (lambda at: None, InputError, r"expected a path, .* not NoneType"),
    "number": (lambda at: 1.5, InputError, r"expected a path, .* not float"),
    "truth": (lambda at: True, InputError, r"expected a path, .* not bool"),
    "numbers": (lambda at: [1, 2], InputError, r"an image must be \(H, W, 3\) RGB, not int"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_clear_line(
    make_film: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    make_film(tmp_path / "walks.mp4")
    make, kind, pattern = BAD[name]
    spec = make(tmp_path)
    with pytest.raises(kind) as caught, open_source(spec) as source:
        list(source)
    assert type(caught.value) is kind
    assert re.search(pattern, str(caught.value))
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_arrays_of_another_size_are_refused() -> None:
    with (
        open_source([RGB, RGB[1:]]) as source,
        pytest.raises(InputError, match=r"frame 1 is 6x3, but the film is 6x4.*stills=True"),
    ):
        list(source)
    with open_source([RGB, RGB[1:]], stills=True) as source:
        assert [(f.size, f.time) for f in source] == [((6, 4), 0), ((6, 3), 1)]


def test_a_generator_of_arrays_is_read_once() -> None:
    with open_source((RGB for _ in range(3)), rate=10) as source:
        assert source.count is None
        assert [frame.time for frame in source] == pytest.approx([0, 0.1, 0.2])
        with pytest.raises(InputError, match="has been read; pass a list"):
            list(source)


def test_a_stack_of_arrays_is_a_film() -> None:
    with open_source(np.stack([RGB] * 4)) as source:
        assert (source.stills, source.rate, source.count) == (False, 30.0, 4)
        assert len(list(source)) == 4


@pytest.mark.parametrize("rate", [0, -5, float("inf"), float("nan")])
def test_rate_must_make_sense(rate: float) -> None:
    with pytest.raises(InputError, match=r"rate must be frames a second, more than 0, not"):
        open_source([RGB], rate=rate)


def test_a_film_has_times_of_its_own(make_film: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a rate is for pictures and arrays"):
        open_source(make_film(tmp_path / "walk.mp4"), rate=10)


def test_a_pattern_of_one_film_is_that_film(make_film: Callable[..., Path], tmp_path: Path) -> None:
    make_film(tmp_path / "walk.mp4")
    with open_source(str(tmp_path / "w*")) as source:
        assert source.name == "walk.mp4"
        assert not source.stills


@pytest.mark.parametrize("name", ["12:30 walk.mp4", "walk [1].mp4", "100%d.mp4", "läuft.mp4"])
def test_names_that_mean_something_elsewhere(
    make_film: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    path = make_film(tmp_path / "plain.mp4").rename(tmp_path / name)
    with open_source(str(path)) as source:
        assert source.name == name
        assert len(list(source)) == 12


def test_gather_sorts_the_command_line(tmp_path: Path) -> None:
    pictures = folder(tmp_path / "pictures", "b.jpg", "a.png", "film.mp4")
    film = written(tmp_path / "0", b"x")
    groups = gather([str(film), str(pictures), "1", "rtsp://a/b", str(pictures / "b.jpg")])
    assert groups == [
        film,
        [pictures / "a.png", pictures / "b.jpg", pictures / "b.jpg"],
        "1",
        "rtsp://a/b",
    ]
    with open_source([pictures / "a.png", pictures / "b.jpg"]) as source:
        assert source.name == "pictures"
    with pytest.raises(SourceNotFoundError):
        gather([str(tmp_path / "nothing")])


def test_importing_is_cheap() -> None:
    script = "import sys, vitruvian.source as s; print({'av', 'cv2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_a_dash_is_told_what_a_pipe_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceNotFoundError, match=r"^there is no file '-'; .* is /dev/stdin$"):
        open_source("-")
