"""How long before anything happens: ``python -m benchmarks.startup``.

Every figure is the median over processes of their own, with the weights cached.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.report import Report, machine
from benchmarks.truth import reference_pose

IMPORT = """
import time
started = time.perf_counter()
import vitruvian
print(time.perf_counter() - started)
"""
HELP = "from vitruvian.cli import main; main()"
FIRST = """
import sys, time
started = time.perf_counter()
import vitruvian
with vitruvian.open(sys.argv[1], model=sys.argv[2]) as source:
    frame, people = next(iter(source.people()))
    assert len(people) and people.body.xy.shape[1:] == (33, 2)
print(time.perf_counter() - started)
"""


def from_inside(code: str, *arguments: object) -> float:
    """The seconds that a program prints about itself."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def from_outside(*arguments: str) -> float:
    """The seconds from starting a command to its end, the interpreter's own start included."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the table there too")
    options = parser.parse_args()
    picture, _ = reference_pose()
    things: dict[str, tuple[Callable[[], float], str]] = {
        "python -c pass": (lambda: from_outside("-c", "pass"), "-"),
        "import vitruvian": (lambda: from_inside(IMPORT), "0.15"),
        "vitruvian --help": (lambda: from_outside("-c", HELP, "--help"), "0.4"),
        "first landmark, lite": (lambda: from_inside(FIRST, picture, "lite"), "1"),
        "first landmark, full": (lambda: from_inside(FIRST, picture, "full"), "1"),
        "first landmark, heavy": (lambda: from_inside(FIRST, picture, "heavy"), "-"),
    }
    rows = []
    for name, (measure, target) in things.items():
        measure()
        taken = [measure() for _ in range(options.rounds)]
        rows.append({"what": name, "seconds": float(np.median(taken)), "target": target})
    report = Report()
    report.add("Startup", rows, f"{options.rounds} processes each, median; {machine()}.")
    report.save(options.json)


if __name__ == "__main__":
    main()
