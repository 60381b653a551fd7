"""What each system says about who is where in a film: ids, boxes and keypoints per frame."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from inspect import signature
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np

import vitruvian
from benchmarks import peer
from benchmarks.found import Doubles, Found, frames, mediapipe_film, movenet_pictures
from benchmarks.truth import Film
from vitruvian import associate
from vitruvian.clip import Clip
from vitruvian.landmark import reader
from vitruvian.landmark.blazepose import Reading
from vitruvian.measure import COCO_SIGMAS, Tracks, oks
from vitruvian.pipeline import Pipeline
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
from vitruvian.types import Floats, Ints

__all__ = ["Followed", "cues", "keypoint_tracker", "mediapipe", "movenet", "online", "whole"]

TRACKERS = "2.6.1"
SCRIPT = Path(__file__).with_name("peer_trackers.py")
BAR = 0.15
"""MoveNet's people less sure than this start no track; with tfjs-models' 0.25 peers do worse."""
SHAKE = 2e-4
"""Of the region's side: a twentieth of a pixel of the model's input."""
LOW = 0.1
"""ByteTrack goes on with people as unsure as this."""


@dataclass(frozen=True)
class Followed:
    """The people one system sees, frame by frame.

    Args:
        ids: T times (N,).
        found: T times their boxes and keypoints.
    """

    ids: Sequence[Ints]
    found: Sequence[Found]

    @property
    def tracks(self) -> Tracks:
        """Ids and boxes."""
        pairs = zip(self.ids, self.found, strict=True)
        return Tracks({t: (i, f.boxes.astype(np.float64)) for t, (i, f) in enumerate(pairs)})


def cues() -> tuple[str, ...]:
    """What Vitruvian's association goes by, if it can be told to leave some of it out."""
    option = signature(associate.Associate).parameters.get("cues")
    return () if option is None else tuple(option.default)


def online(film: Film, model: str, without: str | None = None, shaken: int = 0) -> Followed:
    """Vitruvian, frame by frame.

    Args:
        film: What to follow.
        model: lite, full or heavy.
        without: Which of the `cues` to leave out.
        shaken: Seed of a noise of about a twentieth of a pixel on every landmark that is read; 0
            for none. What changes with it is chance.
    """

    def run() -> Followed:
        with _shaken(shaken), vitruvian.open(film.path, model=model) as footage:
            if without is None:
                return _of_clip(footage.clip())
            built = footage.recipe.build(stills=False)
            options: dict[str, Any] = {"cues": [cue for cue in cues() if cue != without]}
            stages = [
                associate.Associate(**options) if isinstance(stage, associate.Associate) else stage
                for stage in built.stages
            ]
            moments = Pipeline(stages).run(footage.source)
            return _of_clip(Clip.gather(footage.source.name, BLAZEPOSE_33, moments))

    return _kept(film, f"online {model} {without} {shaken}", run)


@contextmanager
def _shaken(seed: int) -> Iterator[None]:
    """Lets every reading of a body be a little off."""
    noise, decode = np.random.default_rng(seed), reader._decode

    def off(outputs: Sequence[Floats]) -> Reading:
        reading = decode(outputs)
        moved = reading.points + noise.normal(0, SHAKE, reading.points.shape)
        return replace(reading, points=moved.astype(np.float32))

    if seed:
        reader._decode = off
    try:
        yield
    finally:
        reader._decode = decode


def whole(film: Film, model: str) -> Followed | None:
    """Vitruvian, deciding over the whole film; None where it cannot yet."""
    if not hasattr(vitruvian.Footage, "who"):
        return None

    def run() -> Followed:
        with vitruvian.open(film.path, model=model) as footage:
            return _of_clip(cast(Any, footage).who())

    return _kept(film, f"whole {model}", run)


def _kept(film: Film, what: str, run: Callable[[], Followed]) -> Followed:
    """What Vitruvian said, as long as neither its code nor the film has changed."""
    code = hashlib.sha256()
    for path in sorted(Path(vitruvian.__file__).parent.rglob("*")):
        if path.suffix in (".py", ".toml"):
            code.update(path.read_bytes())
    key = hashlib.sha256(f"{what} {_digest(film)} {code.hexdigest()}".encode()).hexdigest()[:16]
    kept = peer.BENCH / "results" / f"vitruvian-{key}.npz"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        seen = run()
        columns: dict[str, Any] = {
            "counts": [len(ids) for ids in seen.ids],
            "ids": np.concatenate(seen.ids),
            "boxes": np.concatenate([f.boxes for f in seen.found]),
            "coco": np.concatenate([f.coco for f in seen.found]),
        }
        np.savez(kept, **columns)
    with np.load(kept) as saved:
        ends = np.cumsum(saved["counts"])[:-1]
        ids, boxes, coco = (np.split(saved[name], ends) for name in ("ids", "boxes", "coco"))
    return Followed(ids, [Found(b, c) for b, c in zip(boxes, coco, strict=True)])


