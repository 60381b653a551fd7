"""Trains the lifting network that ships: ``python -m training.lift CMU GRAPPLEMAP.txt``.

CMU is the folder into which its two archives were unpacked. PyTorch (the extra ``training``) is
used here and nowhere else: what it finds is written as a TFLite model of ours. The network is a
residual stack of dilated convolutions over time, in the manner of Pavllo et al., "3D human pose
estimation in video with temporal convolutions" (2019), with masked and noisy input as in MotionBERT
(Zhu et al., 2023): it sees 83 frames round each, and gives a correction of the world landmarks and
how far off each may be. What `KEPT_BACK` names is not
trained on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from training.lift_mocap import Motion, kept_back, read_grapplemap, read_motions
from training.lift_views import View, Views
from vitruvian.lift.features import CHANNELS, features
from vitruvian.weights.tflite import ModelWriter, schema

__all__ = ["Lifter", "train", "written"]

OUT = Path(__file__).parents[1] / "src" / "vitruvian" / "lift" / "lift.tflite"
DILATIONS = (1, 3, 9, 27, 1)
WIDTH = 192
FRAMES = 128
"""How many frames the written model takes at once."""
STEPS, SCHEDULE = 1101, 5000
"""How many steps the network that ships was trained for, and after how many it would end by itself:
the learning rate is still near its highest, and the running average of the weights is what is
kept."""
_ECHO = 2
"""Steps taken with one batch: drawing it takes as long as a step."""
_REACH = 4
"""Frames between the three that the linear part sees."""
_FACE = 11
_OUTPUTS = 33 * 5


class Lifter(nn.Module):  # type: ignore[misc, unused-ignore]
    """Corrections (B, 165, T) from features (B, `CHANNELS`, T)."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv1d(CHANNELS, WIDTH, 3, padding=1)
        self.wide = nn.ModuleList(
            nn.Conv1d(WIDTH, WIDTH, 3, padding=d, dilation=d) for d in DILATIONS
        )
        self.narrow = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 1) for _ in DILATIONS)
        self.leave = nn.Conv1d(WIDTH, _OUTPUTS, 1)
        self.straight = nn.Conv1d(CHANNELS, _OUTPUTS, 3, padding=_REACH, dilation=_REACH)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)
        nn.init.zeros_(self.straight.weight)
        nn.init.zeros_(self.straight.bias)
        for layer in self.narrow:
            nn.init.normal_(layer.weight, std=0.02)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The network."""
        value = functional.relu(self.enter(inputs))
        for wide, narrow in zip(self.wide, self.narrow, strict=True):
            value = value + functional.relu(narrow(functional.relu(wide(value))))
        return torch.as_tensor(self.leave(value) + self.straight(inputs))


def _loss(output: torch.Tensor, guess: torch.Tensor, view: dict[str, torch.Tensor]) -> torch.Tensor:
    """Laplace's negative log likelihood of places, and the error of their changes."""
    batch, _, frames = output.shape
    output = output.transpose(1, 2)
    shift = output[..., : 33 * 3].reshape(batch, frames, 33, 3)
    spread = output[..., 33 * 3 :].reshape(batch, frames, 33, 2).clamp(-4, 4)
    error = (guess + shift - view["truth"]) * 10
    across, deep = error[..., :2].abs().sum(-1), error[..., 2].abs()
    spread_across, spread_deep = spread[..., 0], spread[..., 1]
    places = across * torch.exp(-spread_across) + 2 * spread_across
    places = places + deep * torch.exp(-spread_deep) + spread_deep
    plain = torch.linalg.vector_norm(error + 1e-6, dim=-1)
    change = (error[:, 1:] - error[:, :-1]).abs().sum(-1)
    weight = view["weight"]
    both = weight[:, 1:] * weight[:, :-1]
    total = ((0.3 * places + plain) * weight).sum() / weight.sum()
    return total + 0.5 * (change * both).sum() / both.sum()


def _weights(view: View) -> NDArray[np.float32]:
    """(B, T, 33): the face, eleven points in one place, counts as three; the unknown as a half."""
    weight = np.ones((*view.seen.known.shape, 33), np.float32)
    weight[..., :_FACE] = 3 / _FACE
    weight[..., 17:23] = 0.6
    weight *= np.where(view.seen.visibility > 0, 1, 0.5)
    return np.asarray(weight * np.maximum(view.seen.known, 0.3)[..., None], np.float32)


