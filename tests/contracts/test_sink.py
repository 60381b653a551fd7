"""What every sink must do, whatever it writes."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from vitruvian.errors import InputError, SinkError, UnknownNameError
from vitruvian.sink import SINKS, About, Sink, Sinks, make_sinks
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

WIDTH, HEIGHT = 64, 48
Frames = Callable[[Path], list[int]]


@dataclass(frozen=True)
class Kind:
    """A kind of sink, of a film or of pictures that stand alone."""

    name: str
    stills: bool
    needs_people: bool = False


KINDS = [
    Kind("json", False),
    Kind("json", True),
    Kind("csv", False, needs_people=True),
    Kind("csv", True, needs_people=True),
    Kind("parquet", False, needs_people=True),
    Kind("video", False),
    Kind("video", True),
    Kind("views", False),
    Kind("views", True),
    Kind("masks", False, needs_people=True),
]


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind.name}-{'stills' if kind.stills else 'film'}")
def kind(request: pytest.FixtureRequest) -> Kind:
    if request.param.name == "parquet":
        pytest.importorskip("pyarrow")
    return request.param


def about(kind: Kind, source: str = "films/demo.mp4") -> About:
    source = "shots" if kind.stills else source
    return About(source, None if kind.stills else (WIDTH, HEIGHT), 25.0, kind.stills, BLAZEPOSE_33)


def make(kind: Kind, out: Path, source: str = "films/demo.mp4") -> Sink:
    (sink,) = make_sinks([kind.name], out, about(kind, source))
    return sink


def frame(index: int, name: str | None = None, shade: int = 90) -> Frame:
    image = np.full((HEIGHT, WIDTH, 3), shade, np.uint8)
    return Frame(image, index=index, time=index / 25, name=name or f"{index:02d}.png")


def people(*ids: int, seed: int = 0) -> People:
    n, k = len(ids), len(BLAZEPOSE_33)
    rng = np.random.default_rng(seed)
    draw = rng.random((n, k, 8)).astype(np.float32)
    body = Landmarks(
        BLAZEPOSE_33,
        draw[..., :2] * np.float32(WIDTH),
        draw[..., 2],
        draw[..., 3],
        draw[..., 4],
        draw[..., 5:],
    )
    boxes = np.tile(np.array([4, 4, 40, 44], np.float32), (n, 1))
    masks = np.zeros((n, HEIGHT, WIDTH), np.float32)
    masks[:, 10:30, 10:30] = 1
    scores = np.full(n, 0.9, np.float32)
    return People(boxes, scores, ids=np.array(ids, np.int64), body=body, masks=masks)


def stop_after_a_frame(sink: Sink) -> None:
    with sink:
        sink.write(frame(0), people(1))
        raise KeyboardInterrupt


def test_every_registered_kind_is_under_this_contract() -> None:
    assert {kind.name for kind in KINDS} == set(SINKS)


def test_a_sink_is_a_sink_and_says_where_it_writes(kind: Kind, tmp_path: Path) -> None:
    with make(kind, tmp_path) as sink:
        assert isinstance(sink, Sink)
        assert sink.path.parent == tmp_path
        sink.write(frame(0), people(1))


def test_an_output_folder_is_made_with_its_parents(
    kind: Kind, tmp_path: Path, frames_in: Frames
) -> None:
    with make(kind, tmp_path / "a" / "b") as sink:
        sink.write(frame(0), people(1))
    assert sink.path.is_relative_to(tmp_path / "a" / "b")
    assert frames_in(sink.path) == [0]


def test_people_come_and_go(kind: Kind, tmp_path: Path, frames_in: Frames) -> None:
    with make(kind, tmp_path) as sink:
        sink.write(frame(0), People.none())
        sink.write(frame(1), people(3))
        sink.write(frame(2), people(3, 1, 700))
        sink.write(frame(3), People.none())
        sink.write(frame(4), people(*range(1, 21)))
    assert frames_in(sink.path) == ([1, 2, 4] if kind.needs_people else [0, 1, 2, 3, 4])


def test_no_frames_leave_nothing_or_a_readable_file(
    kind: Kind, tmp_path: Path, frames_in: Frames
) -> None:
    with make(kind, tmp_path) as sink:
        pass
    assert frames_in(sink.path) == []


def test_missing_numbers_and_columns_are_no_obstacle(
    kind: Kind, tmp_path: Path, frames_in: Frames
) -> None:
    nan = people(1).having(
        boxes=np.full((1, 4), np.nan, np.float32),
        scores=np.full(1, np.nan, np.float32),
        body=Landmarks.missing(BLAZEPOSE_33, (1,)),
        masks=np.full((1, HEIGHT, WIDTH), np.nan, np.float32),
    )
    flat = people(1).having(body=None, ids=None)
    with make(kind, tmp_path) as sink:
        sink.write(frame(0), nan)
        sink.write(frame(1), flat)
        sink.write(
            frame(2), people(1).having(body=Landmarks.missing(BLAZEPOSE_33, (1,), world=False))
        )
    assert frames_in(sink.path) == [0, 1, 2]


def test_names_may_be_of_any_script(kind: Kind, tmp_path: Path, frames_in: Frames) -> None:
    with make(kind, tmp_path / "Zürich 跑", "films/Łukasz 跑步.mp4") as sink:
        sink.write(frame(0), people(1).having(labels=("Łukasz, 跑\n",)))
    if not kind.stills:
        assert sink.path.name.startswith("Łukasz 跑步")
    assert frames_in(sink.path) == [0]


def test_closing_twice_is_closing_once(kind: Kind, tmp_path: Path, frames_in: Frames) -> None:
    sink = make(kind, tmp_path)
    sink.write(frame(0), people(1))
    sink.close()
    sink.close()
    assert frames_in(sink.path) == [0]


def test_writing_after_closing_is_refused(kind: Kind, tmp_path: Path, frames_in: Frames) -> None:
    sink = make(kind, tmp_path)
    sink.write(frame(0), people(1))
    sink.close()
    with pytest.raises(InputError, match="closed"):
        sink.write(frame(1), people(1))
    assert frames_in(sink.path) == [0]


def test_a_sink_changes_nothing_it_is_given(kind: Kind, tmp_path: Path) -> None:
    given, one = people(1, 2), frame(0)
    before = given.body.xy.copy() if given.body is not None else None
    with make(kind, tmp_path) as sink:
        sink.write(one, given)
    assert (one.image == 90).all()
    assert given.body is not None
    np.testing.assert_array_equal(given.body.xy, before)


def test_a_run_that_fails_at_once_keeps_the_earlier_result(
    kind: Kind, tmp_path: Path, frames_in: Frames
) -> None:
    with make(kind, tmp_path) as sink:
        for index in range(3):
            sink.write(frame(index), people(1))
    with pytest.raises(RuntimeError), make(kind, tmp_path):
        raise RuntimeError
    assert frames_in(sink.path) == [0, 1, 2]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_run_that_breaks_off_keeps_both(kind: Kind, tmp_path: Path, frames_in: Frames) -> None:
    if kind.name == "masks" or (kind.stills and kind.name in ("video", "views")):
        pytest.skip("every file in the folder is complete by itself")
    with make(kind, tmp_path) as earlier:
        for index in range(3):
            earlier.write(frame(index), people(1))
    later = make(kind, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        stop_after_a_frame(later)
    assert frames_in(earlier.path) == [0, 1, 2]
    assert later.path != earlier.path
    assert frames_in(later.path) == [0]


def test_a_stop_without_an_earlier_result_leaves_the_file_in_its_place(
    kind: Kind, tmp_path: Path, frames_in: Frames
) -> None:
    sink = make(kind, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        stop_after_a_frame(sink)
    assert ".part" not in sink.path.name
    assert frames_in(sink.path) == [0]


def test_a_complete_run_takes_the_place_of_the_earlier(
    kind: Kind, tmp_path: Path, frames_in: Frames
) -> None:
    for count in (3, 2):
        with make(kind, tmp_path) as sink:
            for index in range(count):
                sink.write(frame(index), people(1))
    if not sink.path.is_dir():
        assert frames_in(sink.path) == [0, 1]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_where_the_folder_should_be_is_said_at_once(kind: Kind, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(SinkError, match="--out") as caught:
        make(kind, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert (tmp_path / "out").read_text() == "mine"


def test_a_name_that_is_too_long_is_said_at_once(kind: Kind, tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="too long"):
        make_sinks([kind.name], tmp_path / ("x" * 300), about(kind))


def test_a_folder_that_is_read_only_is_said_at_once(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SinkError, match="may not be written"):
        make(kind, tmp_path)


def test_an_unknown_kind_suggests_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="'parquet'"):
        make_sinks(["json", "parket"], tmp_path / "out", about(KINDS[0]))
    assert not (tmp_path / "out").exists()


def test_several_sinks_are_one(tmp_path: Path) -> None:
    kinds = ["json", "csv", "video", "masks"]
    with Sinks(make_sinks(kinds, tmp_path, about(KINDS[0]))) as sinks:
        sinks.write(frame(0), people(1))
    assert [path.name for path in sinks.paths] == [
        "demo.json",
        "demo.csv",
        "demo_annotated.mp4",
        "demo_masks",
    ]
    assert sinks.path == tmp_path


def test_one_that_fails_does_not_keep_the_others_from_being_closed(
    tmp_path: Path, frames_in: Frames
) -> None:
    class Full(Sink):
        path = tmp_path / "full"

        def write(self, frame: Frame, people: People) -> None:
            raise SinkError("full")

        def close(self, *, complete: bool = True) -> None:
            raise SinkError("still full")

    with pytest.raises(SinkError, match="full"), Sinks([Full(), make(KINDS[0], tmp_path)]) as sinks:
        sinks.write(frame(0), people(1))
    assert frames_in(tmp_path / "demo.json") == [0]
