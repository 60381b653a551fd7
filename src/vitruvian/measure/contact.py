"""Two people in contact: does each keep a body of their own, under the id they had?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.measure.moments import Moments

__all__ = ["Contact", "contact"]


@dataclass(frozen=True, slots=True)
class Contact:
    """How people come through contact; films add up.

    Args:
        moments: How often somebody is labelled.
        covered: Of these, how often a body of their own is on them.
        kept: Of these, how often that body has the id they first had.
        switches: How often a person's id is not the one they had when last covered.
    """

    moments: int = 0
    covered: int = 0
    kept: int = 0
    switches: int = 0

    def __add__(self, other: Contact) -> Contact:
        """Both counts together."""
        return Contact(
            self.moments + other.moments,
            self.covered + other.covered,
            self.kept + other.kept,
            self.switches + other.switches,
        )

    @property
    def share(self) -> float:
        """Moments in which a person has a distinct body with the id they had; NaN if none."""
        return self.kept / self.moments if self.moments else float("nan")


def contact(moments: Moments, threshold: float = 0.5) -> Contact:
    """Count in which moments every person has a distinct body, and whether under the id they had.

    One body belongs to one person: in every moment as many people as possible are paired with a
    body that is similar enough, and of such pairings the most similar counts. What was paired a
    moment ago has no say. A person's id is the one of the first body they were paired with; if
    that id is already another person's, they have none until they get one of their own.

    Args:
        moments: The truth and what was found.
        threshold: Similarity from which a body is on a person.

    Example:
        >>> from vitruvian.measure import Moments, contact
        >>> both = [1, 2]
        >>> contact(Moments([both], [[7]], [[[0.9], [0.8]]])).share
        0.5
    """
    from scipy.optimize import linear_sum_assignment

    film, people, _ = moments.numbered()
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    covered = kept = switches = 0
    for a, b, table in zip(film.truth, film.found, film.similarity, strict=True):
        enough = table >= threshold
        # One more pair outweighs any gain in similarity.
        rows, columns = linear_sum_assignment(enough * (people + table), maximize=True)
        real = enough[rows, columns]
        for person, name in zip(a[rows[real]].tolist(), b[columns[real]].tolist(), strict=True):
            covered += 1
            if person not in first and name not in first.values():
                first[person] = name
            kept += first.get(person) == name
            switches += last.get(person, name) != name
            last[person] = name
    labelled = int(np.sum([len(ids) for ids in film.truth]))
    return Contact(labelled, covered, kept, switches)
