from __future__ import annotations

import re

import pytest

from vitruvian import weights
from vitruvian.errors import InputError, UnknownNameError
from vitruvian.skeletons import SKELETONS

ROWS = weights.rows()
FILES = {file.name: file for row in ROWS for file in row.files}.values()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_says_all_that_a_user_must_know(row):
    assert weights.row(row.name) is row
    assert row.kind in {"detector", "landmarks", "embedder", "body", "film"}
    assert row.licence in {"Apache-2.0", "BSD-3-Clause", "CC0-1.0", "MIT (origin not stated)"}
    assert row.files
    assert row.size == sum(file.size for file in row.files) > 1e6
    assert len(row.files) == 1 or row.recipe
    if row.kind not in ("film", "body"):
        assert re.match(r"1x\d+x\d+x3 (float32|uint8) RGB", row.input)
        assert row.outputs
    if row.kind == "landmarks":
        assert row.skeleton in SKELETONS


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_pinned_wherever_it_comes_from(file):
    for sha256, size in file.accepted.items():
        assert re.fullmatch("[0-9a-f]{64}", sha256)
        assert size > 0
    assert file.sources
    for source in file.sources:
        version = {"npm": r"@\d+\.\d+\.\d+$", "pypi": r"==\d+\.\d+\.\d+$"}[source.package.client]
        assert re.search(version, source.package.spec)
    for url in file.urls:
        assert url.startswith("https://")
        assert re.search(r"@\d+\.\d+\.\d+/|\?generation=\d+$", url)


def test_a_wrong_name_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'blazepose-heavy'"):
        weights.row("blazepose-hevy")


def test_multipose_has_a_row_for_every_size():
    wide = weights.row("movenet-multipose-384x640")
    assert wide.input == "1x384x640x3 uint8 RGB"
    assert wide.files == weights.row("movenet-multipose-256").files


def test_one_size_has_one_name():
    assert weights.row("movenet-multipose-320x320") == weights.row("movenet-multipose-320")


@pytest.mark.parametrize("size", ["250", "256x250", "0", "32", "99999"])
def test_a_size_that_multipose_cannot_have_is_refused(size):
    with pytest.raises(InputError, match="multiples of 32"):
        weights.row(f"movenet-multipose-{size}")
