"""The command line: ``vitruvian``, or ``python -m vitruvian``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; Ctrl-C stops it in good order while it is still loading, too."""
    try:
        from vitruvian.cli import main as command_line
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)
    command_line()


if __name__ == "__main__":
    main()
