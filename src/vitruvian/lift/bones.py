"""A body's bones: how long they are, and points moved until every bone has its length."""

from __future__ import annotations

import numpy as np

from vitruvian.lift.features import HIPS, Array
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["BONES", "attached", "bone_lengths", "rigid", "stature"]

_MIRROR = np.array(BLAZEPOSE_33.mirror)
_TREE = (
    (13, 11), (15, 13), (14, 12), (16, 14), (17, 15), (19, 15), (21, 15), (18, 16), (20, 16),
    (22, 16), (25, 23), (27, 25), (26, 24), (28, 26), (29, 27), (31, 27), (30, 28), (32, 28),
)  # fmt: skip
"""A landmark and the one it hangs on, from the trunk outwards."""
_TRUNK = ((11, 12), (23, 24), (11, 23), (12, 24))
_ENDS = ((17, 19), (18, 20), (19, 21), (20, 22), (29, 31), (30, 32))
BONES = np.array([*_TRUNK, *_TREE, *_ENDS])
"""Pairs of landmarks whose distance stays the same: (B, 2)."""
_PARTNER = np.array([
    int(np.flatnonzero((np.sort(BONES, axis=1) == np.sort(_MIRROR[pair])).all(1))[0])
    for pair in BONES
])  # fmt: skip
_STIFF = np.where((BONES == (11, 23)).all(1) | (BONES == (12, 24)).all(1), 0.3, 1.0)
"""The trunk's sides are no bones: they give way when somebody bends."""


def _apart(bones: Array) -> list[Array]:
    """Which bones can be put right at once, and give what one after the other would give."""
    turns = np.zeros(len(bones), np.int64)
    for i, pair in enumerate(bones):
        met = np.isin(bones[:i], pair).any(1)
        turns[i] = turns[:i][met].max(initial=-1) + 1
    return [np.flatnonzero(turns == turn) for turn in range(turns.max() + 1)]


_AT_ONCE = _apart(BONES)
_STATURE = 0.245 + 0.246 + 0.288
"""Thigh, shank and trunk as shares of the height: Drillis and Contini, 1966, as in Winter,
Biomechanics and Motor Control of Human Movement, figure 4.1."""


def bone_lengths(points: Array, error: Array) -> Array:
    """(B,) metres: each bone's length over a film, the same on the left and on the right.

    Args:
        points: (T, 33, 3) metres.
        error: (T, 33) metres, how far off each may be; the surer half of the frames counts.
    """
    length = np.linalg.norm(points[:, BONES[:, 0]] - points[:, BONES[:, 1]], axis=-1)
    doubt = error[:, BONES].sum(-1)
    sure = doubt <= np.median(doubt, axis=0)
    middle = np.nanmedian(np.where(sure, length, np.nan), axis=0)
    return np.asarray((middle + middle[_PARTNER]) / 2)


def stature(lengths: Array) -> float:
    """Metres: how tall somebody with such bones is, by the proportions of the body."""
    at = {tuple(pair): float(length) for pair, length in zip(BONES.tolist(), lengths, strict=True)}
    return (at[25, 23] + at[27, 25] + at[11, 23]) / _STATURE


def rigid(points: Array, lengths: Array, doubt: Array, *, rounds: int = 12) -> Array:
    """Points moved a little until bones have their lengths, the less sure ones further.

    Each round moves the ends of every bone, as position based dynamics does (Müller et al.,
    2007), with the error expected across and in depth in place of inverse masses.

    Args:
        points: (T, 33, 3) metres.
        lengths: (B,) metres, in the order of `BONES`.
        doubt: (T, 33, 3) metres of error expected along each axis.
        rounds: How often every bone is put right.
    """
    moved = points.transpose(1, 2, 0).copy()  # one landmark's numbers lie side by side
    free = doubt.transpose(1, 2, 0) ** 2
    turns = [
        (a, b, lengths[some, None], _STIFF[some, None], free[a], free[b], free[a] + free[b])
        for some, (a, b) in ((some, BONES[some].T) for some in _AT_ONCE)
    ]
    for _ in range(rounds):
        for a, b, length, stiff, first, second, total in turns:
            way = moved[a] - moved[b]
            now = np.sqrt(np.einsum("bct,bct->bt", way, way)) + 1e-9
            unit = way / now[:, None]
            both = np.einsum("bct,bct,bct->bt", total, unit, unit)
            unit *= (stiff * (now - length) / (both + 1e-12))[:, None]
            moved[a] -= first * unit
            moved[b] += second * unit
    return np.asarray(moved.transpose(2, 0, 1))


def attached(points: Array, lengths: Array) -> Array:
    """Every bone exactly as long as it is, from the trunk outwards; directions are kept."""
    exact = points.copy()
    at = {tuple(pair): length for pair, length in zip(BONES.tolist(), lengths, strict=True)}
    trunk = (11, 12, *HIPS)
    exact[:, trunk] = _trunk(points[:, trunk], at)
    exact[:, :11] += (exact[:, (11, 12)] - points[:, (11, 12)]).mean(1, keepdims=True)
    for child, parent in _TREE:
        way = points[:, child] - points[:, parent]
        way /= np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-9)
        exact[:, child] = exact[:, parent] + at[child, parent] * way
    return np.asarray(exact - exact[:, HIPS].mean(1, keepdims=True))


def _trunk(corners: Array, at: dict[tuple[int, ...], Array]) -> Array:
    """Shoulders and hips of which both widths and the way between their middles are kept."""
    shoulders, hips = corners[:, :2], corners[:, 2:]
    side = (at[11, 23] + at[12, 24]) / 2
    widths = float(at[11, 12]), float(at[23, 24])
    up = shoulders.mean(1) - hips.mean(1)
    result = []
    for pair, width in zip((shoulders, hips), widths, strict=True):
        across = pair[:, 0] - pair[:, 1]
        across *= width / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-9) / 2
        result.append(np.stack([across, -across], axis=1))
    # One side is nearer when somebody bends: it is the mean of their squares that is kept.
    apart = (result[0] - result[1])[:, 0]
    direction = up / np.maximum(np.linalg.norm(up, axis=-1, keepdims=True), 1e-9)
    middle = np.sqrt(np.maximum(side**2 - (apart * apart).sum(-1), (side / 2) ** 2))
    top = direction * middle[:, None]
    return np.concatenate([result[0] + top[:, None], result[1]], axis=1)
