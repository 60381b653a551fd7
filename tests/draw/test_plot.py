"""Curves and timelines: what is drawn where, in both kinds of file."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from vitruvian.draw.plot import plot_curves, plot_spans
from vitruvian.errors import MissingExtraError

pytest.importorskip("matplotlib", reason="needs the extra plot")

SVG = "{http://www.w3.org/2000/svg}"
TIMES = np.arange(0, 10, 0.1)


def texts(drawing: bytes) -> list[str]:
    return [each.text for each in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


def lines(drawing: bytes) -> list[np.ndarray]:
    """The pieces of the curves: what is 1.3 points wide."""
    found = ElementTree.fromstring(drawing).iter(f"{SVG}path")
    ways = [each.get("d") for each in found if "stroke-width: 1.3;" in each.get("style", "")]
    pieces = [piece for way in ways for piece in way.split("M")[1:]]
    return [np.array(re.findall(r"-?[\d.]+", piece), float).reshape(-1, 2) for piece in pieces]


def bars(drawing: bytes) -> list[tuple[str, float, float]]:
    """Colour, left edge and width of the bars of a timeline."""
    found = []
    for group in ElementTree.fromstring(drawing).iter(f"{SVG}g"):
        if group.get("id", "").startswith("PolyCollection"):
            for path in group.iter(f"{SVG}path"):
                x = np.array(re.findall(r"-?[\d.]+", path.get("d")), float)[::2]
                found.append((path.get("style"), x.min(), np.ptp(x)))
    return found


def picture(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def test_a_curve_rises_to_the_right_and_breaks_where_nothing_is_known():
    values = np.float32(TIMES**2)
    values[40:50] = np.nan
    drawing = plot_curves(
        TIMES, {"left_knee": {1: values}}, kind="svg", units={"left_knee": "degrees"}
    )
    before, after = lines(drawing)
    assert after[:, 0].min() > before[:, 0].max() + 10
    assert (np.diff(after[:, 0]) > 0).all()
    assert (np.diff(after[:, 1]) < 0).all()
    assert {"left knee", "(degrees)", "person 1", "time (seconds)"} <= set(texts(drawing))


def test_a_moment_alone_is_a_dot():
    values = np.full(len(TIMES), np.nan, np.float32)
    empty = picture(plot_curves(TIMES, {"knee": {1: values}}, kind="png"))
    values[50] = 0
    dotted = picture(plot_curves(TIMES, {"knee": {1: values}}, kind="png"))
    red = [((each[..., 2] > 180) & (each[..., 1] < 90)).sum() for each in (empty, dotted)]
    assert red[1] > red[0]


def test_repetitions_are_shaded_and_numbered_for_those_who_are_drawn():
    values = np.sin(TIMES).astype(np.float32)
    spans = [(1, 1.0, 2.0), (1, 3.0, 4.0), (7, 0.0, 9.0)]
    plain, shaded = (
        picture(plot_curves(TIMES, {"knee": {1: values}}, kind="png", spans=some))
        for some in ((), spans)
    )
    assert plain.shape == shaded.shape
    columns = np.flatnonzero((plain != shaded).any(axis=(0, 2)))
    assert 0 < len(columns) < plain.shape[1] / 3
    without, drawn = (
        texts(plot_curves(TIMES, {"knee": {1: values}}, kind="svg", spans=some))
        for some in ((), spans)
    )
    assert drawn.count("1") == without.count("1") + 1
    assert drawn.count("2") == without.count("2") + 1
    assert drawn.count("3") == without.count("3")


def test_a_long_restless_film_is_drawn_whole_and_told_in_minutes():
    times = np.arange(0, 3600, 1 / 30)
    values = np.random.default_rng(0).normal(0, 20, len(times)).astype(np.float32)
    values[70_000] = 900
    seen = picture(plot_curves(times, {"knee": {1: values}}, kind="png"))
    assert seen.shape[1] == 1080
    drawing = plot_curves(times, {"knee": {1: values}}, kind="svg")
    assert {"time (minutes:seconds)", "0:00", "10:00", "60:00"} <= set(texts(drawing))
    assert np.ptp(np.concatenate(lines(drawing))[:, 1]) > 60


def test_nobody_and_nothing_can_be_drawn():
    nothing = np.full(len(TIMES), np.nan, np.float32)
    for curves in ({}, {"knee": {}}, {"knee": {1: nothing}}):
        assert picture(plot_curves(TIMES, curves, kind="png")).shape[1] == 1080
    assert picture(plot_curves([], {}, kind="png")).shape[1] == 1080
    assert picture(plot_curves([3.0], {"knee": {1: nothing[:1]}}, kind="png")).shape[1] == 1080
    assert picture(plot_spans((), (), kind="png")).shape[1] == 1080


def test_any_name_is_text_and_no_formula():
    values = np.float32(TIMES)
    names = {1: "_a$\\x$", 2: "<Åsa>", 3: "明"}
    curves = {"knee": dict.fromkeys(names, values)}
    drawing = plot_curves(TIMES, curves, kind="svg", names=names, title="$a^{.mp4")
    assert {*names.values(), "$a^{.mp4"} <= set(texts(drawing))
    assert picture(plot_curves(TIMES, curves, kind="png", names=names)).shape[1] == 1080


def test_of_many_people_a_few_are_named():
    values = np.float32(TIMES)
    drawing = plot_curves(TIMES, {"knee": dict.fromkeys(range(1, 9), values)}, kind="svg")
    assert {"person 5", "and 3 more"} <= set(texts(drawing))
    assert "person 6" not in texts(drawing)


def test_a_timeline_has_a_bar_a_stretch_and_the_seconds_of_each_row():
    spans = [("mount", 0.0, 2.5, 4), ("guard", 2.5, 4.0, None), ("mount", 4.0, 5.0, 9)]
    drawing = plot_spans(("guard", "mount", "back"), spans, kind="svg", names={4: "A<na"})
    assert {"A<na on top", "person 9 on top", "3.5 s", "1.5 s"} <= set(texts(drawing))
    assert "0.0 s" not in texts(drawing)
    guard, first, second = bars(drawing)
    assert first[2] / second[2] == pytest.approx(2.5, abs=0.02)
    assert guard[1] == pytest.approx(first[1] + first[2], abs=0.1)
    assert len({guard[0], first[0], second[0]}) == 3


def test_without_matplotlib_it_is_told_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for draw in (lambda: plot_curves([], {}, kind="png"), lambda: plot_spans((), (), kind="png")):
        with pytest.raises(MissingExtraError, match=r"pip install 'vitruvian\[plot\]'"):
            draw()
