"""Hands by MediaPipe's ``HandLandmarker``, or by ours; started by `benchmarks.hands`.

``bundle`` and ``mediapipe`` run in the peer's own environment and need nothing of Vitruvian;
``ours`` is the same work done by `vitruvian.Hands`. What was found goes into an ``.npz``: ``xy``
(M, 21, 2) pixels, ``world`` (M, 21, 3), ``right`` (M,), ``counts`` of hands per picture, ``done``
the seconds from the start to each result, and ``peak``, the memory in MB.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.peer_mediapipe import as_image, frames, memory_megabytes, with_normalisation, zipped

Found = tuple[list[Any], list[Any], list[bool]]


def bundle(options: argparse.Namespace) -> None:
    """A hand landmarker's ``.task``: both models take pixels of 0..1."""
    models = {
        "hand_detector.tflite": with_normalisation(options.palms.read_bytes(), 0.0, 255.0),
        "hand_landmarks_detector.tflite": with_normalisation(
            options.landmarks.read_bytes(), 0.0, 255.0
        ),
    }
    zipped(options.out, models)


def mediapipe(options: argparse.Namespace) -> None:
    from mediapipe.tasks.python import (  # type: ignore[import-not-found, unused-ignore]
        BaseOptions,
        vision,
    )

    mode = "VIDEO" if options.film else "IMAGE"
    task = vision.HandLandmarker.create_from_options(
        vision.HandLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(options.task)),
            running_mode=vision.RunningMode[mode],
            num_hands=options.hands,
        )
    )

    def look(index: int, bgr: Any) -> Found:
        image, (height, width) = as_image(bgr), bgr.shape[:2]
        result = task.detect_for_video(image, index * 40) if options.film else task.detect(image)
        return (
            [[(p.x * width, p.y * height) for p in hand] for hand in result.hand_landmarks],
            [[(p.x, p.y, p.z) for p in hand] for hand in result.hand_world_landmarks],
            [side[0].category_name == "Right" for side in result.handedness],
        )

    record(options, bgr_pictures(options), look)


def ours(options: argparse.Namespace) -> None:
    import vitruvian
    from vitruvian.source import open_source

    hands = vitruvian.Hands(model=options.model, most=options.hands)

    def look(index: int, picture: Any) -> Found:
        if not options.film or options.opencv:
            picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        found = hands.follow(picture) if options.film else hands.find(picture)
        points = found.landmarks
        metres = () if points.world is None else points.world
        return list(points.xy), list(metres), [side == "right" for side in found.sides]

    own = options.film and not options.opencv
    pictures = enumerate(open_source(options.film)) if own else bgr_pictures(options)
    record(options, pictures, look)


def bgr_pictures(options: argparse.Namespace) -> Iterator[tuple[int, Any]]:
    if options.film:
        yield from frames(options.film, 1)
    else:
        for index, path in enumerate(options.list.read_text().splitlines()):
            yield index, cv2.imread(path)


def record(
    options: argparse.Namespace,
    pictures: Iterator[tuple[int, Any]],
    look: Callable[[int, Any], Found],
) -> None:
    counts, done, xy, world, right = [], [], [], [], []
    started = time.perf_counter()
    for index, picture in pictures:
        points, metres, sides = look(index, picture)
        done.append(time.perf_counter() - started)
        counts.append(len(points))
        xy += points
        world += metres
        right += sides
    np.savez(
        options.out,
        counts=np.array(counts, np.int64),
        done=np.array(done),
        xy=np.array(xy, np.float32).reshape(-1, 21, 2),
        world=np.array(world, np.float32).reshape(-1, 21, 3),
        right=np.array(right, np.bool_),
        peak=memory_megabytes("VmHWM"),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("bundle")
    make.add_argument("--palms", type=Path, required=True)
    make.add_argument("--landmarks", type=Path, required=True)
    make.set_defaults(run=bundle)
    theirs, own = commands.add_parser("mediapipe"), commands.add_parser("ours")
    theirs.add_argument("--task", type=Path, required=True)
    theirs.set_defaults(run=mediapipe)
    own.add_argument("--model", default="full")
    own.add_argument("--opencv", action="store_true", help="decode the film as the peer does")
    own.set_defaults(run=ours)
    for command in (theirs, own):
        command.add_argument("--film", type=Path)
        command.add_argument("--list", type=Path)
        command.add_argument("--hands", type=int, default=1)
    for command in (make, theirs, own):
        command.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
