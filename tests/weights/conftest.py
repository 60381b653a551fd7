"""The NumPy truth of a graph's four operations over neighbourhoods; a cache of its own."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from vitruvian.weights.arithmetic import NEIGHBOURHOOD, OPERATIONS


def windows(attrs, x, kernel, fill):
    """(N, H', W', C, h, w): what a sliding window sees, with TensorFlow's SAME padding."""
    _, down, right, _ = attrs["strides"]
    if attrs["padding"] == "SAME":
        pads = [(0, 0)]
        for length, size, stride in zip(x.shape[1:3], kernel, (down, right), strict=True):
            total = max((-(-length // stride) - 1) * stride + size - length, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, [*pads, (0, 0)], constant_values=fill)
    return sliding_window_view(x, kernel, axis=(1, 2))[:, ::down, ::right]


def activated(attrs, x, bias):
    """Bias and activation as ``fused_ops`` names them, in that order."""
    for name in attrs.get("fused_ops", []):
        if name == "BiasAdd":
            x = x + bias[0]
        elif name == "Relu":
            x = np.maximum(x, 0)
        else:
            assert name == "Relu6", name
            x = np.clip(x, 0, 6)
    return x


def convolve(attrs, x, filters, *bias):
    seen = windows(attrs, x, filters.shape[:2], 0)
    flat = np.moveaxis(seen, 3, 5).reshape(*seen.shape[:3], -1)
    return activated(attrs, flat @ filters.reshape(-1, filters.shape[3]), bias)


def convolve_depthwise(attrs, x, filters, *bias):
    assert filters.shape[3] == 1
    seen = windows(attrs, x, filters.shape[:2], 0)
    return activated(attrs, np.einsum("nyxchw,hwc->nyxc", seen, filters[..., 0]), bias)


def pool(attrs, x):
    return windows(attrs, x, tuple(attrs["ksize"][1:3]), -np.inf).max((4, 5))


@pytest.fixture(scope="session")
def arithmetic():
    """Every operation of a MoveNet graph in NumPy, written apart from the conversion."""
    over_neighbourhoods = {
        "_FusedConv2D": convolve,
        "FusedDepthwiseConv2dNative": convolve_depthwise,
        "DepthwiseConv2dNative": convolve_depthwise,
        "MaxPool": pool,
    }
    assert over_neighbourhoods.keys() == NEIGHBOURHOOD
    return OPERATIONS | over_neighbourhoods


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """An empty cache that only this test uses."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("VITRUVIAN_CACHE", str(folder))
    monkeypatch.delenv("VITRUVIAN_OFFLINE", raising=False)
    return folder
