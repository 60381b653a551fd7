"""Contact sheets and the confusion matrix, as pictures."""

from __future__ import annotations

import numpy as np

from vitruvian.classify.picture import confusion_picture, contact_sheet

GREEN = np.full((40, 80, 3), (0, 200, 0), np.uint8)


def below(sheet: np.ndarray) -> np.ndarray:
    """The part of a sheet of one row that lies under the pictures."""
    return sheet[206:]


def test_a_long_reason_takes_more_lines_and_stays_under_its_picture():
    long = "a.jpg is damaged or no picture; expected JPEG, PNG, WebP, TIFF, BMP …"
    short = contact_sheet([(GREEN, ("a.jpg", "nobody"))])
    sheet = contact_sheet([(None, ("tree/" + "a" * 60, long)), (GREEN, ("b.jpg", "nobody"))])
    assert sheet.shape[0] > short.shape[0]
    gap = below(sheet)[:, 208:216]
    assert (gap == 255).all()
    written = (below(sheet)[:, :206] < 128).any(axis=(1, 2))
    assert written[40:].any()


def test_a_picture_that_cannot_be_shown_says_so():
    shown, missing = (contact_sheet([(image, ("a", "b"))]) for image in (GREEN, None))
    assert (shown[106, 106] == (0, 200, 0)).all()
    assert len(np.unique(missing[96:116, 60:150])) > 2


def test_the_matrix_is_darkest_where_most_lies():
    matrix = confusion_picture(np.array([[9, 1], [0, 5]]), ("chair", "tree"), ("chair", "tree"))
    corners = [matrix[y, x].astype(int).sum() for y in (100, 184) for x in (-180, -96)]
    right, wrong, empty, other = corners
    assert right < wrong < empty
    assert other <= right
