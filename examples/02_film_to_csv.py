"""A film as a table of your own: where each person's wrists are, one row a frame and person.

Usage: ``python examples/02_film_to_csv.py film.mp4 wrists.csv``

For every landmark the command line does it: ``vitruvian run film.mp4 --save csv``.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import vitruvian


def main(film: str, table: str) -> None:
    left = vitruvian.BLAZEPOSE_33.index("left_wrist")
    right = vitruvian.BLAZEPOSE_33.index("right_wrist")
    with vitruvian.open(film, model="lite") as footage, Path(table).open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["time", "person", "left_x", "left_y", "right_x", "right_y"])
        for frame, people in footage.people():
            if people.ids is None or people.body is None:
                continue
            for person, points in zip(people.ids, people.body.xy, strict=True):
                wrists = points[[left, right]].ravel()
                rows.writerow([f"{frame.time:.3f}", person, *(f"{x:.1f}" for x in wrists)])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
