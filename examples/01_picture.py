"""Who is in a picture: each person's box, score and nose, most prominent first.

Usage: ``python examples/01_picture.py photo.jpg``
"""

from __future__ import annotations

import sys

import vitruvian


def main(path: str) -> None:
    nose = vitruvian.BLAZEPOSE_33.index("nose")
    with vitruvian.open(path) as picture:
        for frame, people in picture.people():
            count = "1 person" if len(people) == 1 else f"{len(people)} people"
            print(f"{frame.name}: {count}")
            if people.body is None:
                continue
            for box, score, points in zip(people.boxes, people.scores, people.body.xy, strict=True):
                x0, y0, x1, y1 = box.round().astype(int)
                x, y = points[nose].round().astype(int)
                print(f"  {x1 - x0} x {y1 - y0} px, {score:.0%} sure, nose at {x}, {y}")


if __name__ == "__main__":
    main(sys.argv[1])
