"""Films of people in contact whose truth is known: ``python -m benchmarks.contact --out DIR``.

Real people, cut out of films in which each is alone, are put together over a real place: they
cross, hide each other, lie, leave and return, with different and with the same clothes
(`benchmarks.scenes`; with ``--drawn N`` random ones, `benchmarks.scenes_drawn`). Per film three
files:

* ``NAME.mp4``
* ``NAME.gt.txt``: MOT rows ``frame,id,left,top,width,height,1,1,visible``, frames and pixels from
  1; boxes are round the whole person, also what others hide, as far as it is in the picture
* ``NAME.truth.json``: per frame and person the whole box, the share that is inside the picture and
  that can be seen, the 33 landmarks that our own model read of the person alone, and which of
  them somebody else hides
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.cutout import KEPT, TAKES, Cutout, cutout
from benchmarks.peer import say
from benchmarks.scenes import SCENES, Key, Part, Scene
from benchmarks.scenes_drawn import drawn
from benchmarks.truth import films
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Bools, Floats, Image

__all__ = ["RATE", "Appearance", "compose", "make"]

RATE = 30
LEAST = 0.25
"""Who is less than this inside the picture is not in the truth."""
HEIGHT = 300
"""How tall people are, in pixels of the film, where a scene does not say otherwise."""
HIPS = (23, 24)


@dataclass(frozen=True)
class Appearance:
    """One person in one frame of a composed film.

    Args:
        person: The id, from 1.
        box: (4,) x0, y0, x1, y1 round the whole person, also outside the picture.
        inside: The share of the person that is inside the picture.
        visible: The share that can be seen: inside the picture, and hidden by nobody.
        xy: (33, 2) landmarks.
        hidden: (33,) which landmarks somebody else hides.
    """

    person: int
    box: Floats
    inside: float
    visible: float
    xy: Floats
    hidden: Bools


def compose(scene: Scene) -> Iterator[tuple[Image, list[Appearance]]]:
    """Each frame of a film and who is in it, in order of id."""
    names = {part.take for parts in scene.people for part in parts}
    takes = {name: cutout(name) for name in names}
    place = _place(scene.place, scene.size)
    for index in range(round(scene.seconds * RATE)):
        cast = [
            (person, part, _key(part.keys, index / RATE))
            for person, parts in enumerate(scene.people, 1)
            for part in parts
            if part.keys[0].time <= index / RATE <= part.keys[-1].time
        ]
        cast.sort(key=lambda role: -role[2].depth)
        layers = [
            _Layer.of(person, takes[part.take], part, key, index / RATE, scene.size)
            for person, part, key in cast
        ]
        yield _blend(place, layers), _truth(layers)


@dataclass(frozen=True)
class _Layer:
    """A person brought to their place in the film."""

    person: int
    picture: Floats
    opacity: Floats
    box: Floats
    area: float
    xy: Floats

    @classmethod
    def of(
        cls, person: int, take: Cutout, part: Part, key: Key, time: float, size: tuple[int, int]
    ) -> _Layer:
        frame = _frame(part, time, len(take.pictures))
        matrix = _matrix(take, part, key, frame)
        window = take.pictures[frame].astype(np.float32)
        window[..., :3] *= window[..., 3:] / 255
        corner = take.corners[frame]
        shifted = matrix.copy()
        shifted[:, 2] += matrix[:, :2] @ corner
        moved: Any = cv2.warpAffine(window, shifted, size, flags=cv2.INTER_AREA)
        rows, columns = np.nonzero(window[..., 3] > 127)
        outline = _apply(matrix, np.stack([columns, rows], axis=1) + corner)
        box = np.concatenate([outline.min(0), outline.max(0) + 1]).astype(np.float32)
        area = len(rows) * abs(float(np.linalg.det(matrix[:, :2])))
        xy = _apply(matrix, take.xy[frame]).astype(np.float32)
        if part.mirrored:
            xy = xy[list(BLAZEPOSE_33.mirror)]
        return cls(person, moved[..., :3], moved[..., 3:] / 255, box, area, xy)


def _frame(part: Part, time: float, length: int) -> int:
    """Which frame of the take is shown: to its end, then backwards, and so on."""
    played = round(part.start + part.speed * RATE * (time - part.keys[0].time))
    lap = played % (2 * length - 2)
    return min(lap, 2 * length - 2 - lap)


def _matrix(take: Cutout, part: Part, key: Key, frame: int) -> Floats:
    """(2, 3), from pixels of the take to pixels of the film."""
    begin = max(frame - 5, 0) if part.led else int(part.start)
    hips = take.xy[begin : begin + 10, HIPS].mean((0, 1))
    angle = np.deg2rad(key.angle)
    scale = key.scale * HEIGHT / take.height
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if part.mirrored:
        turn = turn @ np.diag([-1.0, 1.0])
    shift = np.array([key.x, key.y]) - turn @ hips
    return np.hstack([turn, shift[:, None]]).astype(np.float32)


def _apply(matrix: Floats, points: Any) -> Floats:
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)  # type: ignore[no-any-return]


def _key(keys: Sequence[Key], time: float) -> Key:
    """Where somebody is between two keys, starting and stopping gently."""
    before, after = next((a, b) for a, b in pairwise(keys) if time <= b.time)
    share = (time - before.time) / (after.time - before.time)
    share = share * share * (3 - 2 * share)
    mixed = (1 - share) * np.array(before) + share * np.array(after)
    return Key(*mixed.tolist())


def _blend(place: Image, layers: Sequence[_Layer]) -> Image:
    picture = place.astype(np.float32)
    for layer in layers:
        picture = picture * (1 - layer.opacity) + layer.picture
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _truth(layers: Sequence[_Layer]) -> list[Appearance]:
    """Who is in the picture, from the hindmost layer to the foremost."""
    people = []
    for depth, layer in enumerate(layers):
        solid = layer.opacity[..., 0] > 0.5
        covered = np.zeros_like(solid)
        for front in layers[depth + 1 :]:
            covered |= front.opacity[..., 0] > 0.5
        inside = float(solid.sum()) / layer.area
        visible = float((solid & ~covered).sum()) / layer.area
        if inside >= LEAST:
            hidden = _at(covered, layer.xy)
            found = Appearance(
                layer.person, layer.box, min(inside, 1), min(visible, 1), layer.xy, hidden
            )
            people.append(found)
    return sorted(people, key=lambda found: found.person)


def _at(mask: Bools, xy: Floats) -> Bools:
    """(33,) the mask's value at each landmark; outside of it, False."""
    column, row = np.rint(xy).astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < mask.shape[1]) & (row < mask.shape[0])
    values = mask[np.where(inside, row, 0), np.where(inside, column, 0)]
    return np.asarray(inside & values, np.bool_)


