"""Records what the models say about two_people.png, so that decoders are tested without them.

Run it to make the recordings anew::

    python tests/golden/record.py

Every view takes whole pixels of the picture with a wide border, so that neither resampling nor
what is outside a picture comes between it and the model: the recording fits everywhere. Numbers
are rounded to what the decoders can tell apart.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from vitruvian import weights
from vitruvian.geometry import regions, warps
from vitruvian.runtime import open_session, record
from vitruvian.types import Frame

HERE = Path(__file__).parent
BORDER = 64
"""Pixels round the picture; all that follows is in the picture with its border."""
PLACES = np.array([[144, 161, 256, 0], [256, 168, 256, 0]], np.float32)
"""The two people's regions."""
VIEW = np.array([[1, 0, 80], [0, 1, 48]], np.float32)
"""What BlazePose's detector sees: 224 x 224 pixels in the middle."""
WHOLE = np.array([[1, 0, 64], [0, 1, 32]], np.float32)
"""What MoveNet sees: the whole picture in 256 x 256."""


class Rounded:
    """A session whose answers are rounded, so that they can be stored small.

    To 1/128, and those of the heat maps to 1/4; no heat is colder than a weight of 1/400.
    """

    def __init__(self, session):
        self._session = session
        self.inputs = session.inputs

    def run(self, *arrays):
        return tuple(self._round(answer) for answer in self._session.run(*arrays))

    @staticmethod
    def _round(answer):
        if answer.size < 4:
            return answer
        if answer.size > 50_000:
            return np.rint(np.maximum(answer, -6) * np.float32(4)) / np.float32(4)
        return np.rint(answer * np.float32(128)) / np.float32(128)


def main() -> None:
    image = cv2.cvtColor(cv2.imread(str(HERE / "movenet" / "two_people.png")), cv2.COLOR_BGR2RGB)
    frame = Frame(np.pad(image, [(BORDER, BORDER), (BORDER, BORDER), (0, 0)], mode="edge"))
    with record(
        Rounded(weights.load("blazepose-lite-nomask", open_session)),
        HERE / "blazepose" / "landmarks-lite.npz",
    ) as session:
        for place in PLACES:
            session.run(warps.crop(frame, regions.affine(place, 256), (256, 256))[None])
    with record(
        Rounded(weights.load("blazepose-detector", open_session)),
        HERE / "blazepose" / "detector.npz",
    ) as session:
        session.run(warps.crop(frame, VIEW, (224, 224))[None] * 2 - 1)
    with record(
        weights.load("movenet-multipose-256", open_session), HERE / "movenet" / "multipose-256.npz"
    ) as session:
        crop = warps.crop(frame, WHOLE, (256, 256), smooth=True)
        session.run(np.rint(crop * 255).astype(np.uint8)[None])


if __name__ == "__main__":
    main()
