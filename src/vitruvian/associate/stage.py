"""The stage that says who is who, and where those are who cannot be seen for a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vitruvian.associate.assign import pairs
from vitruvian.associate.cues import CUES, looks, odds, weakness
from vitruvian.associate.doubt import Doubts
from vitruvian.associate.hidden import hidden
from vitruvian.associate.motion import Motion, centres
from vitruvian.associate.person import Identity, Person, Sight
from vitruvian.associate.recall import Recall
from vitruvian.associate.rows import joined
from vitruvian.errors import UnknownNameError
from vitruvian.geometry.cuts import Cuts
from vitruvian.geometry.likeness import all_apart, covered
from vitruvian.types import Bools, Floats, Frame, Ints, People

__all__ = ["Associate"]

_MOST_REMEMBERED = 300
"""People; whoever has been gone for longest is forgotten first."""

_BELIEVED = 0.5
"""The score from which on somebody is believed in who was not known."""
_SHARED = 0.5
"""The share of a body along somebody's limbs from which it is not another one."""
_SHAPED, _OWN = 0.8, 0.45
"""The score from which on a reading tells how somebody lies, also while others touch them,
and the share of it along their limbs below which it does."""


class Associate:
    """Gives every reading an id: that of somebody known, here or gone, or a new one.

    Two instances know nothing of each other; ids start from 1 and are never given twice.

    Needs ``body``, ``ids`` (whose region it was) and ``regions``, and makes use of ``vectors``;
    adds ``id_scores``, and the rows of those who are hidden behind others.

    Args:
        most: The most people wanted: known people first, then the surest.
        cues: What to decide by, of ``"motion"``, ``"pose"``, ``"appearance"`` and ``"region"``
            (whose region the reading was made in).

    Raises:
        UnknownNameError: A cue is none of these.
    """

    needs = frozenset({"body", "ids", "regions"})
    adds = frozenset({"id_scores"})

    def __init__(self, *, most: int | None = None, cues: Sequence[str] = CUES) -> None:
        for cue in cues:
            if cue not in CUES:
                raise UnknownNameError("cue", cue, CUES)
        self._most = most
        self._cues = tuple(cues)
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids start from 1 again."""
        self._known: dict[int, Person] = {}
        self._next = 1
        self._cuts = Cuts()
        self._doubts = Doubts()
        self._recall = Recall()

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people and those who are hidden, all with ids, in order of id."""
        if self._cuts(frame):
            self._forget_places()
        seen = self._named(people, frame.time)
        self._update(seen, frame)
        every = self._settled(joined([seen, *self._hidden(seen, frame)]), frame.time)
        return _ordered(every)

    def _forget_places(self) -> None:
        for person in self._known.values():
            person.here = False
            person.motion.lose_place()
        self._doubts = Doubts()

    def _named(self, people: People, time: float) -> People:
        """The readings with ids, as many as are wanted, and how sure each id is."""
        if not len(people) or people.body is None or people.regions is None:
            return People.none()
        known = list(self._known.values())
        worth = odds(known, people, time, self._cues)
        rows = pairs(worth)
        wanted = np.arange(len(rows))
        if (rows < 0).any():
            self._rather_known(people, worth, rows)
            self._found_again(known, people, worth, rows)
            wanted = np.flatnonzero((rows >= 0) | self._new(people, rows))
        if self._most is not None and len(wanted) > self._most:
            first = np.lexsort((-people.scores[wanted], rows[wanted] < 0))[: self._most]
            wanted = np.sort(wanted[first])
        ids = np.array([known[row].id if row >= 0 else -1 for row in rows], np.int64)
        for column in wanted[ids[wanted] < 0]:
            ids[column], self._next = self._next, self._next + 1
        people = people.having(ids=ids, id_scores=_posterior(worth, rows) * people.scores)
        return people if len(wanted) == len(ids) else people[wanted]

    def _rather_known(self, people: People, worth: Floats, rows: Ints) -> None:
        """A weak reading must fit well to be somebody, but is somebody new no more readily."""
        new = np.flatnonzero(self._new(people, rows) & (rows < 0))
        unseen = np.setdiff1d(np.arange(len(worth)), rows)
        if len(new) and len(unseen):
            fits = worth[np.ix_(unseen, new)] + weakness(people[new])
            found = pairs(fits)
            rows[new[found >= 0]] = unseen[found[found >= 0]]

    def _found_again(
        self, known: Sequence[Person], people: People, worth: Floats, rows: Ints
    ) -> None:
        """Where all who are wanted are known, whoever seems new is one of those not seen.

        Where all are here it can be nobody else; but a single person hides behind nobody, and
        whoever comes when somebody has gone may be a stranger: then they must look alike.
        """
        if self._most is None or len(known) < self._most:
            return
        new = np.flatnonzero(self._new(people, rows) & (rows < 0))
        if not len(new):
            return
        unseen = np.setdiff1d(np.arange(len(known)), rows)
        if not len(unseen):
            return
        here = np.array([person.here for person in known], np.bool_)
        certain = here & (here.sum() >= self._most > 1)
        alike = np.zeros((len(unseen), len(new)), np.bool_)
        if people.vectors is not None and "appearance" in self._cues:
            alike = looks([known[n] for n in unseen], people.vectors[new]) > 0
        allowed = alike | certain[unseen, None]
        found = pairs(np.where(allowed, worth[np.ix_(unseen, new)], -1e9), least=-1e6)
        rows[new[found >= 0]] = unseen[found[found >= 0]]

    def _new(self, people: People, rows: Ints) -> Bools:
        """(N,) who may be new: those read well enough, and not along another's limbs."""
        alone = _shared(people)[:, rows >= 0].max(1, initial=0) < _SHARED
        return np.asarray(alone & (people.scores > _BELIEVED), np.bool_)

    def _update(self, seen: People, frame: Frame) -> None:
        """Take in where everybody is now, and what those look like who are in the clear."""
        if seen.body is None or seen.regions is None or seen.ids is None:
            return
        places, sides = centres(seen.body.xy).tolist(), seen.regions[:, 2].tolist()
        clear = self._doubts.clear(seen.boxes)
        own = (_shared(seen).max(1, initial=0) < _OWN) & (seen.scores > _SHAPED)
        shaped = (clear | own).tolist()
        bare = seen if seen.masks is None else seen.having(masks=None)
        for n, number in enumerate(seen.ids.tolist()):
            sight = Sight(bare, n, (places[n][0], places[n][1]))
            person = self._known.pop(number, None)
            if person is None:
                motion = Motion(sight.place, sides[n], frame.time)
                person = Person(Identity(number), motion, sight, sight, frame.time)
            else:
                person.see(sight, sides[n], frame.time, clear=bool(clear[n]))
            if shaped[n]:
                person.shape = sight
            self._known[number] = person  # last seen, last forgotten
        while len(self._known) > _MOST_REMEMBERED:
            del self._known[next(iter(self._known))]

    def _hidden(self, seen: People, frame: Frame) -> list[People]:
        """The rows of those who are here and not seen."""
        missing = [person for person in self._known.values() if person.here]
        if len(missing) == len(seen):
            return []
        ids = set() if seen.ids is None else set(seen.ids.tolist())
        front = [self._known[number] for number in ids]
        rows: list[People] = []
        for person in missing:
            if person.id in ids:
                continue
            row = hidden(
                person,
                front,
                frame.size,
                frame.time,
                held=self._doubts.partners(person.id),
                wanted=self._most is not None,
            )
            person.here = row is not None
            if row is not None and (self._most is None or len(ids) + len(rows) < self._most):
                rows.append(_like(seen, row))
        return rows

    def _settled(self, people: People, time: float) -> People:
        """Note who is in contact, and put right who turns out to have been mixed up."""
        if people.ids is None or people.id_scores is None or not len(people):
            return people
        everybody = [self._known[number] for number in people.ids.tolist()]
        views = self._clear_views(everybody, people.boxes, time)
        if "appearance" in self._cues:
            for one, other in self._doubts.settle(self._known, views):
                self._exchange(one, other)
                views.pop(one, None)
                views.pop(other, None)
            for new, old in self._recall.settle(self._known, views):
                self._recognize(new, old)
                views.pop(new, None)
                views.pop(old, None)
        for number, look in views.items():
            if not self._doubts.about(number):
                self._known[number].identity.remember(look)
        self._doubts.note(everybody, people.boxes, time)
        if not self._doubts and [person.id for person in everybody] == people.ids.tolist():
            return people
        ids = np.array([person.id for person in everybody], np.int64)
        doubtful = np.array([self._doubts.about(number) for number in ids.tolist()])
        sure = np.where(doubtful, people.id_scores / 2, people.id_scores)
        return people.having(ids=ids, id_scores=sure.astype(np.float32))

    def _clear_views(
        self, everybody: Sequence[Person], boxes: Floats, time: float
    ) -> dict[int, Floats]:
        """The looks of those who are seen now with nobody in front of them, by id.

        Whoever is hidden is in front of nobody, wherever they are believed to be.
        """
        views: dict[int, Floats] = {}
        seen = np.flatnonzero([person.time == time for person in everybody])
        for row in seen[self._doubts.clear(boxes[seen])].tolist():
            look = everybody[row].sight.look
            if look is not None and np.isfinite(look).any():
                views[everybody[row].id] = look
        return views

    def _exchange(self, one: int, other: int) -> None:
        """Two people turn out to be each other: each keeps the body, and gets the other's id.

        Whoever was taken for another all the time they were hidden is behind that one.
        """
        a, b = self._known[one], self._known[other]
        a.identity, b.identity = b.identity, a.identity
        self._known[one], self._known[other] = b, a
        behind, front = (a, b) if a.time < b.time else (b, a)
        if behind.here and behind.time < front.time:
            behind.motion = replace(front.motion, velocity=(0.0, 0.0))

    def _recognize(self, new: int, old: int) -> None:
        """Somebody new is somebody known; whoever was taken for them is new instead."""
        self._exchange(new, old)
        left = self._known[new]
        left.identity.look, left.identity.looks = None, 0
        if not left.here:
            del self._known[new]


