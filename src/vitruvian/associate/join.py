"""Putting pieces of tracks together into people, over the whole film at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from vitruvian.associate.evidence import Evidence
from vitruvian.associate.exchange import Exchanges

__all__ = ["Joiner", "Person"]

Person = tuple[int, ...]
"""Numbers of pieces, by time."""

_SWEEPS = 20
_CERTAIN = 20.0
"""The margin of what has no other choice."""


class Joiner:
    """Finds the people to whom the pieces of a film together belong most likely.

    A person's cost is that of appearing and vanishing, of every step from piece to piece, and of
    how unlike the pieces are. The cheapest two are joined until no join makes the whole
    cheaper. Then any two people exchange what happens between two moments, as long as that
    helps: so what comes later mends what was decided earlier. This begins once with the people
    of the first pass, and once with nobody; whichever ends cheaper counts.

    Args:
        evidence: The costs.
        names: For pieces of whom it is known who they are: pieces of one name stay together,
            pieces of two names apart.
        columns: Whom the first pass took each piece for.
    """

    def __init__(
        self, evidence: Evidence, names: Mapping[int, str], columns: Sequence[int]
    ) -> None:
        self._evidence = evidence
        self._names = dict(names)
        self._columns = list(columns)
        first, last = evidence.spans.T
        self._first = first.tolist()
        self._apart = (first[:, None] <= last[None]) & (first[None] <= last[:, None])
        for a, b in combinations(self._names, 2):
            if names[a] != names[b]:
                self._apart[a, b] = self._apart[b, a] = True
        np.fill_diagonal(self._apart, False)
        weights = evidence.weights
        self._bonds = weights[:, None] * weights[None] * evidence.likeness
        np.fill_diagonal(self._bonds, 0)
        self._best: dict[tuple[Person, Person], tuple[Person, ...]] = {}

    def people(self, most: int | None = None) -> list[Person]:
        """The people, each as the numbers of their pieces.

        Args:
            most: How many there are; where more are seen at one time, more are returned.
        """
        settled = [self._settled(start) for start in (self._followed(), self._start())]
        found = min(settled, key=self._total)
        if most is not None and len(found) > most:
            found = self._improved(self._joined(found, most=most), parting=False)
        return sorted(found)

    def absorbed(self, people: Sequence[Person], rest: Sequence[Person]) -> list[Person]:
        """The people, with those pieces of the rest that make one of them likelier.

        Args:
            people: Who is kept.
            rest: Who is not, where it is known how many there are.
        """
        grown = list(people)
        pieces = [k for person in rest for k in person]
        for k in sorted(pieces, key=lambda k: -float(self._evidence.weights[k])):
            fit = [n for n, person in enumerate(grown) if not self._apart[k, list(person)].any()]
            joined = {n: self._ordered([*grown[n], k]) for n in fit}
            gains = {n: self.cost(joined[n]) - self.cost(grown[n]) for n in fit}
            best = min(fit, key=gains.__getitem__, default=None)
            if best is not None and gains[best] < 0:
                grown[best] = joined[best]
        return grown

    def exchanges(self, a: Person, b: Person) -> Exchanges:
        """What an exchange between two people would cost, for every window."""
        exchanges = Exchanges(self._evidence, self._bonds, self._apart, a, b)
        if self._names:
            of = np.array([self._names.get(k, "") for k in exchanges.pieces.tolist()])
            exchanges.forbid(of == name for name in sorted(set(of.tolist()) - {""}))
        return exchanges

    def margins(self, people: Sequence[Person]) -> dict[int, float]:
        """For every piece, how much more the next best choice for it would cost.

        A choice is any exchange with somebody else that takes the piece there, or leaves it
        and takes the one before or after.
        """
        margins = dict.fromkeys((k for person in people for k in person), _CERTAIN)
        for a, b in _pairs(list(people), parting=False):
            exchanges = self.exchanges(a, b)
            for k, margin in zip(exchanges.pieces.tolist(), exchanges.margins(), strict=True):
                margins[k] = min(margins[k], max(margin, 0.0))
        return margins

    def cost(self, person: Person) -> float:
        """What it costs that these pieces are one person; inf if that cannot be."""
        e, rows = self._evidence, np.array(person)
        if len(rows) == 1:
            return float(e.births[rows[0]] + e.deaths[rows[0]])
        weight = max(float(e.weights[rows].sum()), 1e-6)
        bonds = float(self._bonds[np.ix_(rows, rows)].sum()) / weight
        steps = float(e.links[rows[:-1], rows[1:]].sum() + e.momentum[np.ix_(rows, rows)].sum() / 2)
        return float(e.births[rows[0]] + e.deaths[rows[-1]]) + steps + bonds

    def _total(self, people: Sequence[Person]) -> float:
        return sum(self.cost(person) for person in people)

    def _settled(self, people: list[Person]) -> list[Person]:
        """Join and exchange in turns for as long as that helps."""
        for _ in range(_SWEEPS):
            better = self._improved(self._joined(people, most=None))
            if set(better) == set(people):
                break
            people = better
        return people

    def _followed(self) -> list[Person]:
        """The people of the first pass, but pieces of one name are a person of their own.

        Where a column has two names, the rest of it is nobody's yet.
        """
        said: dict[int, set[str]] = {}
        for piece, name in self._names.items():
            said.setdefault(self._columns[piece], set()).add(name)
        groups: dict[int | str, list[int]] = {}
        for piece, column in enumerate(self._columns):
            free = -1 - piece if len(said.get(column, ())) > 1 else column
            groups.setdefault(self._names.get(piece, free), []).append(piece)
        return [self._ordered(group) for group in groups.values()]

    def _start(self) -> list[Person]:
        """Every piece for itself, but those of one name together."""
        named: dict[str, list[int]] = {}
        for piece, name in self._names.items():
            named.setdefault(name, []).append(piece)
        free = [(k,) for k in range(len(self._first)) if k not in self._names]
        return [*(self._ordered(group) for group in named.values()), *free]

    def _ordered(self, pieces: Sequence[int]) -> Person:
        return tuple(sorted(pieces, key=self._first.__getitem__))

    def _joined(self, people: list[Person], most: int | None) -> list[Person]:
        """Join the two whose join is cheapest, again and again."""
        table = _Table(self, self._evidence, self._bonds, self._apart, people)
        alive = len(people)
        while alive > 1 and (most is None or alive > most):
            a, b, change = table.cheapest()
            if not np.isfinite(change) or (most is None and change >= 0):
                break
            table.join(a, b, self._ordered([*table.people[a], *table.people[b]]))
            alive -= 1
        return [person for person in table.people if person]

    def _improved(self, people: list[Person], *, parting: bool = True) -> list[Person]:
        """Exchange what happens between two moments, wherever that makes it cheaper."""
        fresh = set(people)
        for _ in range(_SWEEPS):
            changed: set[Person] = set()
            for a, b in list(_pairs(people, parting)):
                if {a, b} <= {*people, ()} and {a, b} & (fresh | changed):
                    better = self._exchanged(a, b)
                    if better:
                        people = [p for p in people if p not in (a, b)] + [p for p in better if p]
                        changed |= set(better)
            if not changed:
                break
            fresh = changed
        return people

    def _exchanged(self, a: Person, b: Person) -> tuple[Person, ...]:
        """Both after the best exchange between them; nothing where none makes it cheaper.

        Kept: the same two come up in every sweep, and from either start.
        """
        if (a, b) not in self._best:
            exchanges = self.exchanges(a, b)
            at = int(exchanges.gains.argmin())
            cheaper = exchanges.gains.flat[at] < -1e-6
            self._best[a, b] = (
                exchanges.people(*divmod(at, len(exchanges.gains))) if cheaper else ()
            )
        return self._best[a, b]


def _pairs(people: list[Person], parting: bool) -> Iterator[tuple[Person, Person]]:
    yield from combinations(people, 2)
    if parting:
        yield from ((person, ()) for person in people if len(person) > 1)


class _Table:
    """What joining any two people would change, kept up to date from join to join."""

    def __init__(
        self,
        joiner: Joiner,
        evidence: Evidence,
        bonds: NDArray[np.float64],
        apart: NDArray[np.bool_],
        people: list[Person],
    ) -> None:
        self.people = list(people)
        self._joiner, self._evidence = joiner, evidence
        member = np.zeros((len(people), len(evidence.weights)))
        for n, person in enumerate(people):
            member[n, list(person)] = 1
        self._bonds = member @ bonds @ member.T
        self._momentum = member @ evidence.momentum @ member.T
        self._apart = (member @ apart @ member.T) > 0
        np.fill_diagonal(self._apart, True)
        self._weights = np.maximum(member @ evidence.weights, 1e-6)
        self._heads = np.array([person[0] for person in people])
        self._tails = np.array([person[-1] for person in people])
        self._changes = np.stack([self._row(n) for n in range(len(people))])

    def cheapest(self) -> tuple[int, int, float]:
        """The two people whose join changes the cost most for the better, and by how much."""
        at = int(self._changes.argmin())
        a, b = divmod(at, len(self._changes))
        return a, b, float(self._changes[a, b])

    def join(self, a: int, b: int, joined: Person) -> None:
        """Make one person of two, in the place of the first."""
        self.people[a], self.people[b] = joined, ()
        self._heads[a], self._tails[a] = joined[0], joined[-1]
        self._weights[a] += self._weights[b]
        inner = self._bonds[a, a] + self._bonds[b, b] + 2 * self._bonds[a, b]
        self._bonds[a] += self._bonds[b]
        self._bonds[:, a] = self._bonds[a]
        self._bonds[a, a] = inner
        self._momentum[a] += self._momentum[b]
        self._momentum[:, a] = self._momentum[a]
        self._apart[a] |= self._apart[b]
        self._apart[:, a] = self._apart[a]
        self._apart[b] = self._apart[:, b] = True
        self._changes[b] = self._changes[:, b] = np.inf
        self._changes[a] = self._changes[:, a] = self._row(a)

    def _row(self, a: int) -> NDArray[np.float64]:
        e, weights = self._evidence, self._weights
        inner = np.diag(self._bonds)
        bonds = (inner[a] + inner + 2 * self._bonds[a]) / (weights[a] + weights)
        bonds -= inner[a] / weights[a] + inner / weights
        before = (
            e.links[self._tails[a], self._heads] - e.deaths[self._tails[a]] - e.births[self._heads]
        )
        after = (
            e.links[self._tails, self._heads[a]] - e.births[self._heads[a]] - e.deaths[self._tails]
        )
        steps = np.minimum(before, after)
        row = np.where(self._apart[a], np.inf, bonds + steps + self._momentum[a])
        for b in np.flatnonzero(~self._apart[a] & ~np.isfinite(steps)).tolist():
            row[b] = self._between(a, b)
        return np.asarray(row)

    def _between(self, a: int, b: int) -> float:
        """The same where one person is seen before and after the other."""
        one, two = self.people[a], self.people[b]
        spans = self._evidence.spans[:, 0]
        both = tuple(sorted((*one, *two), key=lambda k: int(spans[k])))
        return self._joiner.cost(both) - self._joiner.cost(one) - self._joiner.cost(two)
