"""What a camera sees, as it happens: who has both hands above their head.

Usage: ``python examples/04_camera.py``, with a film's path to take that in place of the camera.
"""

from __future__ import annotations

import sys

import numpy as np

import vitruvian

NAMES = ("nose", "left_wrist", "right_wrist")


def main(source: str = "0") -> None:
    nose, left, right = map(vitruvian.BLAZEPOSE_33.index, NAMES)
    before: set[int] = set()
    with vitruvian.open(source, model="lite") as camera:
        for frame, people in camera.people():
            now: set[int] = set()
            if people.ids is not None and people.body is not None:
                height = people.body.xy[..., 1]  # smaller is higher
                raised = np.maximum(height[:, left], height[:, right]) < height[:, nose]
                now = set(people.ids[raised].tolist())
            for person in sorted(now - before):
                print(f"{frame.time:.2f} s: person {person} raises both hands", flush=True)
            before = now


if __name__ == "__main__":
    main(*sys.argv[1:])
