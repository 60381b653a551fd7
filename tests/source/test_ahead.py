from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from vitruvian.errors import SourceError
from vitruvian.source.ahead import Ahead
from vitruvian.types import Frame

PICTURE = np.zeros((2, 2, 3), np.uint8)


class Counter:
    """Gives frames, and counts how many have been asked for."""

    def __init__(self, number: int = 1000) -> None:
        self.made = 0
        self.frames = self._make(number)

    def _make(self, number: int) -> Iterator[Frame]:
        for index in range(number):
            self.made += 1
            yield Frame(PICTURE, index=index)


def settled(counter: Counter) -> int:
    made = -1
    while made != counter.made:
        made = counter.made
        time.sleep(0.03)
    return made


def test_no_more_than_depth_are_made_before_they_are_needed() -> None:
    counter = Counter()
    ahead = Ahead(counter.frames, 3)
    assert settled(counter) == 3
    for expected in range(5):
        assert next(ahead).index == expected
        assert settled(counter) == 3 + expected + 1
    ahead.close()


def test_every_frame_comes_once_and_in_order() -> None:
    closed = []
    ahead = Ahead(Counter(100).frames, 4, lambda: closed.append(True))
    assert [frame.index for frame in ahead] == list(range(100))
    assert closed == [True]
    ahead.close()
    assert closed == [True]
    assert list(ahead) == []


def test_an_error_comes_after_the_frames_before_it() -> None:
    def broken() -> Iterator[Frame]:
        yield Frame(PICTURE)
        raise SourceError("the disk is gone")

    ahead = Ahead(broken(), 3)
    assert next(ahead).index == 0
    with pytest.raises(SourceError, match="the disk is gone"):
        next(ahead)
    ahead.close()


def test_closed_by_another_thread_while_waiting() -> None:
    release = threading.Event()

    def stuck() -> Iterator[Frame]:
        yield Frame(PICTURE)
        release.wait(5)
        yield Frame(PICTURE, index=1)

    ahead = Ahead(stuck(), 2)
    next(ahead)
    threading.Timer(0.05, release.set).start()
    closer = threading.Timer(0.02, ahead.close)
    closer.start()
    assert len(list(ahead)) <= 1
    closer.join()
