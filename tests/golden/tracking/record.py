"""Records what TrackEval says about made-up tracks, and about TUD-Campus with disturbed boxes.

Run it in an environment with the package ``trackeval`` (1.3.0 was taken), from the root of the
repository::

    PYTHONPATH=src python tests/golden/tracking/record.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from vitruvian.measure import Moments, Tracks, read_mot

HERE = Path(__file__).parent
KEPT = HERE / "trackeval.json"
NAMES = {
    "HOTA": "HOTA", "DetA": "DetA", "AssA": "AssA", "LocA": "LocA", "IDF1": "IDF1", "IDP": "IDP",
    "IDR": "IDR", "MOTA": "MOTA", "MOTP": "MOTP", "recall": "CLR_Re", "precision": "CLR_Pr",
    "switches": "IDSW", "fragmentations": "Frag",
}  # fmt: skip
"""Our name for each of TrackEval's fields."""


def trackeval_table(moments: Moments) -> dict[str, float]:
    """TrackEval's numbers under our names."""
    from trackeval.metrics import CLEAR, HOTA, Identity

    film, people, ids = moments.numbered()
    truths, founds = moments.counts
    data = {
        "num_timesteps": len(film), "num_gt_ids": people, "num_tracker_ids": ids,
        "num_gt_dets": truths, "num_tracker_dets": founds, "gt_ids": film.truth,
        "tracker_ids": film.found, "similarity_scores": film.similarity,
    }  # fmt: skip
    quiet = {"PRINT_CONFIG": False}
    answers = {}
    for metric in (HOTA(), Identity(quiet), CLEAR(quiet)):
        answers |= metric.eval_sequence(data)
    return {ours: float(np.mean(answers[theirs])) for ours, theirs in NAMES.items()}


def made_up(seed: int) -> Moments:
    """A few people whose ids switch, who are lost, doubled and seen where nobody is."""
    rng = np.random.default_rng(seed)
    people, names = rng.integers(1, 6), np.arange(100, 106)
    truth, found, tables = [], [], []
    for _ in range(rng.integers(5, 40)):
        if rng.random() < 0.1:
            rng.shuffle(names)
        a = np.flatnonzero(rng.random(people) < 0.85)
        seen = a[rng.random(len(a)) < 0.85]
        b = np.concatenate([names[seen], 200 + np.flatnonzero(rng.random(3) < 0.15)])
        order = rng.permutation(len(b))
        table = rng.random((len(a), len(b))) * 0.6
        for column, person in enumerate(seen):
            table[a == person, column] = rng.uniform(0.4, 1)
        truth.append(a)
        found.append(b[order])
        tables.append(np.round(table[:, order], 3))
    return Moments(truth, found, tables)


def disturbed(truth: Tracks, seed: int) -> Tracks:
    """Boxes that tremble, go missing, and now and then change their ids."""
    rng = np.random.default_rng(seed)
    names = np.arange(1000)
    frames = {}
    for index, (ids, boxes) in sorted(truth.frames.items()):
        if rng.random() < 0.1:
            pair = rng.choice(ids, 2) if len(ids) else ids
            names[pair] = names[pair[::-1]]
        size = boxes[:, 2:] - boxes[:, :2]
        moved = boxes + rng.normal(0, 0.08, boxes.shape) * np.tile(size, 2)
        kept = rng.random(len(ids)) < 0.8
        frames[index] = (names[ids[kept]], moved[kept])
    return Tracks(frames)


def trackeval_moments(truth: Tracks, found: Tracks) -> Moments:
    """Compared by TrackEval's own intersection over union."""
    from trackeval.datasets._base_dataset import _BaseDataset

    frames = [(truth.at(index), found.at(index)) for index in range(truth.end)]
    return Moments(
        [ids for (ids, _), _ in frames],
        [ids for _, (ids, _) in frames],
        [_BaseDataset._calculate_box_ious(a, b, "x0y0x1y1") for (_, a), (_, b) in frames],
    )


def campus() -> Path:
    """The truth of TUD-Campus, which is not in this repository."""
    beside = HERE.parents[3] / "shared" / "data"
    return Path(os.environ.get("VITRUVIAN_DATA", beside)) / "tracking" / "TUD-Campus" / "gt.txt"


def plain(moments: Moments) -> dict[str, list[object]]:
    """As JSON has it."""
    return {
        name: [rows.tolist() for rows in getattr(moments, name)]
        for name in ("truth", "found", "similarity")
    }


def main() -> None:
    films = [made_up(seed) for seed in range(8)]
    nobody: list[list[int]] = [[], []]
    films += [
        Moments(nobody, [[1], [1]], [np.zeros((0, 1))] * 2),
        Moments([[1], [1]], nobody, [np.zeros((1, 0))] * 2),
    ]
    truth = read_mot(campus())
    result = {
        "made up": [plain(film) | {"expected": trackeval_table(film)} for film in films],
        "TUD-Campus": [
            {
                "seed": seed,
                "expected": trackeval_table(trackeval_moments(truth, disturbed(truth, seed))),
            }
            for seed in range(3)
        ],
    }
    KEPT.write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
