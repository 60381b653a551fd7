"""The fold: each stage takes a frame and the people found so far, and adds one more fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vitruvian.errors import InputError
from vitruvian.geometry.mirror import unmirrored
from vitruvian.stage import Stage
from vitruvian.types import Frame, People

__all__ = ["Pipeline"]


class Pipeline:
    """Runs stages over frames, in order.

    Args:
        stages: The stages. Each must need only what those before it add.
        stills: Whether every frame stands alone: then the first stage is always given nobody.
        mirrored: Whether the pictures are in a mirror, as selfies are: whoever comes out has left
            and right exchanged. The stages go on with people as they look.

    Raises:
        InputError: A stage needs a column that nothing before it fills.
    """

    def __init__(
        self, stages: Sequence[Stage], *, stills: bool = False, mirrored: bool = False
    ) -> None:
        known: set[str] = set()
        for stage in stages:
            missing = sorted(stage.needs - known)
            if missing:
                raise InputError(
                    f"{type(stage).__name__} needs {', '.join(missing)}, "
                    "which no stage before it adds"
                )
            known |= stage.adds
        self.stages = tuple(stages)
        self.stills = stills
        self._mirrored = mirrored
        self._last = People.none()

    def run(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, People]]:
        """Each frame with its people, as the frames come; starts afresh at every call."""
        self.reset()
        for frame in frames:
            yield frame, self.step(frame)

    def step(self, frame: Frame) -> People:
        """The people of one more frame, for whoever has no iterable of them."""
        people = People.none() if self.stills else self._last
        for stage in self.stages:
            people = stage(frame, people)
        self._last = people
        return unmirrored(people) if self._mirrored else people

    def reset(self) -> None:
        """Make every stage forget what it has seen."""
        self._last = People.none()
        for stage in self.stages:
            stage.reset()
