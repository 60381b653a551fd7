"""One thread for small matrices, and as many as before afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.runtime.threads import single_blas


def blas_threads() -> list[int]:
    control = pytest.importorskip("threadpoolctl")
    return [pool["num_threads"] for pool in control.threadpool_info() if pool["user_api"] == "blas"]


def test_blas_has_one_thread_while_it_lasts_and_its_own_afterwards():
    control = pytest.importorskip("threadpoolctl")
    np.ones((2, 2)) @ np.ones((2, 2))
    with control.threadpool_limits(2, user_api="blas"):
        with single_blas():
            assert set(blas_threads()) == {1}
        assert set(blas_threads()) == {2}


def test_nothing_is_needed_for_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "threadpoolctl", None)

    @single_blas()
    def work() -> int:
        return 3

    assert work() == work() == 3
