"""The code that the page shows runs, with nothing of ours."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from vitruvian.classify.graph import write_tflite

PAGE = Path(__file__).parents[2] / "docs" / "classification.md"


def test_plain_litert_runs_the_file(trained, table, tmp_path, monkeypatch, capfd):
    plain, ours = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert "vitruvian" not in plain
    assert "classify=" in ours
    monkeypatch.chdir(tmp_path)
    Path("yoga.tflite").write_bytes(write_tflite(trained.model))
    landmarks, keypoints = table[np.array([30])].inputs(trained.model)
    np.save("landmarks.npy", landmarks[0])
    np.save("keypoints.npy", keypoints[0])
    exec(compile(plain, "block", "exec"), {})
    label, score = capfd.readouterr().out.rsplit("\n", 2)[-2].split()
    expected = trained.model.probabilities(landmarks, keypoints)[0]
    assert label == trained.model.labels[expected.argmax()] == "up"
    assert abs(float(score) - expected.max()) < 1e-5
