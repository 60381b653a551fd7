"""What other programs open: BVH, glTF, TRC, C3D, MJCF, MOT, and a page that shows movement.

Every format is a function from a `Motion` to bytes, in one file; `FORMATS` names them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from vitruvian.errors import UnknownNameError
from vitruvian.export.rig import JOINTS, motion_of
from vitruvian.motion import Motion

__all__ = ["FORMATS", "JOINTS", "exporter", "motion_of"]

FORMATS = {
    "bvh": ("vitruvian.export.bvh:to_bvh", ".bvh"),
    "glb": ("vitruvian.export.gltf:to_glb", ".glb"),
    "trc": ("vitruvian.export.markers:to_trc", ".trc"),
    "c3d": ("vitruvian.export.markers:to_c3d", ".c3d"),
    "mjcf": ("vitruvian.export.mjcf:to_mjcf", ".xml"),
    "mot": ("vitruvian.export.mot:to_mot", ".mot"),
}
"""The formats of one person's movement: what writes each, and its ending."""


def exporter(name: str) -> tuple[Callable[[Motion], bytes], str]:
    """The function that makes a format, and the ending of its files.

    Raises:
        UnknownNameError: There is no such format.
    """
    if name not in FORMATS:
        raise UnknownNameError("format", name, FORMATS)
    where, ending = FORMATS[name]
    module, _, function = where.partition(":")
    return getattr(import_module(module), function), ending
