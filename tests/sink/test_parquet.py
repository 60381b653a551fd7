from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitruvian.errors import MissingExtraError
from vitruvian.sink import About, make_sinks
from vitruvian.sink.csv import COLUMNS
from vitruvian.sink.parquet import ParquetSink
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks, People

Make = Callable[..., Any]


def table(path: Path) -> Any:
    return pytest.importorskip("pyarrow.parquet").read_table(path)


def test_the_columns_are_those_of_the_csv_and_typed(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    pytest.importorskip("pyarrow")
    people: People = make_people(5, 2)
    with ParquetSink(out, film) as sink:
        sink.write(make_frame(3, time=1 / 3, name="跑.jpg"), people)
    got = table(out / "demo.parquet")
    assert tuple(got.schema.names) == COLUMNS
    kinds = {name: str(got.schema.field(name).type) for name in COLUMNS}
    assert (kinds["frame"], kinds["time"], kinds["id"]) == ("int64", "double", "int64")
    assert {kinds[name] for name in (*COLUMNS[6:18], "id_score", "label_score")} == {"float"}
    columns = got.to_pydict()
    assert columns["landmark"] == list(BLAZEPOSE_33.landmarks) * 2
    assert columns["id"] == [5] * 33 + [2] * 33
    assert (set(columns["name"]), set(columns["time"])) == ({"跑.jpg"}, {1 / 3})
    assert people.body is not None
    np.testing.assert_array_equal(columns["y"], people.body.xy[..., 1].ravel())


def test_what_is_missing_is_null(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    pytest.importorskip("pyarrow")
    people: People = make_people(1)
    with ParquetSink(out, film) as sink:
        sink.write(make_frame(0), people.having(body=Landmarks.missing(BLAZEPOSE_33, (1,))))
        sink.write(make_frame(1), people.having(body=None, ids=None))
    columns = table(out / "demo.parquet").to_pydict()
    assert {value for name in COLUMNS[6:14] for value in columns[name]} == {None}
    assert columns["id"] == [1] * 33 + [None]
    assert columns["landmark"][-1] is None


def test_row_groups_are_written_in_the_meantime(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    crowd = make_people(*range(100))
    with ParquetSink(out, film) as sink:
        for index in range(25):
            sink.write(make_frame(index), crowd)
        assert sink.path.stat().st_size > 100_000
    meta = parquet.ParquetFile(sink.path).metadata
    assert (meta.num_rows, meta.num_row_groups) == (25 * 3300, 3)


def test_nothing_of_the_reserve_is_left_over(
    out: Path, film: About, make_frame: Make, make_people: Make
) -> None:
    pytest.importorskip("pyarrow")
    with ParquetSink(out, film) as sink:
        sink.write(make_frame(0), make_people(1))
    assert sink.path.read_bytes().endswith(b"PAR1")


def test_without_pyarrow_it_says_what_to_type(
    out: Path, film: About, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'vitruvian\[parquet\]'"):
        make_sinks(["json", "parquet"], out, film)
    assert not list(out.glob("*"))
