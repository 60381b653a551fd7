"""How many threads NumPy's linear algebra takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["single_blas"]


@contextmanager
def single_blas() -> Iterator[None]:
    """One thread for BLAS while this lasts, for work on many small matrices.

    Threads would wait for each other most of the time; on a busy machine such work takes up to
    thirty times as long. Without threadpoolctl (the extra ``body``) nothing changes: then set
    ``OPENBLAS_NUM_THREADS=1`` before NumPy is loaded, as the command line does.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        yield
        return
    with threadpool_limits(1, user_api="blas"):
        yield