def _batch(views: Views, size: int) -> tuple[torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
    view = views(size)
    inputs, guess = features(view.seen)
    told = {"truth": view.truth, "weight": _weights(view)}
    tensors = {name: torch.from_numpy(array.astype(np.float32)) for name, array in told.items()}
    inputs = np.ascontiguousarray(np.swapaxes(inputs, 1, 2))
    return torch.from_numpy(inputs), torch.from_numpy(guess.astype(np.float32)), tensors


def _start(model: Lifter, views: Views, batches: int = 30) -> None:
    """Begin with the best linear correction: ridge regression, which the rest improves on."""
    size = 3 * CHANNELS + 1
    left, right = torch.zeros(size, size), torch.zeros(size, 99)
    for _ in range(batches):
        inputs, guess, told = _batch(views, 64)
        wide = functional.pad(inputs, (_REACH, _REACH))
        frames = inputs.shape[-1]
        taps = [wide[..., i * _REACH : i * _REACH + frames] for i in range(3)]
        rows = torch.cat([*taps, torch.ones_like(inputs[:, :1])], 1)
        rows = rows.transpose(1, 2)[:, ::2].reshape(-1, size)
        weight = told["weight"].mean(-1)[:, ::2].reshape(-1, 1)
        target = (told["truth"] - guess)[:, ::2].reshape(-1, 99)
        left += rows.T @ (rows * weight)
        right += rows.T @ (target * weight)
    found = torch.linalg.solve(left + 0.003 * torch.trace(left) / size * torch.eye(size), right)
    with torch.no_grad():
        taps = found[:-1].reshape(3, CHANNELS, 99)
        model.straight.weight[:99] = taps.permute(2, 1, 0)
        model.straight.bias[:99] = found[-1]


def train(
    motions: list[Motion], *, steps: int, schedule: int, seed: int = 0, batch: int = 24,
    start: Path | None = None, keep: Path | None = None,
) -> Lifter:  # fmt: skip
    """Train for so many steps of a schedule over which the learning rate falls to nothing."""
    torch.manual_seed(seed)
    views = Views([m for m in motions if not kept_back(m)], np.random.default_rng(seed))
    checks = Views([m for m in motions if kept_back(m)], np.random.default_rng(99))
    held = [_batch(checks, 16) for _ in range(3)]
    model = Lifter()
    if start is not None:
        model.load_state_dict(torch.load(start, weights_only=True))
    else:
        _start(model, views)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995)
    )
    began = time.monotonic()
    for step in range(steps):
        part = step / schedule
        for group in optimiser.param_groups:
            group["lr"] = 1.5e-3 * min(1, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * part))
        if step % _ECHO == 0:
            inputs, guess, told = _batch(views, batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = model(inputs)
        loss = _loss(output.float(), guess, told)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        averaged.update_parameters(model)
        if step % 100 == 0:
            passed = time.monotonic() - began
            now = f"loss {float(loss.detach()):.3f}  {_told(averaged, held)}"
            print(f"{step:6} {passed:6.0f} s  {now}", flush=True)
            if keep is not None:
                torch.save(averaged.module.state_dict(), keep)
    result: Lifter = averaged.module
    if keep is not None:
        torch.save(result.state_dict(), keep)
    return result


def _told(model: nn.Module, held: Iterable[Any]) -> str:
    """Mean error of the kept back, before and after, over frames that are there."""
    before: list[float] = []
    after: list[float] = []
    with torch.no_grad():
        for inputs, guess, told in held:
            shift = model(inputs).transpose(1, 2)[..., :99].reshape(guess.shape)
            for each, value in ((before, guess), (after, guess + shift)):
                error = torch.linalg.vector_norm(value - told["truth"], dim=-1)
                each.append(float((error * told["weight"]).sum() / told["weight"].sum()))
    return f"kept back {np.mean(before) * 1000:.1f} -> {np.mean(after) * 1000:.1f} mm"


def written(model: Lifter) -> bytes:
    """The network as a TFLite model: (1, `FRAMES`, `CHANNELS`) to (1, `FRAMES`, 165)."""
    writer = ModelWriter("Corrects world landmarks over time; trained and written by Vitruvian")
    inputs = writer.tensor("features", (1, FRAMES, 1, CHANNELS), np.float32)
    value = _convolved(writer, "enter", model.enter, inputs, relu=True)
    for i, (wide, narrow) in enumerate(zip(model.wide, model.narrow, strict=True)):
        inner = _convolved(writer, f"wide_{i}", wide, value, relu=True)
        inner = _convolved(writer, f"narrow_{i}", narrow, inner, relu=True)
        total = writer.tensor(f"sum_{i}", (1, FRAMES, 1, WIDTH), np.float32)
        writer.operator("ADD", [value, inner], [total], "AddOptions")
        value = total
    parts = [
        _convolved(writer, name, layer, source, relu=False)
        for name, layer, source in (
            ("leave", model.leave, value), ("straight", model.straight, inputs)
        )
    ]  # fmt: skip
    result = writer.tensor("corrections", (1, FRAMES, 1, _OUTPUTS), np.float32)
    writer.operator("ADD", parts, [result], "AddOptions")
    return writer.finish([inputs], [result])


def _convolved(writer: ModelWriter, name: str, layer: Any, value: int, *, relu: bool) -> int:
    weight = layer.weight.detach().numpy().transpose(0, 2, 1)[:, :, None]
    bias = layer.bias.detach().numpy()
    kept = np.ascontiguousarray(weight.astype(np.float16).astype(np.float32))
    kinds = schema.ActivationFunctionType
    result = writer.tensor(name, (1, FRAMES, 1, len(bias)), np.float32)
    writer.operator(
        "CONV_2D",
        [value, writer.half(f"{name}/filters", kept), writer.constant(f"{name}/bias", bias)],
        [result],
        "Conv2DOptions",
        padding=schema.Padding.SAME,
        strideH=1,
        strideW=1,
        dilationHFactor=layer.dilation[0],
        dilationWFactor=1,
        fusedActivationFunction=kinds.RELU if relu else kinds.NONE,
    )
    return result


def main() -> None:
    """Train, and write the model into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cmu", type=Path)
    parser.add_argument("grapplemap", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--schedule", type=int, default=SCHEDULE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=Path, help="a state to go on from")
    parser.add_argument("--keep", type=Path, help="where the state is kept on the way")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    torch.set_num_threads(1)
    motions = read_motions(given.cmu) + read_grapplemap(given.grapplemap)
    model = train(
        motions, steps=given.steps, schedule=given.schedule, seed=given.seed, start=given.start,
        keep=given.keep,
    )  # fmt: skip
    given.out.write_bytes(written(model))
    print(f"{given.out}: {given.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
