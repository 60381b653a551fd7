"""TRC and C3D: the joints and tips as markers, for OpenSim and biomechanics."""

from __future__ import annotations

import struct

import numpy as np

from vitruvian.motion import Doubles, Motion

__all__ = ["marker_paths", "to_c3d", "to_trc"]

_MILLIMETRES = 1000.0
_BLOCK = 512
_FIRST_DATA_BLOCK = 2


def marker_paths(motion: Motion) -> tuple[tuple[str, ...], Doubles]:
    """Names and places (T, M, 3) in metres of every joint and every tip of a limb."""
    places, axes = motion.world()
    names, paths = list(motion.joints), [places]
    for joint, tip in motion.ends:
        names.append(f"{motion.joints[joint]}_tip")
        paths.append((places[:, joint] + axes[:, joint] @ tip)[:, None])
    return tuple(names), np.concatenate(paths, axis=1)


def to_trc(motion: Motion) -> bytes:
    """OpenSim's text file of markers: metres, y up, at an even rate."""
    even = motion.at_rate(motion.rate)
    names, paths = marker_paths(even)
    count, rate = len(even), even.rate
    columns = "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(names) + 1))
    head = [
        "PathFileType\t4\t(X/Y/Z)\tmotion.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\t"
        "OrigNumFrames",
        f"{rate:.6f}\t{rate:.6f}\t{count}\t{len(names)}\tm\t{rate:.6f}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        f"\t\t{columns}",
        "",
    ]
    rows = [
        f"{t + 1}\t{even.times[t]:.6f}\t" + "\t".join(f"{value:.6f}" for value in paths[t].ravel())
        for t in range(count)
    ]
    return ("\n".join([*head, *rows]) + "\n").encode()


def to_c3d(motion: Motion) -> bytes:
    """The binary file of markers that motion labs exchange: millimetres, y up, 32-bit floats.

    Written after the format's description at c3d.org: a header block, a parameter section with
    the groups POINT, ANALOG, FORCE_PLATFORM and TRIAL, and the points of every frame.
    """
    even = motion.at_rate(motion.rate)
    names, paths = marker_paths(even)
    markers = len(names)
    # Frames are counted from 1 at the film's beginning, so that people of one film stay in step.
    first = 1 + round(float(even.times[0]) * even.rate)
    last = first + len(even) - 1
    # A scale below 0 says that points are floats, and how fine the residuals are.
    scale = -0.1
    # How long the section is does not depend on where the data starts.
    size = len(_parameters(names, first, last, even.rate, scale, 0))
    start = _FIRST_DATA_BLOCK + size // _BLOCK
    parameters = _parameters(names, first, last, even.rate, scale, start)
    # Frame numbers are 16 bits here; TRIAL has room for more.
    head = struct.pack(
        "<BBHHHHHfHHf", _FIRST_DATA_BLOCK, 0x50, markers, 0, min(first, 0xFFFF),
        min(last, 0xFFFF), 0, scale, start, 0, even.rate,
    ).ljust(_BLOCK, b"\0")  # fmt: skip
    points = np.zeros((len(even), markers, 4), "<f4")
    points[..., :3] = paths * _MILLIMETRES
    data = points.tobytes()
    return head + parameters + data + b"\0" * (-len(data) % _BLOCK)


def _parameters(
    names: tuple[str, ...], first: int, last: int, rate: float, scale: float, start: int
) -> bytes:
    point = {
        "USED": _integers(len(names)),
        "SCALE": _float(scale),
        "RATE": _float(rate),
        "DATA_START": _integers(start),
        "FRAMES": _integers(min(last - first + 1, 0xFFFF)),
        "UNITS": _texts(["mm"]),
        "LABELS": _texts(list(names)),
        "DESCRIPTIONS": _texts(list(names)),
        "X_SCREEN": _texts(["+X"]),
        "Y_SCREEN": _texts(["+Y"]),
    }
    trial = {
        "ACTUAL_START_FIELD": _integers(first & 0xFFFF, first >> 16),
        "ACTUAL_END_FIELD": _integers(last & 0xFFFF, last >> 16),
    }
    groups = {
        "POINT": point,
        "ANALOG": {"USED": _integers(0), "GEN_SCALE": _float(1.0), "RATE": _float(0.0)},
        "FORCE_PLATFORM": {"USED": _integers(0)},
        "TRIAL": trial,
    }
    body = b""
    for number, (group, entries) in enumerate(groups.items(), start=1):
        body += _record(group, -number, b"\0")
        for name, value in entries.items():
            body += _record(name, number, value + b"\0")
    # The section begins with its size in blocks and the processor type (84: Intel).
    blocks = -(-(4 + len(body) + 2) // _BLOCK)
    return (struct.pack("<BBBB", 1, 0x50, blocks, 84) + body).ljust(blocks * _BLOCK, b"\0")


def _record(name: str, group: int, rest: bytes) -> bytes:
    """Length and name, number, the offset to the next record from here, and what it holds."""
    return (
        struct.pack("<bb", len(name), group)
        + name.encode()
        + struct.pack("<H", 2 + len(rest))
        + rest
    )


def _integers(*values: int) -> bytes:
    words = struct.pack(f"<{len(values)}H", *values)
    return (
        struct.pack("<bB", 2, 0) + words
        if len(values) == 1
        else (struct.pack("<bBB", 2, 1, len(values)) + words)
    )


def _float(value: float) -> bytes:
    return struct.pack("<bBf", 4, 0, value)


def _texts(texts: list[str]) -> bytes:
    width = max(len(text) for text in texts)
    data = "".join(text.ljust(width) for text in texts).encode("ascii", "replace")
    return struct.pack("<bBBB", -1, 2, width, len(texts)) + data
