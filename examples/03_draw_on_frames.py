"""Skeletons and trails drawn on the frames of a film, one picture in so many saved.

Usage: ``python examples/03_draw_on_frames.py film.mp4 pictures/ 10``

For an annotated film the command line does it: ``vitruvian run film.mp4 --save video``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2

import vitruvian
from vitruvian.draw import Trails, draw_people


def main(film: str, folder: str, every: str = "10") -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    trails = Trails()
    with vitruvian.open(film, model="lite") as footage:
        for frame, people in footage.people():
            trails.update(frame.time, people)
            if frame.index % int(every) == 0:
                drawn = draw_people(frame.image, people, trails=trails)
                cv2.imwrite(str(out / f"{frame.index:06d}.jpg"), drawn[..., ::-1])


if __name__ == "__main__":
    main(*sys.argv[1:])
