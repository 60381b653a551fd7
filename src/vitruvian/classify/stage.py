"""The stage that says what everybody does, and does not change its mind at every frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.classify.keypoints import KeypointReader
from vitruvian.classify.reader import PoseClassifier
from vitruvian.geometry.mirror import reflected
from vitruvian.skeletons import COCO_17
from vitruvian.types import Floats, Frame, People

__all__ = ["Classify"]

_MEMORY = 0.25
"""Seconds: the probabilities of the past count for 1/e of those of now after this long."""
_HOLD = 0.3
"""Seconds that another label must lead before it is taken."""
_FORGET = 1.0
"""Seconds out of sight after which somebody begins anew."""


class Classify:
    """Labels every person by a classifier, steadily over time.

    Each person's probabilities are averaged over about a quarter of a second; another label is
    taken when it has led for 0.3 s. "None of these" is a label like any other. Somebody whose
    landmarks are missing has no label. In pictures, which stand alone, the answer is taken as
    it is.

    Needs ``body`` and ``ids``; adds ``labels`` and ``label_scores``.

    Args:
        classifier: The opened file.
        stills: Whether every frame stands alone.
        mirrored: Whether the pictures are in a mirror: then everybody is judged as they are, not as
            they look.
        keypoints: Reads MoveNet's 17 keypoints of everybody too, which makes the answer surer and
            takes time; None to take those among the landmarks.
    """

    needs = frozenset({"body", "ids"})
    adds = frozenset({"labels", "label_scores"})

    def __init__(
        self,
        classifier: PoseClassifier,
        *,
        stills: bool = False,
        mirrored: bool = False,
        keypoints: KeypointReader | None = None,
    ) -> None:
        self._classifier = classifier
        self._keypoints = keypoints
        self._stills = stills
        self._mirrored = mirrored
        self._tracks: dict[int, _Track] = {}

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people, each with a label and how sure it is."""
        if people.body is None or people.ids is None or not len(people):
            none = np.zeros(len(people), np.float32)
            return people.having(labels=(None,) * len(people), label_scores=none)
        body, points = people.body, None
        if self._keypoints is not None:
            points = np.stack([self._keypoints.read(frame, box) for box in people.boxes])
        if self._mirrored:
            body, points = reflected(body), _reflected(points)
        answers = self._classifier.probabilities(body, points)
        self._tracks = {
            i: track for i, track in self._tracks.items() if frame.time - track.time <= _FORGET
        }
        labels: list[str | None] = []
        scores = np.full(len(people), np.nan, np.float32)
        for row, (person, answer) in enumerate(zip(people.ids.tolist(), answers, strict=True)):
            if not np.isfinite(answer).all():
                labels.append(None)
                continue
            track = _Track() if self._stills or person < 0 else self._tracks.get(person) or _Track()
            if not self._stills and person >= 0:
                self._tracks[person] = track
            chosen = track.step(answer, frame.time)
            labels.append(self._classifier.labels[chosen])
            scores[row] = track.mean[chosen]
        return people.having(labels=tuple(labels), label_scores=scores)

    def reset(self) -> None:
        """Forget everybody."""
        self._tracks = {}


def _reflected(points: Floats | None) -> Floats | None:
    """(N, 17, 3) x, y and score of people in a mirror, as those of the people before it."""
    if points is None:
        return None
    return points[:, list(COCO_17.mirror)] * np.array([-1, 1, 1], np.float32)


@dataclass
class _Track:
    """One person's answers so far."""

    mean: Floats = None  # type: ignore[assignment]
    time: float = -np.inf
    label: int = -1
    rival: int = -1
    since: float = 0.0

    def step(self, answer: Floats, time: float) -> int:
        """Take one more answer, and say which label holds."""
        if self.label < 0:
            self.mean, self.label, self.time = answer, int(answer.argmax()), time
            return self.label
        keep = np.float32(np.exp(-max(time - self.time, 0.0) / _MEMORY))
        self.mean = keep * self.mean + (1 - keep) * answer
        self.time = time
        leader = int(self.mean.argmax())
        if leader == self.label:
            self.rival = -1
        elif leader != self.rival:
            self.rival, self.since = leader, time
        elif time - self.since >= _HOLD:
            self.label, self.rival = leader, -1
        return self.label
