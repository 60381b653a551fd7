"""Every exception the library raises, as a tree.

Each leaf is also the matching built-in, so ``except OSError`` keeps working::

    VitruvianError
    ├── InputError (ValueError)            an option, an array or a name's value is not usable
    │   └── UnknownNameError (LookupError) no such model, detector, sink …; suggests the nearest
    ├── SourceError (OSError)              a picture, film, camera or stream cannot be read
    │   └── SourceNotFoundError (FileNotFoundError)
    ├── SinkError (OSError)                a result cannot be written
    ├── WeightsError (OSError)             weights cannot be had, or are damaged
    └── MissingExtraError (ImportError)    an optional dependency is not installed

A message says what was expected, what came, and what to type. Only the edges (the command
line) catch these: an exit code and one line on stderr, no traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "InputError",
    "MissingExtraError",
    "SinkError",
    "SourceError",
    "SourceNotFoundError",
    "UnknownNameError",
    "VitruvianError",
    "WeightsError",
]


class VitruvianError(Exception):
    """The base of every error that Vitruvian raises on purpose."""


class InputError(VitruvianError, ValueError):
    """A value given by the caller is not usable."""


class UnknownNameError(InputError, LookupError):
    """A name is not among the known ones; the message suggests the nearest.

    Args:
        kind: What was looked up, in one word: ``"model"``.
        name: What the caller typed.
        known: The names that would have been accepted.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        # The arguments as they came: an error is copied, and sent to another process, by them.
        super().__init__(kind, name, tuple(sorted(known)))

    def __str__(self) -> str:
        kind, name, choices = self.args
        near = difflib.get_close_matches(str(name), choices, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(choices)}"
        return f"no {kind} is called {name!r}; {hint}"


class SourceError(VitruvianError, OSError):
    """A picture, film, camera or stream cannot be read."""


class SourceNotFoundError(SourceError, FileNotFoundError):
    """There is nothing at the given path."""


class SinkError(VitruvianError, OSError):
    """A result cannot be written; what was written before stays readable."""


class WeightsError(VitruvianError, OSError):
    """Weights cannot be fetched, or a file of weights is damaged."""


class MissingExtraError(VitruvianError, ImportError):
    """An optional dependency is not installed; the message says what to type."""
