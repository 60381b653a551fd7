"""Draws ``docs/images/angles.svg``, what the angles are: ``python docs/angles_drawing.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Circle

PICTURE = Path(__file__).parent / "images" / "angles.svg"
BODY, ARC, REST = "#24475b", "#c8324f", "#9aa7b0"


def turned(length: float, degrees: float) -> np.ndarray[Any, Any]:
    """A bone that hangs at 0 and points to the right at 90; y is up."""
    angle = np.radians(degrees)
    return length * np.array([np.sin(angle), -np.cos(angle)])


def bone(axis: Any, start: Any, end: Any) -> None:
    """A thick line."""
    axis.plot(*zip(start, end, strict=True), color=BODY, linewidth=5, solid_capstyle="round")


def angle(axis: Any, at: Any, start: float, sweep: float, text: str, radius: float = 0.28) -> None:
    """An arc from a bone at rest (dashed) over so many degrees, with its name."""
    axis.plot(
        *zip(at, np.add(at, turned(radius * 1.35, start)), strict=True), "--", color=REST, lw=1.2
    )
    low, high = sorted((start - 90, start - 90 + sweep))
    axis.add_patch(Arc(at, 2 * radius, 2 * radius, theta1=low, theta2=high, color=ARC, lw=1.8))
    x, y = np.add(at, turned(radius * 1.25, start + sweep / 2))
    side = "left" if x >= at[0] else "right"
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1}
    axis.text(x, y, text, color=ARC, fontsize=8, ha=side, va="center", bbox=paper)


def from_the_side(axis: Any) -> None:
    """Flexions, and the lean forward."""
    axis.set_title("from the side, looking to the right", fontsize=9)
    hip = np.array([0.0, 1.0])
    shoulder = hip + turned(0.6, 180 - 12)
    elbow = shoulder + turned(0.33, 50)
    wrist = elbow + turned(0.3, 50 + 55)
    knee = hip + turned(0.48, 62)
    ankle = knee + turned(0.46, 62 - 70)
    for start, end in (
        (hip, shoulder),
        (shoulder, elbow),
        (elbow, wrist),
        (hip, knee),
        (knee, ankle),
    ):
        bone(axis, start, end)
    bone(axis, ankle, ankle + turned(0.2, 82 + 15))
    head = shoulder + turned(0.28, 180 - 30)
    bone(axis, shoulder, head)
    axis.add_patch(Circle(head, 0.11, color=BODY))
    angle(axis, shoulder, -12, 62, "shoulder flexion +")
    angle(axis, elbow, 50, 55, "elbow flexion +", 0.2)
    angle(axis, hip, -12, 74, "hip flexion +", 0.22)
    angle(axis, knee, 62, -70, "knee flexion +", 0.2)
    angle(axis, ankle, 82, 15, "ankle dorsiflexion +", 0.2)
    angle(axis, shoulder, 168, -18, "neck flexion +", 0.24)
    angle(axis, hip, 180, -12, "trunk lean forward +", 0.42)


def from_the_front(axis: Any) -> None:
    """Abductions, and the lean to the side."""
    axis.set_title("from the front (the person's left is on the right)", fontsize=9)
    hip = np.array([0.0, 1.0])
    top = hip + turned(0.6, 180 - 10)
    across = turned(0.22, 90 + 10)
    for side, raised, spread in ((1, 70, 25), (-1, 5, 5)):
        shoulder = top + side * np.array([across[0], -across[1]])
        leg = hip + side * np.array([0.11, 0])
        elbow = shoulder + turned(0.33, side * raised - 10)
        knee = leg + turned(0.48, side * spread)
        bone(axis, top, shoulder)
        bone(axis, shoulder, elbow)
        bone(axis, elbow, elbow + turned(0.28, side * raised - 10))
        bone(axis, hip, leg)
        bone(axis, leg, knee)
        bone(axis, knee, knee + turned(0.46, side * spread * 0.3))
        if side == 1:
            angle(axis, shoulder, -10, 70, "shoulder abduction +")
            angle(axis, leg, -10, 35, "hip abduction +", 0.24)
    bone(axis, hip, top)
    head = top + turned(0.26, 180 - 10)
    axis.add_patch(Circle(head, 0.12, color=BODY))
    angle(axis, hip, 180, -10, "trunk lean left +", 0.42)


def from_above(axis: Any) -> None:
    """The twist."""
    axis.set_title("from above, looking up the page", fontsize=9)
    middle = np.array([0.0, 0.8])
    hips = np.array([0.22, 0])
    shoulders = turned(0.34, 90 + 28)
    axis.plot(*zip(middle - hips, middle + hips, strict=True), color=REST, linewidth=7)
    bone(axis, middle - shoulders, middle + shoulders)
    axis.add_patch(Circle(middle, 0.12, color=BODY))
    axis.annotate(
        "", np.add(middle, (0, 0.5)), middle, arrowprops={"arrowstyle": "->", "color": REST}
    )
    axis.text(0.03, 1.28, "forward", color=REST, fontsize=8)
    axis.text(*(middle - hips - (0.02, 0.08)), "hips", color=REST, fontsize=8, ha="right")
    angle(axis, middle, -90, 28, "trunk twist left +", 0.42)


def main() -> None:
    """Draw all three beside each other."""
    figure = Figure(figsize=(11, 6.2))
    FigureCanvasAgg(figure)
    panels = ((from_the_side, -0.25, 0.95), (from_the_front, -0.45, 0.95), (from_above, -0.75, 0.4))
    axes = figure.subplots(1, 3, width_ratios=[right - left for _, left, right in panels])
    for axis, (draw, left, right) in zip(axes, panels, strict=True):
        draw(axis)
        axis.set_aspect("equal")
        axis.set_axis_off()
        axis.set_xlim(left, right)
        axis.set_ylim(-0.05, 2.0)
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None})


if __name__ == "__main__":
    main()
