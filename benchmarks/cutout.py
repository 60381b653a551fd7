"""People cut out of real films, with their landmarks, and the places they were filmed in.

The material of `benchmarks.contact`. A cut-out is made once and kept in ``.bench/cutouts``: the
landmark model reads the film with masks, GrabCut settles the outline, and where the camera stands
still the difference from the empty place has a say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

import vitruvian
from benchmarks.peer import BENCH, say
from benchmarks.truth import data
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Image, People
from vitruvian.weights import obtain

KEPT = BENCH / "cutouts"
MODEL = "full"
"""Reads outlines and landmarks; heavy takes four times as long, and at this size shows no more."""
MARGIN = 12
"""Pixels round the box of a person that are kept."""


@dataclass(frozen=True)
class Take:
    """One person in one film, from one frame to another.

    Args:
        film: Gives the film's path; it may have to be fetched.
        frames: First and last frame.
        place: Where the person's box has its centre in the first frame, in shares of the picture.
        scale: What the film is reduced by, so that a person is about 300 pixels tall.
    """

    film: Callable[[], Path]
    frames: tuple[int, int]
    place: tuple[float, float]
    scale: float


def _demo() -> Path:
    return obtain("demo-film")


def _camera(number: int) -> Callable[[], Path]:
    name = f"pose2sim/Demo_SinglePerson/videos/cam0{number}.mp4"
    return lambda: data(name)


TAKES = {
    "man": Take(_demo, (0, 130), (0.37, 0.23), 1.0),
    "woman": Take(_demo, (62, 182), (0.79, 0.75), 1.0),
    "balance-1": Take(_camera(1), (0, 99), (0.38, 0.4), 0.5),
    "balance-2": Take(_camera(2), (0, 99), (0.52, 0.4), 0.5),
    "balance-3": Take(_camera(3), (0, 99), (0.58, 0.4), 0.5),
    "balance-4": Take(_camera(4), (0, 99), (0.4, 0.5), 0.5),
}
"""A bare-chested man in shorts, a woman who walks by, another man from four sides."""


@dataclass(frozen=True)
class Cutout:
    """A person, T frames long.

    Args:
        pictures: (T, H, W, 4) RGB and opacity, each a window round the person.
        corners: (T, 2) where the windows begin, in pixels of the reduced film.
        xy: (T, 33, 2) landmarks, in pixels of the reduced film.
        visibility: (T, 33).
        place: (H, W, 3) the reduced film without people.
    """

    pictures: Image
    corners: NDArray[np.int64]
    xy: Floats
    visibility: Floats
    place: Image

    @cached_property
    def height(self) -> float:
        """How tall the person is, upright, in pixels of the reduced film."""
        return float(np.quantile((self.pictures[..., 3] > 127).any(2).sum(1), 0.9))


def cutout(name: str) -> Cutout:
    """The cut-out of one of `TAKES`, made if it is not there."""
    kept = KEPT / f"{name}.npz"
    if not kept.exists():
        take = TAKES[name]
        film = take.film()
        together = {k: v for k, v in TAKES.items() if v.film() == film}
        say(f"cutting {', '.join(together)} out of {film.name}")
        KEPT.mkdir(parents=True, exist_ok=True)
        for other, made in _cut(film, together).items():
            half = KEPT / f"{other}.half.npz"
            np.savez(half, **vars(made))
            half.rename(KEPT / f"{other}.npz")
    with np.load(kept) as saved:
        return Cutout(**{key: saved[key] for key in saved.files})


@dataclass
class _Reel:
    """What is kept of a person while the film runs."""

    take: Take
    centre: Floats
    shots: list[tuple[Image, Floats, NDArray[np.int64]]]
    bodies: list[tuple[Floats, Floats]]


def _cut(film: Path, takes: dict[str, Take]) -> dict[str, Cutout]:
    reels: dict[str, _Reel] = {}
    scenery: list[tuple[Image, NDArray[np.bool_]]] = []
    scale = next(iter(takes.values())).scale
    last = max(take.frames[1] for take in takes.values())
    for index, image, people in islice(_read(film, scale), last + 1):
        height, width = image.shape[:2]
        for name, take in takes.items():
            if index == take.frames[0]:
                centre = np.array(take.place, np.float32) * [width, height]
                reels[name] = _Reel(take, centre.astype(np.float32), [], [])
            if take.frames[0] <= index <= take.frames[1]:
                _keep(reels[name], image, people, scale)
        if index % 5 == 0:
            everybody = np.max(np.stack(_masks(people, (width, height))), axis=0, initial=0)
            scenery.append((image, cv2.dilate(everybody, np.ones((25, 25))) > 0.1))
    place = _empty(scenery)
    return {name: _finish(reel, place) for name, reel in reels.items()}


def _read(film: Path, scale: float) -> Iterator[tuple[int, Image, People]]:
    with vitruvian.open(film, model=MODEL, masks=True) as footage:
        for frame, people in footage.people():
            size = (round(frame.size[0] * scale), round(frame.size[1] * scale))
            small: Any = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
            yield frame.index, small, people


def _masks(people: People, size: tuple[int, int]) -> list[Any]:
    blank = np.zeros(size[::-1], np.float32)
    masks = [] if people.masks is None else list(people.masks)
    return [blank, *(cv2.resize(mask, size, interpolation=cv2.INTER_AREA) for mask in masks)]


def _keep(reel: _Reel, image: Image, people: People, scale: float) -> None:
    """Add the person who is where the person was a frame ago."""
    boxes = people.boxes * scale
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    row = int(np.argmin(np.linalg.norm(centres - reel.centre, axis=1)))
    if people.body is None or np.linalg.norm(centres[row] - reel.centre) > 80:
        raise RuntimeError(f"nobody is near {reel.centre} in frame {len(reel.shots)} of the take")
    reel.centre = centres[row]
    mask = _masks(people[[row]], (image.shape[1], image.shape[0]))[1]
    rows, columns = np.nonzero(mask > 0.3)
    low = np.maximum([columns.min() - MARGIN, rows.min() - MARGIN], 0)
    high = [columns.max() + MARGIN, rows.max() + MARGIN]
    window = np.s_[low[1] : high[1], low[0] : high[0]]
    reel.shots.append((image[window].copy(), mask[window].copy(), low))
    reel.bodies.append((people.body.xy[row] * scale, people.body.visibility[row]))


def _empty(scenery: list[tuple[Image, NDArray[np.bool_]]]) -> Image:
    """The place without people: the median of what was seen of it, the rest painted in."""
    seen = np.stack([~mask for _, mask in scenery])
    pictures = np.stack([image for image, _ in scenery])
    place: Any = np.zeros_like(pictures[0])
    for row in range(len(place)):  # a row at a time, to be gentle with memory
        line = np.where(seen[:, row, :, None], pictures[:, row], np.nan).astype(np.float32)
        line[:, ~seen[:, row].any(0)] = 0
        place[row] = np.nanmedian(line, axis=0)
    never: Any = (~seen.any(0)).astype(np.uint8)
    painted: Any = cv2.inpaint(place, never, 9, cv2.INPAINT_TELEA)
    return painted  # type: ignore[no-any-return]


def _finish(reel: _Reel, place: Image) -> Cutout:
    height, width = np.max([image.shape[:2] for image, _, _ in reel.shots], axis=0)
    pictures = np.zeros((len(reel.shots), height, width, 4), np.uint8)
    for out, (image, mask, low), (xy, _) in zip(pictures, reel.shots, reel.bodies, strict=True):
        rows, columns = image.shape[:2]
        behind = place[low[1] : low[1] + rows, low[0] : low[0] + columns]
        opacity = _opacity(image, mask, behind)
        out[:rows, :columns, :3] = image
        out[:rows, :columns, 3] = opacity * ~_still(image, behind, xy - low)
    return Cutout(
        pictures,
        np.stack([low for _, _, low in reel.shots]),
        np.stack([xy for xy, _ in reel.bodies]),
        np.stack([visibility for _, visibility in reel.bodies]),
        place,
    )


def _opacity(image: Image, mask: Floats, behind: Image) -> Image:
    """The outline, settled by GrabCut in a narrow band round the model's, as 0..255."""
    sure = cv2.erode((mask > 0.6).astype(np.uint8), np.ones((7, 7)))
    maybe = cv2.dilate((mask > 0.3).astype(np.uint8), np.ones((9, 9)))
    differs = np.abs(image.astype(np.float32) - behind).sum(-1) > 90
    state: Any = np.full(mask.shape, cv2.GC_BGD, np.uint8)
    state[maybe > 0] = cv2.GC_PR_BGD
    state[(maybe > 0) & ((mask > 0.5) | ((mask > 0.2) & differs))] = cv2.GC_PR_FGD
    state[sure > 0] = cv2.GC_FGD
    models: tuple[Any, Any] = np.zeros((1, 65)), np.zeros((1, 65))
    bgr: Any = np.ascontiguousarray(image[..., ::-1])
    cv2.grabCut(bgr, state, (0, 0, 0, 0), *models, 2, cv2.GC_INIT_WITH_MASK)
    inside = np.isin(state, (cv2.GC_FGD, cv2.GC_PR_FGD))
    # GrabCut may eat what looks like the place; where the model has no doubt it must not.
    solid: Any = (inside | (mask > 0.8)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid)
    person = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    soft: Any = cv2.GaussianBlur(person.astype(np.float32), (0, 0), 1.2)
    # The outermost pixels have the place's colour in them.
    return (np.clip(soft * 2 - 0.9, 0, 1) * 255).astype(np.uint8)  # type: ignore[no-any-return]


def _still(image: Image, behind: Image, xy: Floats) -> NDArray[np.bool_]:
    """What looks as the empty place does and is no limb: things the outline took along."""
    differs = cv2.blur(np.abs(image.astype(np.float32) - behind).sum(-1), (9, 9))
    same = cv2.dilate((differs < 30).astype(np.uint8), np.ones((7, 7))) > 0
    limbs: Any = np.zeros(same.shape, np.uint8)
    thick = int(np.ptp(xy[:, 1]) * 0.12)
    corners: Any = np.rint(xy[[11, 12, 24, 23]]).astype(np.int32)
    cv2.fillConvexPoly(limbs, corners, 1)
    for start, end in BLAZEPOSE_33.bones:
        ends = np.rint(xy[[start, end]]).astype(int).tolist()
        cv2.line(limbs, tuple(ends[0]), tuple(ends[1]), 1, thick)
    return np.asarray(same & (limbs == 0), np.bool_)
