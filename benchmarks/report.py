"""Results as Markdown tables on stdout, and as JSON for other programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Report:
    """Tables, in the order they were added.

    Args:
        tables: Title to rows; every row has the same keys, which are the columns.
    """

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, title: str, rows: Iterable[Mapping[str, Any]], *notes: str) -> None:
        """Keep a table and show it at once, with what there is to know about it below."""
        kept = [dict(row) for row in rows]
        self.tables[title] = kept
        print(f"\n## {title}\n\n{markdown(kept)}", flush=True)
        for note in notes:
            print(f"\n{note}", flush=True)

    def save(self, path: Path | None) -> None:
        """Write all tables as JSON, if a path is given."""
        if path is not None:
            path.write_text(json.dumps({"machine": machine(), "tables": self.tables}, indent=1))


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table; numbers to the right, floats with as many digits as tell something."""
    if not rows:
        return "(nothing)"
    names = list(rows[0])
    cells = [names, *([_text(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
    right = [isinstance(rows[0][name], int | float) for name in names]
    lines = [
        "| "
        + " | ".join(
            cell.rjust(width) if turned else cell.ljust(width)
            for cell, width, turned in zip(line, widths, right, strict=True)
        )
        + " |"
        for line in cells
    ]
    rule = [
        "-" * (width - 1) + (":" if turned else "-")
        for width, turned in zip(widths, right, strict=True)
    ]
    return "\n".join([lines[0], "| " + " | ".join(rule) + " |", *lines[1:]])


def _text(value: Any) -> str:
    if isinstance(value, float):
        if value != value:
            return "-"
        return (
            f"{value:.0f}"
            if abs(value) >= 1000
            else f"{value:.3g}"
            if abs(value) < 10
            else f"{value:.1f}"
        )
    return str(value)


def machine() -> str:
    """Cores and load, without which no timing means anything."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
