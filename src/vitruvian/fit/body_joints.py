"""The joints that `fit` moves, and how far each can go.

A joint's three coordinates are a swing about two axes across the bone and a twist about the bone
itself. All are 0 where the bone is in line with its parent (the legs hang straight down; the
upper arm points forward, outward and a little down, in the middle of what it can reach, so that
no pose is near the end of a swing's chart, half a turn away).

Limits, in degrees, are the ranges of motion of healthy adults:

* limbs: American Academy of Orthopaedic Surgeons, *Joint Motion: Method of Measuring and
  Recording* (1965): shoulder flexion 180, extension 60, rotation 70 and 90; elbow 150, forearm
  80 and 80; wrist 80, 70, 20 and 30; hip 120, 30, 45, 30, rotation 45; knee 135; ankle 20 and 50.
  Five to fifteen degrees are added to hip, knee, ankle and forearm, for motion under load, after
  Norkin and White, *Measurement of Joint Motion* (5th ed. 2016).
* the arm's box is the one that holds these shoulder ranges, seen from the middle;
* the back and neck: sums of the segments of White and Panjabi, *Clinical Biomechanics of the
  Spine* (2nd ed. 1990), in two parts each;
* the shoulder girdle: Neumann, *Kinesiology of the Musculoskeletal System* (3rd ed. 2017).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["JOINTS", "Joint"]

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Joint:
    """One joint of the reduced body.

    Args:
        name: ``"left_knee"``.
        bone: The bone of the rig that begins here.
        parent: The joint that carries it.
        axes: Which rule of `vitruvian.fit.body_frames` gives its axes.
        tip: The bone whose beginning shows where this one points; empty where that is no matter.
        lowest: Least swing, swing and twist in degrees.
        highest: Most.
        usual: Where it tends to be.
        second: The bone of the rig where the second half of a long bone begins: the first half
            takes half of the twist.
    """

    name: str
    bone: str
    parent: str
    axes: str
    tip: str
    lowest: Triple
    highest: Triple
    usual: Triple = (0.0, 0.0, 0.0)
    second: str = ""


_TRUNK = (
    # flexion, side bend (to the left is negative), turn
    Joint("lumbar", "spine04", "pelvis", "trunk", "", (-25, -25, -12), (55, 25, 12)),
    Joint("thorax", "spine02", "lumbar", "trunk", "", (-25, -30, -35), (35, 30, 35)),
    Joint("neck", "neck01", "thorax", "trunk", "", (-30, -22, -40), (25, 22, 40)),
    Joint("head", "head", "neck", "trunk", "", (-30, -22, -40), (25, 22, 40)),
)
_LIMBS = (
    # raised, drawn back, –
    Joint("clavicle", "clavicle", "thorax", "girdle", "upperarm01", (-10, -30, 0), (40, 25, 0)),
    # up, backward, turned about itself
    Joint(
        "shoulder", "upperarm01", "clavicle", "arm", "lowerarm01",
        (-92, -105, -100), (115, 90, 100), (-65, 20, 0), "upperarm02",
    ),
    # bent, carried sideways, turned (the forearm)
    Joint(
        "elbow", "lowerarm01", "shoulder", "elbow", "wrist",
        (0, -10, -95), (150, 10, 95), (25, 0, 0), "lowerarm02",
    ),
    # to the palm, to the thumb, –
    Joint("wrist", "wrist", "elbow", "wrist", "finger3-1", (-70, -30, 0), (80, 20, 0)),
    # forward, outward, turned about itself
    Joint(
        "hip", "upperleg01", "pelvis", "leg", "lowerleg01",
        (-30, -30, -50), (135, 55, 50), (5, 5, 0), "upperleg02",
    ),
    # bent, sideways, turned
    Joint("knee", "lowerleg01", "hip", "knee", "foot", (0, -5, -20), (150, 5, 20), (8, 0, 0)),
    # toes down, sole outward, toes inward
    Joint("ankle", "foot", "knee", "ankle", "", (-30, -35, -20), (55, 20, 20)),
)  # fmt: skip


def _sided(joint: Joint, side: str) -> Joint:
    def bone(name: str) -> str:
        return f"{name}.{side[0].upper()}" if name else ""

    middle = joint.parent in ("pelvis", *(part.name for part in _TRUNK))
    return replace(
        joint,
        name=f"{side}_{joint.name}",
        bone=bone(joint.bone),
        parent=joint.parent if middle else f"{side}_{joint.parent}",
        tip=bone(joint.tip),
        second=bone(joint.second),
    )


JOINTS: tuple[Joint, ...] = (
    *_TRUNK,
    *(_sided(joint, side) for joint in _LIMBS for side in ("left", "right")),
)
"""Every joint but the pelvis, which moves freely; parents come before children."""
