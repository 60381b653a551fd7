"""ByteTrack and OC-SORT of the package ``trackers``; `benchmarks.followed` starts it in a venv.

Reads ``boxes`` (M, 4), ``scores`` (M,) and ``counts`` (T,) from an ``.npz``; writes ``ids`` (M,)
in the same order, -1 where a detection got none.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np


def tracker(name: str, rate: float, bar: float) -> Any:
    """A tracker that starts a track from every detection surer than ``bar``, at once."""
    import trackers  # type: ignore[import-not-found, unused-ignore]

    if name == "bytetrack":
        return trackers.ByteTrackTracker(
            frame_rate=rate,
            track_activation_threshold=bar,
            high_conf_det_threshold=bar,
            minimum_consecutive_frames=1,
        )
    return trackers.OCSORTTracker(
        frame_rate=rate, high_conf_det_threshold=bar, minimum_consecutive_frames=1
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracker", choices=("bytetrack", "ocsort"), required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--bar", type=float, required=True)
    parser.add_argument("--detections", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    import supervision  # type: ignore[import-not-found, unused-ignore]

    with np.load(options.detections) as saved:
        boxes, scores, counts = (saved[name] for name in ("boxes", "scores", "counts"))
    follow = tracker(options.tracker, options.rate, options.bar)
    ids = np.full(len(boxes), -1, np.int64)
    for rows in np.split(np.arange(len(boxes)), np.cumsum(counts)[:-1]):
        detections = supervision.Detections(
            xyxy=boxes[rows].astype(np.float32),
            confidence=scores[rows].astype(np.float32),
            class_id=np.zeros(len(rows), int),
            data={"row": rows},
        )
        found = follow.update(detections)
        ids[found.data["row"].astype(int)] = found.tracker_id
    np.savez(options.out, ids=ids)


if __name__ == "__main__":
    main()
