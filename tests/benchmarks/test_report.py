from __future__ import annotations

import json

from benchmarks.report import Report, markdown


def test_a_table_has_a_line_per_row_and_aligned_columns():
    lines = markdown([{"name": "a", "fps": 9.876}, {"name": "long", "fps": 123.45}]).splitlines()
    assert lines[0] == "| name |   fps |"
    assert lines[1] == "| ---- | ----: |"
    assert lines[2] == "| a    |  9.88 |"
    assert lines[3] == "| long | 123.5 |"
    assert len({len(line) for line in lines}) == 1


def test_what_is_not_known_is_a_dash():
    assert markdown([{"x": float("nan")}]).splitlines()[-1].strip("| ") == "-"


def test_tables_are_printed_and_saved(tmp_path, capsys):
    report = Report()
    report.add("Speed", [{"fps": 30.0}], "one core")
    report.save(tmp_path / "out.json")
    assert "## Speed" in capsys.readouterr().out
    assert json.loads((tmp_path / "out.json").read_text())["tables"] == {"Speed": [{"fps": 30.0}]}