def _place(name: str, size: tuple[int, int]) -> Image:
    """A place without people: a take's, or the median of a tracking film; filling the size."""
    if name in TAKES:
        picture = cutout(name).place
    else:
        kept = KEPT / f"place-{name}.npy"
        if not kept.exists():
            np.save(kept, _median(films()[name].path))
        picture = np.load(kept)
    height, width = picture.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    fitted: Any = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left, top = (fitted.shape[1] - size[0]) // 2, (fitted.shape[0] - size[1]) // 2
    return fitted[top : top + size[1], left : left + size[0]]  # type: ignore[no-any-return]


def _median(film: Path) -> Image:
    with av.open(str(film)) as container:
        pictures: Any = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    step = max(len(pictures) // 60, 1)
    return np.median(np.stack(pictures[::step]), axis=0).astype(np.uint8)  # type: ignore[no-any-return]


def make(name: str, scene: Scene, out: Path) -> Path:
    """Compose a scene and write its three files; returns the film's path."""
    path = out / f"{name}.mp4"
    rows, frames = [], []
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height = scene.size
        stream.bit_rate = 12_000_000
        for index, (picture, people) in enumerate(compose(scene)):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
            rows += [_mot(index, found, scene.size) for found in people]
            frames.append({"index": index, "people": [_entry(found) for found in people]})
        container.mux(stream.encode())
    (out / f"{name}.gt.txt").write_text("".join(rows))
    cast = [
        {"id": person, "take": parts[0].take, "mirrored": parts[0].mirrored}
        for person, parts in enumerate(scene.people, 1)
    ]
    about = {"film": path.name, "size": scene.size, "rate": RATE, "people": cast, "frames": frames}
    (out / f"{name}.truth.json").write_text(json.dumps(about))
    return path


def _mot(index: int, found: Appearance, size: tuple[int, int]) -> str:
    x0, y0, x1, y1 = np.clip(found.box, 0, [*size, *size])
    box = f"{x0 + 1:.1f},{y0 + 1:.1f},{x1 - x0:.1f},{y1 - y0:.1f}"
    return f"{index + 1},{found.person},{box},1,1,{found.visible:.3f}\n"


def _entry(found: Appearance) -> dict[str, Any]:
    return {
        "id": found.person,
        "box": np.round(found.box, 1).tolist(),
        "inside": round(found.inside, 3),
        "visible": round(found.visible, 3),
        "xy": np.round(found.xy, 1).tolist(),
        "hidden": found.hidden.tolist(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.contact", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder for the films")
    parser.add_argument("--only", choices=SCENES, action="append", help="may be repeated")
    parser.add_argument("--drawn", type=int, default=0, help="so many random scenes instead")
    parser.add_argument("--seed", type=int, default=1, help="of the random scenes")
    options = parser.parse_args()
    if options.only and options.drawn:
        parser.error("--only names scenes that are not drawn; give it or --drawn")
    options.out.mkdir(parents=True, exist_ok=True)
    scenes = drawn(options.drawn, options.seed) or SCENES
    for name in options.only or scenes:
        say(f"composing {name}")
        make(name, scenes[name], options.out)


if __name__ == "__main__":
    main()
