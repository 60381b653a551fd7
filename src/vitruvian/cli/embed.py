"""``vitruvian embed``: pictures as vectors, and how alike they are."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitruvian.cli.progress import downloads
from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.embed.embedder import Vector

__all__ = ["embed"]

_KINDS = (".json", ".npy")


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...")
@click.option(
    "--model", default="mobilenet-v2", show_default=True, metavar="NAME|FILE",
    help="mobilenet-v2, or an embedder's .task or .tflite of yours.",
)  # fmt: skip
@click.option("--l2-normalize", is_flag=True, help="Make the vectors' length 1.")
@click.option("--quantize", is_flag=True, help="Make the vectors' values int8: times 128.")
@click.option(
    "--out", "--save", "target", type=click.Path(path_type=Path), metavar="FILE",
    help="Write the vectors, one row a picture: a .json or a .npy.",
)  # fmt: skip
def embed(
    pictures: tuple[str, ...], model: str, l2_normalize: bool, quantize: bool, target: Path | None
) -> None:
    """Turn each PICTURE into a vector, and say how alike the pictures are.

    Of several pictures the cosine similarity of the first with every other is printed; of one,
    its vector, unless it is written to a file.
    """
    from vitruvian import weights
    from vitruvian.embed import ImageEmbedder
    from vitruvian.sink.place import check_folder

    if target is not None and target.suffix not in _KINDS:
        raise InputError(f"vectors are written to a .json or a .npy, not to {target.name}")
    if target is not None:
        check_folder(target.parent)
    with downloads() as progress:
        weights.obtain(model, progress=progress)
    embedder = ImageEmbedder(model, l2_normalize=l2_normalize, quantize=quantize)
    vectors = [embedder.embed(picture) for picture in pictures]
    if target is not None:
        _write(target, pictures, vectors)
    for picture, vector in zip(pictures[1:], vectors[1:], strict=True):
        alike = ImageEmbedder.cosine_similarity(vectors[0], vector)
        click.echo(f"{alike:.4f}  {picture}")
    if target is not None:
        click.echo(f"  {target}")
    elif len(pictures) == 1:
        click.echo(json.dumps(vectors[0].tolist()))


def _write(target: Path, pictures: tuple[str, ...], vectors: list[Vector]) -> None:
    import numpy as np

    from vitruvian.sink.table import write_bytes

    data = io.BytesIO()
    if target.suffix == ".npy":
        np.save(data, np.stack(vectors), allow_pickle=False)
    else:
        rows = [
            {"name": name, "vector": vector.tolist()}
            for name, vector in zip(pictures, vectors, strict=True)
        ]
        data.write(json.dumps(rows).encode())
    write_bytes(target, data.getvalue())
