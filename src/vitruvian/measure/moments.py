"""A film's people twice, as they are and as they were found: what tracks are measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.errors import InputError
from vitruvian.types import Ints

__all__ = ["Moments"]

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Who is there and who was found, moment by moment, and how similar each is to each.

    Args:
        truth: T times (N,) ids of the people who are there.
        found: T times (M,) ids of the people reported.
        similarity: T times (N, M), 0..1, such as IoU or OKS; truths down, found across.

    Raises:
        InputError: The three do not fit each other, or an id comes twice in one moment.

    Example:
        >>> from vitruvian.measure import Moments
        >>> Moments([[1], [1]], [[7], [8]], [[[0.9]], [[0.8]]]).counts
        (2, 2)
    """

    truth: Sequence[Ints]
    found: Sequence[Ints]
    similarity: Sequence[Doubles]

    def __init__(
        self,
        truth: Sequence[ArrayLike],
        found: Sequence[ArrayLike],
        similarity: Sequence[ArrayLike],
    ) -> None:
        if not len(truth) == len(found) == len(similarity):
            raise InputError(
                "truth, found and similarity need the same number of moments, "
                f"not {len(truth)}, {len(found)} and {len(similarity)}"
            )
        there, reported = ([np.array(ids, np.int64).ravel() for ids in x] for x in (truth, found))
        tables = []
        for i, (a, b, table) in enumerate(zip(there, reported, similarity, strict=True)):
            shaped = np.asarray(table, np.float64)
            if shaped.size == len(a) * len(b) == 0:
                shaped = shaped.reshape(len(a), len(b))
            if shaped.shape != (len(a), len(b)):
                raise InputError(
                    f"the similarity of moment {i} must be {(len(a), len(b))}, not {shaped.shape}"
                )
            for ids in (a, b):
                if len(np.unique(ids)) != len(ids):
                    raise InputError(f"an id comes twice in moment {i}: {ids.tolist()}")
            tables.append(shaped)
        object.__setattr__(self, "truth", there)
        object.__setattr__(self, "found", reported)
        object.__setattr__(self, "similarity", tables)

    def __len__(self) -> int:
        """How many moments there are."""
        return len(self.truth)

    @property
    def counts(self) -> tuple[int, int]:
        """How many boxes there are in all, of the truth and of what was found."""
        return sum(map(len, self.truth)), sum(map(len, self.found))

    def numbered(self) -> tuple[Moments, int, int]:
        """The same with ids 0, 1, … on either side, and how many each side has."""
        there, truths = _numbered(self.truth)
        reported, founds = _numbered(self.found)
        return Moments(there, reported, self.similarity), truths, founds


def _numbered(rows: Sequence[Ints]) -> tuple[list[Ints], int]:
    known = np.unique(np.concatenate([np.zeros(0, np.int64), *rows]))
    return [np.searchsorted(known, ids) for ids in rows], len(known)
