"""HOTA, IDF1 and CLEAR MOT are TrackEval's, to a millionth."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from vitruvian.measure import Moments, box_moments, read_mot, tracking

FOLDER = Path(__file__).parents[1] / "golden" / "tracking"
KEPT = json.loads((FOLDER / "trackeval.json").read_text())


@pytest.fixture(scope="module")
def recorder():
    """The script that made the recording."""
    spec = importlib.util.spec_from_file_location("record_trackeval", FOLDER / "record.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        assert ours[name] == pytest.approx(value, abs=1e-6), name


@pytest.mark.parametrize("film", KEPT["made up"])
def test_made_up_tracks(film):
    moments = Moments(film["truth"], film["found"], film["similarity"])
    assert_same(tracking(moments).table, film["expected"])


def test_the_recording_has_something_to_say():
    tables = [film["expected"] for film in KEPT["made up"]]
    assert len({round(table["HOTA"], 3) for table in tables}) > 6
    assert sum(table["switches"] for table in tables) > 20
    assert all(np.isfinite(list(table.values())).all() for table in tables)


@pytest.mark.parametrize("kept", KEPT["TUD-Campus"], ids=lambda kept: f"seed {kept['seed']}")
def test_real_people_with_disturbed_boxes(kept, data, recorder):
    path = data / "tracking" / "TUD-Campus" / "gt.txt"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    truth = read_mot(path)
    found = recorder.disturbed(truth, kept["seed"])
    assert_same(tracking(box_moments(truth, found)).table, kept["expected"])


@pytest.mark.parametrize("seed", range(100, 120))
def test_the_package_itself(seed, recorder):
    pytest.importorskip("trackeval", reason="needs: pip install trackeval")
    moments = recorder.made_up(seed)
    assert_same(tracking(moments).table, recorder.trackeval_table(moments))
