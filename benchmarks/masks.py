"""Outlines against known ones: ``python -m benchmarks.masks``.

* clicks: one click, and a few more where the mask is most wrong, on a cat and on people whose
  outline is known (the cat also from five other places)
* bleeding: pairs put together from pictures of single people, before and after they are parted
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Report
from benchmarks.truth import data
from vitruvian import Frame, People, Stroke
from vitruvian.pipeline import Pipeline
from vitruvian.recipe import Recipe
from vitruvian.segment import Outline
from vitruvian.segment.select import select
from vitruvian.source.decode import read_picture
from vitruvian.types import Bools, Image

CLICKS = 4
PAIRS = 28
CAT = ((400, 400), (350, 450), (430, 330), (440, 200), (300, 500), (460, 380))
SINGLES = (
    "mediapipe/pose.jpg",
    "mmpose/coco/000000000785.jpg",
    "lspet/images/im03050.jpg",
    "lspet/images/im06071.jpg",
    "lspet/images/im09014.jpg",
    "yoga/test/chair/guy3_chair075.jpg",
    "yoga/test/cobra/guy3_cobra030.jpg",
    "yoga/test/dog/guy3_dog030.jpg",
    "yoga/test/tree/guy3_tree090.jpg",
)
Pair = tuple[Image, Bools, Bools]


def iou(found: NDArray[Any], truth: Bools) -> float:
    """The share of what either has that both have."""
    mask = found > 0.5
    return float((mask & truth).sum() / max(1, (mask | truth).sum()))


def read(path: Path) -> Image:
    """(H, W, 3) RGB."""
    return read_picture(path)


def drawn_mask(path: Path, channel: int) -> Bools:
    """(H, W) where one channel of a drawn mask is set."""
    pixels = np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED))
    return np.asarray(pixels[..., channel] > 127, np.bool_)


def known_people(folder: Path) -> Iterator[tuple[Image, Bools]]:
    """Pictures and the outline of one person in each."""
    drawn = drawn_mask(folder / "mediapipe" / "pose_segmentation.png", 0)
    yield read(folder / "mediapipe" / "pose.jpg"), drawn
    coco = folder / "mmpose" / "coco"
    labels = json.loads((coco / "test_coco.json").read_text())
    for entry in labels["images"]:
        for label in labels["annotations"]:
            if label["image_id"] == entry["id"] and label["area"] > 2500:
                mask = np.zeros((entry["height"], entry["width"]), np.uint8)
                for polygon in label["segmentation"]:
                    corners = np.rint(np.reshape(polygon, (-1, 2))).astype(np.int32)
                    cv2.fillPoly(mask, [corners], 1)
                yield read(coco / entry["file_name"]), mask > 0


def deepest(where: Bools) -> tuple[float, tuple[int, int]]:
    """How deep the middle of the largest piece is, and where it is."""
    padded = np.pad(where.astype(np.uint8), 1)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    return float(depth.max()), (int(x), int(y))


def clicked(
    image: Image, people: People, truth: Bools, first: tuple[int, int] | None = None
) -> list[float]:
    """IoU after each click of somebody who always clicks where it is most wrong."""
    strokes: list[Stroke] = []
    scores = []
    mask = np.zeros(truth.shape, np.bool_)
    for _ in range(CLICKS):
        missing, extra = deepest(truth & ~mask), deepest(mask & ~truth)
        if first and not strokes:
            strokes.append(Stroke([first]))
        elif missing[0] >= extra[0]:
            strokes.append(Stroke([missing[1]]))
        else:
            strokes.append(Stroke([extra[1]], "exclude"))
        mask = select(image, people, strokes) > 0.5
        scores.append(iou(mask, truth))
    return scores


def clicks(report: Report, folder: Path, find: Callable[[Image], People]) -> None:
    """What clicks give: IoU."""
    cat = read(folder / "mediapipe" / "cat_large.jpg")
    truth = drawn_mask(folder / "mediapipe" / "cat_large_mask.png", 3)
    began = time.process_time()
    rows = [clicked(cat, People.none(), truth, place) for place in CAT]
    seconds = (time.process_time() - began) / len(CAT) / CLICKS
    report.add(
        "Cat, first click at each of six places",
        [{"first click": f"{x}, {y}"} | _after(row) for (x, y), row in zip(CAT, rows, strict=True)],
        f"{seconds:.2f} CPU s a click",
    )
    results: dict[str, list[list[float]]] = {"raw": [], "known": [], "alone": []}
    for image, truth in known_people(folder):
        people = find(image)
        raw = people.masks if people.masks is not None else np.zeros((0, *truth.shape))
        results["raw"].append([max((iou(mask, truth) for mask in raw), default=0.0)])
        results["known"].append(clicked(image, people, truth))
        results["alone"].append(clicked(image, People.none(), truth))
    names = {"known": "with the people found", "alone": "by the picture alone"}
    report.add(
        f"{len(results['raw'])} people with known outlines",
        [{"mask": name} | _after(np.mean(results[key], 0)) for key, name in names.items()],
        f"The landmark model's mask, no click: {np.mean(results['raw']):.3f}",
    )


def _after(scores: Sequence[float] | NDArray[Any]) -> dict[str, float]:
    return {f"click {n}": float(score) for n, score in enumerate(scores, 1)}


def pairs(singles: list[tuple[Image, NDArray[np.float32]]]) -> Iterator[Pair]:
    """One person pasted over another: the picture, what is left of the first, the second."""
    random = np.random.default_rng(3)
    for _ in range(PAIRS):
        one, other = random.choice(len(singles), 2, replace=False).tolist()
        (image, first), (pasted, second) = singles[one], singles[other]
        box = cv2.boundingRect((first > 0.5).astype(np.uint8))
        x, y, w, h = cv2.boundingRect((second > 0.5).astype(np.uint8))
        scale = np.sqrt(box[2] * box[3] / (w * h)) * random.uniform(0.8, 1.1)
        middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
        middle += random.uniform(-1, 1, 2) * (0.6 * box[2], 0.15 * box[3])
        shift = middle - scale * np.array([x + w / 2, y + h / 2])
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        size = (image.shape[1], image.shape[0])
        over = cv2.warpAffine(second, matrix, size)
        alpha = np.clip((over - 0.5) * 2.5 + 0.5, 0, 1)[..., None]
        mixed = image * (1 - alpha) + cv2.warpAffine(pasted, matrix, size) * alpha
        behind = np.asarray((first > 0.5) & (over <= 0.5), np.bool_)
        yield np.rint(mixed).astype(np.uint8), behind, np.asarray(over > 0.5, np.bool_)


def bleeding(report: Report, folder: Path, find: Callable[[Image], People]) -> None:
    """How much of each one's mask lies on the other, before and after."""
    singles = []
    for name in SINGLES:
        image = read(folder / name)
        scale = 480 / max(image.shape[:2])
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale), np.uint8)
        masks = find(image).masks
        if masks is not None and len(masks):
            singles.append((image, masks[0]))
    rows: dict[str, list[tuple[float, float]]] = {"before": [], "after": []}
    cpu = []
    for image, behind, front in pairs(singles):
        people = find(image)
        if people.masks is None or len(people) < 2:
            continue
        began = time.process_time()
        parted = Outline(steady=False)(Frame(image), people).masks
        cpu.append(time.process_time() - began)
        a, b = (
            int(np.argmax([iou(mask, truth) for mask in people.masks])) for truth in (behind, front)
        )
        if a == b or min(iou(people.masks[a], behind), iou(people.masks[b], front)) < 0.25:
            continue
        for name, masks in (("before", people.masks), ("after", parted)):
            for row, ours, theirs in ((a, behind, front), (b, front, behind)):
                if masks is not None:
                    mask = masks[row] > 0.5
                    bled = float((mask & theirs).sum() / max(1, mask.sum()))
                    rows[name].append((iou(mask, ours), bled))
    report.add(
        f"{len(rows['before']) // 2} of {PAIRS} pairs read as two people",
        [
            {
                "masks": name,
                "IoU": float(np.mean(scores, 0)[0]),
                "bleeding": float(np.mean(scores, 0)[1]),
                "worst": float(np.max(scores, 0)[1]),
            }
            for name, scores in rows.items()
        ],
        f"{1e3 * float(np.median(cpu)):.1f} CPU ms",
    )


def main() -> None:
    """Show all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    wanted, report = parser.parse_args(), Report()
    pipeline = Recipe(masks=True).build(stills=True)
    raw = Pipeline(
        [stage for stage in pipeline.stages if not isinstance(stage, Outline)], stills=True
    )
    clicks(report, data(), lambda image: next(pipeline.run([Frame(image)]))[1])
    bleeding(report, data(), lambda image: next(raw.run([Frame(image)]))[1])
    report.save(wanted.json)


if __name__ == "__main__":
    main()
