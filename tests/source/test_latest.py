from __future__ import annotations

import threading
import time
from collections.abc import Generator
from threading import Event

import numpy as np
import pytest

from vitruvian.errors import SourceError
from vitruvian.source.latest import Latest
from vitruvian.types import Frame

PICTURE = np.zeros((2, 2, 3), np.uint8)


def burst(number: int, done: Event) -> Generator[Frame]:
    for index in range(number):
        yield Frame(PICTURE, index=index)
    done.set()


def test_the_latest_is_given_and_the_others_are_counted() -> None:
    done, go_on = Event(), Event()

    def frames(stop: Event) -> Generator[Frame]:
        yield from burst(5, done)
        go_on.wait(5)
        yield Frame(PICTURE, index=9)

    latest = Latest(frames)
    assert done.wait(5)
    assert next(latest).index == 4
    assert latest.dropped == 4
    go_on.set()
    assert next(latest).index == 9
    assert list(latest) == []
    latest.close()


def test_an_error_reaches_the_caller() -> None:
    def frames(stop: Event) -> Generator[Frame]:
        yield Frame(PICTURE)
        raise SourceError("camera 0 gives no picture")

    latest = Latest(frames)
    with pytest.raises(SourceError, match="gives no picture"):
        list(latest)
    latest.close()


def test_closing_wakes_who_waits_and_frees_the_device() -> None:
    freed = Event()

    def frames(stop: Event) -> Generator[Frame]:
        try:
            yield Frame(PICTURE)
            stop.wait(5)
        finally:
            freed.set()

    latest = Latest(frames)
    next(latest)
    threading.Timer(0.05, latest.close).start()
    start = time.perf_counter()
    assert list(latest) == []
    assert time.perf_counter() - start < 2
    assert freed.wait(2)
