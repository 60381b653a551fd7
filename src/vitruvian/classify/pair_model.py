"""What two people do together: a few small networks that agree, whoever of them comes first."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from vitruvian.classify.network import Network, softmax
from vitruvian.classify.pairs import FEATURES, mirrored, pair_features
from vitruvian.errors import InputError
from vitruvian.types import Floats, Ints

__all__ = ["PairActivities", "PairModel", "load_positions"]

_FORMAT = "vitruvian.pairs"
_VERSION = 2
_SHIPPED = "positions.npz"
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class PairActivities:
    """What pairs do, N of them.

    Args:
        classes: The C names.
        probabilities: (N, C), of each class.
        tops: (N,) 0 or 1, which of the two is on top (or leads, or whatever the role is); -1 where
            the class has no such role.
        scores: (N,) 0..1, how sure the class is.
    """

    classes: tuple[str, ...]
    probabilities: Floats
    tops: Ints
    scores: Floats

    @property
    def labels(self) -> tuple[str, ...]:
        """N names."""
        return tuple(self.classes[best] for best in self.probabilities.argmax(1))


@dataclass(frozen=True, eq=False)
class PairModel:
    """Tells what two people do, from 17 keypoints of each.

    The networks have one output for a class without roles, and two for one in which one of the
    two is on top. They are asked about the pair in both orders and in a mirror, so that neither
    the order nor left and right can matter.

    Args:
        classes: Names.
        roles: Which classes have somebody on top.
        networks: What was trained; their probabilities are averaged.
    """

    classes: tuple[str, ...]
    roles: tuple[bool, ...]
    networks: tuple[Network, ...]

    @cached_property
    def outputs(self) -> tuple[tuple[int, int], ...]:
        """The class and the top (-1, 0 or 1) that each output stands for."""
        return tuple(
            (c, top) for c, role in enumerate(self.roles) for top in ((0, 1) if role else (-1,))
        )

    @cached_property
    def _swap(self) -> Ints:
        """The outputs of the same pair in the other order."""
        other = {-1: -1, 0: 1, 1: 0}
        return np.array([self.outputs.index((c, other[top])) for c, top in self.outputs])

    def __call__(self, pairs: Floats) -> PairActivities:
        """What each pair does.

        Args:
            pairs: (N, 2, 17, 2) pixels of `COCO_17`; NaN is missing.

        Raises:
            InputError: Another shape.
        """
        chances = np.concatenate(
            [
                np.zeros((0, len(self.outputs)), np.float32),
                *(
                    self._chances(pairs[start : start + _AT_ONCE])
                    for start in range(0, len(pairs), _AT_ONCE)
                ),
            ]
        )
        owner = np.array([c for c, _ in self.outputs])
        per_class = np.stack(
            [chances[:, owner == c].sum(1) for c in range(len(self.classes))], axis=1
        )
        best = per_class.argmax(1)
        tops = np.full(len(chances), -1, np.int64)
        for c in np.flatnonzero(self.roles).tolist():
            first, second = np.flatnonzero(owner == c)
            tops = np.where(best == c, chances[:, second] > chances[:, first], tops)
        scores = per_class[np.arange(len(best)), best]
        return PairActivities(self.classes, per_class, tops.astype(np.int64), scores)

    def _chances(self, pairs: Floats) -> Floats:
        """(N, outputs) probabilities, averaged over networks, orders and mirror."""
        total = np.zeros((len(pairs), len(self.outputs)), np.float32)
        for picture in (pairs, mirrored(pairs)):
            for order in (slice(None), slice(None, None, -1)):
                features = pair_features(picture[:, order])
                for network in self.networks:
                    chances = softmax(network.logits(features))
                    total += chances if order.step is None else chances[:, self._swap]
        return np.asarray(total / total.sum(1, keepdims=True), np.float32)

    def save(self) -> bytes:
        """The model as the bytes of an ``.npz``: weights in 8 bits each, no pickle."""
        head = {
            "format": _FORMAT,
            "version": _VERSION,
            "classes": self.classes,
            "roles": self.roles,
            "networks": len(self.networks),
            "layers": len(self.networks[0].weights),
        }
        arrays: dict[str, NDArray[Any]] = {
            "head": np.frombuffer(json.dumps(head).encode(), np.uint8)
        }
        for i, network in enumerate(self.networks):
            arrays |= {f"{i}_mean": network.mean, f"{i}_scale": network.scale}
            for k, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
                step = np.maximum(np.abs(weight).max(0), 1e-9) / 127
                arrays[f"{i}_weight_{k}"] = np.rint(weight / step).astype(np.int8)
                arrays[f"{i}_step_{k}"] = step.astype(np.float32)
                arrays[f"{i}_bias_{k}"] = bias
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **arrays)
        return out.getvalue()

    @classmethod
    def load(cls, path: str | Path) -> PairModel:
        """Read what `save` wrote.

        Raises:
            InputError: There is no such file, or it is something else.
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror or error}") from error
        return cls._read(data, str(path))

    @classmethod
    def _read(cls, data: bytes, name: str) -> PairModel:
        try:
            if not data.startswith(b"PK"):
                raise ValueError("no .npz")
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                head = json.loads(arrays["head"].tobytes())
                if head["format"] != _FORMAT or head["version"] != _VERSION:
                    raise ValueError("another format or version")
                layers = range(head["layers"])
                networks = tuple(
                    Network(
                        arrays[f"{i}_mean"],
                        arrays[f"{i}_scale"],
                        tuple(arrays[f"{i}_weight_{k}"] * arrays[f"{i}_step_{k}"] for k in layers),
                        tuple(arrays[f"{i}_bias_{k}"] for k in layers),
                    )
                    for i in range(head["networks"])
                )
                model = cls(tuple(head["classes"]), tuple(head["roles"]), networks)
            model._check()
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            raise InputError(
                f"{name} is not a model of pairs ({error}); one comes from: vitruvian train-pairs"
            ) from error
        return model

    def _check(self) -> None:
        if not self.networks or len(self.classes) != len(self.roles):
            raise ValueError("no networks, or classes without roles")
        for network in self.networks:
            sizes = [weight.shape for weight in network.weights]
            ends = (sizes[0][0], sizes[-1][1])
            if ends != (FEATURES, len(self.outputs)) or network.mean.shape != (FEATURES,):
                raise ValueError(f"layers from {ends[0]} to {ends[1]}")


def load_positions() -> PairModel:
    """The shipped model: nine positions of grappling, trained on GrappleMap (public domain).

    Example:
        >>> load_positions().classes[0]
        'standing'
    """
    data = files("vitruvian.classify").joinpath(_SHIPPED).read_bytes()
    return PairModel._read(data, _SHIPPED)