def _ordered(people: People) -> People:
    """The same people in order of id."""
    ids = people.ids
    if ids is None or bool((ids[1:] > ids[:-1]).all()):
        return people
    return people[np.argsort(ids)]


def _shared(people: People) -> Floats:
    """(N, N) the share of each body that lies along another's limbs, or has them along its own."""
    nobody = np.zeros((len(people), len(people)), np.float32)
    if people.body is None or people.regions is None:
        return nobody
    if all_apart(people.body.xy, people.regions[:, 2]):
        return nobody
    along = covered(people.body.xy, people.body.xy, people.regions[:, 2])
    np.fill_diagonal(along, 0)
    return np.maximum(along, along.T)


def _posterior(worth: Floats, rows: Ints) -> Floats:
    """(M,) how likely each reading is who it was taken for, among all and a stranger."""
    every = np.concatenate([worth, np.zeros((1, worth.shape[1]), np.float32)])
    share = np.exp(every - every.max(0))
    share /= share.sum(0)
    chosen = np.where(rows >= 0, rows, len(worth))
    return np.asarray(share[chosen, np.arange(worth.shape[1])], np.float32)


def _like(seen: People, row: People) -> People:
    """A hidden person's row with the columns that the others have."""
    if seen.masks is None:
        return row
    return row.having(masks=np.zeros((1, *seen.masks.shape[1:]), np.float32))
