"""``python -m vitruvian`` is the command line."""

from __future__ import annotations

from vitruvian.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
