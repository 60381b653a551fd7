from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.sink import About
from vitruvian.sink.csv import COLUMNS, CsvSink
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks, People

Make = Callable[..., Any]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_row_for_each_person_and_landmark(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    people: People = make_people(5, 2)
    with CsvSink(out, film) as sink:
        sink.write(make_frame(3, time=1 / 3), people)
    table = rows(out / "demo.csv")
    assert tuple(table[0]) == COLUMNS
    assert [row["landmark"] for row in table] == list(BLAZEPOSE_33.landmarks) * 2
    assert [row["id"] for row in table] == ["5"] * 33 + ["2"] * 33
    assert {(row["frame"], float(row["time"]), row["name"]) for row in table} == {("3", 1 / 3, "")}
    body = people.body
    assert body is not None
    assert body.world is not None
    flat = [body.xy[..., 0], body.xy[..., 1], body.z, body.visibility, body.presence]
    flat += [body.world[..., axis] for axis in range(3)]
    numbers = [[float(row[name]) for row in table] for name in COLUMNS[6:14]]
    np.testing.assert_allclose(numbers, [column.ravel() for column in flat], atol=0.0051)
    assert [table[0][f"box_{edge}"] for edge in ("x0", "y0", "x1", "y1")] == [
        "4.00",
        "4.00",
        "40.00",
        "44.00",
    ]


def test_what_is_missing_is_empty(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    people: People = make_people(1)
    with CsvSink(out, film) as sink:
        sink.write(make_frame(0), people.having(body=Landmarks.missing(BLAZEPOSE_33, (1,))))
        sink.write(make_frame(1), people.having(body=None, ids=None))
    table = rows(out / "demo.csv")
    assert len(table) == 34
    assert {row[name] for row in table for name in COLUMNS[6:14]} == {""}
    assert (table[-1]["landmark"], table[-1]["id"], table[-1]["score"]) == ("", "", "0.9000")


def test_any_name_survives(out: Path, film: About, make_frame: Make, make_people: Make) -> None:
    names = ['banana, "nan".jpg', "a\nb.png", "跑步.jpg"]
    with CsvSink(out, film) as sink:
        for index, name in enumerate(names):
            sink.write(make_frame(index, name=name), make_people(1))
        sink.write(make_frame(3, name="odd\udcff.jpg"), make_people(1))
    assert [row["name"] for row in rows(out / "demo.csv")[::33]] == [*names, "odd\\udcff.jpg"]