def _digest(film: Film) -> str:
    return hashlib.sha256(film.path.read_bytes()).hexdigest()


def _of_clip(clip: Clip) -> Followed:
    rows = {index: t for t, index in enumerate(clip.indices.tolist())}
    ids, found = [], []
    for index in range(max(rows, default=-1) + 1):
        t = rows[index]
        here = clip.present[t]
        ids.append(clip.ids[here])
        coco = clip.body.xy[t, here].astype(np.float64)[:, list(blazepose_to_coco)]
        found.append(Found(clip.boxes[t, here], coco))
    return Followed(ids, found)


def mediapipe(film: Film, model: str) -> Followed:
    """MediaPipe with room for five people; the place in its list is the id."""
    seen = mediapipe_film(replace(film, step=1), model, 5, "VIDEO")
    found = [seen[index] for index in sorted(seen)]
    return Followed([np.arange(len(f.boxes)) for f in found], found)


def movenet(film: Film, name: str) -> Followed:
    """MoveNet MultiPose 384, followed by ``"bytetrack"`` or ``"ocsort"``."""
    found = _detections(film)
    counts = [len(f.boxes) for f in found]
    boxes = np.concatenate([f.boxes for f in found])
    scores = np.concatenate([f.scores for f in found if f.scores is not None])
    python = _python()
    with TemporaryDirectory() as folder:
        given, out = Path(folder, "given.npz"), Path(folder, "out.npz")
        np.savez(given, boxes=boxes, scores=scores, counts=counts)
        command = [python, SCRIPT, "--tracker", name, "--rate", film.rate, "--bar", BAR]
        command += ["--detections", given, "--out", out]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"trackers failed:\n{done.stderr[-2000:]}")
        with np.load(out) as saved:
            ids = np.split(saved["ids"], np.cumsum(counts)[:-1])
    return _named(ids, found)


def keypoint_tracker(film: Film) -> Followed:
    """MoveNet MultiPose 384, followed as tfjs-models' keypoint tracker does.

    Detections, the surest first, each take the most similar track that is still free. A track
    is forgotten a second after it was last seen.
    """
    tracks: dict[int, tuple[Doubles, float]] = {}
    fresh = count(1)
    ids, found = [], []
    for index, seen in enumerate(_detections(film, BAR)):
        time = index / film.rate
        tracks = {i: (xy, last) for i, (xy, last) in tracks.items() if time - last <= 1}
        taken: list[int] = []
        for coco, sure in zip(seen.coco, seen.sure if seen.sure is not None else [], strict=True):
            xy = np.where(sure[:, None] > 0.3, coco, np.nan)
            free = [i for i in tracks if i not in taken]
            likeness = [_alike(xy, tracks[i][0]) for i in free]
            best = int(np.argmax(likeness)) if likeness else -1
            known = best >= 0 and likeness[best] >= 0.2
            taken.append(free[best] if known else next(fresh))
            tracks[taken[-1]] = xy, time
        ids.append(np.array(taken, np.int64))
        found.append(seen)
    return Followed(ids, found)


def _alike(xy: Doubles, last: Doubles) -> float:
    """OKS over the keypoints that both have, if these are four or more."""
    shared = np.isfinite(xy + last).all(1)
    if shared.sum() < 4:
        return 0.0
    size = np.ptp(last[np.isfinite(last).all(1)], axis=0)
    sigmas = np.array(COCO_SIGMAS)[shared]
    area = max(float(np.prod(size)), 1.0)
    return float(oks(xy[None, shared], last[None, shared], [area], sigmas)[0, 0])


def _detections(film: Film, bar: float = LOW) -> list[Found]:
    every = replace(film, step=1)
    return movenet_pictures(frames(every), f"every frame of {_digest(film)}", bar)


def _named(ids: Sequence[Ints], found: Sequence[Found]) -> Followed:
    """Only those who got an id."""
    kept = [rows >= 0 for rows in ids]
    return Followed(
        [rows[k] for rows, k in zip(ids, kept, strict=True)],
        [Found(f.boxes[k], f.coco[k]) for f, k in zip(found, kept, strict=True)],
    )


def _python() -> Path:
    """The interpreter that has the trackers; makes its environment the first time."""
    folder = peer.BENCH / "trackers"
    python, ready = folder / "bin" / "python", folder / f"trackers-{TRACKERS}"
    if not ready.exists():
        peer.say(f"making {folder} with trackers {TRACKERS}")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, f"trackers=={TRACKERS}"], check=True)
        ready.touch()
    return python
