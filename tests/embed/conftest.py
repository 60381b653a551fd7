from __future__ import annotations

import cv2
import numpy as np
import pytest

from vitruvian.geometry.outline import body_boxes
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

CLOTHES = {
    "red": {"top": (200, 40, 40), "legs": (30, 30, 60)},
    "green": {"top": (40, 150, 60), "legs": (180, 180, 180)},
}
LIMBS = {"top": ((11, 13), (12, 14)), "legs": ((23, 25), (24, 26), (25, 27), (26, 28))}
SKIN = (210, 160, 130)


@pytest.fixture(scope="session")
def dressed():
    """Draws people, each in clothes, the last one in front."""

    def draw(*people, size=(640, 480), light=1.0):
        image = np.full((size[1], size[0], 3), (120, 130, 120), np.uint8)
        for xy, clothes in people:
            colours = CLOTHES[clothes]
            at = np.rint(xy).astype(int)
            width = max(3, round(0.28 * np.linalg.norm(xy[11] - xy[23])))
            for a, b in ((13, 15), (14, 16), (27, 31), (28, 32)):
                cv2.line(image, at[a].tolist(), at[b].tolist(), SKIN, width)
            for part in ("legs", "top"):
                for a, b in LIMBS[part]:
                    cv2.line(image, at[a].tolist(), at[b].tolist(), colours[part], width)
            cv2.fillConvexPoly(image, at[[11, 12, 24, 23]], colours["top"])
            cv2.polylines(image, [at[[11, 12, 24, 23]]], True, colours["top"], width)
            cv2.circle(image, at[[7, 8]].mean(0).astype(int).tolist(), width, (60, 40, 20), -1)
        return Frame((image * light).clip(0, 255).astype(np.uint8))

    return draw


@pytest.fixture(scope="session")
def people_of():
    """People of bodies (33, 2), all of them in sight."""

    def make(*bodies, visibility=None):
        xy = np.stack(bodies)
        flat = np.full(xy.shape[:2], 0.95, np.float32)
        seen = flat if visibility is None else np.stack(visibility).astype(np.float32)
        body = Landmarks(BLAZEPOSE_33, xy, flat, seen, flat)
        return People(body_boxes(body), flat[:, 0], body=body)

    return make
