"""Hands on their own: found by their palms, followed by their landmarks, no body needed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vitruvian import weights
from vitruvian.closable import Closable
from vitruvian.errors import InputError, UnknownNameError
from vitruvian.geometry import boxes, hand_regions, regions
from vitruvian.skeletons import HAND_21
from vitruvian.types import Floats, Frame, Image, Ints, Landmarks

if TYPE_CHECKING:
    from vitruvian.weights import Progress

__all__ = ["TASKS_TILT", "HandSet", "Hands"]

MODELS = ("lite", "full")
TASKS_TILT = 90 - 14 * 2 * math.pi - math.pi / 2
"""What MediaPipe Tasks adds to the angle of every palm: hand_detector_graph.cc gives the angle of
up as 90 where radians are meant. Its legacy solutions and tfjs have the right angle."""


@dataclass(frozen=True, slots=True, eq=False)
class HandSet:
    """The hands of one picture: one row per hand.

    Args:
        landmarks: `Landmarks` of `HAND_21` with lead (N,): pixels, z in pixels relative to the
            wrist, and metres whose origin is about the mean of the four knuckles.
        sides: N times ``"left"`` or ``"right"``: the person's own.
        side_scores: (N,) 0.5..1, how sure the side is.
        scores: (N,) 0..1, how sure it is that there is a hand.
        ids: (N,) int64 from 1; in a film one id is one hand from frame to frame.
        regions: (N, 4) where each hand is looked for in the next frame.
    """

    landmarks: Landmarks
    sides: tuple[str, ...]
    side_scores: Floats
    scores: Floats
    ids: Ints
    regions: Floats

    def __len__(self) -> int:
        """How many hands there are."""
        return len(self.scores)

    def __getitem__(self, index: Any) -> HandSet:
        """The same columns for fewer hands, or in another order."""
        rows = np.atleast_1d(np.arange(len(self))[index])
        return HandSet(
            self.landmarks[rows],
            tuple(self.sides[i] for i in rows),
            self.side_scores[rows],
            self.scores[rows],
            self.ids[rows],
            self.regions[rows],
        )

    @classmethod
    def none(cls) -> HandSet:
        """No hand."""
        empty = np.zeros(0, np.float32)
        places = np.zeros((0, 4), np.float32)
        lead = Landmarks.missing(HAND_21, (0,))
        return cls(lead, (), empty, empty.copy(), np.zeros(0, np.int64), places)


class Hands(Closable):
    """Finds hands and their 21 landmarks, by the rules of MediaPipe's ``HandLandmarker``.

    `find` is for pictures that stand alone, `follow` for the frames of a film: there palms are
    searched for only while fewer than ``most`` hands are followed, not in every frame, and a hand
    that is followed is never replaced by a palm that overlaps it.

    Args:
        model: ``"full"`` or ``"lite"``, for the palms and the landmarks.
        most: The most hands wanted.
        min_detection: Palms below this score are left out.
        min_presence: A hand is there if the landmark model is surer than this.
        min_tracking: A palm whose region overlaps that of a followed hand by more than this
            (IoU) is that hand.
        search_every: While some hand is followed and more are wanted, palms are searched for in
            every so many frames; and in each of so many after a hand has come or gone. With 1 in
            each frame, as MediaPipe does, which costs it most.
        mirrored: Whether the picture is in a mirror, as selfies are; sides are then swapped.
        tilt: Radians by which palms' regions are turned too far: `TASKS_TILT` gives to a pixel what
            MediaPipe Tasks gives for pictures and for the first frame of a hand.
        palms: Another palm model: its name in the catalog or its file.
        landmarks: Another landmark model: its name in the catalog or its file.
        progress: Told about downloads, as in `vitruvian.weights.obtain`.

    Raises:
        UnknownNameError: There is no such model.
        InputError: A number is out of its range.
        WeightsError: Weights cannot be had.

    Example:
        >>> import numpy as np, vitruvian
        >>> hands = vitruvian.Hands(model="lite")
        >>> len(hands.find(np.zeros((240, 320, 3), np.uint8)))
        0
    """

    def __init__(
        self,
        *,
        model: str = "full",
        most: int = 2,
        min_detection: float = 0.5,
        min_presence: float = 0.5,
        min_tracking: float = 0.5,
        search_every: int = 5,
        mirrored: bool = False,
        tilt: float = 0.0,
        palms: str | None = None,
        landmarks: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        if model not in MODELS:
            raise UnknownNameError("model", model, MODELS)
        if most < 1:
            raise InputError(f"most must be 1 or more hands, not {most}")
        for name, bar in (
            ("min_detection", min_detection),
            ("min_presence", min_presence),
            ("min_tracking", min_tracking),
        ):
            if not 0 <= bar <= 1:
                raise InputError(f"{name} must be within 0..1, not {bar}")
        if search_every < 1:
            raise InputError(f"search_every must be 1 or more frames, not {search_every}")
        from vitruvian.detect.palm import PalmFinder
        from vitruvian.landmark.hand_reader import HandReader

        self._finder = weights.load(
            palms or f"palm-{model}",
            lambda path: PalmFinder(path, min_score=min_detection),
            progress=progress,
        )
        self._reader = weights.load(landmarks or f"hand-{model}", HandReader, progress=progress)
        self._most = most
        self._min_presence = min_presence
        self._min_tracking = min_tracking
        self._search_every = search_every
        self._calm = 0
        self._mirrored = mirrored
        self._tilt = tilt
        self._places = np.zeros((0, 4), np.float32)
        self._ids = np.zeros(0, np.int64)
        self._next = 1

    def find(self, picture: Frame | Image, *, rotation: float = 0.0) -> HandSet:
        """The hands of a picture that stands alone, surest palm first, with ids 1, 2, ….

        Args:
            picture: A `Frame`, or (H, W, 3) uint8 RGB.
            rotation: Degrees by which it is turned clockwise before palms are looked for; what
                is found stays in pixels of the picture as it was given.
        """
        frame = picture if isinstance(picture, Frame) else Frame(picture)
        places = self._palms(frame, rotation)
        return self._read(frame, places, np.arange(1, len(places) + 1))

    def follow(self, picture: Frame | Image, *, rotation: float = 0.0) -> HandSet:
        """The hands of the next frame of a film; an id is one hand for as long as it is seen.

        Args:
            picture: A `Frame`, or (H, W, 3) uint8 RGB.
            rotation: As for `find`.
        """
        frame = picture if isinstance(picture, Frame) else Frame(picture)
        places, ids = self._places, self._ids
        self._calm += 1
        if len(places) < self._most and self._due():
            places, ids = self._joined(self._palms(frame, rotation))
        found = self._read(frame, places[: self._most], ids[: self._most])
        if set(found.ids.tolist()) != set(self._ids.tolist()):
            self._calm = 0
        self._places, self._ids = found.regions, found.ids
        return found

    def reset(self) -> None:
        """Forget every hand; the next frame begins another film."""
        self._places = np.zeros((0, 4), np.float32)
        self._ids = np.zeros(0, np.int64)
        self._next = 1
        self._calm = 0

    def close(self) -> None:
        """Let worker threads go; may be called twice."""
        self._reader.close()

    def _due(self) -> bool:
        """Whether it is time to search for palms, if more hands are wanted."""
        every = self._search_every
        return not len(self._places) or self._calm <= every or self._calm % every == 0

    def _palms(self, frame: Frame, rotation: float) -> Floats:
        """The regions of the surest palms."""
        (width, height), angle = frame.size, -np.deg2rad(rotation)
        whole = np.array([width / 2, height / 2, max(width, height), angle], np.float32)
        view = regions.affine(whole, self._finder.input_size)
        return self._finder.find(frame, view).regions(self._tilt)[: self._most]

    def _joined(self, palms: Floats) -> tuple[Floats, Ints]:
        """Followed hands, then palms that overlap none before them (HandAssociationCalculator)."""
        places, ids = list(self._places), list(self._ids)
        for palm in palms:
            corners = hand_regions.boxes(np.stack([palm, *places]))
            if not (boxes.iou(corners[:1], corners[1:]) > self._min_tracking).any():
                places.append(palm)
                ids.append(np.int64(self._next))
                self._next += 1
        return np.array(places, np.float32).reshape(-1, 4), np.array(ids, np.int64)

    def _read(self, frame: Frame, places: Floats, ids: Ints) -> HandSet:
        """The hands that the model sees in these regions, each of them once."""
        from vitruvian.landmark.hand import duplicates, project

        read = self._reader.read(frame, places)
        there = [i for i, reading in enumerate(read) if reading.score > self._min_presence]
        if not there:
            return HandSet.none()
        landmarks = Landmarks.stacked([project(read[i], places[i]) for i in there])
        right = np.array([read[i].right for i in there], np.float32)
        right = 1 - right if self._mirrored else right
        found = HandSet(
            landmarks,
            tuple("right" if share >= 0.5 else "left" for share in right),
            np.maximum(right, 1 - right),
            np.array([read[i].score for i in there], np.float32),
            np.asarray(ids, np.int64)[there],
            hand_regions.from_hand(landmarks.xy),
        )
        return found[~duplicates(landmarks.xy)] if len(found) > 1 else found
