"""The people in pictures that come one at a time."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks.python.vision.core.upright import as_given, upright
from vitruvian.pipeline import Pipeline
from vitruvian.recipe import Recipe
from vitruvian.segment import Outline
from vitruvian.types import Frame, People
from vitruvian.types import Image as Pixels

__all__ = ["Bodies"]


class Bodies:
    """Finds people in pictures, or follows them from picture to picture.

    Args:
        recipe: Which models, and how many people.
        stills: Whether every picture stands alone.
        min_new_score: 0..1; whoever is seen for the first time must be surer than that.
        steady_masks: Whether the masks of a film are smoothed.
    """

    def __init__(
        self,
        recipe: Recipe,
        *,
        stills: bool,
        min_new_score: float,
        steady_masks: bool = False,
    ) -> None:
        stages = list(recipe.build(stills=stills).stages)
        if not steady_masks:
            plain = Outline(steady=False)
            stages = [plain if isinstance(stage, Outline) else stage for stage in stages]
        if min_new_score > recipe.min_score:
            read = next(i for i, stage in enumerate(stages) if "body" in stage.adds)
            stages.insert(read + 1, _Admit(min_new_score, stills=stills))
        self._pipeline = Pipeline(stages, stills=stills)
        self._index = 0
        self._size: tuple[int, int] | None = None
        self._highest = self._before = 0

    def __call__(self, pixels: Pixels, quarters: int, time: float) -> People:
        """The people of one more picture, in its own pixels.

        Args:
            pixels: (H, W, 3) RGB.
            quarters: Clockwise quarter turns that bring it upright.
            time: Seconds.
        """
        frame = Frame(upright(pixels, quarters), index=self._index, time=time)
        if frame.size != self._size and not self._pipeline.stills:
            # Another camera, or the same one turned: nobody is where they were.
            self._pipeline.reset()
            self._size, self._before = frame.size, self._highest
        self._index += 1
        people = self._pipeline.step(frame)
        if people.ids is not None and len(people) and not self._pipeline.stills:
            ids = people.ids + self._before
            self._highest = max(self._highest, int(ids.max()))
            people = people.having(ids=ids)
        return as_given(people, quarters, (pixels.shape[1], pixels.shape[0]))


class _Admit:
    """Turns away newcomers of whom the landmark model is not sure enough."""

    needs = frozenset({"body", "ids", "scores"})
    adds: frozenset[str] = frozenset()

    def __init__(self, min_score: float, *, stills: bool) -> None:
        self._min_score = min_score
        self._stills = stills

    def __call__(self, frame: Frame, people: People) -> People:
        sure = people.scores > self._min_score
        if self._stills or people.ids is None:
            return people[sure]
        return people[sure | (people.ids >= 0)]

    def reset(self) -> None:
        """Nothing is remembered."""
