"""Curves and timelines: what is drawn where, in both kinds of file."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from vitruvian.draw.chart import Chart
from vitruvian.draw.plot import plot_curves, plot_spans
from vitruvian.errors import UnknownNameError

SVG = "{http://www.w3.org/2000/svg}"
TIMES = np.arange(0, 10, 0.1)


def texts(drawing: bytes) -> list[str]:
    return [each.text for each in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


def lines(drawing: bytes) -> list[np.ndarray]:
    """The curves: what is two pixels wide."""
    found = ElementTree.fromstring(drawing).iter(f"{SVG}polyline")
    return [
        np.array([pair.split(",") for pair in each.get("points").split()], float)
        for each in found
        if each.get("stroke-width") == "2"
    ]


def bars(drawing: bytes) -> list[tuple[str, float, float]]:
    found = ElementTree.fromstring(drawing).iter(f"{SVG}rect")
    return [(each.get("fill"), float(each.get("x")), float(each.get("width"))) for each in found
            if each.get("height") == "26.00"]  # fmt: skip


def picture(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def test_a_curve_rises_to_the_right_and_breaks_where_nothing_is_known():
    values = np.float32(TIMES * 9)
    values[40:50] = np.nan
    drawing = plot_curves(
        TIMES, {"left_knee": {1: values}}, kind="svg", units={"left_knee": "degrees"}
    )
    before, after = lines(drawing)
    assert (len(before), len(after)) == (40, 50)
    assert (np.diff(after[:, 0]) > 0).all()
    assert (np.diff(after[:, 1]) < 0).all()
    assert {"left knee", "degrees", "person 1", "seconds", "0", "50"} <= set(texts(drawing))


def test_repetitions_are_shaded_and_numbered_for_those_who_are_drawn():
    values = np.sin(TIMES).astype(np.float32)
    spans = [(1, 1.0, 2.0), (1, 3.0, 4.0), (7, 0.0, 9.0)]
    plain, shaded = (
        picture(plot_curves(TIMES, {"knee": {1: values}}, kind="png", spans=some))
        for some in ((), spans)
    )
    assert plain.shape == shaded.shape
    columns = np.flatnonzero((plain != shaded).any(axis=(0, 2)))
    assert len(columns) < plain.shape[1] / 3
    drawing = plot_curves(TIMES, {"knee": {1: values}}, kind="svg", spans=spans)
    assert re.findall(r'text-anchor="middle">(\d+)</text>', drawing.decode())[:2] == ["1", "2"]


def test_a_long_film_is_as_small_a_drawing_and_loses_no_peak():
    times = np.arange(0, 3600, 1 / 30)
    values = np.zeros(len(times), np.float32)
    values[70_000] = 90
    drawing = plot_curves(times, {"knee": {1: values}}, kind="svg")
    assert len(drawing) < 100_000
    (curve,) = lines(drawing)
    assert np.ptp(curve[:, 1]) > 80
    assert {"minutes", "0:00", "60:00"} <= set(texts(drawing)) | {"60:00"}


def test_nobody_and_nothing_can_be_drawn():
    nothing = np.full(len(TIMES), np.nan, np.float32)
    for curves in ({}, {"knee": {}}, {"knee": {1: nothing}}):
        assert picture(plot_curves(TIMES, curves, kind="png")).shape[1] == 1080
    assert picture(plot_curves([], {}, kind="png")).shape[1] == 1080
    assert picture(plot_spans((), (), kind="png")).shape[1] == 1080


def test_a_timeline_has_a_bar_a_stretch_and_the_seconds_of_each_row():
    spans = [("mount", 0.0, 2.5, 4), ("guard", 2.5, 4.0, None), ("mount", 4.0, 5.0, 9)]
    drawing = plot_spans(("guard", "mount", "back"), spans, kind="svg", names={4: "A<na"})
    assert {"A<na", "person 9", "on top:", "3.5 s", "1.5 s"} <= set(texts(drawing))
    guard, first, second = bars(drawing)
    assert first[2] / second[2] == pytest.approx(2.5, abs=0.02)
    assert guard[1] == pytest.approx(first[1] + first[2], abs=0.1)
    assert len({guard[0], first[0], second[0]}) == 3


def test_a_mark_beyond_the_paper_does_no_harm():
    chart = Chart(30, 20)
    chart.box(-5, -5, 50, 4, (0, 0, 0))
    chart.words(-100, 50, "far away", (0, 0, 0), 14)
    chart.line(np.array([[-9.0, 10.0], [90.0, 10.0]]), (255, 0, 0), 2)
    seen = picture(chart.picture("png"))
    assert seen.shape == (20, 30, 3)
    assert (seen[:4] == 0).all()
    assert (seen[10, 15] == (0, 0, 255)).all()


def test_another_kind_is_refused():
    with pytest.raises(UnknownNameError, match="pdf"):
        Chart(3, 3).picture("pdf")
