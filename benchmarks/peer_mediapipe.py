"""MediaPipe's ``PoseLandmarker`` as its users run it; started by `benchmarks.peer` in its own venv.

It needs mediapipe, its OpenCV and NumPy, and for ``bundle`` the TFLite schema that comes with
ai-edge-litert; nothing of Vitruvian. Every other command writes one ``.npz``: ``landmarks``
(M, 33, 5) with x, y as shares of the picture's size, z, visibility and presence; ``counts``, how
many people each picture has.
"""

from __future__ import annotations

import argparse
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np


def with_normalisation(model: bytes, mean: float, std: float) -> bytes:
    """The model with the metadata that tells the Tasks API how to scale pixels.

    Args:
        model: A ``.tflite`` file's content.
        mean: What is subtracted from a pixel of 0..255.
        std: What the difference is divided by.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as tflite

    graph = tflite.ModelT.InitFromPackedBuf(model, 0)
    packed = _metadata(mean, std, outputs=len(graph.subgraphs[0].outputs))
    buffer = tflite.BufferT()
    buffer.data = np.frombuffer(packed, np.uint8)
    graph.buffers.append(buffer)
    entry = tflite.MetadataT()
    entry.name = b"TFLITE_METADATA"
    entry.buffer = len(graph.buffers) - 1
    graph.metadata = [m for m in graph.metadata or [] if m.name != entry.name] + [entry]
    builder = flatbuffers.Builder(len(model) + len(packed))
    builder.Finish(graph.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _metadata(mean: float, std: float, outputs: int) -> bytes:
    import flatbuffers
    from mediapipe.tasks.metadata import (  # type: ignore[import-not-found, unused-ignore]
        metadata_schema_py_generated as schema,
    )

    scaling = schema.NormalizationOptionsT()
    scaling.mean, scaling.std = [mean], [std]
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = scaling
    colour = schema.ImagePropertiesT()
    colour.colorSpace = schema.ColorSpaceType.RGB
    content = schema.ContentT()
    content.contentPropertiesType = schema.ContentProperties.ImageProperties
    content.contentProperties = colour
    image = schema.TensorMetadataT()
    image.name, image.content, image.processUnits = "image", content, [unit]
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [image]
    graph.outputTensorMetadata = [schema.TensorMetadataT() for _ in range(outputs)]
    model = schema.ModelMetadataT()
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())


def bundle(options: argparse.Namespace) -> None:
    """Write a ``.task`` of both models."""
    models = {
        # [-1, 1] for the detector and [0, 1] for the landmarks, as in MediaPipe's own bundles.
        "pose_detector.tflite": with_normalisation(options.detector.read_bytes(), 127.5, 127.5),
        "pose_landmarks_detector.tflite": with_normalisation(
            options.landmarks.read_bytes(), 0.0, 255.0
        ),
    }
    zipped(options.out, models)


def zipped(out: Path, models: dict[str, bytes]) -> None:
    """Write a ``.task``: models stored uncompressed at addresses divisible by four."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        position = 0
        for name, data in models.items():
            entry = zipfile.ZipInfo(name)
            header = 30 + len(name) + 4
            padding = -(position + header) % 4
            entry.extra = b"\x35\xd9" + bytes([padding, 0]) + bytes(padding)
            archive.writestr(entry, data)
            position += header + padding + len(data)


def pictures(options: argparse.Namespace) -> None:
    """Every picture of a list on its own."""
    results = []
    with landmarker(options, "IMAGE") as task:
        for path in options.list.read_text().splitlines():
            image = cv2.imread(path)
            if image is None:
                sys.exit(f"cannot read {path}")
            results.append(task.detect(as_image(image)))
    write(options.out, results)


def film(options: argparse.Namespace) -> None:
    """A film, ``--passes`` times over; ``done`` is when each result of the last pass was there."""
    results: list[Any] = []
    done: list[float] = []
    resident = []
    started = time.perf_counter()
    for _ in range(options.passes):
        results.clear()
        done.clear()
        with landmarker(options, options.mode) as task:
            for index, image in frames(options.film, options.step):
                if options.mode == "VIDEO":
                    stamp = int(index * 1000 / options.rate)
                    results.append(task.detect_for_video(as_image(image), stamp))
                else:
                    results.append(task.detect(as_image(image)))
                done.append(time.perf_counter() - started)
        resident.append(memory_megabytes("VmRSS"))
    peak = memory_megabytes("VmHWM")
    write(options.out, results, done=done, resident=resident, peak=peak)


def memory_megabytes(field: str) -> float:
    """``VmRSS``, in use now, or ``VmHWM``, the most so far.

    Not `resource.getrusage`: its peak starts at that of the process that started this one.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def frames(path: Path, step: int) -> Iterator[tuple[int, Any]]:
    """Every ``step``-th frame, decoded by OpenCV as MediaPipe's examples do."""
    capture = cv2.VideoCapture(str(path))
    index = 0
    while capture.grab():
        if index % step == 0:
            yield index, capture.retrieve()[1]
        index += 1
    capture.release()


def as_image(bgr: Any) -> Any:
    import mediapipe  # type: ignore[import-not-found, unused-ignore]

    rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)


def landmarker(options: argparse.Namespace, mode: str) -> Any:
    from mediapipe.tasks.python import (  # type: ignore[import-not-found, unused-ignore]
        BaseOptions,
        vision,
    )

    return vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(options.task)),
            running_mode=vision.RunningMode[mode],
            num_poses=options.people,
        )
    )


def write(path: Path, results: list[Any], **facts: Any) -> None:
    poses = [pose for result in results for pose in result.pose_landmarks]
    worlds = [pose for result in results for pose in result.pose_world_landmarks]
    points = [[(p.x, p.y, p.z, p.visibility, p.presence) for p in pose] for pose in poses]
    world = [[(p.x, p.y, p.z) for p in pose] for pose in worlds]
    np.savez(
        path,
        counts=np.array([len(result.pose_landmarks) for result in results], np.int64),
        landmarks=np.array(points, np.float32).reshape(-1, 33, 5),
        world=np.array(world, np.float32).reshape(-1, 33, 3),
        **facts,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("bundle")
    make.add_argument("--detector", type=Path, required=True)
    make.add_argument("--landmarks", type=Path, required=True)
    make.set_defaults(run=bundle)
    several = commands.add_parser("pictures")
    several.add_argument("--list", type=Path, required=True)
    several.set_defaults(run=pictures)
    moving = commands.add_parser("film")
    moving.add_argument("--film", type=Path, required=True)
    moving.add_argument("--mode", choices=("VIDEO", "IMAGE"), default="VIDEO")
    moving.add_argument("--rate", type=float, default=30.0)
    moving.add_argument("--step", type=int, default=1)
    moving.add_argument("--passes", type=int, default=1)
    moving.set_defaults(run=film)
    for command in (several, moving):
        command.add_argument("--task", type=Path, required=True)
        command.add_argument("--people", type=int, default=1)
    for command in (make, several, moving):
        command.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
