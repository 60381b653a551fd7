"""What is free goes back to the system."""

import platform
from pathlib import Path

import numpy as np
import pytest

from vitruvian.runtime import give_back


def resident_megabytes():
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries do as they like")
def test_what_lies_below_something_in_use_is_given_back():
    # Of 64 kB each, which glibc cuts from its heap.
    blocks = [np.full(64_000, 1, np.uint8) for _ in range(2000)]
    last = blocks[-1]
    del blocks
    before = resident_megabytes()
    give_back()
    assert resident_megabytes() < before - 60
    assert last.all()


def test_where_there_is_no_such_function_nothing_happens(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    give_back()
