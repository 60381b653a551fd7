"""Draws two_people.png: two people that a pose model takes for real, and nobody's picture.

Run it to make the picture anew; truth.npz then has to be recorded again (see
tests/weights/test_convert.py).
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

SKIN, HAIR, SHOES = (225, 180, 150), (60, 40, 25), (40, 30, 30)


def draw_person(image, at, height, shirt, trousers, arms, legs):
    """Draw somebody who faces the camera; ``arms`` and ``legs`` are how far they reach out."""

    def point(x, y):
        return int(at[0] + x * height), int(at[1] + y * height)

    def line(start, end, colour, width):
        thickness = max(1, int(width * height))
        cv2.line(image, start, end, colour, thickness, cv2.LINE_AA)

    for side, arm, leg in ((-1, arms[0], legs[0]), (1, arms[1], legs[1])):
        knee, foot = point(side * 0.12 + leg * 0.8, 1.4), point(side * 0.13 + leg * 1.1, 1.85)
        line(point(side * 0.10, 0.95), knee, trousers, 0.17)
        line(knee, foot, trousers, 0.13)
        line(foot, point(side * 0.2 + leg * 1.1, 1.9), SHOES, 0.1)
        elbow, wrist = point(side * 0.30 + arm * 0.35, 0.66), point(side * 0.34 + arm * 0.75, 0.90)
        line(point(side * 0.21, 0.36), elbow, shirt, 0.12)
        line(elbow, wrist, SKIN, 0.085)
        cv2.circle(image, wrist, int(0.06 * height), SKIN, -1, cv2.LINE_AA)
    torso = [point(-0.25, 0.32), point(0.25, 0.32), point(0.17, 1.0), point(-0.17, 1.0)]
    cv2.fillConvexPoly(image, np.array(torso), shirt, cv2.LINE_AA)
    line(point(0, 0.25), point(0, 0.32), SKIN, 0.13)
    face, hair = (int(0.12 * height), int(0.16 * height)), (int(0.13 * height), int(0.1 * height))
    cv2.ellipse(image, point(0, 0.08), face, 0, 0, 360, SKIN, -1, cv2.LINE_AA)
    cv2.ellipse(image, point(0, 0.0), hair, 0, 180, 360, HAIR, -1, cv2.LINE_AA)
    for x in (-0.045, 0.045):
        cv2.circle(image, point(x, 0.06), max(1, int(0.014 * height)), SHOES, -1, cv2.LINE_AA)
    line(point(-0.04, 0.16), point(0.04, 0.16), (150, 70, 70), 0.02)
    line(point(0, 0.08), point(0, 0.11), (200, 150, 120), 0.02)


def draw_two_people():
    """(192, 256, 3) RGB."""
    image = np.zeros((480, 640, 3), np.uint8)
    image[:] = np.linspace(200, 150, 480)[:, None, None] + np.array([-20, 0, 25])
    image[330:] = (120, 140, 100)
    draw_person(image, (200, 80), 170, (180, 60, 60), (50, 60, 110), (-0.5, 0.6), (-0.15, 0.2))
    draw_person(image, (470, 120), 150, (70, 140, 90), (60, 60, 60), (-0.2, 1.0), (-0.35, 0.1))
    return cv2.resize(
        cv2.GaussianBlur(image, (0, 0), 1.2), (256, 192), interpolation=cv2.INTER_AREA
    )


if __name__ == "__main__":
    target = Path(__file__).with_name("two_people.png")
    cv2.imwrite(str(target), draw_two_people()[..., ::-1])
