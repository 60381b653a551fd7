from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitruvian.sink import About
from vitruvian.sink.json import JsonSink
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, People

Make = Callable[..., Any]


def strict(path: Path) -> dict[str, Any]:
    """Read JSON as the standard has it: NaN and Infinity are not in it."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    data: dict[str, Any] = json.loads(path.read_text("utf-8"), parse_constant=refuse)
    return data


def test_the_file_is_the_contract(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    people: People = make_people(7)
    with JsonSink(out, film) as sink:
        sink.write(make_frame(3, time=0.125), people)
    data = strict(out / "demo.json")
    about = ["format", "version", "source", "width", "height", "skeleton", "hand_skeleton"]
    assert list(data) == [*about, "frames"]
    assert (data["format"], data["version"], data["source"]) == ("vitruvian.clip", 1, "demo.mp4")
    assert (data["width"], data["height"]) == (64, 48)
    assert data["skeleton"] == {
        "name": "blazepose-33",
        "landmarks": list(BLAZEPOSE_33.landmarks),
    }
    (frame,) = data["frames"]
    assert (frame["index"], frame["time"], set(frame)) == (3, 0.125, {"index", "time", "people"})
    (person,) = frame["people"]
    assert set(person) == {"id", "box", "score", "landmarks", "world"}
    assert (person["id"], person["box"], person["score"]) == (7, [4, 4, 40, 44], 0.9)
    assert people.body is not None
    points = person["landmarks"]
    np.testing.assert_allclose(points["xy"], people.body.xy[0], atol=0.0051)
    np.testing.assert_allclose(points["z"], people.body.z[0], atol=0.0051)
    np.testing.assert_allclose(points["visibility"], people.body.visibility[0], atol=0.000051)
    np.testing.assert_allclose(points["presence"], people.body.presence[0], atol=0.000051)
    assert people.body.world is not None
    np.testing.assert_allclose(person["world"], people.body.world[0], atol=0.000051)


def test_what_is_missing_is_null(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    people: People = make_people(1, 2)
    assert people.body is not None
    xy = people.body.xy.copy()
    xy[0, 0] = np.nan, np.inf
    people = people.having(ids=None, scores=np.array([np.nan, -np.inf], np.float32))
    with JsonSink(out, film) as sink:
        sink.write(
            make_frame(0),
            people.having(
                body=people.body[:].__class__(
                    BLAZEPOSE_33, xy, people.body.z, people.body.visibility, people.body.presence
                )
            ),
        )
        sink.write(make_frame(1), people.having(body=None))
    first, second = strict(out / "demo.json")["frames"]
    assert first["people"][0]["landmarks"]["xy"][0] == [None, None]
    assert first["people"][0]["landmarks"]["xy"][1] != [None, None]
    assert [person["score"] for person in first["people"]] == [None, None]
    assert [person["id"] for person in first["people"]] == [None, None]
    assert first["people"][0]["world"] is None
    assert second["people"][1]["landmarks"] is None


def test_optional_facts_are_there_when_known(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    people: People = make_people(1, 2)
    with JsonSink(out, film) as sink:
        sink.write(
            make_frame(0, name='nan "ä".jpg', size=(10, 20)),
            people.having(labels=("Łukasz nan", None), id_scores=np.array([0.5, np.nan], "f4")),
        )
    frame = strict(out / "demo.json")["frames"][0]
    assert frame["name"] == 'nan "ä".jpg'
    assert (frame["width"], frame["height"]) == (10, 20)
    assert frame["people"][0]["label"] == "Łukasz nan"
    assert "label" not in frame["people"][1]
    assert [person["id_score"] for person in frame["people"]] == [0.5, None]


def test_the_file_is_whole_at_every_moment(
    out: Path, film: About, make_frame: Make, make_people: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with JsonSink(out, film) as sink:
        assert strict(sink.path)["frames"] == []
        for index in range(40):
            now += 0.3
            sink.write(make_frame(index), make_people(1))
            # At most a second is kept back.
            assert len(strict(sink.path)["frames"]) >= index - 2
    assert len(strict(sink.path)["frames"]) == 40


def test_an_address_is_written_without_its_password(out: Path, make_frame: Make) -> None:
    about = About("rtsp://me:secret@cam.local/door?x=1", (64, 48), 25.0, False, BLAZEPOSE_33)
    with JsonSink(out, about) as sink:
        sink.write(make_frame(0), People.none())
    assert sink.path.name == "door.json"
    assert "secret" not in sink.path.read_text("utf-8")


def test_a_frame_costs_little(out: Path, film: About, make_people: Make) -> None:
    people, frame = make_people(*range(20)), Frame(np.zeros((48, 64, 3), np.uint8))
    with JsonSink(out, film) as sink:
        sink.write(frame, people)
        start = time.process_time()
        for _ in range(20):
            sink.write(frame, people)
        assert (time.process_time() - start) / 400 < 0.0003
