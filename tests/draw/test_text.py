from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from vitruvian.draw.text import text_mask


@pytest.fixture(params=["typeface", "strokes"])
def _either_font(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    text_mask.cache_clear()
    if request.param == "strokes":
        monkeypatch.delattr(cv2, "FontFace", raising=False)
    elif not hasattr(cv2, "FontFace"):
        pytest.skip("this OpenCV has no typeface")
    yield
    text_mask.cache_clear()


@pytest.mark.usefixtures("_either_font")
@pytest.mark.parametrize("size", [9, 14, 40, 90])
def test_text_fills_its_height_and_is_cropped(size: int) -> None:
    mask = text_mask("12 Anna", size)
    assert mask.dtype == np.uint8
    assert mask.shape[0] == round(size * 1.3)
    assert mask[:, 0].max() > 0
    assert mask[:, -1].max() > 0
    rows = np.flatnonzero(mask.max(axis=1) > 100)
    assert 0.4 * size < np.ptp(rows) + 1 < 1.0 * size
    assert mask.max() > 200


@pytest.mark.usefixtures("_either_font")
def test_different_texts_look_different() -> None:
    assert text_mask("1", 20).shape != text_mask("10", 20).shape
    assert not np.array_equal(text_mask("6", 20), text_mask("9", 20))


@pytest.mark.usefixtures("_either_font")
def test_nothing_to_write_is_no_error() -> None:
    assert text_mask("", 20).max(initial=0) == 0
    assert text_mask(" ", 20).max(initial=0) == 0
