"""A pipeline as data: what the command line's flags and the Python arguments both become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING

from vitruvian import weights
from vitruvian.errors import InputError, UnknownNameError, WeightsError
from vitruvian.pipeline import Pipeline

if TYPE_CHECKING:
    from vitruvian.classify import KeypointReader
    from vitruvian.detect import Finder
    from vitruvian.landmark import BodyReader, SecondOpinion
    from vitruvian.stage import Stage
    from vitruvian.weights import Progress

__all__ = ["DETECTORS", "MODELS", "Recipe"]

MODELS = ("lite", "full", "heavy")
DETECTORS = ("auto", "blazepose", "movenet")
_DETECTOR = "blazepose-detector"
_MOVENET = "movenet-multipose-256"
_KEYPOINTS = "movenet-thunder"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which models do what; everything that makes one result differ from another.

    Args:
        model: ``"lite"``, ``"full"`` or ``"heavy"``, or a ``.task`` or ``.tflite`` of yours.
        people: The most people wanted; None for all.
        detector: ``"blazepose"``, ``"movenet"``, or ``"auto"`` for both, each where it is good.
        smooth: Whether landmarks of a film are smoothed.
        masks: Whether each person's mask is wanted; it takes a larger model.
        hands: Whether the 21 landmarks of each hand are wanted.
        classify: A classifier that ``vitruvian train`` wrote, to label everybody with.
        min_score: 0..1; whoever the landmark model is no surer of is nobody.
        mirrored: Whether the pictures are in a mirror, as selfies are: everybody's left and right,
            of body and hands, are exchanged.
        second_opinion: Whether another model, MoveNet Thunder, is asked about people in pictures
            whose landmarks are in doubt. Not where they are classified, nor where the detector is
            ``"blazepose"``, which keeps MoveNet out of it.

    Raises:
        UnknownNameError: The model or the detector is none of these.
        InputError: ``people`` is less than 1.

    Example:
        >>> Recipe(model="lite", people=1).detector
        'auto'
    """

    model: str = "full"
    people: int | None = None
    detector: str = "auto"
    smooth: bool = True
    masks: bool = False
    hands: bool = False
    classify: str | None = None
    min_score: float = 0.5
    mirrored: bool = False
    second_opinion: bool = False

    def __post_init__(self) -> None:
        if self.detector not in DETECTORS:
            raise UnknownNameError("detector", self.detector, DETECTORS)
        if self.people is not None and not (isinstance(self.people, Integral) and self.people >= 1):
            raise InputError(f"people must be 1 or more, or nothing for all, not {self.people!r}")
        if self.model not in MODELS and Path(str(self.model)).suffix not in (".task", ".tflite"):
            raise UnknownNameError("model", self.model, MODELS)
        if self.classify is not None and not isinstance(self.classify, str | Path):
            raise InputError(f"classify takes a classifier's file, not {self.classify!r}")

    def build(self, *, stills: bool, progress: Progress | None = None) -> Pipeline:
        """Fetch what is missing and put the stages together.

        Args:
            stills: Whether every frame is a picture that stands alone.
            progress: Told about downloads, as in `vitruvian.weights.obtain`.

        Raises:
            WeightsError: Weights cannot be had.
            InputError: A model file of the user's is not one.
        """
        from vitruvian.landmark import BodyReader

        landmarks, detector = self._models()
        reader = weights.load(landmarks, BodyReader, progress=progress)
        finders = self._finders(detector, stills, progress)
        if stills:
            stages = self._stills(reader, finders, self._opinion(progress))
        else:
            stages = self._film(reader, finders)
        if self.hands:
            self._add_hands(stages, stills, progress)
        if self.smooth and not stills:
            from vitruvian.smooth import Smooth

            stages.append(Smooth())
        if self.hands:
            from vitruvian.fit import Articulate

            # Last, since smoothing does not know how long a bone is.
            stages.append(Articulate(stills=stills))
        if self.classify is not None:
            stages.append(self._labels(self.classify, stills, progress))
        return Pipeline(stages, stills=stills, mirrored=self.mirrored)

    def _labels(self, file: str, stills: bool, progress: Progress | None) -> Stage:
        """The stage that labels everybody; in pictures there is time for a second opinion."""
        from vitruvian.classify import Classify, KeypointReader, PoseClassifier

        classifier = PoseClassifier(file)
        keypoints = None
        if stills and classifier.wants_keypoints:
            keypoints = weights.load(_KEYPOINTS, KeypointReader, progress=progress)
        return Classify(classifier, stills=stills, mirrored=self.mirrored, keypoints=keypoints)

    def _models(self) -> tuple[str | Path, str | Path]:
        """Names or files of the landmark model and the detector."""
        if self.model in MODELS:
            return f"blazepose-{self.model}" + ("" if self.masks else "-nomask"), _DETECTOR
        bundle = weights.open_bundle(self.model)
        detector = bundle.detector or _DETECTOR
        if not self.masks:
            return bundle.landmarks, detector
        if bundle.masked is None:
            raise InputError(f"{self.model} has no mask head, so it gives no masks")
        return bundle.masked, detector

    def _finders(
        self, detector: str | Path, stills: bool, progress: Progress | None
    ) -> list[Callable[[], Finder]]:
        """The detectors, fetched but not yet loaded: MoveNet, which needs no face, first."""
        from vitruvian.detect import BlazePoseFinder, MoveNetFinder

        # A picture is read with care afterwards, so there a weak candidate costs only time.
        blazepose = partial(BlazePoseFinder, min_score=0.3 if stills else 0.5)
        wanted: list[tuple[str | Path, Callable[[Path], Finder]]] = []
        if self.detector != "blazepose":
            wanted.append((_MOVENET, MoveNetFinder))
        if self.detector != "movenet":
            wanted.append((detector, blazepose))
        for name, _ in wanted:
            weights.obtain(name, progress=progress)
        return [partial(weights.load, name, opener) for name, opener in wanted]

    def _add_hands(self, stages: list[Stage], stills: bool, progress: Progress | None) -> None:
        """Turn away bodies that are hands as soon as they are read; then read everybody's hands."""
        from vitruvian.detect.palm import PalmFinder
        from vitruvian.landmark import Fingers, HandReader, RejectHands

        size = "lite" if self.model == "lite" else "full"
        reader = weights.load(f"hand-{size}", HandReader, progress=progress)
        weights.obtain(f"palm-{size}", progress=progress)
        palms = cache(partial(weights.load, f"palm-{size}", PalmFinder))
        read = next(i for i, stage in enumerate(stages) if "body" in stage.adds)
        stages.insert(read + 1, RejectHands(reader, palms, stills=stills))
        stages.append(Fingers(reader, palms=palms, stills=stills))

    def _opinion(self, progress: Progress | None) -> SecondOpinion | None:
        """Another model, fetched but not yet loaded: most pictures of one person do not need it."""
        # Classifiers learn from landmarks without, and have an opinion of MoveNet's of their own.
        if not self.second_opinion or self.classify is not None or self.detector == "blazepose":
            return None
        from vitruvian.landmark import SecondOpinion

        try:
            weights.obtain(_KEYPOINTS, progress=progress)
        except WeightsError as error:
            # Leaving it out unasked would make landmarks depend on the network.
            raise WeightsError(
                f"{error}, or do without the second opinion: --no-second-opinion, "
                "in Python second_opinion=False"
            ) from error
        return SecondOpinion(partial(weights.load, _KEYPOINTS, _keypoint_reader))

    def _stills(
        self,
        reader: BodyReader,
        finders: list[Callable[[], Finder]],
        opinion: SecondOpinion | None,
    ) -> list[Stage]:
        from vitruvian.detect import Survey
        from vitruvian.landmark import Study

        study = Study(
            reader,
            masks=self.masks,
            min_score=self.min_score,
            most=self.people,
            opinion=opinion,
        )
        survey = Survey(finders, tiles=self.detector != "blazepose")
        return [survey, study, *self._outlines(steady=False)]

    def _outlines(self, *, steady: bool) -> list[Stage]:
        if not self.masks:
            return []
        from vitruvian.segment import Outline

        return [Outline(steady=steady)]

    def _film(self, reader: BodyReader, finders: list[Callable[[], Finder]]) -> list[Stage]:
        from vitruvian.associate import Associate
        from vitruvian.detect import Watch
        from vitruvian.embed import Describe
        from vitruvian.landmark import Landmark

        return [
            Watch(finders, most=self.people, twice=self.detector == "blazepose"),
            Landmark(reader, masks=self.masks, min_score=self.min_score),
            Describe(),
            Associate(most=self.people),
            *self._outlines(steady=True),
        ]


def _keypoint_reader(model: Path) -> KeypointReader:
    from vitruvian.classify import KeypointReader

    return KeypointReader(model)
