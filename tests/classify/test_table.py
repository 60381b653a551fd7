from __future__ import annotations

import numpy as np
import pytest

from vitruvian.classify import COURSE, OURS, read_table
from vitruvian.errors import InputError


def test_both_layouts_come_back(table, tmp_path):
    ours, course = tmp_path / "landmarks.csv", tmp_path / "landmarks_17.csv"
    ours.write_text(table.csv(OURS))
    course.write_text(table.csv(COURSE))
    header = course.read_text().splitlines()[0].split(",")
    assert header[:4] == ["file_name", "NOSE_x", "NOSE_y", "NOSE_score"]
    assert header[-2:] == ["class_no", "class_name"]
    assert len(header) == 1 + 17 * 3 + 2
    assert "left_hip_world_z" in ours.read_text().splitlines()[0]
    again, left_out = read_table(ours)
    assert left_out == []
    assert (again.files, again.classes) == (table.files, table.classes)
    np.testing.assert_allclose(again.body, table.body, atol=1e-3)
    np.testing.assert_allclose(again.keypoints, table.keypoints, atol=1e-3)
    only, _ = read_table(course)
    assert only.body is None
    np.testing.assert_allclose(only.keypoints, table.keypoints, atol=1e-3)


def test_other_columns_do_no_harm_and_missing_ones_are_named(table, tmp_path):
    path = tmp_path / "poses.csv"
    lines = table.csv(COURSE).splitlines()
    path.write_text("\n".join(f"{line},more" for line in lines))
    assert len(read_table(path)[0]) == len(table)
    path.write_text(table.csv(COURSE).replace("LEFT_KNEE_x", "LEFT_NEE_x"))
    with pytest.raises(InputError, match="no column 'left_knee_x'"):
        read_table(path)
    path.write_text(table.csv(COURSE).replace("class_name", "kind"))
    with pytest.raises(InputError, match="no column 'class_name'"):
        read_table(path)


def test_rows_that_cannot_be_used_are_told(table, tmp_path):
    path = tmp_path / "poses.csv"
    lines = table.csv(COURSE).splitlines()
    cells = lines[1].split(",")
    lines[1] = ",".join([cells[0], "", *cells[2:]])
    lines[2] = lines[2].rpartition(",")[0] + ","
    path.write_text("\n".join(lines))
    found, left_out = read_table(path)
    assert len(found) == len(table) - 2
    assert left_out == [
        (table.files[0], "a number is missing"),
        (table.files[1], "it has no class_name"),
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n"])
def test_what_is_no_table_is_refused(content, tmp_path):
    path = tmp_path / "poses.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_table(path)
    with pytest.raises(InputError, match="cannot read"):
        read_table(tmp_path / "other.csv")
