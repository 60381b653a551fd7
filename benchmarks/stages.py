"""Where a film's time goes, stage by stage: ``python -m benchmarks.stages [FILM …]``.

Of each film (without any: the sample film and the tracking films) the milliseconds per frame that
every stage takes in frames of two people and more (in all, where there are none), while frames are
decoded ahead as always; what it adds to a frame without it, for who is who altogether, too; and how
long the second pass takes over the whole film.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import vitruvian
from benchmarks.report import Report
from benchmarks.truth import films
from vitruvian.associate import settle
from vitruvian.clip import Clip
from vitruvian.pipeline import Pipeline
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.stage import Stage
from vitruvian.types import Frame, People
from vitruvian.weights import obtain

SHARED = 2
"""Frames of so many people and more count: there who is who has something to tell apart."""
WHO = ("Describe", "Associate")
"""The stages of who is who."""


class Timed:
    """A stage, and how long it took for each frame.

    Args:
        stage: What is timed.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.needs, self.adds = stage.needs, stage.adds
        self.seconds: list[float] = []

    def __call__(self, frame: Frame, people: People) -> People:
        """As the stage does."""
        started = time.perf_counter()
        found = self.stage(frame, people)
        self.seconds.append(time.perf_counter() - started)
        return found

    def reset(self) -> None:
        """As the stage does; times are forgotten too."""
        self.seconds.clear()
        self.stage.reset()


def measured(report: Report, film: Path, model: str) -> None:
    """One table of the stages, and one line of the second pass."""
    counts: list[int] = []

    def counted(moments: Iterator[tuple[Frame, People]]) -> Iterator[tuple[Frame, People]]:
        for frame, people in moments:
            counts.append(len(people))
            yield frame, people

    with vitruvian.open(film, model=model) as footage:
        stages = [Timed(stage) for stage in footage.recipe.build(stills=False).stages]
        moments = counted(Pipeline(stages).run(footage.source))
        clip = Clip.gather(footage.source.name, BLAZEPOSE_33, moments)
    if len(counts) < 2:
        raise SystemExit(f"{film} has one frame, and the first only starts threads and models")
    busy = np.flatnonzero(np.array(counts[1:]) >= SHARED) + 1
    what = f"frames of {SHARED} people and more"
    if not len(busy):
        busy, what = np.arange(1, len(counts)), f"frames, none of {SHARED} people and more"
    ms = {type(s.stage).__name__: 1e3 * float(np.mean(np.array(s.seconds)[busy])) for s in stages}
    whole = sum(ms.values())
    ms["who is who"] = sum(ms[name] for name in WHO)
    rows = [
        {"stage": name, "ms per frame": took, "of the rest %": 100 * took / (whole - took)}
        for name, took in ms.items()
    ]
    started = time.perf_counter()
    settle(clip)
    took, length = time.perf_counter() - started, float(clip.times[-1] - clip.times[0])
    pace = f"{took:.2f} s for {length:.1f} s of film, {60 * took / length:.2f} s a minute"
    report.add(f"{film.name}, {model}, {len(busy)} {what}", rows, f"Second pass: {pace}.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stages", description=__doc__)
    parser.add_argument("films", nargs="*", type=Path)
    parser.add_argument("--model", default="full", choices=("lite", "full", "heavy"))
    parser.add_argument("--json", type=Path, help="write the tables there too")
    options = parser.parse_args()
    report = Report()
    for film in options.films or (obtain("demo-film"), *(film.path for film in films().values())):
        measured(report, film, options.model)
    report.save(options.json)


if __name__ == "__main__":
    main()
